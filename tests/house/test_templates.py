"""Every template, before anybody opens the page: it compiles, says what it expects, and speaks both languages."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, StrictUndefined, meta, nodes

from tests.house import sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

EXPECTS = re.compile(r"\A\{#-? expects:([^#]*?)-?#\}")
ENDPOINT = re.compile(r"url_for\(\s*['\"]([\w.]+)['\"]")
HAN = re.compile(r"[\u3400-\u9fff]")
TRANSLATORS = {"_", "gettext", "ngettext", "pgettext", "npgettext"}
SAME_IN_BOTH = {"中文"}  # a language is named in itself
LAST_RESORT = "templates/errors/plain.html"  # shown when everything else fails, translations included
FRAGMENT_NAME = re.compile(r"\w+/_\w+\.html")
TAG = re.compile(r"<[a-zA-Z][^<>]*>", re.DOTALL)
# Flask hands these to every template without a context processor of ours.
FROM_FLASK = {"request", "session", "g", "config"}
ALL = [pytest.param(path, id=sources.name(path)) for path in sources.templates()]
FRAGMENTS = [pytest.param(path, id=sources.name(path)) for path in sources.templates() if path.name.startswith("_")]


@pytest.fixture
def jinja(house: Flask) -> Environment:
    return house.jinja_env


def parsed(jinja: Environment, path: Path) -> nodes.Template:
    return jinja.parse(sources.text(path), filename=str(path))


def folder(path: Path) -> str:
    return path.relative_to(sources.TEMPLATES).parts[0]


def test_an_unknown_name_in_a_template_is_an_error(jinja: Environment) -> None:
    assert jinja.undefined is StrictUndefined


@pytest.mark.parametrize("path", ALL)
def test_it_compiles(jinja: Environment, path: Path) -> None:
    jinja.compile(sources.text(path), filename=str(path))


@pytest.mark.parametrize("path", ALL)
def test_it_reaches_only_its_own_folder_the_components_and_the_layouts(jinja: Environment, path: Path) -> None:
    reached = {name for name in meta.find_referenced_templates(parsed(jinja, path)) if name}
    strangers = {name for name in reached if name.split("/")[0] not in {folder(path), "components", "layouts"}}
    assert strangers == set()
    assert {name for name in reached if not (sources.TEMPLATES / name).is_file()} == set()


@pytest.mark.parametrize("path", FRAGMENTS)
def test_a_fragment_expects_exactly_what_it_uses(house: Flask, jinja: Environment, path: Path) -> None:
    expected = expects(path)
    assert expected is not None, "the first line says what the fragment expects: {# expects: a b c #}"
    with house.test_request_context():
        everywhere = set(jinja.globals) | FROM_FLASK
        for processor in house.template_context_processors[None]:
            everywhere |= set(processor())
    tree = parsed(jinja, path)
    used = meta.find_undeclared_variables(tree)
    assert used - everywhere - expected - names_set(tree) == set(), "used, but not expected"
    included = list(meta.find_referenced_templates(tree))
    if None not in included:  # a name put together while rendering may need anything
        passed_on = set().union(*(expects(sources.TEMPLATES / name) or set() for name in included))
        assert expected - used - passed_on == set(), "expected, but not used"


def expects(path: Path) -> set[str] | None:
    declared = EXPECTS.match(sources.text(path))
    return set(declared.group(1).split()) if declared else None


def names_set(tree: nodes.Template) -> set[str]:
    """Return what a template names itself; Jinja counts a name as unknown that is set in one branch only."""
    own = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "store"}
    return own | {macro.name for macro in tree.find_all(nodes.Macro)}


@pytest.mark.parametrize("path", ALL)
def test_a_page_has_a_title(path: Path) -> None:
    content = sources.text(path)
    if '{% extends "layouts/' in content and folder(path) != "layouts":
        assert re.search(r"\{% block title\b", content)


@pytest.mark.parametrize("path", ALL)
def test_it_links_to_real_endpoints(house: Flask, path: Path) -> None:
    named = {name if not name.startswith(".") else folder(path) + name for name in ENDPOINT.findall(sources.text(path))}
    assert named - set(house.view_functions) == set()


@pytest.mark.parametrize("path", ALL)
def test_every_chinese_sentence_can_be_translated(jinja: Environment, path: Path) -> None:
    allowed = SAME_IN_BOTH if sources.name(path) != LAST_RESORT else set(untranslatable(parsed(jinja, path)))
    assert [text for text in untranslatable(parsed(jinja, path)) if text not in allowed] == []


def untranslatable(node: nodes.Node) -> Iterator[str]:
    """Yield Chinese text that no call of gettext stands around."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in TRANSLATORS:
        return
    if isinstance(node, nodes.TemplateData) and HAN.search(node.data):
        yield from (line.strip() for line in re.split(r"[\n<>]", node.data) if HAN.search(line))
    if isinstance(node, nodes.Const) and isinstance(node.value, str) and HAN.search(node.value):
        yield node.value
    for child in node.iter_child_nodes():
        yield from untranslatable(child)


@pytest.mark.parametrize("path", ALL)
def test_nothing_is_inline_that_the_content_policy_refuses(path: Path) -> None:
    refused = [
        tag
        for tag in tags(path)
        if re.search(r"\s(style|on[a-z]+|hx-on\S*)\s*=", tag)
        or tag.startswith("<style")
        or (tag.startswith("<script") and "src=" not in tag and "application/json" not in tag)
    ]
    assert refused == []


@pytest.mark.parametrize("path", ALL)
def test_what_htmx_posts_a_form_can_post_too(path: Path) -> None:
    """Without JavaScript the same button must do the same."""
    alone = []
    for tag in tags(path):
        posted = re.search(r'hx-post="([^"]*)"', tag)
        action = re.search(r'\s(?:form)?action="([^"]*)"', tag)
        if posted and (not action or action.group(1) != posted.group(1)):
            alone.append(tag)
        if re.search(r"\shx-(put|patch|delete)=", tag):
            alone.append(tag)
    assert alone == []


def tags(path: Path) -> list[str]:
    """Return the opening tags, with Jinja's expressions in them made harmless."""
    content = re.sub(r"\{#.*?#\}", "", sources.text(path), flags=re.DOTALL)
    content = re.sub(
        r"\{\{.*?\}\}", lambda found: found.group(0).replace("<", "").replace(">", "").replace('"', "'"), content
    )
    content = re.sub(r"\{%.*?%\}", "", content, flags=re.DOTALL)
    return TAG.findall(content)


@pytest.mark.parametrize("path", FRAGMENTS)
def test_a_fragment_sent_alone_has_a_root_element_with_an_id(path: Path) -> None:
    """So that htmx knows what to put in its place, this time and the next."""
    if str(path.relative_to(sources.TEMPLATES)) in sent_alone():
        first = next(iter(tags(path)), "")
        assert " id=" in first, first


@cache
def sent_alone() -> frozenset[str]:
    """Return the fragments that some view renders by themselves."""
    return frozenset(
        said
        for path in sources.python_files("engage")
        for said in sources.strings(path)
        if FRAGMENT_NAME.fullmatch(said)
    )
