"""Act three: a talk that decided something, topics and their agenda ballot, and tonight's talk, about to begin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from engage import talks, topics, votes
from engage.core import clock
from engage.core.access import Actor
from engage.demo import follow_up
from engage.demo.roll import Stage

_YARD = "老粮站院子"
_FOR, _AGAINST = 0, 1
_LAST_TALK = 30
_NEEDED = 8
#: title, text, days ago, households that second it
_TOPICS = (
    ("电动车充电棚建在哪里", "楼道里飞线充电太险。北门空地和3栋车库旁边，两处都能建，大家定一处。", 27, 15),
    ("桂园东门晚上几点关", "东门一夜敞着，外面的电动车进来抄近路。关早了下夜班的又要绕。", 26, 12),
    ("梧桐里楼道灯换成声控", "2栋和3栋的灯常年不亮，老人下楼要打手电。", 24, 11),
    ("老年食堂周末也开门", "平时五天有饭吃，周末两天没地方去。", 21, 9),
    ("荷香苑北墙补一段围栏", "北墙塌了三米多，孩子从那儿钻出去就是马路。", 15, 6),
    ("小广场音响九点后关小", "跳舞不反对，九点以后小点声，家里有要中考的。", 6, 4),
)
_ON_BALLOT = 4
_SELECT = 2


def play(stage: Stage) -> None:
    """Play the talks of the community of the stage."""
    topics.set_threshold(needed=_NEEDED, actor=stage["secretary"], now=stage.ago(days=60))
    hold_talk(stage)
    put_up_topics(stage)
    choose_agenda(stage)
    prepare_tonight(stage)


def households(stage: Stage) -> list[Actor]:
    """Return one person for each household, in the order of the roll; 周桂芳 and 孙玉梅 speak for theirs."""
    speaking: dict[int, Actor] = {}
    for actor in stage.actors.values():
        if actor.unit_id is not None:
            speaking.setdefault(actor.unit_id, actor)
    return list(speaking.values())


def staff(stage: Stage) -> Sequence[int]:
    """Return chair, recorder and the two tellers."""
    return [stage[key].person_id for key in ("secretary", "recorder", "teller", "second_teller")]


def hold_talk(stage: Stage) -> None:
    """Hold last month's talk: twenty-four households come, one motion is carried, its resolution is being carried out."""
    secretary = stage["secretary"]
    starts = clock.from_local(clock.local_date(stage.ago(days=_LAST_TALK)), time(19, 30))
    talk_id = talks.plan_talk(
        title="文昌巷怎么走更安全",
        place=_YARD,
        starts_at=starts,
        booked_minutes=90,
        notice_days=3,
        staff=staff(stage),
        actor=secretary,
        key=stage.key(),
        now=starts - timedelta(days=9),
    )
    item_id = talks.add_item(
        talk_id=talk_id,
        title="文昌巷装两条减速带",
        minutes=30,
        actor=secretary,
        key=stage.key(),
        now=starts - timedelta(days=9),
    )
    motion_id = talks.add_motion(
        item_id=item_id,
        text="文昌巷南口和小学门前各装一条减速带",
        options=["赞成", "反对"],
        owner_text="社区居委会",
        roll="present",
        actor=secretary,
        now=starts - timedelta(days=8),
    )
    talks.publish_notice(talk_id=talk_id, actor=secretary, now=starts - timedelta(days=7))
    talks.open_doors(talk_id=talk_id, actor=secretary, now=starts - timedelta(minutes=30))
    came = households(stage)[:24]
    for number, actor in enumerate(came):
        moment = starts - timedelta(minutes=25) + timedelta(seconds=50 * number)
        talks.check_in(talk_id=talk_id, person_id=actor.person_id, channel="phone", actor=actor, now=moment)
    talks.start_talk(talk_id=talk_id, actor=secretary, now=starts + timedelta(minutes=2))
    talks.activate_item(item_id=item_id, actor=secretary, now=starts + timedelta(minutes=4))
    closed = _decide(stage, motion_id=motion_id, came=came, now=starts + timedelta(minutes=30))
    talks.adjourn_talk(talk_id=talk_id, actor=secretary, now=closed + timedelta(minutes=20))
    follow_up.carry_out(stage, motion_id=motion_id, decided_at=closed + timedelta(minutes=20))


def _decide(stage: Stage, *, motion_id: int, came: list[Actor], now: datetime) -> datetime:
    """Put the motion to a secret vote of the households present; returns the moment after it closed."""
    secretary = stage["secretary"]
    vote_id = talks.put_motion(motion_id=motion_id, secrecy="secret", actor=secretary, now=now)
    votes.open_vote(vote_id=vote_id, actor=secretary, now=now + timedelta(seconds=10))
    for number, actor in enumerate(came[:22]):
        choice = _AGAINST if number % 6 == 5 else _FOR
        _cast(actor, vote_id=vote_id, choices=[choice], now=now + timedelta(seconds=20 + 4 * number))
    deadline = votes.stop_vote(vote_id=vote_id, actor=secretary, now=now + timedelta(minutes=3))
    return deadline + timedelta(seconds=1)


def _cast(actor: Actor, *, vote_id: int, choices: Sequence[int], now: datetime) -> None:
    unit_id = actor.unit_id or 0
    token = votes.form_token(vote_id=vote_id, unit_id=unit_id)
    votes.cast(vote_id=vote_id, actor=actor, unit_id=unit_id, choices=choices, token=token, now=now)


def put_up_topics(stage: Stage) -> None:
    """Let residents put up topics and second each other's; the newest waits for a moderator."""
    homes = households(stage)
    for number, (title, body, days, seconds) in enumerate(_TOPICS):
        author = homes[3 * number]
        filed = stage.ago(days=days)
        topic_id = topics.file_topic(title=title, body=body, is_named=True, actor=author, key=stage.key(), now=filed)
        topics.admit_topic(topic_id=topic_id, actor=stage["clerk"], now=filed + timedelta(hours=20))
        others = [actor for actor in homes if actor is not author]
        for place, actor in enumerate(stage.chance.sample(others, seconds - 1)):
            topics.second_topic(topic_id=topic_id, actor=actor, now=filed + timedelta(days=1, hours=2 * place))
    topics.file_topic(
        title="梧桐里添一个旧衣回收箱",
        body="旧衣服扔了可惜，放在2栋门口就行。",
        is_named=False,
        actor=stage["neighbour"],
        key=stage.key(),
        now=stage.ago(hours=5),
    )


def choose_agenda(stage: Stage) -> None:
    """Open an agenda ballot on the topics that found their seconds; households choose up to three; two are selected."""
    opens = stage.ago(days=13)
    on_ballot = topics.list_shortlisted(now=opens)[:_ON_BALLOT]
    round_id = topics.open_round(
        plan=topics.RoundPlan(
            title="这个月的夜话谈什么",
            topic_ids=tuple(card.id for card in on_ballot),
            k=_SELECT,
            opens_at=opens,
            closes_at=opens + timedelta(days=5),
        ),
        actor=stage["secretary"],
        now=opens - timedelta(hours=1),
    )
    vote_id = topics.get_round(round_id, now=opens).vote.id
    for number, actor in enumerate(households(stage)[:31]):
        wanted = sorted({0, 1 + number % 3} if number % 4 else {1, 2})
        _cast(actor, vote_id=vote_id, choices=wanted, now=opens + timedelta(hours=3 * number % 110))
    topics.conclude_round(round_id=round_id, lots=(), actor=stage["secretary"], now=opens + timedelta(days=5, hours=1))


def tonight(now: datetime) -> datetime:
    """Return when tonight's talk begins: half past seven, or the next half hour when that is over or near."""
    usual = clock.from_local(clock.local_date(now), time(19, 30))
    soonest = now + timedelta(minutes=20)
    if usual >= soonest:
        return usual
    return soonest + timedelta(minutes=-soonest.minute % 30, seconds=-soonest.second, microseconds=-soonest.microsecond)


def prepare_tonight(stage: Stage) -> None:
    """Notice tonight's talk with the selected topics as its agenda and a motion that proposes two places."""
    secretary, starts = stage["secretary"], tonight(stage.now)
    talk_id = talks.plan_talk(
        title="充电棚建在哪里",
        place=_YARD,
        starts_at=starts,
        booked_minutes=120,
        notice_days=3,
        staff=staff(stage),
        actor=secretary,
        key=stage.key(),
        now=stage.ago(days=6),
    )
    first = talks.item_ids(talk_id)[0]
    talks.add_motion(
        item_id=first,
        text="充电棚建在哪里",
        options=["建在北门空地", "建在3栋车库旁边", "先不建"],
        owner_text="物业和社区居委会",
        roll="all",
        actor=secretary,
        now=stage.ago(days=5),
    )
    talks.publish_notice(talk_id=talk_id, actor=secretary, now=stage.ago(days=4))
