"""How one comes in: six digits for this device, passkeys, what a device is called."""

from __future__ import annotations

from flask import Response

from engage.core import clock, web
from engage.core.access import Actor, signed_in
from engage.core.errors import DomainError, NotFound
from engage.core.i18n import _
from engage.core.step_up import confirmed
from engage.people import devices, passkeys, pins, signing_in, threshold, views_me
from engage.people.blueprint import bp
from engage.people.devices import Here


def _here() -> Here:
    device = devices.here()
    assert device is not None  # noqa: S101 - whoever is signed in has one
    return device


@bp.get("/me/pin")
@signed_in
@confirmed
def pin(*, me: Actor) -> Response:
    """Show whether this device has six digits, and the form for new ones."""
    return _pin_page()


def _pin_page(refusal: DomainError | None = None) -> Response:
    return web.page(
        "people/pin.html",
        status=refusal.status if refusal else 200,
        device=_here(),
        error=web.say(refusal) if refusal else None,
        bad_field=refusal.field if refusal else None,
    )


@bp.post("/me/pin")
@signed_in
@confirmed
def set_pin(*, me: Actor) -> Response:
    """Set six digits for this device."""
    form = web.request.form
    try:
        pins.set_pin(
            device=_here(), pin=form.get("pin", "")[:20], again=form.get("again", "")[:20], actor=me, now=clock.now()
        )
    except DomainError as refusal:
        return _pin_page(refusal)
    web.flash(_("6位数字设好了"))
    return web.see_other(web.url_for("people.devices"))


@bp.post("/me/pin/removal")
@signed_in
@confirmed
def remove_pin(*, me: Actor) -> Response:
    """Take the six digits off this device."""
    pins.remove_pin(device=_here(), actor=me, now=clock.now())
    web.flash(_("6位数字去掉了，以后用密码"))
    return web.see_other(web.url_for("people.devices"))


@bp.get("/me/passkeys")
@signed_in
@confirmed
def list_passkeys(*, me: Actor) -> Response:
    """Show one's passkeys and the button for one more, or say why there is none."""
    return _passkeys_page(me)


def _passkeys_page(me: Actor, refusal: DomainError | None = None) -> Response:
    site = threshold.site()
    device = _here()
    offered = site.offers_passkeys and not device.shared
    return web.page(
        "people/passkeys.html",
        status=refusal.status if refusal else 200,
        keys=passkeys.list_passkeys(me.person_id),
        device=device,
        secure=site.offers_passkeys,
        passkey_options=passkeys.ask_to_register(site=site, actor=me, now=clock.now()) if offered else None,
        error=web.say(refusal) if refusal else None,
    )


@bp.post("/me/passkeys")
@signed_in
@confirmed
def create_passkey(*, me: Actor) -> Response:
    """Keep a new one."""
    form = web.request.form
    arrival = threshold.arrival()
    try:
        if _here().shared:
            raise passkeys.PasskeyRefused(passkeys.NOT_HERE)
        passkeys.register(
            site=threshold.site(),
            credential=form.get("credential", "")[:8000],
            name=arrival.label,
            actor=me,
            now=clock.now(),
        )
    except DomainError as refusal:
        return _passkeys_page(me, refusal)
    web.flash(_("存好了，下次登录不用打密码"))
    return web.see_other(web.url_for("people.list_passkeys"))


@bp.post("/me/passkeys/<int:passkey_id>/removal")
@signed_in
@confirmed
def remove_passkey(passkey_id: int, *, me: Actor) -> Response:
    """Forget one."""
    passkeys.remove_passkey(passkey_id=passkey_id, actor=me, now=clock.now())
    web.flash(_("删掉了，用它登录不了了"))
    return web.see_other(web.url_for("people.list_passkeys"))


@bp.post("/me/devices/<int:device_id>/name")
@signed_in
def rename_device(device_id: int, *, me: Actor) -> Response:
    """Call a device what its owner calls it."""
    label = web.request.form.get("label", "")
    try:
        signing_in.rename_device(device_id=device_id, label=label, actor=me, now=clock.now())
    except NotFound:
        raise
    except DomainError as refusal:
        return views_me.devices_page(me, refusal)
    return web.see_other(web.url_for("people.devices"))
