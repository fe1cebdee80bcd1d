"""Whose phone a column holds: two people often stand beside each other in one row. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from engage.roster.rules.vocabulary import Field, guess

#: what is said about one person, and goes with the name to its left
_OF_A_PERSON: Final = frozenset(
    {
        Field.PHONE,
        Field.SEX,
        Field.BIRTH,
        Field.BIRTH_MONTH,
        Field.BIRTH_DAY,
        Field.AGE,
        Field.RELATION,
        Field.ID_NUMBER,
    }
)
_ANOTHER: Final = re.compile(
    r"(第[一二三]|法定)?(监护人|联系人|紧急联系人|家属|亲属|配偶|父亲|母亲|爱人|子女|儿子|女儿|推荐人|介绍人|填表人|登记人|经办人|民警|社工|包保人|责任人"
    r"|租户|租客|承租人|房东|房主|业主|户主|产权人|(专职|责任)?网格(员|长)|(微网格|楼栋?|单元|楼门|楼组)长|邻长|物业)(的?(姓\s*名|名字))?"
)
_BEFORE_PHONE: Final = re.compile(r"(户主|业主|房主|产权人|租户|租客|承租人)(联系)?(电话|手机|方式).*")


def of_others(printed: Sequence[str], guesses: Sequence[Field | None], by_sureness: Sequence[int]) -> set[int]:
    """Return the columns that speak about somebody else than the row's person: a guardian, a spouse, the grid officer.

    A phone, a birth date and the like belong to the name on their left as long as nothing else comes between.
    """
    name = next((column for column in by_sureness if guesses[column] is Field.NAME), None)
    if name is None:
        return set()
    others: set[int] = set()
    owner = name
    for column, text in enumerate(printed):
        bare = re.sub(r"[\s*]|[(（].*?[)）]", "", text)
        if column == name or guesses[column] is Field.NAME or _ANOTHER.fullmatch(bare):
            owner = column
        elif guesses[column] not in _OF_A_PERSON and not (owner != name and bare.startswith(_stem(printed[owner]))):
            owner = name
        elif owner != name:
            others.add(column)
        if column not in others and _says_another(bare, printed[name], printed, relation=Field.RELATION in guesses):
            others.add(column)
    return others


def is_about_another(printed: str, above: str = "") -> bool:
    """Tell a column that was left out because it speaks of a second person in the row."""
    found = guess(printed, above)
    return bool(printed) and found is not None and found[0] in _OF_A_PERSON | {Field.NAME}


def _stem(heading: str) -> str:
    return re.sub(r"(的?(姓\s*名|名字))$", "", re.sub(r"\s", "", heading)) or heading


def _says_another(bare: str, name: str, printed: Sequence[str], *, relation: bool) -> bool:
    """Tell whether a phone is said to be the owner's while the name is the tenant's, or the head's beside a member."""
    found = _BEFORE_PHONE.fullmatch(bare)
    if not found or found[1] in name:
        return False
    other = any(found[1] in text and text != bare and not _BEFORE_PHONE.fullmatch(text) for text in printed)
    return other or relation or _ANOTHER.fullmatch(re.sub(r"\s", "", name)) is not None
