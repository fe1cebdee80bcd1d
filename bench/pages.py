"""What a phone page weighs on the wire, at the first view and again: `python -m bench.pages`."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from tests.databases import build_schema
from tests.live import Installation, serving
from tests.phone import Phone

PAGES = {
    "home": "/",
    "passbook": "/points",
    "shelf": "/rewards",
    "activities": "/activities",
    "talks": "/talks",
    "ballot": "/votes/1",
}
GZIP = "Accept-Encoding: gzip\r\n"
_FILE = re.compile(rb'(?:<link rel="(?:stylesheet|icon)" href|<script src|<use href)="(/static/[^"#]+)')


def weigh(phone: Phone, path: str, *, cookie: str, more: str) -> tuple[int, int]:
    """Return the bytes of the page, and of every style, script and drawing it asks for."""
    page = phone.get(path, cookie=cookie, more=more)
    if page.status != 200:
        raise RuntimeError(f"{path} answered {page.status}")
    plain = phone.get(path, cookie=cookie).body if more else page.body
    files = sorted(set(_FILE.findall(plain)))
    return size(page.head, page.body), sum(
        size(answer.head, answer.body)
        for answer in (phone.get(file.decode().replace("&amp;", "&"), more=more) for file in files)
    )


def size(head: str, body: bytes) -> int:
    """Return what travels: head and body."""
    return len(head) + 4 + len(body)


def main() -> None:
    """Tell the story, open the pages as a volunteer, print the table."""
    with tempfile.TemporaryDirectory(prefix="engage-bench-") as folder:
        url = f"sqlite:///{folder}/bench.sqlite"
        build_schema(database_url=url, data_dir=Path(folder))
        installation = Installation(database_url=url, data_dir=Path(folder))
        installation.flask("demo")
        with serving(installation):
            phone = Phone(installation.port)
            cookie = installation.cookie_of(None)["value"]
            shifts = phone.get("/activities", cookie=cookie).body
            found = re.search(rb'href="(/shifts/\d+)', shifts)
            if found:
                PAGES["duty"] = f"{found.group(1).decode()}/duty"
            print(f"{'kB on the wire':<12} {'first':>8} {'again':>8} {'first, plain':>14} {'again, plain':>14}")
            for name, path in PAGES.items():
                html, files = weigh(phone, path, cookie=cookie, more=GZIP)
                plain_html, plain_files = weigh(phone, path, cookie=cookie, more="")
                print(
                    f"{name:<14} {(html + files) / 1000:8.1f} {html / 1000:8.1f}"
                    f" {(plain_html + plain_files) / 1000:14.1f} {plain_html / 1000:14.1f}"
                )


if __name__ == "__main__":
    main()
