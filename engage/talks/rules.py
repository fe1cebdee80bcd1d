"""Night talks as pure rules: moves, roles, the fair floor, what the wall shows (talks §5.2, §5.4 18 19 23, §6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from engage.core.errors import N_, DomainError

#: one turn at the microphone (talks §4.14)
SPEECH = timedelta(minutes=3)
TURNS_PER_ITEM = 2
#: minutes kept free for moving from point to point (talks §5.4 24)
BUFFER_MINUTES = 10
#: floor and cap of the quorum in households, and the share above the floor in per cent (talks §6 Night talk)
QUORUM_FLOOR, QUORUM_CAP, QUORUM_PERCENT = 15, 60, 5

#: talks §5.2 Meeting: what may follow what
TALK_MOVES: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"noticed", "cancelled"}),
    "noticed": frozenset({"checkin", "cancelled"}),
    "checkin": frozenset({"in_session"}),
    "in_session": frozenset({"adjourned"}),
    "adjourned": frozenset(),
    "cancelled": frozenset(),
}
ITEM_MOVES: Mapping[str, frozenset[str]] = {
    "pending": frozenset({"active", "deferred"}),
    "active": frozenset({"done", "deferred"}),
    "done": frozenset(),
    "deferred": frozenset(),
}
SPEAKER_MOVES: Mapping[str, frozenset[str]] = {
    "waiting": frozenset({"speaking", "withdrawn", "skipped"}),
    "speaking": frozenset({"done"}),
    "done": frozenset(),
    "withdrawn": frozenset(),
    "skipped": frozenset(),
}
STATE_WORDS: Mapping[str, str] = {
    "draft": N_("还在准备"),
    "noticed": N_("通知已贴"),
    "checkin": N_("正在签到"),
    "in_session": N_("正在开"),
    "adjourned": N_("散会了"),
    "cancelled": N_("取消了"),
}
_REFUSED: Mapping[str, str] = {
    "noticed": N_("这一场的通知已经贴过了，或者已经取消。"),
    "checkin": N_("先把通知贴出去，再开门签到。"),
    "in_session": N_("先开门签到，再开场。"),
    "adjourned": N_("还没开场，不用散会。"),
    "cancelled": N_("已经开门签到了，不能再取消。人少就早些散会。"),
}


#: why nobody can be noted as there, and when they can
ARRIVALS_SHUT: Mapping[str, str] = {
    "draft": N_("这一场还在准备，通知贴出去、开了门才能签到。"),
    "noticed": N_("还没开门签到。%(begins)s开场，主持台上按了“开门签到”，这里就能签。"),
    "adjourned": N_("散会了，不再签到。"),
    "cancelled": N_("这一场取消了，不用签到。"),
}


class TalkRefused(DomainError):
    """The evening cannot take this step now."""


def ensure_move(moves: Mapping[str, frozenset[str]], current: str, wanted: str) -> None:
    """Refuse what the state machine does not draw. Raises `TalkRefused`."""
    if wanted not in moves[current]:
        raise TalkRefused(_REFUSED.get(wanted, N_("这一步现在办不了，请刷新看看到哪一步了。")))


def ensure_distinct(*, chair: int | None, recorder: int | None, tellers: Sequence[int | None]) -> None:
    """Chair, recorder and tellers are pairwise different people (talks §5.4 18). Raises `TalkRefused`."""
    named = [person for person in (chair, recorder, *tellers) if person is not None]
    if len(set(named)) < len(named):
        raise TalkRefused(N_("主持、记录和两位计票人要是四个不同的人，换一位。"), field="chair_id")


def ensure_staffed(*, chair: int | None, recorder: int | None, tellers: Sequence[int | None]) -> None:
    """Doors open only when all four roles are filled by four people (talks §5.2). Raises `TalkRefused`."""
    if None in (chair, recorder, *tellers):
        raise TalkRefused(N_("开门前要定好主持、记录和两位计票人，现在还缺人。"), field="chair_id")
    ensure_distinct(chair=chair, recorder=recorder, tellers=tellers)


def ensure_noticeable(*, items: int, starts_at: datetime, notice_days: int, now: datetime) -> None:
    """Refuse a notice without an agenda, or one that would hang less than `notice_days` days. Raises `TalkRefused`."""
    if not items:
        raise TalkRefused(N_("议程还是空的，先加一项再贴通知。"))
    if starts_at <= now:
        raise TalkRefused(N_("开始时间已经过了，先改个时间。"), field="starts_at")
    if starts_at < now + timedelta(days=notice_days):
        raise TalkRefused(
            N_("说好提前%(days)s天贴通知，现在来不及了。改个时间，或把提前的天数改小。"),
            field="notice_days",
            days=notice_days,
        )


def ensure_arrivals(*, state: str, begins: str) -> None:
    """People arrive from the opening of the doors until the end; `begins` is a day and time in words. Raises `TalkRefused`."""
    if state not in {"checkin", "in_session"}:
        raise TalkRefused(ARRIVALS_SHUT[state], field="who", begins=begins)


def quorum_of(*, units: int) -> int:
    """Return the households that must vote: 15 or 5 % (rounded up), whichever is larger, at most 60."""
    return min(QUORUM_CAP, max(QUORUM_FLOOR, -(-units * QUORUM_PERCENT // 100)))


def vote_rule(*, quorum: int | None, secrecy: str) -> dict[str, int | str]:
    """Return what the notice fixed for the evening's votes: one quorum, whoever comes or leaves later."""
    rule: dict[str, int | str] = {"secrecy": "open"} if secrecy == "open" else {}
    if quorum is not None:
        rule |= {"quorum_floor": quorum, "quorum_cap": quorum}
    return rule


def minutes_over(*, minutes: Iterable[int], booked: int) -> int:
    """Return by how many minutes the agenda and its buffer exceed the booked time; 0 when it fits."""
    return max(0, sum(minutes) + BUFFER_MINUTES - booked)


def options_from(text: str) -> list[str]:
    """Return the options written one per line; none when nothing is written, which means for and against.

    Raises `TalkRefused`.
    """
    options = [line.strip() for line in text.splitlines() if line.strip()]
    if not options:
        return []
    if not 2 <= len(options) <= 6:
        raise TalkRefused(N_("写2到6个选项，一行一个。不写就是赞成和反对。"), field="options")
    if len(set(options)) < len(options):
        raise TalkRefused(N_("有两个选项一样，改掉一个。"), field="options")
    if max(map(len, options)) > 30:
        raise TalkRefused(N_("每个选项最多30个字，大屏上才看得清。"), field="options")
    return options


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One who waits for the microphone. `turns` were had this evening, `turns_here` on this agenda point."""

    id: int
    person_id: int
    queued_at: datetime
    stance: str = "open"
    turns: int = 0
    turns_here: int = 0


def ensure_may_queue(*, turns_here: int) -> None:
    """Two turns on one point are enough (talks §4.14). Raises `TalkRefused`."""
    if turns_here >= TURNS_PER_ITEM:
        raise TalkRefused(N_("这一项您讲过两次了，先听听别的邻居怎么说。"))


def speaking_order(waiting: Iterable[Waiting], *, last_stance: str | None) -> list[Waiting]:
    """Return the queue as it will be called, if nobody else joins.

    First-timers before those who spoke tonight; within a class for and against alternate while both wait;
    otherwise first come, first served (talks §5.4 23).
    """
    left = sorted(waiting, key=lambda entry: (entry.turns > 0, entry.queued_at, entry.id))
    order: list[Waiting] = []
    previous = last_stance
    while left:
        chosen = _next_of([entry for entry in left if (entry.turns > 0) == (left[0].turns > 0)], previous)
        left.remove(chosen)
        order.append(chosen)
        previous = chosen.stance if chosen.stance != "open" else previous
    return order


def _next_of(candidates: Sequence[Waiting], last_stance: str | None) -> Waiting:
    sides = {entry.stance for entry in candidates}
    if last_stance in {"for", "against"} and {"for", "against"} <= sides:
        other = "against" if last_stance == "for" else "for"
        return next(entry for entry in candidates if entry.stance == other)
    return candidates[0]


def scene(*, talk_state: str, vote_state: str | None, speaking: bool) -> str:
    """Return what the wall shows: waiting, agenda, speaking, voting, result, over or cancelled.

    `vote_state` is that of the latest vote of the active agenda point. A vote under way outranks a speech,
    a speech outranks an old result.
    """
    if talk_state in {"draft", "noticed", "checkin"}:
        return "waiting"
    if talk_state in {"adjourned", "cancelled"}:
        return "over" if talk_state == "adjourned" else "cancelled"
    if vote_state in {"frozen", "open", "closing"}:
        return "voting"
    if speaking:
        return "speaking"
    return "result" if vote_state == "closed" else "agenda"


_BUILDING = re.compile(r"^.*?(?:栋|幢|号楼|座)")


def place_name(community: str) -> str:
    """Return the community's name as evenings carry it: 东湖社区 holds 东湖夜话."""
    return community.removesuffix("社区") or community


def building_of(label: str) -> str:
    """Return the part of a doorplate the whole courtyard may read: the building, never the door."""
    found = _BUILDING.match(label)
    return found.group(0) if found else re.split(r"\d", label, maxsplit=1)[0]
