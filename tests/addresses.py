"""Addresses that are compiled once a run: every test builds the application, and werkzeug writes code for each address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule

_BUILDERS: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}


class SharedRule(Rule):
    """An address of an application for tests. The code that builds it depends on nothing but the address."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002 - werkzeug's
        key: tuple[Any, ...] = (self.rule, self.subdomain, repr(self.defaults), append_unknown)
        if key not in _BUILDERS:
            _BUILDERS[key] = super()._compile_builder(append_unknown)
        return _BUILDERS[key]
