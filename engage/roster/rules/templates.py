"""What makes two sheets the same template: their headings, as printed. Pure."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Sequence


def fingerprint(printed: Sequence[str]) -> str:
    """Return the SHA-256 of the headings in order; widths, blanks and empty columns at the end do not matter."""
    plain = ["".join(unicodedata.normalize("NFKC", heading).split()) for heading in printed]
    while plain and not plain[-1]:
        plain.pop()
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()
