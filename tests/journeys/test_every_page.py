"""Every page links lead to, used as people use it: with the keyboard only, and when the network is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from engage.core.access import Role
from tests.journeys.acting import reachable
from tests.journeys.conftest import DESK, PHONE
from tests.live import Installation

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # nothing here depends on the database

_LONGEST = 250
#: what Tab must reach: one stop for a group of radio buttons, none inside what is folded or hidden
_STOPS = """() => {
  const seen = new Set();
  return [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')].filter(node => {
    if (node.disabled || node.type === 'hidden' || node.tabIndex < 0 || !node.checkVisibility({checkVisibilityCSS: true})) return false;
    if (node.type !== 'radio') return true;
    const group = (node.form ? [...document.forms].indexOf(node.form) : '') + node.name;
    if (seen.has(group)) return false;
    seen.add(group);
    return true;
  }).length;
}"""
_HERE = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const styles = [getComputedStyle(node), getComputedStyle(node, '::after'), getComputedStyle(node.parentElement)];
  if (node.nextElementSibling) styles.push(getComputedStyle(node.nextElementSibling));
  const shown = styles.some(style => style.outlineStyle !== 'none' || style.boxShadow !== 'none');
  node.dataset.stop = node.dataset.stop || Math.random();
  return {stop: node.dataset.stop, shown, what: node.outerHTML.slice(0, 140)};
}"""
#: type into the first form of each route, press its button without the browser's own checks
_PRESS = """number => {
  const form = [...document.querySelectorAll('form[method="post"]')][number];
  const button = form.querySelector('button[type=submit], button:not([type])');
  if (!button || !button.checkVisibility()) return false;
  form.noValidate = true;
  for (const field of form.querySelectorAll('input[type=text], input:not([type]), textarea')) field.value = '写了一半';
  form.requestSubmit(button);
  return true;
}"""
_KEPT = """number => [...document.querySelectorAll('form[method="post"]')][number]
  .querySelectorAll('input[type=text], input:not([type]), textarea').values()
  .every(field => field.value === '写了一半' || field.form.hasAttribute('data-queue'))"""


def open_as(who: str, story: Installation, open_page: Callable[..., Page]) -> Page:
    page = open_page(story, size=DESK if who == "secretary" else PHONE)
    page.context.add_cookies([story.cookie_of(Role.SECRETARY if who == "secretary" else None)])
    return page


@pytest.mark.parametrize("who", ["volunteer", "secretary"])
def test_tab_reaches_every_control_and_shows_where_it_is(
    who: str, story: Installation, open_page: Callable[..., Page]
) -> None:
    page = open_as(who, story, open_page)
    wrong, pages = [], 0
    for address in reachable(page, story):
        wanted, reached, last = page.evaluate(_STOPS), set[str](), None
        for _ in range(2 * wanted + 20):  # a date has a stop for each of its parts
            page.keyboard.press("Tab")
            here = page.evaluate(_HERE)
            if here is None or (here["stop"] in reached and here["stop"] != last) or len(reached) >= _LONGEST:
                break
            reached.add(last := here["stop"])
            if not here["shown"]:
                wrong.append(f"{address}: nothing shows the focus on {here['what']}")
        if len(reached) < min(wanted, _LONGEST):
            wrong.append(f"{address}: Tab reaches {len(reached)} of {wanted} controls")
        pages += 1
    assert pages >= 6
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("who", ["volunteer", "secretary"])
def test_without_network_a_form_says_so_and_keeps_what_was_typed(
    who: str, story: Installation, open_page: Callable[..., Page]
) -> None:
    page = open_as(who, story, open_page)
    wrong, pressed = [], set()
    for address in reachable(page, story):
        page.goto(address)
        actions = page.locator('form[method="post"]').evaluate_all("forms => forms.map(form => form.action)")
        for number, action in enumerate(actions):
            route = "".join(letter for letter in action if not letter.isdigit())
            if route in pressed:
                continue
            page.goto(address)
            page.context.set_offline(True)
            if page.evaluate(_PRESS, number):
                pressed.add(route)
                said = page.locator("#flash [role=alert], #offline:not([hidden])")
                try:
                    said.first.wait_for(timeout=3000)
                except Exception:  # noqa: BLE001 - the browser's own error page, or silence: both are the fault looked for
                    wrong.append(f"{address}: {action} says nothing")
                else:
                    if not page.evaluate(_KEPT, number):
                        wrong.append(f"{address}: {action} loses what was typed")
            page.context.set_offline(False)
    assert len(pressed) >= 5
    assert wrong == [], "\n".join(wrong)
