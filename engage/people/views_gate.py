"""At the door: the sign-in page, and the question before something grave: the same form again and one field more."""

from __future__ import annotations

from typing import Any

from flask import Response

from engage import places
from engage.core import clock, web
from engage.core.access import current_actor
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.people import confirming, passkeys, rules_sign_in, threshold
from engage.people.confirming import Proof
from engage.people.devices import Here, here

_OURS = ("csrf_token", "helping", "confirm_pin", "confirm_password", "confirm_passkey")


def sign_in_page(*, error: DomainError | None = None) -> Response:
    """Show the form, with the communities to choose among and the passkey where browsers have it."""
    values = web.request.values
    communities = places.list_communities()
    site = threshold.site()
    context: dict[str, Any] = {
        "communities": communities,
        "options": [("", _("请选一个")), *((card.slug, card.name) for card in communities)],
        "next": web.safe_next(values.get("next"), otherwise=""),
        "account": values.get("account", ""),
        "shared": values.get("shared") == "1",
        "passkey_options": passkeys.ask_to_sign(site=site, purpose="sign-in", now=clock.now())
        if site.offers_passkeys
        else None,
    }
    if error is not None:
        return threshold.refused("people/sign_in.html", error, **context)
    return web.page("people/sign_in.html", error=None, bad_field=None, **context)


def ask_or_pass() -> Response | None:
    """Return the question, or None when this device was confirmed in the last ten minutes or is by this very form."""
    device, now = here(), clock.now()
    if device is None:  # an actor always has one
        return threshold.ask_to_sign_in()
    if rules_sign_in.is_confirmed(device.confirmed_at, now=now):
        return None
    proof = proof_of(web.request.form)
    if not proof.offered:
        return question(device)
    try:
        confirming.confirm(device=device, proof=proof, site=threshold.site(), now=now)
    except DomainError as refusal:
        return question(device, refusal=refusal)
    return None


def proof_of(form: Any) -> Proof:
    """Read what somebody offers."""
    return Proof(
        pin=form.get("confirm_pin", "")[:20],
        password=form.get("confirm_password", "")[:500],
        passkey=form.get("confirm_passkey", "")[:8000],
    )


def question(device: Here, *, refusal: DomainError | None = None) -> Response:
    """Ask, and keep what was typed: the form goes where it was going. A page is asked for again after the answer."""
    asked_by_form = web.request.method == "POST"
    return _page(
        device,
        refusal=refusal,
        action=web.request.full_path.rstrip("?") if asked_by_form else web.url_for("people.create_confirmation"),
        kept=_kept() if asked_by_form else [("next", web.request.full_path.rstrip("?"))],
    )


def ask_again(device: Here, *, target: str, refusal: DomainError) -> Response:
    """Ask again on the way to a page."""
    return _page(device, refusal=refusal, action=web.url_for("people.create_confirmation"), kept=[("next", target)])


def _kept() -> list[tuple[str, str]]:
    return [(name, value) for name, value in web.request.form.items(multi=True) if name not in _OURS]


def _page(device: Here, *, refusal: DomainError | None, action: str, kept: list[tuple[str, str]]) -> Response:
    site, actor = threshold.site(), current_actor()
    keys = passkeys.list_passkeys(device.person_id) if site.offers_passkeys else []
    response = web.page(
        "people/confirm.html",
        fragment="people/_confirm.html",
        status=refusal.status if refusal else 422,
        action=action,
        kept=kept,
        by_pin=device.has_pin and device.pin_tries < rules_sign_in.PIN_TRIES,
        passkey_options=passkeys.ask_to_sign(
            site=site, purpose=confirming.purpose_of(device), keys=keys, now=clock.now()
        )
        if keys
        else None,
        owner=device.name,
        helped=actor.name if actor and actor.helper_id else None,
        error=web.say(refusal) if refusal else None,
        bad_field=refusal.field if refusal else None,
    )
    return threshold.with_patience(response, refusal)
