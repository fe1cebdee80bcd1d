"""What may be published. Pure."""

from __future__ import annotations

#: a figure about fewer persons than this is somebody's own figure (product principle 2; trust §3 (h))
FEWEST_PERSONS = 5


def publishable(figure: int, *, persons: int) -> int | None:
    """Return a group's figure, or None when so few persons stand behind it that it speaks of them."""
    return figure if persons >= FEWEST_PERSONS else None
