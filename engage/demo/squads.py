"""What the teams of the story are for, who leads them, who learned first aid, and who would like to come in."""

from __future__ import annotations

from datetime import timedelta

from engage import people, teams
from engage.core import clock
from engage.demo import cast
from engage.demo.roll import Stage
from engage.teams import TeamKind, TeamPlan, TrainingDay

_ABOUT = {
    cast.PATROL: (TeamKind.PATROL, "每周三晚，七点半到九点，沿着湖边和桂园走一圈，看灯、看门、看消防通道。"),
    cast.SCHOOL: (TeamKind.SCHOOL, "放学那一个钟头，在文昌小学南门护孩子过马路。"),
}
_WISH = "唱歌的不少了，我想跟着巡逻，晚饭后都有空"


def form(stage: Stage) -> None:
    """Describe the teams, name a leader, hold a first-aid course; one volunteer asks to come in."""
    ids = {team.name: team.id for team in people.list_teams()}
    for name, (kind, about) in _ABOUT.items():
        plan = TeamPlan(name=name, kind=kind, place_id=None, about=about, takes_in=True)
        teams.change_team(team_id=ids[name], plan=plan, actor=stage["secretary"], now=stage.ago(days=80))
    leader = stage["leader"]
    teams.name_leader(
        team_id=ids[cast.PATROL], member_no=leader.member_no, actor=stage["secretary"], now=stage.ago(days=80)
    )
    learned = clock.local_date(stage.ago(days=60))
    course = TrainingDay(
        kind=teams.Training.FIRST_AID.value,
        trained_on=learned,
        expires_on=clock.local_date(stage.now) + timedelta(days=24),
        giver_id=None,
        given_by="区红十字会",
        note="证书在社区二号柜",
        person_ids=tuple(sorted(people.team_member_ids(ids[cast.PATROL])))[:6],
    )
    teams.record_training(training=course, actor=stage["clerk"], key=stage.key(), now=stage.ago(days=59))
    everybody = people.team_member_ids(ids[cast.PATROL])
    people.make_batch(
        person_ids=everybody, chosen=cast.PATROL, actor=stage["clerk"], key=stage.key(), now=stage.ago(days=79)
    )
    teams.apply(team_id=ids[cast.PATROL], words=_WISH, actor=stage["second_teller"], now=stage.ago(hours=20))


def form_next_door(stage: Stage) -> None:
    """Let the team next door take people in as well."""
    [team] = people.list_teams()
    plan = TeamPlan(name=team.name, kind=TeamKind.PATROL, place_id=None, about="梨园的夜路", takes_in=True)
    teams.change_team(team_id=team.id, plan=plan, actor=stage["secretary"], now=stage.ago(days=80))
