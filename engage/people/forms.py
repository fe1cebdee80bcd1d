"""What the office types about a person, read once, with a sentence for each field that will not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from werkzeug.datastructures import MultiDict

from engage.core import clock
from engage.core.errors import N_, DomainError
from engage.core.web import say
from engage.people import languages
from engage.people.membership import Particulars
from engage.people.models import Person
from engage.people.phones import normalised_phone
from engage.people.rules import plain

TIES = ("owner", "member", "tenant")


@dataclass(kw_only=True)
class PersonForm:
    """The form as typed; `errors` are sentences by field."""

    name: str = ""
    pinyin: str = ""
    phone: str = ""
    unit: str = ""
    tie: str = "member"
    may_vote: bool = False
    new_unit: bool = False
    birth_year: str = ""
    is_volunteer: bool = True
    languages: str = ""
    applied: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, form: MultiDict[str, str]) -> PersonForm:
        """Read what was sent; nothing is judged yet."""
        tie = form.get("tie", "member")
        return cls(
            name=" ".join(plain(form.get("name", "")).split())[:60],
            pinyin=form.get("pinyin", "").strip().lower()[:120],
            phone=form.get("phone", "").strip()[:40],
            unit="".join(plain(form.get("unit", "")).split())[:80],
            tie=tie if tie in TIES else "member",
            may_vote=form.get("may_vote") == "1",
            new_unit=form.get("new_unit") == "1",
            birth_year=form.get("birth_year", "").strip()[:10],
            is_volunteer=form.get("is_volunteer") == "1",
            languages=languages.joined(form.getlist("language")),
            applied=form.get("applied") == "1",
        )

    @classmethod
    def of(cls, person: Person, *, phone: str, unit: str, tie: str, may_vote: bool) -> PersonForm:
        """Return the form filled with what the roll says."""
        return cls(
            name=person.name,
            pinyin=person.pinyin,
            phone=phone,
            unit=unit,
            tie=tie,
            may_vote=may_vote,
            birth_year=str(person.birth_year or ""),
            is_volunteer=person.is_volunteer,
            languages=person.languages,
        )

    def particulars(self, *, now: datetime, kept_phone: str | None = None) -> Particulars | None:
        """Return what the command needs, or None with `errors` filled.

        `kept_phone` is the number already on the roll: an empty field keeps it, "-" takes it away.
        """
        if not self.name:
            self.errors["name"] = say(DomainError(N_("写上姓名")))
        phone = self._phone(kept_phone)
        year = self._year(clock.local_date(now).year)
        if self.errors:
            return None
        return Particulars(
            name=self.name,
            phone=phone,
            unit_label=self.unit,
            tie=self.tie,
            may_vote=self.may_vote and bool(self.unit),
            new_unit=self.new_unit,
            birth_year=year,
            is_volunteer=self.is_volunteer,
            pinyin=self.pinyin,
            languages=self.languages,
            applied=self.applied,
        )

    def _phone(self, kept: str | None) -> str | None:
        if not self.phone:
            return kept
        if plain(self.phone) == "-":
            return None
        try:
            return normalised_phone(self.phone)
        except DomainError as refusal:
            self.errors["phone"] = say(refusal)
            return None

    def _year(self, this_year: int) -> int | None:
        text = plain(self.birth_year)
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) == 4 and this_year - 120 <= int(text) <= this_year:
            return int(text)
        self.errors["birth_year"] = say(DomainError(N_("出生年份要四位数，比如1955")))
        return None

    def refuse(self, refusal: DomainError) -> None:
        """Put a refusal beside its field."""
        self.errors[refusal.field or "form"] = say(refusal)


@dataclass(kw_only=True)
class OwnForm:
    """What a person types about themselves; `errors` are sentences by field. The password is never shown again."""

    name: str = ""
    pinyin: str = ""
    phone: str = ""
    current: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> OwnForm:
        """Read what was sent; nothing is judged yet."""
        return cls(
            name=" ".join(plain(form.get("name", "")).split())[:60],
            pinyin=" ".join(form.get("pinyin", "").lower().split())[:120],
            phone=form.get("phone", "").strip()[:40],
            current=form.get("current", "")[:500],
        )

    def read(self, *, kept_phone: str | None) -> str | None:
        """Return the phone to keep, with `errors` filled: an empty field keeps the number, "-" takes it away."""
        if not self.name:
            self.errors["name"] = say(DomainError(N_("写上姓名")))
        if not self.phone:
            return kept_phone
        if plain(self.phone) == "-":
            return None
        try:
            return normalised_phone(self.phone)
        except DomainError as refusal:
            self.refuse(refusal)
            return None

    def refuse(self, refusal: DomainError) -> None:
        """Put a refusal beside its field."""
        self.errors[refusal.field or "form"] = say(refusal)
