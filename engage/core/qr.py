"""QR codes as SVG, always black on white with a quiet zone, for pages and for paper."""

from __future__ import annotations

from functools import lru_cache

import qrcode
from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_M


@lru_cache(maxsize=256)
def svg(content: str, *, label: str = "") -> Markup:
    """Return an inline SVG of the content; `label` is read out by screen readers.

    One path, no size: the page decides how large it is.
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=2)
    code.add_data(content)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h{run}v1h-{run}z" for y, row in enumerate(rows) for x, run in _runs(row))
    name = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup(
        '<svg viewBox="0 0 {0} {0}" {1} shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{0}v{0}H0z"/><path d="{2}"/></svg>'
    ).format(len(rows), name, path)


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Return (start, length) of the dark runs of one row."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and runs[-1][0] + runs[-1][1] == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
