"""The test client: it looks at every answer as a careful reviewer would, so that each test is also a page check."""

from __future__ import annotations

import contextvars
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import has_app_context, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from engage.core import tenancy
from engage.core.database import db
from tests import markup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import BeautifulSoup
    from bs4.element import Tag
    from flask.sessions import SessionMixin

_LONGEST_EXCERPT = 1200


class Answer(TestResponse):
    """A response that can be read as a page, and that remembers whether anybody looked at how it went."""

    judged = True

    @property
    def status_code(self) -> int:
        """Return the status; a test that reads it has judged the answer."""
        self.judged = True
        return super().status_code

    @status_code.setter
    def status_code(self, code: int) -> None:
        TestResponse.status_code.fset(self, code)  # type: ignore[attr-defined]

    @cached_property
    def soup(self) -> BeautifulSoup:
        """Return the page or fragment, parsed."""
        return markup.parse(self.text)

    @property
    def words(self) -> str:
        """Return what a person reads, with single spaces."""
        body = self.soup.find("main") or self.soup
        return " ".join(body.get_text(" ").split())

    @property
    def refusal(self) -> str:
        """Return the words shown with role="alert", or an empty text."""
        return " ".join(" ".join(tag.get_text(" ") for tag in self.soup.select('[role="alert"]')).split())

    def form(self, action: str = "", *, nth: int = 0) -> Tag:
        """Return the form whose action is (or ends with) `action`; without one, the page's only POST form."""
        forms = [form for form in self.soup.select("form") if str(form.get("action", "")).endswith(action)]
        if not action:
            forms = [
                form
                for form in forms
                if str(form.get("method", "")).lower() == "post" and form.find_parent("header") is None
            ]
        found = [str(form.get("action")) for form in self.soup.select("form")]
        assert len(forms) > nth, f"no form for {action!r}; the page has {found}"
        return forms[nth]


class CheckingClient(FlaskClient):
    """Flask's client, but every HTML answer is checked, and the outcome of every POST must be.

    A request runs in a context of its own, as on a server: nothing a test has loaded leaks into it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.response_wrapper = Answer
        self.language = "zh"
        self._posted: list[Answer] = []

    def open(  # type: ignore[override]
        self, *args: Any, expect: int | None = None, htmx: bool = False, csrf: bool = True, **kwargs: Any
    ) -> Answer:
        """Send a request. `expect` is the status it must have; without it the test reads `status_code` itself.

        `htmx` asks as htmx does; a CSRF token goes along in a header unless `csrf` is False.
        """
        headers = Headers(kwargs.pop("headers", None))
        headers.setdefault("Accept-Language", self.language)
        unsafe = str(kwargs.get("method", "GET")).upper() not in {"GET", "HEAD", "OPTIONS"}
        if htmx:
            headers["HX-Request"] = "true"
        if unsafe and csrf:
            scope = tenancy.find_scope()
            headers["X-CSRFToken"] = self.csrf_token()
            tenancy.enter(scope)  # looking into the cookie ends a request, and with it the test's own scope
        answer: Answer = contextvars.Context().run(super().open, *args, headers=headers, **kwargs)  # type: ignore[assignment]
        _forget_what_was_read()
        assert expect in {None, answer.status_code}, _explain(answer, expect)
        _check(answer)
        answer.judged = expect is not None
        if unsafe:
            self._posted.append(answer)
        return answer

    @contextmanager
    def session_transaction(self, *args: Any, **kwargs: Any) -> Iterator[SessionMixin]:
        """Open the browser's session; the end of that request must not close the community the test works in."""
        scope = tenancy.find_scope()
        with super().session_transaction(*args, **kwargs) as mine:
            yield mine
        tenancy.enter(scope)

    def ensure_judged(self) -> None:
        """Fail when the test sent a form and never looked at how it went."""
        unread = [f"{answer.request.method} {answer.request.path}" for answer in self._posted if not answer.judged]
        assert not unread, f"say what you expect (expect=303) or read the status of: {', '.join(unread)}"

    def submit(self, form: Tag, *, expect: int, htmx: bool = False, press: str | None = None, **fields: Any) -> Answer:
        """Send a form found on a page as a browser would: hidden fields, defaults, and what the person typed.

        `press` is the name=value of the button; a field the form does not have is an error of the test.
        """
        data = _filled_in(form)
        unknown = set(fields) - {str(tag["name"]) for tag in form.select("[name]")}
        assert not unknown, f"the form has no field {sorted(unknown)}; it has {sorted(data)}"
        data.update(fields)
        if press:
            name, _, value = press.partition("=")
            data[name] = value
        if str(form.get("method")).lower() == "get":
            return self.open(str(form["action"]), method="GET", query_string=data, expect=expect, htmx=htmx)
        return self.open(str(form["action"]), method="POST", data=data, expect=expect, htmx=htmx, csrf=htmx)

    def follow(self, answer: Answer) -> Answer:
        """Go where a 303 (or an HX-Redirect) sends the browser."""
        return self.open(answer.headers.get("Location") or answer.headers["HX-Redirect"], method="GET")

    def csrf_token(self) -> str:
        """Return a token that belongs to this client's cookie."""
        with self.session_transaction() as mine:
            kept = mine.get("csrf_token")
        made: list[str] = []

        def make() -> str:
            with self.application.test_request_context():
                if kept:
                    session["csrf_token"] = kept
                token = str(generate_csrf())
                made.append(session["csrf_token"])
                return token

        token = contextvars.Context().run(make)
        if not kept:
            with self.session_transaction() as mine:
                mine["csrf_token"] = made[0]
        return token


def _filled_in(form: Tag) -> dict[str, Any]:
    """Return what a browser would send of the form as it stands."""
    data: dict[str, Any] = {}
    for tag in form.select("input[name], textarea[name], select[name]"):
        if tag.has_attr("disabled") or tag.get("type") in {"submit", "button", "file", "image"}:
            continue
        if tag.get("type") in {"checkbox", "radio"}:
            value: Any = tag.get("value", "on") if tag.has_attr("checked") else None
        elif tag.name == "textarea":
            value = tag.get_text()
        elif tag.name == "select":
            chosen = tag.select("option[selected]") or ([] if tag.has_attr("multiple") else tag.select("option")[:1])
            value = [option.get("value", option.get_text()) for option in chosen]
        else:
            value = tag.get("value", "")
        if value is not None:
            name = str(tag["name"])
            data[name] = (
                [*data[name], value]
                if isinstance(data.get(name), list)
                else [data[name], value]
                if name in data
                else value
            )
    return data


def _forget_what_was_read() -> None:
    """Let the test's own session see what the request committed."""
    if has_app_context():
        db.session.rollback()
        db.session.expire_all()


def _check(answer: Answer) -> None:
    for name, value in answer.headers:
        assert value.isascii(), f"header {name} is not ASCII, which the production server refuses: {value!r}"
    redirects = 300 <= answer.status_code < 400  # Werkzeug writes these pages; nobody sees them
    if answer.mimetype == "text/html" and answer.data and not redirects:
        faults = markup.list_faults(answer.text, soup=answer.soup)
        assert not faults, f"{answer.request.method} {answer.request.path}:\n  " + "\n  ".join(faults)


def _explain(answer: TestResponse, wanted: int | None) -> str:
    excerpt = (
        " ".join(markup.parse(answer.text).get_text(" ").split()) if answer.mimetype == "text/html" else answer.text
    )
    where = answer.headers.get("Location", "")
    return f"{answer.request.method} {answer.request.path}: {answer.status_code}, not {wanted}. {where}\n{excerpt[:_LONGEST_EXCERPT]}"
