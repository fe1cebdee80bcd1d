"""Two languages: the Chinese sentences are the message ids, English comes from one catalogue per room.

`translations/en/<room>.po` are the sources; they are compiled into one catalogue when one of them is newer.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, format_date, get_locale, gettext, lazy_gettext, lazy_pgettext, ngettext
from markupsafe import Markup

from engage.config import PROJECT
from engage.core import clock
from engage.registry import ROOMS

__all__ = [
    "LANGUAGES",
    "_",
    "_l",
    "_lp",
    "catalogue_problems",
    "day",
    "day_and_time",
    "init_app",
    "ngettext",
    "time_of_day",
    "update_catalogues",
]

_ = gettext
_l = lazy_gettext
_lp = lazy_pgettext  # where one Chinese word needs two English ones: the first argument says where it stands

LANGUAGES = {"zh": "zh_Hans_CN", "en": "en"}
CATALOGUES = PROJECT / "translations"
_KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "_l", "N_", "gettext", "lazy_gettext")),
    "_lp": ((1, "c"), 2),
    "ngettext": (1, 2),
    "npgettext": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2),
}
_METHODS = [("**.py", "python"), ("**.html", "jinja2")]
_JINJA_OPTIONS = {"**.html": {"extensions": "jinja2.ext.do", "silent": "false"}}

babel = Babel()


def init_app(app: Flask) -> None:
    """Choose the language per request and teach the templates dates and numbers."""
    compile_catalogues()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(CATALOGUES)
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES["zh"]
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Shanghai"
    babel.init_app(app, locale_selector=_choose)
    app.jinja_env.globals.update(language=language, lang_code=lang_code)
    spoken = (clauses, day, day_and_time, day_of_month, dotted_day, month_name, time_of_day, when, weekday)
    app.jinja_env.filters.update({word.__name__: word for word in spoken})


def _choose() -> str:
    chosen = g.get("language")
    if not chosen and not has_request_context():  # a command line, a test of a query
        return LANGUAGES["zh"]
    chosen = chosen or request.cookies.get("lang")
    if chosen not in LANGUAGES:
        chosen = request.accept_languages.best_match(list(LANGUAGES), default="zh")
    return LANGUAGES[str(chosen)]


def language() -> str:
    """Return "zh" or "en"."""
    locale = get_locale()
    return "en" if locale and locale.language == "en" else "zh"


def lang_code() -> str:
    """Return the value of `<html lang>`."""
    return "en" if language() == "en" else "zh-Hans"


def day(value: date | datetime) -> str:
    """Return "6月12日" or "12 Jun" (Shanghai day of a moment)."""
    moment = clock.local_date(value) if isinstance(value, datetime) else value
    return str(format_date(moment, "d MMM", rebase=False)) if language() == "en" else f"{moment.month}月{moment.day}日"


def weekday(value: date | datetime) -> str:
    """Return "周六" or "Sat"."""
    moment = clock.local_date(value) if isinstance(value, datetime) else value
    return str(format_date(moment, "EEE", rebase=False))


def day_of_month(value: date | datetime) -> int:
    """Return the number in a calendar's square (Shanghai day of a moment)."""
    return (clock.local_date(value) if isinstance(value, datetime) else value).day


def month_name(value: date | datetime) -> str:
    """Return "6月" or "Jun" (Shanghai day of a moment)."""
    moment = clock.local_date(value) if isinstance(value, datetime) else value
    return str(format_date(moment, "MMM", rebase=False)) if language() == "en" else f"{moment.month}月"


def dotted_day(value: date | datetime) -> str:
    """Return "2026.06.12", as on a seal (Shanghai day of a moment)."""
    return (clock.local_date(value) if isinstance(value, datetime) else value).strftime("%Y.%m.%d")


def time_of_day(value: datetime) -> str:
    """Return Shanghai wall time as "19:30"."""
    return clock.local(value).strftime("%H:%M")


def when(value: datetime) -> str:
    """Return "6月12日 周五 19:30" or "Fri 12 Jun 19:30" in Shanghai time."""
    words = (weekday(value), day(value)) if language() == "en" else (day(value), weekday(value))
    return " ".join((*words, time_of_day(value)))


def clauses(text: str) -> Markup:
    """Return a sentence whose lines break after its commas rather than inside a word, wherever they can."""
    parts = re.split(r"(?<=[，；：。？])", text)
    return Markup("").join(Markup('<span class="ph">{}</span>').format(part) for part in parts if part)


def day_and_time(value: datetime) -> str:
    """Return "6月12日 19:30" in Shanghai time."""
    return f"{day(value)} {time_of_day(value)}"


def _sources(room: str) -> list[Path]:
    roots = [PROJECT / "engage" / room, PROJECT / "templates" / room]
    if room == "core":
        roots += [PROJECT / "templates" / name for name in ("layouts", "components", "errors")]
    return [root for root in roots if root.exists()]


def uses(room: str) -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """Yield a file of a room, a message it says (a pair where something is counted) and the message's context."""
    for root in _sources(room):
        found = extract_from_dir(root, _METHODS, _JINJA_OPTIONS, keywords=_KEYWORDS, comment_tags=())
        for filename, _line, message, _comments, context in found:
            yield f"{root.relative_to(PROJECT)}/{filename}", message, context


def extract(room: str) -> Catalog:
    """Return the messages that a room's code and templates use."""
    catalogue = Catalog(charset="utf-8")
    for file, message, context in uses(room):
        # Line numbers change with every edit and would make every catalogue a conflict.
        catalogue.add(message, context=context, locations=[(file, 0)])
    return catalogue


def _rooms() -> tuple[str, ...]:
    return ("core", "cli", *ROOMS)


def _path(room: str) -> Path:
    return CATALOGUES / "en" / f"{room}.po"


def _read(room: str) -> Catalog:
    path = _path(room)
    if not path.exists():
        return Catalog(locale="en", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def update_catalogues() -> list[str]:
    """Bring every room's catalogue up to date with its sentences; returns what is still to be translated."""
    for room in _rooms():
        catalogue = _read(room)
        catalogue.update(extract(room), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        if not len(catalogue) and not _path(room).exists():
            continue
        buffer = BytesIO()
        write_po(buffer, catalogue, width=0, omit_header=True, sort_output=True, include_lineno=False)
        _path(room).write_bytes(buffer.getvalue())
    compile_catalogues()
    return list(catalogue_problems())


def catalogue_problems() -> Iterator[str]:
    """Yield each sentence that has no English yet, is out of date, or whose English breaks a placeholder."""
    for room in _rooms():
        catalogue = _read(room)
        wanted = {(message.id, message.context) for message in extract(room) if message.id}
        known = {(message.id, message.context): message for message in catalogue if message.id}
        for key in wanted:
            message = known.get(key)
            if message is None or not message.string or (isinstance(message.string, tuple) and not all(message.string)):
                yield f"{room}: no English for {key[0]!r}"
            elif message.fuzzy:
                yield f"{room}: fuzzy {key[0]!r}"
        for key in known.keys() - wanted:
            yield f"{room}: no longer used {key[0]!r}"
        for message, errors in catalogue.check():
            yield f"{room}: {message.id!r}: {'; '.join(map(str, errors))}"
    yield from _spoken_twice()


def _spoken_twice() -> Iterator[str]:
    """Yield each sentence that two rooms put into English differently: the rooms share one compiled catalogue."""
    first: dict[tuple[Any, str | None], tuple[str, Any]] = {}
    for room in _rooms():
        for message in _read(room):
            if message.id:
                spoken, said = first.setdefault((message.id, message.context), (room, message.string))
                if message.string != said:
                    yield f"{room}: {message.id!r} is {message.string!r} here and {said!r} in {spoken}; see _lp"


def compile_catalogues() -> None:
    """Write the one compiled catalogue, if a source is newer than it."""
    target = CATALOGUES / "en" / "LC_MESSAGES" / "messages.mo"
    sources = sorted((CATALOGUES / "en").glob("*.po"))
    if not sources or (target.exists() and target.stat().st_mtime > max(path.stat().st_mtime for path in sources)):
        return
    everything = Catalog(locale="en", charset="utf-8")
    for path in sources:
        for message in _read(path.stem):
            if message.id and message.string:
                everything.add(message.id, message.string, context=message.context)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(f".{os.getpid()}.new")  # workers that start together each write their own
    with draft.open("wb") as file:
        write_mo(file, everything)
    draft.replace(target)  # a worker starting meanwhile reads the old or the new one, never half
