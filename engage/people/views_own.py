"""Correcting one's own entry and taking a consent back."""

from __future__ import annotations

from flask import Response, current_app
from flask_babel import gettext as _

from engage.core import clock, web
from engage.core.access import Actor, signed_in
from engage.core.errors import DomainError
from engage.people import consents, own, threshold
from engage.people.blueprint import bp
from engage.people.consent_texts import find_text
from engage.people.forms import OwnForm
from engage.people.phones import unsealed_phone
from engage.people.queries import get_person


@bp.get("/me/details")
@signed_in
def edit_own(*, me: Actor) -> Response:
    """Show one's own name, reading and phone, to put right."""
    person = get_person(me.person_id)
    form = OwnForm(name=person.name, pinyin=person.pinyin)
    return web.page("people/own.html", form=form, last4=person.phone_last4)


@bp.post("/me/details")
@signed_in
def correct_own(*, me: Actor) -> Response:
    """Put them right, with the password."""
    person = get_person(me.person_id)
    form = OwnForm.parse(web.request.form)
    status = 422
    try:
        phone = form.read(kept_phone=unsealed_phone(person))
        if not form.errors:
            now = clock.now()
            own.confirm_password(actor=me, password=form.current, now=now)
            own.correct_own(actor=me, name=form.name, pinyin=form.pinyin, phone=phone, now=now)
            web.flash(_("改好了"))
            return web.see_other(my_page())
    except DomainError as refusal:
        form.refuse(refusal)
        status = refusal.status
    return web.page("people/own.html", status=status, form=form, last4=person.phone_last4)


@bp.get("/me/consents/<int:consent_id>")
@signed_in
def show_consent(consent_id: int, *, me: Actor) -> Response:
    """Say what taking this consent back means."""
    consent = own.own_consent(consent_id=consent_id, actor=me)
    text = find_text(consent.subject, consent.version)
    return web.page("people/consent.html", consent=consent, text=text, error=None, bad_field=None)


@bp.get("/me/consents/new")
@signed_in
def new_consent(*, me: Actor) -> Response:
    """Show the newest text to somebody who agreed to an older one; who has nothing to answer goes to their own page."""
    text = consents.find_outstanding(me.person_id, now=clock.now())
    if text is None:
        return web.see_other(my_page())
    return web.page(
        "people/consent_new.html", text=text, next=web.safe_next(web.request.args.get("next"), otherwise="")
    )


@bp.post("/me/consents")
@signed_in
def create_consent(*, me: Actor) -> Response:
    """Agree to it and go on to where one was going."""
    consents.agree(actor=me, now=clock.now())
    return web.see_other(web.safe_next(web.request.form.get("next"), otherwise=my_page()))


@bp.post("/me/consents/<int:consent_id>/withdrawal")
@signed_in
def withdraw_consent(consent_id: int, *, me: Actor) -> Response:
    """Take it back, with the password; the browser is signed out with it."""
    consent = own.own_consent(consent_id=consent_id, actor=me)
    now = clock.now()
    try:
        own.confirm_password(actor=me, password=web.request.form.get("current", "")[:500], now=now)
        own.withdraw_consent(consent_id=consent_id, actor=me, now=now)
    except DomainError as refusal:
        text = find_text(consent.subject, consent.version)
        return threshold.refused("people/consent.html", refusal, consent=consent, text=text)
    return threshold.send_away(notice=_("同意已撤回，账号已退出。想再用，到社区领一张激活纸条"))


def my_page() -> str:
    """Return where one's own data are shown: the whole page if the house has it, else this room's own."""
    wanted = ("home.my_data", "people.me")
    return web.url_for(next(name for name in wanted if name in current_app.view_functions))
