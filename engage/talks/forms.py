"""What the office types: parsed, with a sentence for every field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from engage.core import clock
from engage.core.i18n import _
from engage.core.web import small_number

ROLES = ("chair_id", "recorder_id", "first_teller_id", "second_teller_id")


@dataclass(kw_only=True)
class TalkForm:
    """A talk being planned; `errors` maps fields to sentences."""

    title: str = ""
    place: str = ""
    day: str = ""
    at: str = "19:30"
    minutes: str = "90"
    notice_days: str = "3"
    staff: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> TalkForm:
        """Read the fields as typed and note what is wrong."""
        parsed = cls(
            title=form.get("title", "").strip(),
            place=form.get("place", "").strip(),
            day=form.get("day", "").strip(),
            at=form.get("at", "").strip(),
            minutes=form.get("minutes", "").strip(),
            notice_days=form.get("notice_days", "").strip(),
            staff={role: form.get(role, "").strip() for role in ROLES},
        )
        parsed._judge()
        return parsed

    def _judge(self) -> None:
        if not 1 <= len(self.title) <= 60:
            self.errors["title"] = _("写个题目，最多60个字")
        if not 1 <= len(self.place) <= 60:
            self.errors["place"] = _("写清在哪个院子，最多60个字")
        if self._starts_at() is None:
            self.errors["day"] = _("选个日子和时间，例如2026-06-12和19:30")
        if not 10 <= (small_number(self.minutes) or 0) <= 480:
            self.errors["minutes"] = _("写10到480之间的分钟数")
        days = small_number(self.notice_days)
        if days is None or days > 30:
            self.errors["notice_days"] = _("写0到30之间的天数")

    def _starts_at(self) -> datetime | None:
        try:
            return clock.from_local(date.fromisoformat(self.day), time.fromisoformat(self.at))
        except ValueError:
            return None

    @property
    def starts_at(self) -> datetime:
        """Return the start in UTC. Call it only on a form without errors."""
        moment = self._starts_at()
        if moment is None:
            raise ValueError("the form has errors")
        return moment

    @property
    def staff_ids(self) -> list[int | None]:
        """Return chair, recorder and tellers; None where nobody is named yet."""
        return [small_number(value) for value in self.staff.values()]


def item_minutes(text: str) -> int | None:
    """Return the minutes of an agenda point, or None when it is not a number from 1 to 240."""
    minutes = small_number(text)
    return minutes if minutes is not None and 1 <= minutes <= 240 else None
