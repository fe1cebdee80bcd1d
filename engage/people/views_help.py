"""At the desk: acting for somebody who stands there, and stopping."""

from __future__ import annotations

from flask import Response

from engage.core import clock, headers, web
from engage.core.access import Actor, Permission, needs, signed_in
from engage.core.errors import DomainError, NotFound
from engage.core.i18n import _
from engage.people import assistance, devices, threshold
from engage.people.blueprint import bp
from engage.people.devices import actor_of
from engage.people.phones import masked_phone
from engage.people.queries import get_person

_FIELDS = ("who", "name", "reason")


@bp.get("/help")
@needs(Permission.HELP_AT_DESK)
def help_desk(*, me: Actor) -> Response:
    """Ask who stands here and what is to be done."""
    headers.allow_camera()
    return web.page("people/help.html", error=None, bad_field=None, typed=dict.fromkeys(_FIELDS, ""))


@bp.post("/help")
@needs(Permission.HELP_AT_DESK)
def create_help(*, me: Actor) -> Response:
    """Begin."""
    form, device = web.request.form, devices.here()
    typed = {name: form.get(name, "").strip()[:120] for name in _FIELDS}
    if device is None:
        return threshold.ask_to_sign_in()
    try:
        asked = assistance.AskedFor(**typed, agreed=form.get("agreed") == "1")
        assistance.begin_help(device=device, helper=me, asked=asked, now=clock.now())
    except DomainError as refusal:
        headers.allow_camera()
        return threshold.refused("people/help.html", refusal, typed=typed)
    return web.see_other(web.url_for("people.help_now"))


@bp.get("/help/now")
@signed_in
def help_now(*, me: Actor) -> Response:
    """Say for whom one acts and what can be done; without anybody, go where one begins."""
    if me.helper_id is None:
        may = me.can(Permission.HELP_AT_DESK)
        return web.see_other(web.url_for("people.help_desk") if may else threshold.front_page(me))
    return _now_page(me)


def _now_page(me: Actor, refusal: DomainError | None = None, phone: str = "") -> Response:
    person = get_person(me.person_id)
    helper = actor_of(get_person(me.helper_id or 0))
    return web.page(
        "people/help_now.html",
        status=refusal.status if refusal else 200,
        person=person,
        kept_phone=masked_phone(person.phone_last4),
        may_correct=helper.can(Permission.MANAGE_MEMBERS),
        phone=phone,
        error=web.say(refusal) if refusal else None,
    )


@bp.post("/help/closure")
@signed_in
def end_help(*, me: Actor) -> Response:
    """Stop."""
    assistance.end_help(actor=me, now=clock.now())
    web.flash(_("替%(name)s办完了", name=me.name) if me.helper_id else _("早就办完了"))
    return web.see_other(web.url_for("people.help_now"))


@bp.post("/help/phone")
@signed_in
def correct_helped_phone(*, me: Actor) -> Response:
    """Put the phone of the person who stands here right."""
    if me.helper_id is None:
        raise NotFound
    phone = web.request.form.get("phone", "")[:40]
    try:
        assistance.correct_phone(actor=me, phone=phone, now=clock.now())
    except DomainError as refusal:
        return _now_page(me, refusal, phone)
    web.flash(_("手机号改好了"))
    return web.see_other(web.url_for("people.help_now"))
