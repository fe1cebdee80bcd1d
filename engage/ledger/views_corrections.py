"""Correcting an entry takes two: one asks and says why, another says yes (service-points §6, invariant 8)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from engage import people
from engage.core import clock
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.core.step_up import confirmed
from engage.core.web import flash, page, request, say, see_other, url_for
from engage.ledger import arithmetic, commands, corrections
from engage.ledger.views import bp, entry_page


@bp.get("/ledger/corrections", endpoint="corrections")
@needs(Permission.APPROVE_RULES)
def list_all(*, me: Actor) -> Response:
    """Show what waits for a second person, and what became of the others."""
    return _list(me)


def _list(me: Actor, *, refusal: DomainError | None = None) -> Response:
    if refusal is not None and refusal.status != 422:
        raise refusal
    cards = corrections.list_corrections()
    return page(
        "ledger/corrections.html",
        status=422 if refusal else 200,
        waiting=[card for card in cards if not card.outcome],
        over=[card for card in cards if card.outcome],
        persons=people.persons_of([card.entry.person_id for card in cards]),
        names=people.names_of([one for card in cards for one in (card.proposed_by, card.decided_by)]),
        kinds=arithmetic.KINDS,
        error=say(refusal) if refusal else None,
        me=me,
    )


@bp.post("/points/<int:entry_id>/corrections")
@needs(Permission.SEE_LEDGER)
def propose(entry_id: int, *, me: Actor) -> Response:
    """Ask for an entry to be corrected."""
    reason = request.form.get("reason", "")
    try:
        commands.propose_correction(entry_id=entry_id, reason=reason, actor=me, now=clock.now())
    except DomainError as refusal:
        if refusal.status != 422:
            raise
        return entry_page(entry_id, me=me, reason=reason, refusal=refusal)
    flash(_("提好了。另一位同事确认以后，才会记进账里"))
    return see_other(url_for(".corrections"))


@bp.post("/ledger/corrections/<int:correction_id>/confirmation")
@needs(Permission.APPROVE_RULES)
@confirmed
def confirm(correction_id: int, *, me: Actor) -> Response:
    """Say yes as the second person."""
    try:
        commands.confirm_correction(correction_id=correction_id, actor=me, now=clock.now())
    except DomainError as refusal:
        return _list(me, refusal=refusal)
    flash(_("更正记进账里了，本人在存折上看得到"))
    return see_other(url_for(".corrections"))


@bp.post("/ledger/corrections/<int:correction_id>/refusal")
@needs(Permission.APPROVE_RULES)
def drop(correction_id: int, *, me: Actor) -> Response:
    """Leave the entry as it is."""
    try:
        outcome = commands.drop_correction(correction_id=correction_id, actor=me, now=clock.now())
    except DomainError as refusal:
        return _list(me, refusal=refusal)
    flash(_("收回了，账没有动") if outcome == "withdrawn" else _("没有同意，账没有动"))
    return see_other(url_for(".corrections"))
