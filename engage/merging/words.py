"""What facts and suspicions are called."""

from __future__ import annotations

from engage.core.i18n import _l

FACT_WORDS = {
    "name": _l("姓名"),
    "phone": _l("手机"),
    "birth_year": _l("出生年份"),
    "home": _l("住处"),
    "languages": _l("会说的话"),
    "is_volunteer": _l("志愿者"),
}
WHY_WORDS = {
    "phone+name": _l("同名，手机也一样"),
    "name+home": _l("同名，住同一户"),
    "name+year": _l("同名，同一年出生"),
    "phone": _l("手机一样，名字不同，多半是一家人"),
}
