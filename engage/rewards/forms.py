"""What the shop's forms say, and what was typed when they are refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engage.core.errors import DomainError
from engage.core.web import say


@dataclass(kw_only=True)
class Typed:
    """The fields of a form as typed, with a sentence for each that was refused."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, form: Mapping[str, str], *names: str) -> Typed:
        """Take the named fields, trimmed, at most 200 characters each."""
        return cls(values={name: form.get(name, "").strip()[:200] for name in names})

    def number(self, name: str) -> int:
        """Return a field as a whole number; -1, which every rule refuses, when it is not one."""
        text = self.values.get(name, "")
        return int(text) if len(text) <= 9 and text.isdecimal() else -1

    def refused(self, error: DomainError) -> Typed:
        """Keep what was typed and hang the refusal on its field."""
        self.errors[error.field or ""] = say(error)
        return self
