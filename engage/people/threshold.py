"""Between a browser and its device: which community is meant, how a browser comes in, where it is sent when it must."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app

from engage import places
from engage.core import clock, tenancy, web
from engage.core.access import Actor, current_actor
from engage.core.errors import DomainError, TooManyAttempts
from engage.core.tenancy import CommunityCard
from engage.people import known
from engage.people.consents import find_outstanding
from engage.people.cookies import cookie_options, forget_browser_state
from engage.people.devices import COOKIE, here
from engage.people.passkeys import Site
from engage.people.rules import device_label
from engage.people.signing_in import Arrival, Entry, network_of

COMMUNITY_COOKIE = "community"
_YEAR = 365 * 24 * 3600


def choose_community() -> CommunityCard | None:
    """Return the community this anonymous request is about, and make it the scope: asked for, remembered, or the only one."""
    current_actor()  # whoever is signed in sets their own scope first; the choice below comes after it
    communities = places.list_communities()
    by_slug = {card.slug: card for card in communities}
    wanted = web.request.values.get("community") or web.request.cookies.get(COMMUNITY_COOKIE) or ""
    chosen = by_slug.get(wanted) or (communities[0] if len(communities) == 1 else None)
    if chosen is not None:
        enter_community(chosen)
    return chosen


def enter_community(card: CommunityCard) -> None:
    """Work, and show the page, inside this community."""
    tenancy.enter(card.id)
    web.g.community = card


def arrival(*, account: str = "", password: str = "") -> Arrival:
    """Return what this request's form and browser say."""
    return Arrival(
        account=account,
        password=password,
        network=network_of(web.request.remote_addr),
        label=device_label(str(web.request.user_agent)),
        old_cookie=web.request.cookies.get(COOKIE),
        known=web.request.cookies.get(known.COOKIE, "")[:120],
        shared=web.request.form.get("shared") == "1" or _on_shared_browser(),
    )


def _on_shared_browser() -> bool:
    device = here()
    return device is not None and device.shared


def site() -> Site:
    """Return where browsers reach this installation: what the operator said, else what this request says."""
    base = current_app.extensions["engage_settings"].base_url or web.request.host_url
    parts = urlsplit(base)
    card = web.g.get("community")
    return Site(origin=f"{parts.scheme}://{parts.netloc}", name=card.name if card else "Engage")


def let_in(entry: Entry, *, target: str | None, notice: str = "") -> Response:
    """Send a browser on with its new cookie; nothing it held before signing in survives (trust W5)."""
    forget_browser_state()
    if notice:
        web.flash(notice)
    goal = web.safe_next(target, otherwise=front_page(entry.actor))
    if find_outstanding(entry.actor.person_id, now=clock.now()) is not None:
        goal = web.url_for("people.new_consent", next=goal)
    response = web.see_other(goal)
    response.set_cookie(COOKIE, entry.cookie, **cookie_options(shared=entry.shared))
    if not entry.shared:
        response.set_cookie(known.COOKIE, known.mark_of(entry.actor), **cookie_options())
    slug = places.community_of(entry.actor.community_id).slug
    response.set_cookie(COMMUNITY_COOKIE, slug, max_age=_YEAR, samesite="Lax", httponly=True)
    return response


def send_away(*, notice: str = "") -> Response:
    """Send a browser to the sign-in page without its cookie."""
    forget_browser_state()
    if notice:
        web.flash(notice)
    response = web.see_other(web.url_for("people.sign_in"))
    response.delete_cookie(COOKIE)
    return response


def front_page(actor: Actor) -> str:
    """Return where somebody starts: the desk for those who work here, the phone's front page for everybody else."""
    wanted = ("home.desk", "home.index", "people.me") if actor.works_here else ("home.index", "people.me")
    return web.url_for(next(name for name in wanted if name in current_app.view_functions))


def ask_to_sign_in() -> Response:
    """Answer a request nobody is signed in for: to the sign-in page and back to where they were (house §4.9)."""
    if web.request.method == "GET" and not web.wants_fragment():
        stood = web.request.full_path.rstrip("?")
    else:
        # A part of a page, or an act, is no place to come back to: the page it stood on is.
        stood_on = urlsplit(web.request.headers.get("HX-Current-URL") or web.request.referrer or "")
        stood = stood_on.path + (f"?{stood_on.query}" if stood_on.query else "")
    target = web.safe_next(stood, otherwise="")
    device = here()
    door = "people.unlock" if device is not None and device.locked else "people.sign_in"
    return web.see_other(web.url_for(door, next=None if target in {"", "/"} else target))


def refused(template: str, error: DomainError, **context: Any) -> Response:
    """Show a form again with the sentence and what was typed; limits say when to come back."""
    response = web.page(template, status=error.status, error=web.say(error), bad_field=error.field, **context)
    return with_patience(response, error)


def with_patience(response: Response, error: DomainError | None) -> Response:
    """Say when to come back, if a limit was reached."""
    if isinstance(error, TooManyAttempts):
        response.headers["Retry-After"] = str(error.retry_after)
    return response
