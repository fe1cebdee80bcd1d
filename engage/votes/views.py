"""The ballot on the phone, its receipt, and what is promised about secrecy."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, render_template

from engage import people, places
from engage.core import clock, live, web
from engage.core.access import Actor, public, signed_in
from engage.core.errors import DomainError, NotFound
from engage.votes import forms, queries, receipts
from engage.votes.casting import BallotRefused, cast

bp = Blueprint("votes", __name__)

#: receipts are kept by the phone, in its signed cookie, and nowhere else
_KEPT = 6
#: big lines on one screen of elder mode (DESIGN-LANGUAGE §2)
_ELDER_LINES = 4
_STATES = ("frozen", "open", "closing", "closed", "annulled")


@bp.get("/votes/<int:vote_id>")
@signed_in
def show(vote_id: int, *, me: Actor) -> Response:
    """Show the ballot, or what the vote is at now."""
    return _page(_context(vote_id, me, now=clock.now()))


@bp.get("/votes/<int:vote_id>/status")
@signed_in
def status(vote_id: int, *, me: Actor) -> Response:
    """Answer the phone's poll: turnout and state in one bar that never replaces the form."""
    seen = web.request.args.get("seen", "")
    card = queries.card(vote_id, now=clock.now())
    return live.fresh_or_unchanged(
        render_template("votes/_bar.html", vote=card, seen=seen if seen in _STATES else card.state)
    )


@bp.post("/votes/<int:vote_id>/confirmations")
@signed_in
def confirm(vote_id: int, *, me: Actor) -> Response:
    """Read the choice of a secret ballot back before it becomes final. Nothing is stored."""
    context = _context(vote_id, me, now=clock.now())
    values = _typed(choices_max=context["vote"].choices_max)
    try:
        forms.parse_choices(values, options=len(context["vote"].options))
    except BallotRefused as refused:
        return _page(context, refusal=web.say(refused), chosen=values, status=422)
    if context["panel"] in {"open", "closing"}:
        context["panel"] = "confirm"
    return _page(context, chosen=values)


@bp.post("/votes/<int:vote_id>/ballots")
@signed_in
def create(vote_id: int, *, me: Actor) -> Response:
    """Cast the ballot."""
    now = clock.now()
    form = web.request.form
    paper = queries.paper_of(vote_id)
    values = _typed(choices_max=paper.choices_max)
    try:
        choices = forms.parse_choices(values, options=paper.options)
        receipt = cast(vote_id=vote_id, actor=me, choices=choices, token=form.get("token", ""), now=now)
    except NotFound:
        raise
    except DomainError as refused:
        return _page(_context(vote_id, me, now=clock.now()), refusal=web.say(refused), chosen=values, status=422)
    _keep_on_the_phone(vote_id, receipt.code)
    return web.see_other(web.url_for(".receipt", vote_id=vote_id))


@bp.post("/votes/<int:vote_id>/parts")
@signed_in
def turn(vote_id: int, *, me: Actor) -> Response:
    """Show the next few choices of a long ballot in elder mode, with what was chosen so far. Nothing is stored."""
    context = _context(vote_id, me, now=clock.now())
    part = web.whole_number(web.request.form.get("part"), at_most=24)
    context["part"] = min(part, len(context["parts"]) - 1)
    return _page(context, chosen=_typed(choices_max=context["vote"].choices_max))


def _typed(*, choices_max: int) -> list[str]:
    """Return the choices sent; of a single choice the last one, made on a later part of a long ballot."""
    values = list(dict.fromkeys(web.request.form.getlist("choice")))
    return values[-1:] if choices_max == 1 else values


@bp.get("/votes/<int:vote_id>/receipt")
@signed_in
def receipt(vote_id: int, *, me: Actor) -> Response:
    """Show that the household's ballot is in; the code only on the phone that cast it."""
    context = _context(vote_id, me, now=clock.now())
    if not context["standing"].used:
        return web.see_other(web.url_for(".show", vote_id=vote_id))
    code = web.session.get("receipts", {}).get(str(vote_id), "")
    return web.page("votes/receipt.html", **context, code=code)


@bp.get("/votes/<int:vote_id>/receipts")
@signed_in
def index_receipts(vote_id: int, *, me: Actor) -> Response:
    """Show the sorted list of codes of a closed vote."""
    now = clock.now()
    return web.page(
        "votes/receipts.html",
        vote=queries.card(vote_id, now=now),
        codes=queries.list_receipts(vote_id, now=now),
        mine=web.session.get("receipts", {}).get(str(vote_id), ""),
    )


@bp.get("/votes/secrecy")
@public
def secrecy() -> Response:
    """Say what a secret vote keeps secret, and what it cannot promise; the way back leads to the ballot it is about."""
    back = web.safe_next(web.request.args.get("back"), otherwise="/")
    return web.page("votes/secrecy.html", back=back)


def _context(vote_id: int, me: Actor, *, now: datetime) -> dict[str, Any]:
    vote = queries.card(vote_id, now=now)
    unit_id = people.household_of(me.person_id)
    standing = queries.standing_of(vote_id, unit_id=unit_id)
    token = ""
    if unit_id and standing.is_entitled:
        token = receipts.form_token(vote_id=vote_id, unit_id=unit_id, revision=standing.revision)
    shuffled_for = f"{vote_id}:{unit_id}" if vote.kind == "agenda" else ""
    order = forms.display_order(len(vote.options), shuffled_for=shuffled_for)
    lines = [*map(forms.value_of, order), forms.ABSTAIN]
    return {
        "vote": vote,
        "standing": standing,
        "panel": _panel(vote, standing),
        "plate": places.unit_labels([unit_id]).get(unit_id or 0, ""),
        "token": token,
        "order": order,
        "parts": forms.parts_of(lines, size=_ELDER_LINES),
        "part": 0,
        "value_of": forms.value_of,
        "abstain": forms.ABSTAIN,
        "server_time": now,
    }


def _panel(vote: queries.VoteCard, standing: queries.Standing) -> str:
    if vote.state not in {"open", "closing"}:
        return vote.state
    if not standing.is_entitled:
        return "outside"
    return "used" if standing.used and not vote.changeable else vote.state


def _page(
    context: dict[str, Any], *, refusal: str = "", chosen: Sequence[str] | None = None, status: int = 200
) -> Response:
    if chosen is None:
        own = context["standing"].choices
        chosen = [forms.ABSTAIN] if own == () else [forms.value_of(number) for number in own or ()]
    return web.page(
        "votes/show.html", fragment="votes/_panel.html", status=status, refusal=refusal, chosen=chosen, **context
    )


def _keep_on_the_phone(vote_id: int, code: str) -> None:
    kept = dict(web.session.get("receipts", {}))
    kept.pop(str(vote_id), None)
    kept[str(vote_id)] = code
    web.session["receipts"] = dict(list(kept.items())[-_KEPT:])
