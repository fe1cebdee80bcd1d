"""Proving again that it is you: a locked device, a page behind the question, a passkey instead of a password."""

from __future__ import annotations

from flask import Response

from engage import places
from engage.core import clock, web
from engage.core.access import Actor, public, signed_in
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.people import confirming, cookies, devices, passkeys, rules_sign_in, signing_in, threshold, views_gate
from engage.people.blueprint import bp
from engage.people.devices import Here
from engage.people.queries import polite_name


@bp.post("/me/confirmations")
@signed_in
def create_confirmation(*, me: Actor) -> Response:
    """Prove it is you, then go on to the page that asked."""
    target = web.safe_next(web.request.form.get("next"), otherwise=web.url_for("people.me"))
    device = devices.here()
    if device is None:
        return threshold.ask_to_sign_in()
    try:
        proof = views_gate.proof_of(web.request.form)
        confirming.confirm(device=device, proof=proof, site=threshold.site(), now=clock.now())
    except DomainError as refusal:
        return views_gate.ask_again(device, target=target, refusal=refusal)
    return web.see_other(target)


def _locked() -> Here | None:
    device = devices.here()
    if device is None or not device.locked:
        return None
    threshold.enter_community(places.community_of(device.community_id))
    return device


@bp.get("/unlock")
@public
def unlock() -> Response:
    """Ask a locked device for its PIN, password or passkey."""
    device = _locked()
    if device is None:
        return web.see_other(web.url_for("people.sign_in", next=web.request.args.get("next")))
    return _unlock_page(device)


def _unlock_page(device: Here, *, refusal: DomainError | None = None) -> Response:
    site = threshold.site()
    keys = passkeys.list_passkeys(device.person_id) if site.offers_passkeys else []
    options = passkeys.ask_to_sign(site=site, purpose=f"unlock|{device.id}", keys=keys, now=clock.now())
    response = web.page(
        "people/unlock.html",
        status=refusal.status if refusal else 200,
        who=polite_name(device.name),
        by_pin=device.has_pin and device.pin_tries < rules_sign_in.PIN_TRIES,
        passkey_options=options if keys else None,
        next=web.safe_next(web.request.values.get("next"), otherwise=""),
        error=web.say(refusal) if refusal else None,
        bad_field=refusal.field if refusal else None,
    )
    return threshold.with_patience(response, refusal)


@bp.post("/unlock")
@public
def create_unlock() -> Response:
    """Open it again, with a fresh cookie."""
    device = _locked()
    if device is None:
        return web.see_other(web.url_for("people.sign_in"))
    try:
        proof = views_gate.proof_of(web.request.form)
        cookie = confirming.unlock(device=device, proof=proof, site=threshold.site(), now=clock.now())
    except DomainError as refusal:
        return _unlock_page(device, refusal=refusal)
    cookies.forget_browser_state()
    response = web.see_other(web.safe_next(web.request.form.get("next"), otherwise="/"))
    response.set_cookie(devices.COOKIE, cookie, **cookies.cookie_options(shared=device.shared))
    return response


@bp.post("/passkey-sign-ins")
@public
def create_passkey_sign_in() -> Response:
    """Come in by passkey: no number, no password."""
    form = web.request.form
    try:
        entry = signing_in.sign_in_with_passkey(
            arrival=threshold.arrival(),
            credential=form.get("confirm_passkey", "")[:8000],
            site=threshold.site(),
            now=clock.now(),
        )
    except DomainError as refusal:
        threshold.choose_community()
        return views_gate.sign_in_page(error=refusal)
    return threshold.let_in(entry, target=form.get("next"), notice=_("您已登录"))
