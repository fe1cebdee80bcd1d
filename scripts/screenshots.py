"""Take the pictures of the documents: the demo story, the real server, a real browser.

python -m scripts.screenshots             all of them, into docs/screenshots/
python -m scripts.screenshots home board  only those whose name begins so
python -m scripts.screenshots --at http://127.0.0.1:8000 --to pictures   of a server that runs already
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from engage.demo import cast
from scripts.browser import FLAGS, ensure_browser

PROJECT = Path(__file__).resolve().parent.parent
FOLDER = PROJECT / "docs" / "screenshots"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
WALL = {"width": 1920, "height": 1080}
PAPER = {"width": 794, "height": 1123}
PORT = 8765
HIGHEST = 1800  # a longer list says no more
#: the story is told relative to now, and is meant for an evening: the server's clock begins at 19:12
_EVENING = """
from datetime import datetime
from zoneinfo import ZoneInfo

import time_machine

evening = datetime.now(ZoneInfo("Asia/Shanghai")).replace(hour=19, minute=12)
time_machine.travel(evening, tick=True).start()
"""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture: who looks, at which address; `follow` are links to click from there, by CSS selector."""

    name: str
    path: str
    who: str = ""
    size: dict[str, int] = field(default_factory=lambda: PHONE)
    cookies: dict[str, str] = field(default_factory=dict)
    follow: tuple[str, ...] = ()


PICTURES = (
    Picture(name="welcome", path="/"),
    Picture(name="sign-in", path="/sign-in"),
    Picture(name="home", path="/", who="volunteer"),
    Picture(name="home-dark", path="/", who="volunteer", cookies={"theme": "dark"}),
    Picture(name="home-elder", path="/", who="volunteer", cookies={"mode": "elder"}),
    Picture(name="home-english", path="/", who="volunteer", cookies={"lang": "en"}),
    Picture(name="activities", path="/activities", who="volunteer"),
    Picture(name="check-in", path="/", who="volunteer", follow=("a.btn-stamp",)),
    Picture(name="leader", path="/", who="leader", follow=("#duty a[href$='/roll']",)),
    Picture(name="passbook", path="/points", who="volunteer"),
    Picture(name="why-this-number", path="/points", who="volunteer", follow=("a[href^='/points/']",)),
    Picture(name="rewards", path="/rewards", who="volunteer"),
    Picture(name="topics", path="/topics", who="volunteer"),
    Picture(name="talk", path="/", who="volunteer", follow=("a.window.night",)),
    Picture(name="today", path="/desk/today", who="secretary", size=DESK),
    Picture(name="plan", path="/plan", who="secretary", size=DESK),
    Picture(name="members", path="/members", who="secretary", size=DESK),
    Picture(name="import", path="/roster/import", who="secretary", size=DESK),
    Picture(name="approvals", path="/approvals", who="clerk", size=DESK),
    Picture(name="journal", path="/ledger", who="secretary", size=DESK),
    Picture(name="stock", path="/stock", who="secretary", size=DESK),
    Picture(name="console", path="/desk/today", who="secretary", size=DESK, follow=("#talk a.btn",)),
    Picture(
        name="talk-elder", path="/", who="volunteer", cookies={"mode": "elder"}, follow=("a.big-row[href^='/talks/']",)
    ),
    Picture(name="rewards-elder", path="/rewards", who="volunteer", cookies={"mode": "elder"}),
    Picture(
        name="projector", path="/desk/today", who="secretary", size=WALL, follow=("#talk a.btn", ".con-right a.lk")
    ),
    Picture(name="poster", path="/talks/desk", who="secretary", size=PAPER, follow=("a.cell", "a[href$='/poster']")),
    Picture(name="board", path="/c/donghu", size=DESK),
    Picture(name="board-phone", path="/c/donghu"),
)


def main() -> None:
    """Tell the story into a folder of its own, serve it, and take the pictures."""
    parser = argparse.ArgumentParser(description="Take the pictures of the documents.")
    parser.add_argument("names", nargs="*", help="beginnings of names; all without any")
    parser.add_argument("--at", help="address of a server that holds the demo story; without it one is started")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder to write into")
    given = parser.parse_args()
    chosen = [one for one in PICTURES if not given.names or one.name.startswith(tuple(given.names))]
    given.to.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        address = given.at or stack.enter_context(serving(Path(stack.enter_context(tempfile.TemporaryDirectory()))))
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=ensure_browser(), args=list(FLAGS[1:]))
        kept: dict[str, Any] = {}
        for picture in chosen:
            take(picture, browser=browser, address=address, folder=given.to, kept=kept)
        browser.close()


def take(picture: Picture, *, browser: Browser, address: str, folder: Path, kept: dict[str, Any]) -> None:
    """Take one picture of the page, down to `HIGHEST` pixels."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": picture.size["width"], "height": picture.size["height"]},
        locale="zh-CN",
        storage_state=kept.get(picture.who),  # signing in is limited to five times a minute
    )
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in picture.cookies.items()])
    page = context.new_page()
    if picture.who and picture.who not in kept:
        sign_in(page, picture.who)
        kept[picture.who] = context.storage_state()
    answer = page.goto(picture.path)
    for selector in picture.follow:
        page.locator(selector).first.click()
        page.wait_for_load_state()
        page.evaluate("() => document.querySelectorAll('a[target]').forEach((link) => link.removeAttribute('target'))")
    # The bar at the foot of a phone is fixed to the window: make the window as high as the page.
    height = page.evaluate("() => document.documentElement.scrollHeight")
    page.set_viewport_size(
        {"width": picture.size["width"], "height": min(max(height, picture.size["height"]), HIGHEST)}
    )
    page.wait_for_timeout(300)
    path = folder / f"{picture.name}.png"
    page.screenshot(path=path)
    with Image.open(path) as whole:  # few colours are enough for a page, and a third of the bytes
        small = whole.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    print(f"{picture.name:18} {answer.status if answer else '?'} {page.url}")
    context.close()


def sign_in(page: Page, key: str) -> None:
    """Sign somebody of the cast in as they would do it."""
    member = next(member for member in cast.DONGHU if member.key == key)
    page.goto("/sign-in?community=donghu")
    page.fill("#f-account", member.phone or "")
    page.fill("#f-password", cast.PASSWORD)
    page.click("#sign-in button[type=submit]")
    page.wait_for_load_state()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve the story from an empty folder and yield the address."""
    (folder / "sitecustomize.py").write_text(_EVENING)
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "ENGAGE_DATA_DIR": str(folder),
        "DATABASE_URL": "",
        "ENGAGE_BIND": "127.0.0.1",
        "ENGAGE_PORT": str(PORT),
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "serve"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    address = f"http://127.0.0.1:{PORT}"
    try:
        for _ in range(600):
            with suppress(OSError), urllib.request.urlopen(f"{address}/healthz"):  # noqa: S310 - our own server
                break
            if process.poll() is not None:
                sys.exit((folder / "log").read_text())
            time.sleep(0.1)
        yield address
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


if __name__ == "__main__":
    main()
