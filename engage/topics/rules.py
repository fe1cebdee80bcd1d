"""Where a topic stands, and which topics an agenda ballot selects. Pure (talks §5.2 Topic, §6 Agenda ballot)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from engage.core.errors import N_, DomainError

#: a moderator has this long; after that the topic opens by itself
MODERATION = timedelta(days=3)
#: a topic that did not find its seconds by then is put away
SECONDING = timedelta(days=60)
DEFAULT_NEEDED = 20
MOST_ON_A_BALLOT = 12
CHOICES_ON_A_BALLOT = 3


class Standing(StrEnum):
    """What a topic is at a moment."""

    SUBMITTED = "submitted"
    SECONDING = "seconding"
    SHORTLISTED = "shortlisted"
    EXPIRED = "expired"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    BALLOTED = "balloted"
    SELECTED = "selected"
    NOT_SELECTED = "not_selected"
    SCHEDULED = "scheduled"
    RESOLVED = "resolved"


#: the closed list of reasons for turning a topic away; each is published
REASONS = {
    "not-ours": N_("不归社区管，已经告诉您该找谁"),
    "one-person": N_("只关一个人的事，请走诉求"),
    "twice": N_("已经有一样的议题"),
    "against-law": N_("违反法律，不能表决"),
    "names-people": N_("指名道姓说了别人，请改了再提"),
}

_BY_DECISION = frozenset(
    {Standing.REJECTED, Standing.WITHDRAWN, Standing.BALLOTED, Standing.SELECTED, Standing.NOT_SELECTED}
    | {Standing.SCHEDULED, Standing.RESOLVED}
)


def number_of(*, year: int, seq: int) -> str:
    """Return the public number, e.g. "议-2026-017"."""
    return f"议-{year}-{seq:03d}"


class BadWording(DomainError):
    """A title or text nobody could vote on."""


def ensure_wording(*, title: str, body: str) -> None:
    """Refuse a title of fewer than 5 or more than 20 characters, or a text beyond 500. Raises `BadWording`."""
    if len(title) < 5:
        raise BadWording(N_("再多写几个字，写明想怎么办。"), field="title")
    if len(title) > 20:
        raise BadWording(N_("题目最多20个字，您写了%(count)s个。多的话写在下面。"), field="title", count=len(title))
    if len(body) > 500:
        raise BadWording(N_("最多500个字，您写了%(count)s个。"), field="body", count=len(body))


def opens_by_itself_at(filed_at: datetime) -> datetime:
    """Return when an unmoderated topic opens by the clock."""
    return filed_at + MODERATION


def standing(
    *, state: str, filed_at: datetime, opened_at: datetime | None, seconds: int, needed: int, now: datetime
) -> Standing:
    """Tell what a topic is at a moment: decisions are stored, waiting is computed (no job)."""
    stored = Standing(state)
    if stored in _BY_DECISION:
        return stored
    if stored is Standing.SUBMITTED and now < opens_by_itself_at(filed_at):
        return Standing.SUBMITTED
    if seconds >= needed:
        return Standing.SHORTLISTED
    since = opened_at or opens_by_itself_at(filed_at)
    return Standing.EXPIRED if now >= since + SECONDING else Standing.SECONDING


#: while these, a household may second or take its second back
SECONDABLE = frozenset({Standing.SECONDING, Standing.SHORTLISTED})
#: while these, the author may withdraw
WITHDRAWABLE = frozenset({Standing.SUBMITTED, Standing.SECONDING, Standing.SHORTLISTED, Standing.EXPIRED})


#: titles that share this much are shown to whoever files another, in per cent of the shorter one's pairs
LIKE = 50


def likeness(first: str, second: str) -> int:
    """Return how much two titles share, 0 to 100: pairs of neighbouring characters, in per cent of the fewer ones."""
    one, two = ({text[n : n + 2] for n in range(len(text) - 1)} for text in (first, second))
    fewer = min(len(one), len(two))
    return len(one & two) * 100 // fewer if fewer else 0


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One topic on an agenda ballot, with what breaks a tie."""

    topic_id: int
    votes: int
    #: buildings whose households seconded it
    buildings: int
    filed_at: datetime


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Who is in, and who is tied across the line until lots are drawn."""

    selected: tuple[int, ...]
    tied: tuple[int, ...]
    #: seats left for the tied ones
    seats: int
    how: Literal["votes", "tie rules", "lots", "open"]


def _merit(candidate: Candidate) -> tuple[int, int, datetime]:
    return (-candidate.votes, -candidate.buildings, candidate.filed_at)


def top_k(candidates: Collection[Candidate], *, k: int, lots: Sequence[int] = ()) -> Selection:
    """Return the k topics most households chose; a topic nobody chose is never selected.

    A tie at the line: more buildings seconded it, then filed earlier, then the lots drawn in the courtyard, in
    their order. Without lots an unbroken tie stays open: nobody of the group is in. The order in which the
    candidates are listed changes nothing.
    """
    ranked = sorted((one for one in candidates if one.votes > 0), key=lambda one: (*_merit(one), one.topic_id))
    if len(ranked) <= k:
        return Selection(selected=tuple(one.topic_id for one in ranked), tied=(), seats=0, how="votes")
    last_in, first_out = ranked[k - 1], ranked[k]
    if _merit(last_in) != _merit(first_out):
        how: Literal["votes", "tie rules"] = "votes" if last_in.votes > first_out.votes else "tie rules"
        return Selection(selected=tuple(one.topic_id for one in ranked[:k]), tied=(), seats=0, how=how)
    above = [one.topic_id for one in ranked if _merit(one) < _merit(last_in)]
    tied = sorted(one.topic_id for one in ranked if _merit(one) == _merit(last_in))
    seats = k - len(above)
    if sorted(lots) != tied:
        return Selection(selected=tuple(above), tied=tuple(tied), seats=seats, how="open")
    return Selection(selected=(*above, *lots[:seats]), tied=(), seats=0, how="lots")
