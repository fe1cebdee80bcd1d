"""The passbook, "why this number?", and the journal for the office."""

from __future__ import annotations

from datetime import date, datetime

from flask import Blueprint
from flask_babel import format_date
from werkzeug.wrappers import Response

from engage import people
from engage.core import clock, i18n
from engage.core.access import Actor, Permission, needs, signed_in
from engage.core.errors import DomainError, NotFound
from engage.core.i18n import _
from engage.core.web import page, request, say, whole_number
from engage.ledger import arithmetic, corrections, passbook, queries, rules
from engage.ledger.cards import EntryCard

bp = Blueprint("ledger", __name__)
_PAGE = 50


@bp.app_template_global()
def entry_title(kind: str, memo: str) -> str:
    """Return what an entry is called."""
    return arithmetic.title_of(kind, memo)


@bp.app_template_filter()
def year_and_month(first: date) -> str:
    """Return the name of a month, with its year."""
    if i18n.language() == "en":
        return str(format_date(first, "MMMM y", rebase=False))
    return str(_("%(year)s年%(month)s月", year=first.year, month=first.month))


@bp.app_template_filter()
def short_day(moment: datetime) -> str:
    """Return the Shanghai day of a moment as "06-12"."""
    return clock.local(moment).strftime("%m-%d")


@bp.app_template_filter()
def signed(points: int) -> str:
    """Return "+5" or "−80" with the minus sign of print."""
    return f"+{points}" if points > 0 else f"−{-points}"


@bp.get("/points", endpoint="passbook")
@signed_in
def show_passbook(*, me: Actor) -> Response:
    """Show one month of the reader's own passbook."""
    now = clock.now()
    today = clock.local_date(now)
    first = passbook.month_from(request.args.get("month"), today=today)
    opened = passbook.find_first_month(person_id=me.person_id)
    return page(
        "ledger/passbook.html",
        month=passbook.read_month(person_id=me.person_id, first=first),
        balance=queries.balance_of(person_id=me.person_id, now=now),
        expiring=queries.find_expiring(person_id=me.person_id, now=now),
        opened=opened,
        earlier=passbook.previous_month(first) if opened and opened < first else None,
        later=passbook.next_month(first) if first < today.replace(day=1) else None,
        moment=now,
    )


@bp.get("/points/<int:entry_id>")
@signed_in
def entry(entry_id: int, *, me: Actor) -> Response:
    """Open a number: the arithmetic, who approved it, where it stands in the chain."""
    return entry_page(entry_id, me=me)


def entry_page(entry_id: int, *, me: Actor, reason: str = "", refusal: DomainError | None = None) -> Response:
    """Return the page of one entry; with what was typed and why it was refused, if a correction was asked for."""
    card = queries.get_entry(entry_id=entry_id)
    own = card.person_id == me.person_id
    if not own and not me.can(Permission.SEE_LEDGER):
        raise NotFound
    return page(
        "ledger/entry.html",
        status=refusal.status if refusal else 200,
        entry=card,
        waiting=corrections.find_waiting(entry_id=card.id) if me.can(Permission.SEE_LEDGER) else None,
        correctable=not own and me.can(Permission.SEE_LEDGER) and card.kind in rules.REVERSIBLE,
        reason=reason[: rules.LONGEST_REASON],
        error=say(refusal) if refusal else None,
        bad_field=refusal.field if refusal else None,
        kind=arithmetic.KINDS[card.kind],
        steps=arithmetic.explain(card.basis),
        names=people.names_of([card.person_id, card.actor_id, card.approver_id]),
        own=own,
    )


@bp.get("/ledger")
@needs(Permission.SEE_LEDGER)
def journal(*, me: Actor) -> Response:
    """Show the community's entries, newest first; search by member number or entry number."""
    query = request.args.get("q", "").strip()
    by = request.args.get("by") if request.args.get("by") in {"member", "entry"} else "member"
    before = whole_number(request.args["before"], at_most=2**31 - 1) if "before" in request.args else None
    understood, entries = _found(query, str(by), before)
    persons = people.persons_of([card.person_id for card in entries])
    return page(
        "ledger/journal.html",
        entries=entries[:_PAGE],
        more=len(entries) > _PAGE,
        kinds=arithmetic.KINDS,
        persons=persons,
        approvers=people.names_of([card.approver_id for card in entries]),
        head=queries.head(),
        totals=queries.totals(),
        query=query,
        by=by,
        before=before,
        understood=understood,
    )


def _found(query: str, by: str, before: int | None) -> tuple[bool, list[EntryCard]]:
    """Return whether the query was understood, and one entry more than a page."""
    if not query:
        return True, queries.list_entries(before=before, limit=_PAGE + 1)
    if not query.isascii() or not query.isdigit() or len(query) > 9:
        return False, []
    if by == "entry":
        return True, queries.list_entries(seq=int(query), limit=1)
    person = people.find_by_member_no(int(query))
    return True, queries.list_entries(person_id=person.id, before=before, limit=_PAGE + 1) if person else []
