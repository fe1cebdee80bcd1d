"""One's own data: to see, to take along, and to leave."""

from __future__ import annotations

from flask import Response, make_response
from flask_babel import gettext as _

from engage import people
from engage.core import clock, web
from engage.core.access import Actor, signed_in
from engage.core.errors import DomainError
from engage.home import closing, package
from engage.home.my_data import data_of
from engage.home.views import bp
from engage.home.words import said


@bp.get("/me/data")
@signed_in
def my_data(*, me: Actor) -> Response:
    """Show everything that is stored about the person who asks."""
    return _page(me)


def _page(me: Actor, refusal: DomainError | None = None) -> Response:
    mine = data_of(me, now=clock.now())
    return web.page(
        "home/my_data.html",
        status=refusal.status if refusal else 200,
        mine=mine,
        people_languages=people.language_words(mine.person.languages),
        said=said,
        error=web.say(refusal) if refusal else None,
        bad_field=refusal.field if refusal else None,
    )


@bp.post("/me/data/downloads")
@signed_in
def download_my_data(*, me: Actor) -> Response:
    """Give it to take along, after the password."""
    now = clock.now()
    try:
        people.confirm_password(actor=me, password=web.request.form.get("current", "")[:500], now=now)
        content = package.take_along(actor=me, now=now)
    except DomainError as refusal:
        return _page(me, refusal)
    response = make_response(content)
    response.headers["Content-Type"] = "application/zip"
    filename = f"my-data-{me.member_no:04d}-{clock.local_date(now).isoformat()}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


@bp.get("/me/closure")
@signed_in
def confirm_closure(*, me: Actor) -> Response:
    """Say what closing the account ends, and what is in the way."""
    return _closure(me)


def _closure(me: Actor, refusal: DomainError | None = None) -> Response:
    return web.page(
        "home/closure.html",
        status=refusal.status if refusal else 200,
        duties=closing.duties_of(me, now=clock.now()),
        said=said,
        error=web.say(refusal) if refusal else None,
        bad_field=refusal.field if refusal else None,
    )


@bp.post("/me/closure")
@signed_in
def close_account(*, me: Actor) -> Response:
    """Close the account, after the password."""
    form = web.request.form
    now = clock.now()
    try:
        people.confirm_password(actor=me, password=form.get("current", "")[:500], now=now)
        pseudonym = closing.close_account(actor=me, seen=form.get("seen", "")[:64], now=now)
    except DomainError as refusal:
        return _closure(me, refusal)
    return people.send_away(notice=_("账户已注销，账上只留“%(name)s”。谢谢您", name=pseudonym))
