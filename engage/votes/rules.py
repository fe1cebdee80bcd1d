"""When a vote is open and what its ballots decide. Integers only, compared by cross-multiplication (talks §6)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from engage.core.errors import N_

Openness = Literal["frozen", "open", "closing", "closed", "annulled"]
Verdict = Literal["passed", "rejected", "no_quorum"]

#: ballots in hand still land for this long after the chair's stop (talks §6 Grace); scheduled ends have none
GRACE = timedelta(seconds=15)
#: fewer entitled households than this cannot vote in secret (talks §6 Secret minimum)
SECRET_MINIMUM = 10
#: with fewer ballots than this a secret vote publishes its verdict only
FIGURES_MINIMUM = 5
YES_NO = (N_("赞成"), N_("反对"))

#: talks §6 Night talk: not statutory; a community's own notice may set other numbers
NIGHT_TALK: Mapping[str, Any] = {
    "pack": "night-talk",
    "version": 1,
    "source": "talks §6 Night talk",
    "valid_from": "2026-01-01",
    "quorum_floor": 15,
    "quorum_permille": 50,
    "quorum_cap": 60,
}


def completed_rule(rule: Mapping[str, Any], *, kind: str, options: Sequence[str]) -> dict[str, Any]:
    """Return the rule with the night talk's defaults filled in, as it is copied and hashed into the vote."""
    method = "approval" if kind == "agenda" else "yes_no" if tuple(options) == YES_NO else "plurality"
    return {**NIGHT_TALK, "method": method, **rule}


def hash_of(content: object) -> str:
    """Return the SHA-256 of a rule or a roll in canonical JSON."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def deadline_of(*, closes_at: datetime | None, stopped_at: datetime | None) -> datetime | None:
    """Return the last moment a ballot lands: the scheduled end, or the stop and its grace, whichever is first."""
    ends = [end for end in (closes_at, stopped_at + GRACE if stopped_at else None) if end is not None]
    return min(ends, default=None)


def openness(
    *,
    state: str,
    opened_at: datetime | None,
    closes_at: datetime | None,
    stopped_at: datetime | None,
    now: datetime,
) -> Openness:
    """Tell what a vote is at a moment, from stored times alone: no job, no restart changes it (talks §5.4.5).

    A ballot at the deadline itself still lands: `now <= deadline` (talks §6 Closing race).
    """
    if state == "annulled":
        return "annulled"
    if state != "open" or opened_at is None or now < opened_at:
        return "frozen"
    deadline = deadline_of(closes_at=closes_at, stopped_at=stopped_at)
    if deadline is not None and now > deadline:
        return "closed"
    return "closing" if stopped_at is not None and now >= stopped_at else "open"


def marks_of(choices: Sequence[int], *, options: int) -> str:
    """Return choices as one character per option, so that every ballot of a vote is equally long."""
    chosen = set(choices)
    return "".join("1" if number in chosen else "0" for number in range(options))


def are_choices(choices: Sequence[int], *, options: int, at_most: int) -> bool:
    """Tell whether the choices may stand on a ballot; none at all is an abstention."""
    return (
        len(choices) <= at_most
        and len(set(choices)) == len(choices)
        and all(0 <= number < options for number in choices)
    )


@dataclass(frozen=True, kw_only=True)
class Count:
    """What the box held. `valid` counts ballots, abstentions among them."""

    counts: tuple[int, ...]
    abstain: int
    valid: int


def count(ballots: Sequence[str], *, options: int) -> Count:
    """Count the marks of all ballots. Independent of their order."""
    columns = [0] * options
    abstain = 0
    for marks in ballots:
        if "1" not in marks:
            abstain += 1
        for number in range(options):
            columns[number] += marks[number] == "1"
    return Count(counts=tuple(columns), abstain=abstain, valid=len(ballots))


def quorum_of(rule: Mapping[str, Any], *, entitled: int) -> int:
    """Return the floor stated in the notice: 15 households or 5 % (rounded up), whichever is larger, at most 60."""
    share = -(-entitled * int(rule["quorum_permille"]) // 1000)
    return min(int(rule["quorum_cap"]), max(int(rule["quorum_floor"]), share))


def night_talk(*, yes: int, no: int, quorum: int) -> Verdict:
    """Return "passed" iff yes > no and yes + no >= half of the quorum; a tie is not passed (talks §6 Night talk, Ties)."""
    if 2 * (yes + no) < quorum:
        return "no_quorum"
    return "passed" if yes > no else "rejected"


def leading_option(counts: Sequence[int]) -> int | None:
    """Return the number of the option with most votes; None when nobody voted or the first place is tied."""
    most = max(counts, default=0)
    leaders = [number for number, votes in enumerate(counts) if votes == most]
    return leaders[0] if most and len(leaders) == 1 else None


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What the count means under the rule."""

    verdict: Verdict
    leading: int | None
    #: households that had to take part; half of them must have said yes or no
    quorum: int


def ruling_on(counted: Count, rule: Mapping[str, Any], *, entitled: int) -> Ruling:
    """Return the ruling by the method the rule names: "yes_no", "plurality" or "approval"."""
    quorum = quorum_of(rule, entitled=entitled)
    leading = leading_option(counted.counts)
    if rule["method"] == "yes_no":
        yes, no = counted.counts
        return Ruling(verdict=night_talk(yes=yes, no=no, quorum=quorum), leading=leading, quorum=quorum)
    if rule["method"] == "approval":
        # An agenda ballot selects; which topics, the round's k and its tie rules say (topics).
        verdict: Verdict = "passed" if counted.valid > counted.abstain else "no_quorum"
        return Ruling(verdict=verdict, leading=leading, quorum=quorum)
    if 2 * sum(counted.counts) < quorum:
        return Ruling(verdict="no_quorum", leading=None, quorum=quorum)
    return Ruling(verdict="rejected" if leading is None else "passed", leading=leading, quorum=quorum)
