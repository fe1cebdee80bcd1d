"""Approving service time: the list, one line, the checked ones; and the rule in force."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint
from werkzeug.wrappers import Response

from engage import attendance, people
from engage.awards import commands, queries, rules, words
from engage.core import clock
from engage.core.access import Actor, Permission, needs
from engage.core.i18n import _
from engage.core.web import flash, page, request, say, see_other, url_for, whole_number

bp = Blueprint("awards", __name__)
_PAGE = 30


@bp.get("/approvals")
@needs(Permission.APPROVE_SERVICE)
def review(*, me: Actor) -> Response:
    """Show the service that waits for approval, oldest first."""
    return _review(me)


def _review(me: Actor, *, refusals: Sequence[tuple[int, str]] = (), refusing: int | None = None) -> Response:
    number = whole_number(request.args.get("page", "1"), at_most=10**6) or 1
    total = attendance.count_to_approve(judge=me)
    cards = attendance.list_to_approve(limit=_PAGE, offset=(number - 1) * _PAGE, judge=me)
    return page(
        "awards/review.html",
        fragment="awards/_review.html",
        status=422 if refusals else 200,
        cards=cards,
        persons=people.persons_of([card.person_id for card in cards]),
        total=total,
        number=number,
        pages=max(-(-total // _PAGE), 1),
        refusals=dict(refusals),
        refusing=refusing,
        typed=request.form,
        words=words,
        me=me,
    )


@bp.post("/approvals")
@needs(Permission.APPROVE_SERVICE)
def approve(*, me: Actor) -> Response:
    """Approve the checked ones, each in its own transaction; those refused stay, with the reason."""
    refusals: list[tuple[int, str]] = []
    points = count = 0
    for session_id in [whole_number(text) for text in request.form.getlist("session")][:_PAGE]:
        reason = request.form.get(f"reason-{session_id}", "").strip()
        try:
            receipt = commands.approve_and_award(session_id=session_id, actor=me, now=clock.now(), reason=reason)
        except (attendance.ApprovalRefused, rules.NoRule) as refusal:
            refusals.append((session_id, say(refusal)))
        else:
            count, points = count + 1, points + receipt.points
    flash(_("批了%(count)s条，记了%(points)s分。", count=count, points=points) if count else _("没有批哪一条。"))
    return _review(me, refusals=refusals) if refusals else see_other(url_for(".review"))


@bp.post("/approvals/<int:session_id>/refusals")
@needs(Permission.APPROVE_SERVICE)
def refuse(session_id: int, *, me: Actor) -> Response:
    """Refuse one, with a reason its person will read."""
    reason = request.form.get("reason", "").strip()
    try:
        commands.refuse_service(session_id=session_id, reason=reason, actor=me, now=clock.now())
    except attendance.ApprovalRefused as refusal:
        return _review(me, refusals=[(session_id, say(refusal))], refusing=session_id)
    flash(_("退回了，本人会看到原因。"))
    return see_other(url_for(".review"))


@bp.get("/award-rules")
@needs(Permission.APPROVE_SERVICE)
def list_rules(*, me: Actor) -> Response:
    """Show every version of the rule: who drafted and approved it, from when on."""
    versions = queries.list_rules()
    persons = [row.drafted_by for row in versions] + [row.approved_by for row in versions if row.approved_by]
    lacking = me.can(Permission.DRAFT_RULES) and queries.lacks_rule(today=clock.local_date(clock.now()))
    return page(
        "awards/rules.html",
        versions=versions,
        first=rules.DEFAULT_TERMS if lacking else None,
        names=people.names_of(persons),
        me=me,
    )


@bp.post("/award-rules")
@needs(Permission.DRAFT_RULES)
def create_version(*, me: Actor) -> Response:
    """Draft the rule every community starts with."""
    if commands.draft_first_rule(actor=me, now=clock.now()):
        flash(_("起草好了，请另一位打开这一页批准。"))
    return see_other(url_for(".list_rules"))


@bp.post("/award-rules/<int:rule_id>/approvals")
@needs(Permission.APPROVE_RULES)
def approve_version(rule_id: int, *, me: Actor) -> Response:
    """Approve a version somebody else drafted."""
    try:
        commands.approve_rule(rule_id=rule_id, actor=me, now=clock.now())
    except rules.BadRule as refusal:
        flash(say(refusal))
    return see_other(url_for(".list_rules"))
