"""One's own page: card, household, devices, password."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from engage import places
from engage.core import clock, live, web
from engage.core.access import Actor, signed_in
from engage.core.ages import may_be_minor
from engage.core.errors import N_, DomainError
from engage.core.i18n import _, ngettext
from engage.people import directory, media, passkeys, reveals, signing_in, threshold
from engage.people.blueprint import bp
from engage.people.consents import find_outstanding
from engage.people.devices import here as this_device
from engage.people.queries import get_person, names_of


@bp.get("/me")
@signed_in
def me(*, me: Actor) -> Response:
    """Show the member card on the phone, the household, and what can be set."""
    person = get_person(me.person_id)
    looks = reveals.list_reveals([me.person_id], at_most=20)
    return web.page(
        "people/me.html",
        person=person,
        **code_context(me),
        household=places.unit_labels([person.unit_id]).get(person.unit_id or 0),
        teams=directory.teams_of([person.id]).get(person.id, []),
        looks=looks,
        lookers=names_of([look[0] for look in looks]),
        minor=may_be_minor(person.birth_year, on=clock.local_date(clock.now())),
        outstanding=find_outstanding(person.id, now=clock.now()),
        device_count=len(signing_in.list_devices(person.id)),
    )


def code_context(me: Actor) -> dict[str, Any]:
    """Return the code to show now, as the address a scanner reads; None for who has none."""
    code = media.phone_code_of(me.person_id, now=clock.now())
    return {"code": web.absolute_url("people.card_page", token=code) if code else None}


@bp.get("/me/code")
@signed_in
def my_code(*, me: Actor) -> Response:
    """Show the code to be scanned, large; it changes by itself. Below: cards and codes, and reporting one lost."""
    return web.page(
        "people/my_code.html", person=get_person(me.person_id), media=media.media_of(me.person_id), **code_context(me)
    )


@bp.get("/me/code/now")
@signed_in
def code_now(*, me: Actor) -> Response:
    """Answer the page when it asks for the code of this half-minute."""
    body = render_template("people/_my_code.html", **code_context(me))
    return live.fresh_or_unchanged(body, every_seconds=10)


@bp.post("/me/code")
@signed_in
def open_code(*, me: Actor) -> Response:
    """Open a code on the phone, the first one or a new one after a loss."""
    media.open_phone_code(actor=me, now=clock.now())
    return web.see_other(web.url_for("people.my_code"))


@bp.post("/me/media/<int:medium_id>/loss")
@signed_in
def report_loss(medium_id: int, *, me: Actor) -> Response:
    """Report one's own card or phone code lost: it is dead at once."""
    kind = media.report_lost(medium_id=medium_id, person_id=me.person_id, actor=me, now=clock.now())
    if kind == media.CARD:
        web.flash(_("旧证马上作废了，谁捡到都用不了。新证到社区印"))
    else:
        web.flash(_("手机上的会员码停用了，要用再打开一个新的"))
    return web.see_other(web.url_for("people.my_code"))


@bp.get("/me/devices")
@signed_in
def devices(*, me: Actor) -> Response:
    """Show where one is signed in."""
    return devices_page(me)


def devices_page(me: Actor, refusal: DomainError | None = None) -> Response:
    """Show the devices, and how one comes in."""
    here = this_device()
    return web.page(
        "people/devices.html",
        status=refusal.status if refusal else 200,
        devices=signing_in.list_devices(me.person_id),
        here=me.device_id,
        pin=here is not None and here.has_pin,
        passkey_count=len(passkeys.list_passkeys(me.person_id)),
        error=web.say(refusal) if refusal else None,
    )


@bp.post("/me/devices/closures")
@signed_in
def close_devices(*, me: Actor) -> Response:
    """Sign out everywhere, this browser included."""
    ended = signing_in.close_device(device_id=None, actor=me, now=clock.now())
    return threshold.send_away(notice=ngettext("%(num)s台设备已退出登录", "%(num)s台设备已退出登录", ended))


@bp.post("/me/devices/<int:device_id>/closure")
@signed_in
def close_device(device_id: int, *, me: Actor) -> Response:
    """Sign out one device; this one too, if it is this one."""
    signing_in.close_device(device_id=device_id, actor=me, now=clock.now())
    if device_id == me.device_id:
        return threshold.send_away(notice=_("您已退出登录"))
    return web.see_other(web.url_for("people.devices"))


@bp.get("/me/password")
@signed_in
def password(*, me: Actor) -> Response:
    """Show the form for a new password."""
    return web.page("people/password.html", error=None, bad_field=None)


@bp.post("/me/password")
@signed_in
def change_password(*, me: Actor) -> Response:
    """Change the password; other devices are signed out."""
    form = web.request.form
    arrival = threshold.arrival(password=form.get("password", "")[:500])
    try:
        if form.get("password", "") != form.get("again", ""):
            raise DomainError(N_("两遍密码不一样，再写一遍"), field="again")  # noqa: TRY301
        current = form.get("current", "")[:500]
        entry = signing_in.change_password(actor=me, current=current, arrival=arrival, now=clock.now())
    except DomainError as refusal:
        return threshold.refused("people/password.html", refusal)
    return threshold.let_in(entry, target=web.url_for("people.me"), notice=_("密码改好了，其他设备都要重新登录"))
