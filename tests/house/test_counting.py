"""English says "1 row" and "2 rows": Chinese does not count its nouns, so nobody who writes a sentence notices."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from engage.core import i18n
from engage.registry import ROOMS

COUNT = re.compile(r"%\(\w+\)[sd](?:</\w+>)? (?P<near>[a-z-]+)(?: (?P<far>[a-z-]+))?")
PLURAL_VERBS = {"are", "were", "have"}
# What follows a name or one single thing. A new one fails the test until it stands here.
NOT_PLURAL = {
    *("as", "s", "this", "with", "becomes", "closes", "did", "does", "goes", "has", "is", "leads", "leaves"),
    *("overlaps", "signs", "stands", "stops", "takes", "waits", "was"),
}
NEVER_ONE = {
    "%(days)s天内": "one of a few spans, each of them weeks",
    "一次最多代%(most)s天；更久的话，请书记另外给职务": "a fixed limit",
    "人数写1到%(most)s之间": "a fixed limit",
    "代号短一些，%(most)s个字以内": "a fixed limit",
    "只列前%(most)s户，多写几个字再找": "a fixed limit",
    "名字太长了，%(most)s个字以内就好": "a fixed limit",
    "名字最多%(most)s个字": "a fixed limit",
    "密码太长了，%(most)s个字以内就好": "a fixed limit",
    "密码至少要%(least)s个字，您写了%(count)s个": "a fixed limit",
    "最多存%(most)s个。删掉一个不用的再存": "a fixed limit",
    "每周一班，最多排%(most)s周": "a fixed limit",
    "激活码是%(length)s位，您写了%(count)s位": "a code has one length",
    "有%(count)s个议题票数一样，请当众抽签，把抽到的先后填进来。": "a tie has two at least",
    "这一格有%(length)d个字，最多%(most)d个。": "more than a fixed limit",
    "编号%(number)s的证和登录马上作废。手里是旧证的，给本人重印一张": "the number of a person, not of things",
}


def test_english_counts_one_as_one() -> None:
    """A count has both forms (`ngettext`, `{% pluralize %}`), or its English is right for any number."""
    wrong = {sentence: english for sentence, english, reach in _spoken() if miscounted(english, reach=reach)}
    assert {sentence: english for sentence, english in wrong.items() if sentence not in NEVER_ONE} == {}
    assert NEVER_ONE.keys() - wrong.keys() == set(), "no longer needs an excuse"


@pytest.mark.parametrize(
    "planted",
    [
        "%(rows)s rows bring nothing new",
        "All %(num)d good rows",
        "<b>%(n)s</b> households chose it",
        "With %(n)s people here",
        "%(n)s are waiting",
    ],
)
def test_a_miscounted_sentence_is_noticed(planted: str) -> None:
    assert miscounted(planted, reach=2)


@pytest.mark.parametrize(
    "right", ["%(n)s row was read", "Rows: %(n)s, people: %(m)s", "%(name)s is here", "%(n)s of %(m)s", "%(n)s min"]
)
def test_a_sentence_right_for_any_number_passes(right: str) -> None:
    assert not miscounted(right, reach=2)


def test_no_sentence_is_counted_in_one_place_and_plain_in_another() -> None:
    """Both share one entry of the compiled catalogue, and the plain one would stay Chinese: see `npgettext`, `_lp`."""
    plain: dict[tuple[str, str | None], str] = {}
    counted: dict[tuple[str, str | None], str] = {}
    for room in ("core", "cli", *ROOMS):
        for file, message, context in i18n.uses(room):
            if isinstance(message, str):
                plain[message, context] = file
            else:
                counted[message[0], context] = file
    assert [(*key, plain[key], counted[key]) for key in plain.keys() & counted.keys()] == []


def miscounted(english: str, *, reach: int) -> bool:
    """Whether a plural follows a number within `reach` words, so that the sentence would be wrong for 1."""
    return any(
        found["near"] in PLURAL_VERBS
        or _is_plural(found["near"])
        or (reach > 1 and found["near"] not in NOT_PLURAL and _is_plural(found["far"] or ""))
        for found in COUNT.finditer(english)
    )


def _is_plural(word: str) -> bool:
    return word == "people" or (word.endswith("s") and word not in NOT_PLURAL)


def _spoken() -> Iterator[tuple[str, str, int]]:
    """Yield each sentence, its English (the one for 1, where there are two) and how far a count may reach in it.

    Where both forms exist, the word after "1 row" is a verb and rightly ends in s.
    """
    for path in sorted((i18n.CATALOGUES / "en").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if isinstance(message.id, tuple) and isinstance(message.string, tuple):
                    yield message.id[0], message.string[0], 1
                elif isinstance(message.id, str) and isinstance(message.string, str):
                    yield message.id, message.string, 2
