"""What kinds of teams, trainings and states of an application are called."""

from __future__ import annotations

from engage.core.i18n import _l
from engage.teams.rules import State, TeamKind, Training

KIND_WORDS = {
    TeamKind.PATROL: _l("巡逻"),
    TeamKind.MEDIATION: _l("调解"),
    TeamKind.FIRST_AID: _l("急救"),
    TeamKind.CARE: _l("助老帮困"),
    TeamKind.ENVIRONMENT: _l("环境"),
    TeamKind.FIRE: _l("消防"),
    TeamKind.CULTURE: _l("文体"),
    TeamKind.SCHOOL: _l("护学"),
    TeamKind.GENERAL: _l("综合"),
}
#: the picture beside a kind, by name in the icon sheet
KIND_ICONS = {
    TeamKind.PATROL: "shield-check",
    TeamKind.MEDIATION: "message-square-text",
    TeamKind.FIRST_AID: "plus",
    TeamKind.CARE: "hand",
    TeamKind.ENVIRONMENT: "trash-2",
    TeamKind.FIRE: "flame",
    TeamKind.CULTURE: "star",
    TeamKind.SCHOOL: "flag",
    TeamKind.GENERAL: "users-round",
}
TRAINING_WORDS = {
    Training.FIRST_AID: _l("急救（心肺复苏）"),
    Training.FIRE: _l("消防"),
    Training.PATROL: _l("巡防"),
    Training.MEDIATION: _l("调解"),
    Training.CARE: _l("助老照护"),
    Training.COUNSEL: _l("普法咨询"),
    Training.WATER: _l("水边救护"),
    Training.ENVIRONMENT: _l("环境督导"),
}
STATE_WORDS = {
    State.WAITING: _l("等回复"),
    State.APPROVED: _l("批准了"),
    State.DECLINED: _l("没有批准"),
    State.WITHDRAWN: _l("自己撤回"),
}


def training_word(kind: str) -> str:
    """Return what a training is called; a kind nobody knows any more is called by its code."""
    word = TRAINING_WORDS.get(Training(kind)) if kind in set(Training) else None
    return kind if word is None else str(word)


def kind_word(kind: str) -> str:
    """Return what a kind of team is called; an unknown one counts as general."""
    return str(KIND_WORDS[TeamKind(kind) if kind in set(TeamKind) else TeamKind.GENERAL])


def kind_icon(kind: str) -> str:
    """Return the icon of a kind of team."""
    return KIND_ICONS[TeamKind(kind) if kind in set(TeamKind) else TeamKind.GENERAL]
