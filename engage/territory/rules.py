"""Areas as typed, and what a new cut of the grids must be like. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from unicodedata import normalize

from engage.core.errors import N_, DomainError

_AREA = re.compile(r"([0-9]{1,5})(?:\.([0-9]{1,2}))?")
LONGEST_NAME = 60
LONGEST_GROUP = 20


class RedrawRefused(DomainError):
    """The grids cannot be cut like this."""


def area_of(text: str) -> int | None:
    """Return an area in 0.01 m² from what was typed ("88.5" is 8850), None for an empty field; no fraction is computed.

    Raises `DomainError` for the field "area".
    """
    typed = re.sub(r"(平方米|平米|平方|m2|㎡)$", "", normalize("NFKC", text).strip().lower()).strip()
    if not typed:
        return None
    match = _AREA.fullmatch(typed)
    if match is None:
        raise DomainError(N_("面积写成88.5这样，单位平方米，小数最多两位"), field="area")
    centi = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
    if not centi:
        raise DomainError(N_("面积不能是0。不知道就空着"), field="area")
    return centi


def area_text(centi: int | None) -> str:
    """Return an area as people write it: 8850 is "88.5"; empty when it is not known."""
    if centi is None:
        return ""
    whole, rest = divmod(centi, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)


@dataclass(frozen=True, kw_only=True)
class Redraw:
    """How grids are cut anew: the old ones close, the new ones open, everything in the old ones goes somewhere.

    `targets` are the names of the new grids; `buildings` and `roles` say by number of target where each goes (a building
    that is not named goes to the first), `rest` where households without a building and persons without a household go. A role without a target ends with its grid.
    """

    kind: str
    sources: tuple[int, ...]
    targets: tuple[str, ...]
    buildings: Mapping[int, int] = field(default_factory=dict)
    rest: int = 0
    roles: Mapping[int, int | None] = field(default_factory=dict)

    def target_of(self, building_id: int | None) -> int:
        """Return the number of the new grid something of this building goes to: the first unless said otherwise."""
        return self.rest if building_id is None else self.buildings.get(building_id, 0)


def ensure_redraw(plan: Redraw, *, open_names: Mapping[int, str], buildings: Collection[int]) -> None:
    """Refuse a cut that leaves something out. `open_names` are the open grids by id, `buildings` those of the sources.

    Raises `RedrawRefused`.
    """
    names = [name.strip() for name in plan.targets]
    if not all(names) or any(len(name) > LONGEST_NAME for name in names):
        raise RedrawRefused(N_("每个新网格都要有名字，60个字以内"), field="name")
    kept = {name for place_id, name in open_names.items() if place_id not in plan.sources}
    if len(set(names)) < len(names) or set(names) & kept:
        raise RedrawRefused(N_("新网格的名字不能重样，也不能和别的网格一样"), field="name")
    if plan.kind == "merger":
        if len(set(plan.sources)) < 2 or len(names) != 1:
            raise RedrawRefused(N_("选一个要并到一起的网格"), field="other")
        return
    if len(plan.sources) != 1 or len(names) != 2:
        raise RedrawRefused(N_("一次拆成两个网格"), field="name")
    used = {plan.target_of(building) for building in buildings}
    if used != {0, 1}:
        raise RedrawRefused(N_("两个新网格都要分到楼。把归第二个的楼勾上，别全勾"), field="building")


def ensure_group(text: str) -> None:
    """Refuse a group of heads that is too long. Raises `DomainError` for the field "head_group"."""
    if len(text) > LONGEST_GROUP:
        raise DomainError(N_("代号短一些，%(most)s个字以内"), field="head_group", most=LONGEST_GROUP)
