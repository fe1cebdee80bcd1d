"""What the office typed about a team or a training, parsed field by field; what was typed is kept for the page."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from unicodedata import normalize

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from engage import people, places
from engage.core import web
from engage.core.errors import DomainError
from engage.teams import rules
from engage.teams.commands import TeamPlan
from engage.teams.queries import Profile
from engage.teams.rules import TeamKind
from engage.teams.training import TrainingDay

#: a sheet of paper holds fewer names
MOST_AT_ONCE = 200


@dataclass(kw_only=True)
class TeamForm:
    """A team as typed, with complaints by field."""

    name: str = ""
    kind: str = TeamKind.GENERAL.value
    place: str = ""
    about: str = ""
    takes_in: bool = True
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, team: people.TeamFacts, profile: Profile) -> TeamForm:
        """Return the form filled in with a team as it stands."""
        kind = team.kind if team.kind in set(TeamKind) else TeamKind.GENERAL.value
        place = str(profile.place_id or "")
        return cls(name=team.name, kind=kind, place=place, about=profile.about, takes_in=profile.takes_in)

    @classmethod
    def parse(cls, form: MultiDict[str, str]) -> TeamForm:
        """Read what came in."""
        return cls(
            name=form.get("name", "").strip(),
            kind=form.get("kind", ""),
            place=form.get("place", "").strip(),
            about=form.get("about", "").strip(),
            takes_in=form.get("takes_in") == "1",
        )

    def plan(self) -> TeamPlan:
        """Return what was meant. Raises `DomainError` naming the field."""
        if self.kind not in set(TeamKind):
            raise rules.TeamRefused(gettext("从列表里选一个"), field="kind")
        if len(self.about) > rules.ABOUT_LETTERS:
            raise rules.TeamRefused(gettext("写短一些"), field="about")
        return TeamPlan(
            name=rules.ensure_name(self.name),
            kind=TeamKind(self.kind),
            place_id=self._place(),
            about=self.about,
            takes_in=self.takes_in,
        )

    def _place(self) -> int | None:
        if not self.place:
            return None
        if not any(str(grid.id) == self.place for grid in places.list_grids()):
            raise rules.TeamRefused(gettext("从列表里选一个"), field="place")
        return int(self.place)

    def refused(self, refusal: DomainError) -> TeamForm:
        """Put a refusal beside its field."""
        self.errors[refusal.field or "form"] = web.say(refusal)
        return self


@dataclass(kw_only=True)
class TrainingForm:
    """A training as typed: who was ticked, which numbers were written, and the rest."""

    kind: str = ""
    trained_on: str = ""
    expires_on: str = ""
    given_by: str = ""
    giver_no: str = ""
    note: str = ""
    numbers: str = ""
    ticked: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, form: MultiDict[str, str]) -> TrainingForm:
        """Read what came in."""
        texts = ("kind", "trained_on", "expires_on", "given_by", "giver_no", "note", "numbers")
        parsed = cls(ticked=form.getlist("person")[:MOST_AT_ONCE])
        for name in texts:
            setattr(parsed, name, form.get(name, "").strip())
        return parsed

    def training(self) -> TrainingDay:
        """Return what was meant. Raises `DomainError` naming the field."""
        giver = self._by_number(self.giver_no, name="giver_no") if self.giver_no else None
        trained_on = self._day("trained_on", self.trained_on)
        return TrainingDay(
            kind=self.kind,
            trained_on=trained_on,
            expires_on=self._day("expires_on", self.expires_on) if self.expires_on else None,
            giver_id=giver,
            given_by="" if giver and not self.given_by else self.given_by[:60],
            note=self.note[:120],
            person_ids=self._people(),
        )

    def _people(self) -> tuple[int, ...]:
        ids = [web.whole_number(text) for text in self.ticked]
        ids += [self._by_number(text, name="numbers") for text in re.split(r"[\s,，、;；]+", self.numbers) if text]
        return tuple(sorted(set(ids)))

    @staticmethod
    def _by_number(text: str, *, name: str) -> int:
        number = web.small_number(text)
        person = people.find_by_member_no(number) if number is not None else None
        if person is None:
            raise rules.TrainingRefused(gettext("没有编号“%(text)s”，再看一眼证件", text=text[:12]), field=name)
        return person.id

    @staticmethod
    def _day(name: str, text: str) -> date:
        try:
            return date.fromisoformat(normalize("NFKC", text).replace("/", "-").replace(".", "-"))
        except ValueError:
            raise rules.TrainingRefused(gettext("日期写成2026-06-12这样"), field=name) from None

    def refused(self, refusal: DomainError) -> TrainingForm:
        """Put a refusal beside its field."""
        self.errors[refusal.field or "form"] = web.say(refusal)
        return self
