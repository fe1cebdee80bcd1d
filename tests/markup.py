"""What every HTML answer must be, whoever asks: valid, named, labelled, and working without JavaScript.

`list_faults` is called by the test client on each answer; the sentences it returns say what to change.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import html5lib
from bs4 import BeautifulSoup
from bs4.builder import HTML5TreeBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4.element import Tag

_UNLABELLED = {"hidden", "submit", "button", "reset", "image"}
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list", "form", "popovertarget")
_LEFTOVER = re.compile(r"\{\{|\}\}|\{%|%\(\w+\)[sd]|\bNone\b|\bUndefined\b|<built-in|object at 0x")
_ROW_PARENTS = {"tr": "tbody", "tbody": "table", "thead": "table", "td": "tr", "th": "tr", "option": "select"}
# html5lib is older than these parts of the standard, and SVG in HTML may close its tags itself.
_TOLERATED = {
    "expected-doctype-but-got-start-tag",
    "expected-doctype-but-got-chars",
    "non-void-element-with-trailing-solidus",
}


class _Builder(HTML5TreeBuilder):
    """Reads a page as browsers do, and remembers what was wrong with it."""

    def feed(self, markup: str) -> None:
        parser = html5lib.HTMLParser(tree=self.create_treebuilder)
        self.underlying_builder.parser = parser
        parser.parse(markup)
        self.underlying_builder.parser = None
        self.errors = parser.errors


def parse(html: str) -> BeautifulSoup:
    """Return the parsed page or fragment."""
    return BeautifulSoup(html, builder=_Builder()) if is_page(html) else BeautifulSoup(html, "html.parser")


def is_page(html: str) -> bool:
    """Tell a whole page from a fragment."""
    return html.lstrip()[:15].lower().startswith(("<!doctype", "<html"))


def list_faults(html: str, *, soup: BeautifulSoup | None = None) -> list[str]:
    """Return what is wrong with a page or fragment, in words; `soup` is the same text, if it was parsed already."""
    soup = soup or parse(html)
    faults = [*_syntax(html, soup), *_identity(soup), *_labels(soup), *_forms(soup), *_inline(soup), *_texts(soup)]
    return faults + list(_page(soup)) if is_page(html) else faults


def _syntax(html: str, soup: BeautifulSoup) -> Iterator[str]:
    errors = soup.builder.errors if is_page(html) else _errors_in_fragment(html)
    for (line, _column), code, facts in errors:
        if code not in _TOLERATED:
            yield f"line {line}: {html5lib.constants.E.get(code, code) % facts}"


def _errors_in_fragment(html: str) -> list[Any]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    first = re.search(r"<([a-z][a-z0-9]*)", html)
    parser.parseFragment(html, container=_ROW_PARENTS.get(first.group(1) if first else "", "div"))
    errors: list[Any] = parser.errors
    return errors


def _page(soup: BeautifulSoup) -> Iterator[str]:
    if soup.title is None or not soup.title.get_text(strip=True):
        yield "the page has no title"
    if not (soup.html and soup.html.get("lang")):
        yield "the page does not say its language"
    if len(soup.find_all("h1")) != 1:
        yield f"the page has {len(soup.find_all('h1'))} h1 headings, not one"
    if soup.find("main") is None:
        yield "the page has no main landmark"
    yield from _references(soup)


def _references(soup: BeautifulSoup) -> Iterator[str]:
    ids = {tag["id"] for tag in soup.find_all(id=True)}
    for link in soup.select('a[href^="#"]'):
        if link["href"][1:] not in {"", "top", *ids}:
            yield f"a link leads to {link['href']}, which is not on the page"
    for attribute in _REFERENCES:
        for tag in soup.find_all(attrs={attribute: True}):
            for name in set(str(tag[attribute]).split()) - ids:
                yield f"{_short(tag)} refers to #{name} by {attribute}; there is no such id"


def _identity(soup: BeautifulSoup) -> Iterator[str]:
    for name, number in Counter(tag["id"] for tag in soup.find_all(id=True)).items():
        if number > 1:
            yield f"the id {name!r} occurs {number} times"


def _labels(soup: BeautifulSoup) -> Iterator[str]:
    targets = {tag["for"] for tag in soup.select("label[for]") if _has_name(tag)}
    for field in soup.find_all(["input", "select", "textarea"]):
        if field.name == "input" and field.get("type", "text") in _UNLABELLED:
            continue
        around = field.find_parent("label")
        if not (_has_name(field) or field.get("id") in targets or (around and _has_name(around))):
            yield f"{_short(field)} has no label"
    for control in soup.find_all(["button", "a"]):
        if control.get("aria-hidden") != "true" and not _has_name(control):
            yield f"{_short(control)} has no name to read out"
    for picture in soup.find_all("img"):
        if picture.get("alt") is None:
            yield f"{_short(picture)} has no alt text"


def _has_name(tag: Tag) -> bool:
    """Tell whether a screen reader has something to say for the tag."""
    if tag.get("aria-label") or tag.get("aria-labelledby") or tag.get_text(strip=True):
        return True
    return tag.find(attrs={"aria-label": True}) is not None or tag.find("img", alt=True) is not None


def _forms(soup: BeautifulSoup) -> Iterator[str]:
    for form in soup.find_all("form"):
        method = str(form.get("method", "")).lower()
        if method not in {"get", "post", "dialog"}:
            yield f"{_short(form)} does not say its method"
        if method != "dialog" and not form.get("action"):
            yield f"{_short(form)} has no action"
        if method == "post" and form.find("input", attrs={"name": "csrf_token"}) is None:
            yield f"{_short(form)} carries no CSRF token"
    for tag in soup.find_all(attrs={"hx-post": True}):
        form = tag if tag.name == "form" else tag.find_parent("form")
        action = tag.get("formaction") or (form.get("action") if form else None)
        if action != tag["hx-post"]:
            yield f"{_short(tag)} posts to {tag['hx-post']} with JavaScript only; its form says {action}"
    for tag in soup.select("[hx-put], [hx-delete], [hx-patch]"):
        yield f"{_short(tag)} sends what a form cannot send without JavaScript"


def _inline(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(name=True):
        for attribute in tag.attrs:
            if attribute == "style" or attribute.startswith(("on", "hx-on")):
                yield f"{_short(tag)} has {attribute}=, which the content policy refuses"
        if tag.name == "style" or (
            tag.name == "script" and not tag.get("src") and tag.get("type") != "application/json"
        ):
            yield f"<{tag.name}> is inline, which the content policy refuses"
        address = str(tag.get("src") or (tag.get("href") if tag.name == "link" else "") or "")
        if address.startswith(("http:", "https:", "//")):
            yield f"{_short(tag)} is fetched from another site"


def _texts(soup: BeautifulSoup) -> Iterator[str]:
    for text in soup.find_all(string=_LEFTOVER):
        if text.find_parent(["code", "pre", "textarea", "script"]) is None:
            yield f"the text {text.strip()[:60]!r} shows the reader our insides"


def _short(tag: Tag) -> str:
    """Return the opening tag, short enough for one line."""
    return str(tag).split(">", 1)[0][:100] + ">"
