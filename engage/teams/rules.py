"""Kinds of teams and trainings, the steps of an application, and until when a training counts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from engage.core.errors import N_, DomainError

NAME_LETTERS = 30
ABOUT_LETTERS = 300
WORDS_LETTERS = 200
REASON_LETTERS = 120
#: what the list of what runs out can look ahead, in days
HORIZONS = (30, 60, 90)
#: nobody living was trained before
_FIRST_DAY = date(1950, 1, 1)
_LAST_DAY = date(2199, 12, 31)


class TeamKind(StrEnum):
    """What a team is for."""

    GENERAL = "general"
    PATROL = "patrol"
    MEDIATION = "mediation"
    FIRST_AID = "first_aid"
    CARE = "care"
    ENVIRONMENT = "environment"
    FIRE = "fire"
    CULTURE = "culture"
    SCHOOL = "school"


class Training(StrEnum):
    """What one can be trained in."""

    FIRST_AID = "first_aid"
    FIRE = "fire"
    PATROL = "patrol"
    MEDIATION = "mediation"
    CARE = "care"
    COUNSEL = "counsel"
    WATER = "water"
    ENVIRONMENT = "environment"


class Step(StrEnum):
    """What can be done to an application."""

    APPROVE = "approve"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


class State(StrEnum):
    """Where an application stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class ApplicationRefused(DomainError):
    """This step of an application is not possible, or not for this person."""


class TeamRefused(DomainError):
    """The team cannot be like this."""


class TrainingRefused(DomainError):
    """A training cannot be written down, or revoked, like this."""


class NotQualified(DomainError):
    """Somebody lacks the training that is asked for."""


#: every step from every state: where it leads. A pair that is missing is refused.
MOVES: dict[tuple[State, Step], State] = {
    (State.WAITING, Step.APPROVE): State.APPROVED,
    (State.WAITING, Step.DECLINE): State.DECLINED,
    (State.WAITING, Step.WITHDRAW): State.WITHDRAWN,
    # The same again is no error: a phone sends twice.
    (State.APPROVED, Step.APPROVE): State.APPROVED,
    (State.DECLINED, Step.DECLINE): State.DECLINED,
    (State.WITHDRAWN, Step.WITHDRAW): State.WITHDRAWN,
}

_WHY_NOT = {
    State.APPROVED: N_("这份申请已经批准了。想退出，到队伍那一页点“退出这支队伍”"),
    State.DECLINED: N_("这份申请已经回复过了。要再来，请本人重新申请"),
    State.WITHDRAWN: N_("本人已经撤回了申请，不用再办"),
}


def moved(state: State, step: Step) -> State:
    """Return where a step leads. Raises `ApplicationRefused` for a step that this state does not have."""
    if (state, step) not in MOVES:
        raise ApplicationRefused(_WHY_NOT[state])
    return MOVES[state, step]


def ensure_others_decide(*, applicant_id: int, actor_id: int) -> None:
    """Refuse deciding on one's own application (service-points §6, invariant 8). Raises `ApplicationRefused`."""
    if applicant_id == actor_id:
        raise ApplicationRefused(N_("自己的申请，请另一位队长或社区工作人员来批"))


def ensure_reason(reason: str) -> str:
    """Return the reason as kept. Raises `ApplicationRefused` without one: the person reads it."""
    text = " ".join(reason.split())[:REASON_LETTERS]
    if not text:
        raise ApplicationRefused(N_("写一句理由，本人会看到"), field="reason")
    return text


def ensure_may_ask(*, closed: bool, takes_in: bool, inside: bool, active: bool) -> None:
    """Refuse an application that nobody could approve. Raises `ApplicationRefused`."""
    if closed:
        raise ApplicationRefused(N_("这支队伍已经解散，看看别的队伍"))
    if inside:
        raise ApplicationRefused(N_("您已经在这支队伍里了"))
    if not takes_in:
        raise ApplicationRefused(N_("这支队伍现在不收人，过一阵再来看看"))
    if not active:
        raise ApplicationRefused(N_("您的登记现在停着，请找社区工作人员"))


def ensure_name(name: str) -> str:
    """Return a team's name as kept. Raises `TeamRefused`."""
    text = " ".join(name.split())
    if not text:
        raise TeamRefused(N_("写一个队伍的名字"), field="name")
    if len(text) > NAME_LETTERS:
        raise TeamRefused(N_("名字最多%(most)s个字"), field="name", most=NAME_LETTERS)
    return text


@dataclass(frozen=True, kw_only=True)
class Held:
    """One training of somebody: what, and the half-open days [trained_on, expires_on) on which it counts."""

    kind: str
    trained_on: date
    expires_on: date | None
    revoked: bool = False


def is_qualified(held: Iterable[Held], *, kind: str, on: date) -> bool:
    """Tell whether one of the trainings counts on that day. A revoked one never counts; the day it expires is out."""
    return any(
        one.kind == kind
        and not one.revoked
        and one.trained_on <= on
        and (one.expires_on is None or on < one.expires_on)
        for one in held
    )


def days_left(expires_on: date, *, today: date) -> int:
    """Return how many days a training still counts, today included; 0 or less when it has run out."""
    return (expires_on - today).days


def horizon(*, today: date, days: int) -> date:
    """Return the first day that is too far ahead to be called soon."""
    return today + timedelta(days=days + 1)


def ensure_training(
    *, kind: str, trained_on: date, expires_on: date | None, today: date, person_ids: Iterable[int], recorder_id: int
) -> None:
    """Refuse a training that cannot have been. Raises `TrainingRefused` naming the field."""
    people = set(person_ids)
    if kind not in set(Training):
        raise TrainingRefused(N_("选一种培训"), field="kind")
    if not _FIRST_DAY <= trained_on <= today:
        raise TrainingRefused(N_("培训的日期写今天或以前"), field="trained_on")
    if expires_on is not None and not trained_on < expires_on <= _LAST_DAY:
        raise TrainingRefused(N_("到期的日子要晚于培训的日子"), field="expires_on")
    if not people:
        raise TrainingRefused(N_("一个人也没选。勾上参加的人，或者写编号"), field="numbers")
    if recorder_id in people:
        raise TrainingRefused(N_("自己的培训，请另一位工作人员来记"), field="numbers")


def ensure_giver(*, giver_id: int | None, body: str, person_ids: Iterable[int]) -> None:
    """Refuse a training that nobody gave, or that somebody gave to themselves. Raises `TrainingRefused`."""
    if (giver_id is None) == (not body):
        raise TrainingRefused(N_("写上谁教的：哪家单位，或者教的人的编号，填一样就行"), field="given_by")
    if giver_id is not None and giver_id in set(person_ids):
        raise TrainingRefused(N_("教的人不能给自己发资格，把他从名单里去掉"), field="giver_no")
