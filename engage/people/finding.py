"""What somebody types to find a person, and why an entry answers it. Pure: the index in the database says the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engage.people.rules import plain

#: more words than anybody types; the rest narrows nothing
WORDS_AT_MOST = 6
WORD_AT_MOST = 40
#: larger than any letter: a word and everything that begins with it lie between the word and the word plus this
LAST = "\U0010ffff"

_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}

#: a text cut into parts, each marked or not
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What a person can be found by. `home` is the doorplate label or empty."""

    name: str
    pinyin: str
    member_no: int
    last4: str | None
    home: str


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Where the words stand in an entry, for marking; `by_sound` when the name was found by its pinyin."""

    name: Pieces
    number: bool
    phone: bool
    home: Pieces
    by_sound: bool


def words_of(text: str) -> list[str]:
    """Return the words to look for: plain, small letters, `xi'an` as `xian`. Several words must all match."""
    found = (word.replace("'", "")[:WORD_AT_MOST] for word in lowered(plain(text)).split())
    return list(dict.fromkeys(filter(None, found)))[:WORDS_AT_MOST]


def lowered(text: str) -> str:
    """Return the text with small ASCII letters: both databases lower just those, whatever their language."""
    return text.translate(_LOWER)


def terms_of(*, name: str, pinyin: str) -> set[str]:
    """Return what the search index holds of a name: it and its pinyin from every syllable on, and the initials.

    周桂芳 is found by 周桂芳, 桂芳, 芳, zhouguifang, guifang, fang, zgf and gf, and by what any of these begins with.
    The triggers in `models_search` write the same.
    """
    sounds = _syllables(pinyin)
    terms = {lowered(name[start:]) for start, letter in enumerate(name) if letter != " "}
    terms |= {"".join(sounds[start:]) for start in range(len(sounds))}
    terms |= {"".join(sound[0] for sound in sounds[start:]) for start in range(len(sounds) - 1)}
    return terms


def _syllables(pinyin: str) -> list[str]:
    return [sound for sound in lowered(pinyin).split(" ") if sound]


def number_in(word: str) -> int | None:
    """Return the member number a word may be, with or without leading noughts, or None."""
    return int(word) if re.fullmatch(r"[0-9]{1,9}", word) else None


def last4_in(word: str) -> str | None:
    """Return the last four digits of a phone a word may be, or None."""
    return word if re.fullmatch(r"[0-9]{4}", word) else None


def answers(entry: Entry, words: Sequence[str]) -> bool:
    """Tell whether every word finds this entry; what the database is asked, said once more."""
    terms = terms_of(name=entry.name, pinyin=entry.pinyin)
    return all(
        any(term.startswith(word) for term in terms)
        or number_in(word) == entry.member_no
        or (entry.last4 is not None and last4_in(word) == entry.last4)
        or word in lowered(entry.home)
        for word in words
    )


def reason_of(entry: Entry, words: Sequence[str]) -> Reason:
    """Return where the words stand in an entry that answers them."""
    letters = [span for word in words for span in _in_text(lowered(entry.name), word)]
    heard = [span for word in words for span in _in_sounds(entry, word)]
    return Reason(
        name=_pieces(entry.name, [*letters, *heard]),
        number=any(number_in(word) == entry.member_no for word in words),
        phone=entry.last4 is not None and entry.last4 in words,
        home=_pieces(entry.home, [span for word in words for span in _in_text(lowered(entry.home), word)]),
        by_sound=bool(heard),
    )


def _in_text(text: str, word: str) -> Iterator[tuple[int, int]]:
    start = text.find(word)
    while start >= 0:
        yield start, start + len(word)
        start = text.find(word, start + 1)


def _in_sounds(entry: Entry, word: str) -> Iterator[tuple[int, int]]:
    """Return which letters of the name a word spells: by whole sounds and their beginning, or by initials."""
    sounds = _syllables(entry.pinyin)
    fits = len(sounds) == len(entry.name)
    for start in range(len(sounds)):
        covered = _sounds_covered(sounds[start:], word)
        if covered:
            yield (start, start + covered) if fits else (0, len(entry.name))


def _sounds_covered(sounds: Sequence[str], word: str) -> int:
    """Return how many of these sounds the word spells, 0 for none."""
    if "".join(sounds).startswith(word):
        length, covered = 0, 0
        while length < len(word):
            length += len(sounds[covered])
            covered += 1
        return covered
    initials = "".join(sound[0] for sound in sounds)
    return len(word) if len(word) > 1 and initials.startswith(word) else 0


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Pieces:
    marked = [any(start <= place < end for start, end in spans) for place in range(len(text))]
    pieces: Pieces = []
    for letter, mark in zip(text, marked, strict=True):
        if pieces and pieces[-1][1] == mark:
            pieces[-1] = (pieces[-1][0] + letter, mark)
        else:
            pieces.append((letter, mark))
    return pieces
