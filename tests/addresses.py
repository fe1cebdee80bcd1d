"""Addresses that are compiled once a run: every test builds the application, and all of them have the same addresses.

Adding an address only writes it down. Whoever asks first compiles the whole list as werkzeug does; an application with
exactly the same list takes what was compiled then.
"""

from __future__ import annotations

import copy
import threading
from operator import attrgetter
from typing import Any

from werkzeug.routing import Map, Rule, RuleFactory
from werkzeug.routing.matcher import StateMachineMatcher

_FACTS = attrgetter(
    *("rule", "endpoint", "subdomain", "host", "strict_slashes", "merge_slashes", "build_only", "alias", "websocket"),
    *("redirect_to", "provide_automatic_options"),
)
_compiled: dict[tuple[object, ...], tuple[StateMachineMatcher, dict[Any, list[Rule]]]] = {}
_compiling = threading.Lock()


class SharedMap(Map):
    """The addresses of an application for tests."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._written: list[Rule] = []
        super().__init__(*args, **options)

    def add(self, rulefactory: RuleFactory) -> None:
        """Write an address down."""
        self._written.extend(rulefactory.get_rules(self))
        self._remap = True

    def update(self) -> None:
        """Take what was compiled for the same list, or compile it."""
        if not self._remap:
            return
        with _compiling:
            key = (*self.converters.items(), self.host_matching, self.merge_slashes, *map(_facts, self._written))
            if key not in _compiled:
                self._compile()
                _compiled[key] = self._matcher, self._rules_by_endpoint
            self._matcher, self._rules_by_endpoint = _compiled[key]
            self._remap = False

    def _compile(self) -> None:
        self._matcher, self._rules_by_endpoint = StateMachineMatcher(self.merge_slashes), {}
        for written in self._written:
            rule = copy.copy(
                written
            )  # what is written down stays unbound: the list may grow, and is compiled anew then
            rule.arguments = set(written.arguments)
            super().add(rule)
        super().update()


def _facts(rule: Rule) -> tuple[object, ...]:
    return (*_FACTS(rule), frozenset(rule.methods or ()), tuple((rule.defaults or {}).items()))
