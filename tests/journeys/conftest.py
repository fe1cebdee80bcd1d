"""For the journeys: the production server on a database of its own, and a real browser at both widths."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from engage import people
from engage.core.database import db
from scripts.browser import FLAGS, ensure_browser
from tests import make
from tests.house.sources import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

    from engage.core.access import Actor

SCREENS = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}
LONGEST_START = 60  # seconds
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def at_seven() -> None:
    """On a journey the clock runs: the server is another process and keeps the real time."""


@dataclass(frozen=True)
class Site:
    """A running server; `url` has no slash at its end."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path


@pytest.fixture
def site(app: Flask, tmp_path: Path) -> Iterator[Site]:
    """The production server on the database of this test's `app`: what commands write, the browser sees."""
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = app.extensions["engage_settings"]
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "ENGAGE_DATA_DIR": str(settings.data_dir),
        "ENGAGE_SECRET_KEY": settings.secret_key.decode(),
        "ENGAGE_LISTEN": f"127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", str(PROJECT / "gunicorn.conf.py"), "app:app"]
    log = tmp_path / "server.log"
    with log.open("wb") as file:
        process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=file, stderr=file)
    running = Site(url=f"http://127.0.0.1:{port}", process=process, log=log)
    try:
        _wait_for(running)
        yield running
    finally:
        process.send_signal(signal.SIGINT)  # at once: a browser's idle connections are not waited for
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(site: Site) -> None:
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline and site.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{site.url}/healthz", timeout=2):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"the server did not start:\n{site.log.read_text('utf-8')}")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Which browser, and the flags that keep it from talking to anybody but the test."""
    return {"executable_path": ensure_browser(), "args": list(FLAGS)}


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """A function that opens a page: `open_page("phone", actor=world.volunteer, javascript=False)`.

    Nothing may fail unseen on it: an error in the console, a refusal by the content policy or a lost file fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(screen: str = "phone", *, actor: Actor | None = None, javascript: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport=SCREENS[screen],
            locale=options.pop("locale", "zh-CN"),
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            has_touch=screen == "phone",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if actor is not None:
            token = make.open_device(actor, now=datetime.now(UTC))
            db.session.remove()
            context.add_cookies([{"name": people.COOKIE, "value": token, "url": site.url}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if _is_ours(said) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "response", lambda answer: complaints.append(f"{answer.status} {answer.url}") if _is_lost(answer) else None
        )
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _is_ours(said: ConsoleMessage) -> bool:
    """Tell an error of the page from the browser's note on a request; a refused form answers 422 and means it."""
    return said.type == "error" and not said.text.startswith("Failed to load resource")


def _is_lost(answer: Response) -> bool:
    """Tell a file the page needs and did not get, or a server that failed, from an answer a person reads."""
    asked_by_a_person = answer.request.resource_type in {"document", "xhr", "fetch"}
    return answer.status >= (500 if asked_by_a_person else 400)


@pytest.fixture
def ensure_accessible() -> Callable[[Page], None]:
    """A function that fails with what axe-core found on the page (WCAG 2.2 AA)."""

    def check(page: Page) -> None:
        found = Axe().run(page, options=AXE)
        assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"

    return check


@pytest.fixture
def ensure_fits() -> Callable[[Page], None]:
    """A function that fails when the page can be scrolled sideways."""

    def check(page: Page) -> None:
        wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} px too wide for {page.viewport_size}"

    return check
