"""Which languages people get along in, as codes; a helper or an interpreter is found by them."""

from __future__ import annotations

from collections.abc import Iterable

from engage.core.i18n import _l

LANGUAGES = {
    "putonghua": _l("普通话"),
    "local": _l("本地话"),
    "cantonese": _l("粤语"),
    "minnan": _l("闽南话"),
    "uyghur": _l("维吾尔语"),
    "tibetan": _l("藏语"),
    "mongolian": _l("蒙古语"),
    "korean": _l("朝鲜语"),
    "english": _l("英语"),
    "sign": _l("手语"),
}


def joined(codes: Iterable[str]) -> str:
    """Return the known codes among these as they are stored, each once, at most six."""
    wanted = set(codes)
    return " ".join([code for code in LANGUAGES if code in wanted][:6])


def words_of(stored: str) -> list[str]:
    """Return what a stored list is called, in the reader's language."""
    return [str(LANGUAGES[code]) for code in stored.split() if code in LANGUAGES]
