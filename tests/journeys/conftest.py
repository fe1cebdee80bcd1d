"""A real browser in front of the real server, on each database: two widths, with and without JavaScript."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from scripts.browser import FLAGS, ensure_browser
from tests.databases import Databases
from tests.live import Installation, serving

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One browser for the whole run; each journey gets contexts of its own."""
    opened = playwright.chromium.launch(
        executable_path=ensure_browser(), args=[flag for flag in FLAGS if flag != "--headless"]
    )
    yield opened
    opened.close()


@pytest.fixture
def installation(database: Databases, tmp_path: Path) -> Iterator[Installation]:
    """A server on an empty, migrated database."""
    url = database.fresh()
    with serving(Installation(database_url=url, data_dir=tmp_path)) as running:
        yield running
    database.discard(url)


@pytest.fixture(scope="session")
def told() -> dict[str, tuple[str, Path]]:
    """For each kind of database the demo story, told once a run: its URL and its data folder."""
    return {}


@pytest.fixture
def story(
    database: Databases, tmp_path: Path, told: dict[str, tuple[str, Path]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A server on a database that holds the demo story, a copy of its own."""
    if database.name not in told:
        first, folder = database.fresh(), tmp_path_factory.mktemp("story")
        Installation(database_url=first, data_dir=folder).flask("demo")
        told[database.name] = first, folder
    original, folder = told[database.name]
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    url = database.copy(original)
    with serving(Installation(database_url=url, data_dir=tmp_path)) as running:
        yield running
    database.discard(url)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of a new, signed-out browser: `open_page(installation, width=PHONE)`."""
    contexts: list[BrowserContext] = []

    def opened(running: Installation, *, size: dict[str, int] = PHONE, **options: Any) -> Page:
        context = browser.new_context(
            base_url=running.address, viewport=size, locale=options.pop("locale", "zh-CN"), **options
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"script error on {page.url}: {error}"))
        return page

    yield opened
    for context in contexts:
        context.close()
