"""Coming in: signing in and out, the first password from a paper slip, a new one from a text message."""

from __future__ import annotations

from typing import Any

from flask import Response

from engage import places
from engage.core import clock, web
from engage.core.access import Actor, public, signed_in
from engage.core.errors import N_, DomainError
from engage.core.i18n import _
from engage.people import activations, devices, resets, rules, signing_in, threshold, views_gate
from engage.people.blueprint import bp
from engage.people.consent_texts import PERSONAL_DATA, ConsentText, text_in_force
from engage.people.messages import messenger
from engage.people.queries import polite_name


@bp.get("/sign-in")
@public
def sign_in() -> Response:
    """Show the form; `?community=` chooses among several communities and is remembered."""
    device = devices.here()
    if device is not None and device.locked and "other" not in web.request.args:
        return web.see_other(web.url_for("people.unlock", next=web.request.args.get("next")))
    chosen = threshold.choose_community()
    response = views_gate.sign_in_page()
    if chosen is not None:
        response.set_cookie(threshold.COMMUNITY_COOKIE, chosen.slug, max_age=31536000, samesite="Lax", httponly=True)
    return response


@bp.post("/sign-in")
@public
def create_sign_in() -> Response:
    """Check the password and open a device."""
    form = web.request.form
    arrival = threshold.arrival(account=form.get("account", "")[:60], password=form.get("password", "")[:500])
    try:
        if threshold.choose_community() is None:
            raise DomainError(N_("先选您的社区"), field="community")  # noqa: TRY301 - shown like every refusal
        entry = signing_in.sign_in(arrival=arrival, now=clock.now())
    except DomainError as refusal:
        return views_gate.sign_in_page(error=refusal)
    return threshold.let_in(entry, target=form.get("next"))


@bp.post("/sign-out")
@signed_in
def sign_out(*, me: Actor) -> Response:
    """End this device on the server, then forget it in the browser."""
    signing_in.sign_out(actor=me, now=clock.now())
    return threshold.send_away(notice=_("您已退出登录"))


@bp.get("/activate")
@public
def activation_form() -> Response:
    """Ask for the code on the slip."""
    threshold.choose_community()
    return web.page("people/activation_code.html", error=None, bad_field=None, code="")


@bp.post("/activate")
@public
def find_activation() -> Response:
    """Go to the page of a code that was typed."""
    threshold.choose_community()
    typed = web.request.form.get("code", "")[:40]
    try:
        activations.find_invitation(text=typed, network=threshold.arrival().network, now=clock.now())
    except DomainError as refusal:
        return threshold.refused("people/activation_code.html", refusal, code=typed)
    return web.see_other(web.url_for("people.activate", code=rules.normalised_code(typed)))


def _invitation(code: str) -> activations.Invitation:
    invitation = activations.find_invitation(text=code, network=threshold.arrival().network, now=clock.now())
    threshold.enter_community(places.community_of(invitation.community_id))
    return invitation


@bp.get("/activate/<code>")
@public
def activate(code: str) -> Response:
    """Show whose slip this is, the consent, and the form for a password. Looking uses nothing up (trust W4)."""
    threshold.choose_community()
    try:
        invitation = _invitation(code)
    except DomainError as refusal:
        return threshold.refused("people/activation_code.html", refusal, code=code[:40])
    who = polite_name(invitation.name)
    return web.page(
        "people/activate.html", error=None, bad_field=None, code=code, who=who, agreed=False, text=_text_now()
    )


def _text_now() -> ConsentText:
    return text_in_force(PERSONAL_DATA, on=clock.local_date(clock.now()))


@bp.post("/activate/<code>")
@public
def create_activation(code: str) -> Response:
    """Set the first (or a new) password and come in."""
    form = web.request.form
    threshold.choose_community()
    try:
        invitation = _invitation(code)
    except DomainError as refusal:
        return threshold.refused("people/activation_code.html", refusal, code=code[:40])
    arrival = threshold.arrival(password=form.get("password", "")[:500])
    agreed = form.get("agreed") == "1"
    try:
        _ensure_same(form.get("password", ""), form.get("again", ""))
        entry = activations.activate(invitation=invitation, arrival=arrival, agreed=agreed, now=clock.now())
    except DomainError as refusal:
        who = polite_name(invitation.name)
        return threshold.refused("people/activate.html", refusal, code=code, who=who, agreed=agreed, text=_text_now())
    return threshold.let_in(entry, target=None, notice=_("密码设好了，您已登录"))


def _ensure_same(password: str, again: str) -> None:
    if password != again:
        raise DomainError(N_("两遍密码不一样，再写一遍"), field="again")


def _reset_page(template: str, *, error: DomainError | None = None) -> Response:
    context: dict[str, Any] = {"phone": web.request.form.get("phone", ""), "delivers": messenger().delivers()}
    if error is not None:
        return threshold.refused(template, error, **context)
    return web.page(template, error=None, bad_field=None, **context)


@bp.get("/forgot")
@public
def forgot() -> Response:
    """Say how to get a new password: from the office always, by text message where one can be sent."""
    threshold.choose_community()
    return _reset_page("people/forgot.html")


@bp.post("/forgot")
@public
def ask_reset() -> Response:
    """Send six digits, or seem to: the answer is the same."""
    network = threshold.arrival().network
    try:
        if threshold.choose_community() is None:
            raise DomainError(N_("先选您的社区"), field="community")  # noqa: TRY301
        resets.ask_reset(phone=web.request.form.get("phone", "")[:40], network=network, now=clock.now())
    except DomainError as refusal:
        return _reset_page("people/forgot.html", error=refusal)
    return _reset_page("people/reset.html")


@bp.post("/password-resets")
@public
def create_reset() -> Response:
    """Set a new password with the digits from the phone."""
    form = web.request.form
    arrival = threshold.arrival(password=form.get("password", "")[:500])
    try:
        if threshold.choose_community() is None:
            raise DomainError(N_("先选您的社区"), field="community")  # noqa: TRY301
        _ensure_same(form.get("password", ""), form.get("again", ""))
        entry = resets.reset_password(
            phone=form.get("phone", "")[:40], code=form.get("code", "")[:20], arrival=arrival, now=clock.now()
        )
    except DomainError as refusal:
        return _reset_page("people/reset.html", error=refusal)
    return threshold.let_in(entry, target=None, notice=_("密码改好了，您已登录"))
