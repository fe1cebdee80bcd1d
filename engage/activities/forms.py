"""What the planner typed, parsed field by field; what was typed is kept for the page."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from engage import people, teams
from engage.activities.queries import ShiftCard
from engage.activities.rules import Kind, Nature, Plan
from engage.core import clock, web
from engage.core.access import Role
from engage.core.errors import DomainError

Choice = TypeVar("Choice", Kind, Nature)

_FIELDS = (
    *("title", "kind", "nature", "place", "task", "insurance", "leader_no", "day", "starts", "ends"),
    *("capacity", "weeks", "training"),
)


@dataclass(kw_only=True)
class PlanForm:
    """The form as typed, its complaints by field, and the plan when there are none."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    plan: Plan | None = None
    #: a complaint that belongs to no field
    refusal: str = ""

    @property
    def leaders(self) -> str:
        """Return the names and numbers of those who lead teams, as a hint; the first dozen."""
        found = people.persons_of(people.holders_of(Role.TEAM_LEADER)[:12]).values()
        return " ".join(f"{person.name}{person.member_no:04d}" for person in found)

    @property
    def trainings(self) -> list[tuple[str, str]]:
        """Return the trainings a shift may ask for, as options; the first asks for none."""
        return [("", gettext("不要求")), *((kind.value, str(word)) for kind, word in teams.TRAINING_WORDS.items())]

    @classmethod
    def blank(cls, *, now: datetime, leader_no: int) -> PlanForm:
        """Return a form for tonight: a patrol from 20:00 to 21:30."""
        today = clock.local_date(now)
        evening = clock.local(now).time() < time(20, 30)
        day = today if evening else today + timedelta(days=1)
        typed = dict.fromkeys(_FIELDS, "") | {
            "kind": Kind.PATROL.value,
            "nature": Nature.VOLUNTEER.value,
            "day": day.isoformat(),
            "starts": "20:00",
            "ends": "21:30",
            "capacity": "6",
            "weeks": "1",
            "leader_no": f"{leader_no:04d}",
        }
        return cls(typed=typed)

    @classmethod
    def of_shift(cls, shift: ShiftCard, *, insurance: str, leader_no: int) -> PlanForm:
        """Return the form filled in with a shift as it stands."""
        start, end = clock.local(shift.starts_at), clock.local(shift.ends_at)
        return cls(
            typed={
                "title": shift.title,
                "kind": shift.kind,
                "nature": shift.nature,
                "place": shift.place,
                "task": shift.task,
                "insurance": insurance,
                "leader_no": f"{leader_no:04d}",
                "day": start.date().isoformat(),
                "starts": f"{start:%H:%M}",
                "ends": f"{end:%H:%M}",
                "capacity": str(shift.capacity),
                "weeks": "1",
                "training": shift.training,
            }
        )

    @classmethod
    def parse(cls, form: MultiDict[str, str]) -> PlanForm:
        """Read what came in; full-width digits and stray blanks are put right."""
        typed = {name: unicodedata.normalize("NFKC", form.get(name, "")).strip() for name in _FIELDS}
        # NFKC would turn full-width punctuation of a sentence into ASCII: words stay as typed.
        typed |= {name: form.get(name, "").strip() for name in ("title", "place", "task", "insurance")}
        parsed = cls(typed=typed)
        parsed.plan = parsed._read()
        return parsed

    def refused(self, refusal: DomainError) -> PlanForm:
        """Put a refusal beside its field, or above the form."""
        if refusal.field in _FIELDS:
            self.errors[str(refusal.field)] = web.say(refusal)
        else:
            self.refusal = web.say(refusal)
        return self

    def _read(self) -> Plan | None:
        typed = self.typed
        kind = self._one_of("kind", Kind)
        nature = self._one_of("nature", Nature)
        day = self._date("day")
        starts, ends = self._time("starts"), self._time("ends")
        if typed["training"] and typed["training"] not in set(teams.Training):
            self.errors["training"] = gettext("从列表里选一个")
        leader, capacity, weeks = self._number("leader_no"), self._number("capacity"), self._number("weeks", empty=1)
        if self.errors or kind is None or nature is None or day is None or starts is None or ends is None:
            return None
        return Plan(
            title=typed["title"],
            kind=kind,
            nature=nature,
            place=typed["place"],
            task=typed["task"],
            insurance=typed["insurance"],
            leader_no=leader,
            day=day,
            starts=starts,
            ends=ends,
            capacity=capacity,
            weeks=weeks,
            training=typed["training"],
        )

    def _one_of(self, name: str, choices: type[Choice]) -> Choice | None:
        try:
            return choices(self.typed[name])
        except ValueError:
            self.errors[name] = gettext("从列表里选一个")
            return None

    def _date(self, name: str) -> date | None:
        try:
            return date.fromisoformat(self.typed[name].replace("/", "-"))
        except ValueError:
            self.errors[name] = gettext("日期写成2026-06-12这样")
            return None

    def _time(self, name: str) -> time | None:
        try:
            return time.fromisoformat(self.typed[name].zfill(5)[:5])
        except ValueError:
            self.errors[name] = gettext("时间写成20:00这样")
            return None

    def _number(self, name: str, *, empty: int | None = None) -> int:
        text = self.typed[name]
        if not text and empty is not None:
            return empty
        if text.isascii() and text.isdigit() and len(text) <= 9:
            return int(text)
        self.errors[name] = gettext("这里写数字")
        return 0
