"""Every verb that any room records has words, and no word is there for nothing."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from engage.activities.rules import SignUpState
from engage.oversight import words
from engage.resolutions.rules import MOVES
from tests.house import sources

#: what the verbs made of two parts can be, by the text of the call; a new one fails until it stands here
MADE_OF_PARTS = {
    "f'person_{status}'": {f"person_{status}" for status in ("applied", "active", "paused", "closed")},
    "f'resolution {kind}'": {f"resolution {kind}" for kind in (*MOVES, "note")},
    "f'{wanted} speaker'": {"skipped speaker", "withdrawn speaker"},
    "state": {state.value for state in SignUpState},
}


def recorded() -> list[tuple[Path, ast.Call]]:
    return [
        (path, node)
        for path in sources.python_files("engage")
        for node in ast.walk(sources.tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.record", "record"}
    ]


def verbs_of(verb: ast.expr) -> set[str]:
    if isinstance(verb, ast.Constant):
        return {str(verb.value)}
    if isinstance(verb, ast.IfExp):
        return verbs_of(verb.body) | verbs_of(verb.orelse)
    return MADE_OF_PARTS[ast.unparse(verb)]


def test_every_verb_recorded_anywhere_has_words() -> None:
    wordless = [
        f"{sources.name(path)}:{call.lineno}: {verb!r}"
        for path, call in recorded()
        for verb in verbs_of(call.args[0])
        if verb not in words.VERBS
    ]
    assert wordless == []


def test_no_word_is_there_for_a_verb_nobody_records() -> None:
    known = {verb for _, call in recorded() for verb in verbs_of(call.args[0])}
    assert len(known) > 60
    assert set(words.VERBS) - known == set()


def test_no_two_verbs_read_the_same(house: object) -> None:
    with house.test_request_context():  # type: ignore[attr-defined]
        assert len({str(word) for word in words.VERBS.values()}) == len(words.VERBS)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_of_thing_recorded_anywhere_has_a_word(house: object, language: str) -> None:
    subjects = [ast.unparse(k.value) for _, call in recorded() for k in call.keywords if k.arg == "subject"]
    kinds = {match[1] for subject in subjects if (match := re.match(r"f?'(\w+?):", subject))}
    assert len(kinds) > 12
    with house.test_request_context(headers={"Accept-Language": language}):  # type: ignore[attr-defined]
        assert tuple(words.kind_words()) == words.KINDS
        assert kinds <= set(words.KINDS)
        assert all((word[0] >= "\u4e00") is (language == "zh") for word in words.kind_words().values())
