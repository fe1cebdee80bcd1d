"""The shop from behind the counter: handing out, keeping stock."""

from __future__ import annotations

from werkzeug.wrappers import Response

from engage import people
from engage.core import clock
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError, TooManyAttempts
from engage.core.i18n import _
from engage.core.web import flash, page, request, say, see_other, url_for, whole_number
from engage.rewards import commands, desk, queries, rules, stock
from engage.rewards.forms import Typed
from engage.rewards.views import bp

_PAGE = 50
_ITEM_FIELDS = ("name", "counter", "picture", "price", "quantity", "per_person")


@bp.get("/desk", endpoint="desk")
@needs(Permission.HAND_OUT)
def show_desk(*, me: Actor) -> Response:
    """Ask for a code."""
    return _desk(Typed())


def _desk(form: Typed, *, found: object = None, given: object = None, refusal: DomainError | None = None) -> Response:
    status = 200 if refusal is None else refusal.status if isinstance(refusal, TooManyAttempts) else 422
    return page(
        "rewards/desk.html",
        fragment="rewards/_desk.html",
        status=status,
        form=form,
        found=found,
        given=given,
        refusal=say(refusal) if refusal else None,
    )


@bp.post("/desk/pick-ups")
@needs(Permission.HAND_OUT)
def look_up(*, me: Actor) -> Response:
    """Show what a code is for; nothing moves yet."""
    form = Typed.read(request.form, "code")
    try:
        found = desk.look_up(code=form.values["code"], actor=me, now=clock.now())
    except (rules.UnknownCode, TooManyAttempts) as refusal:
        return _desk(form, refusal=refusal)
    return _desk(form, found=found)


@bp.post("/desk/hand-outs")
@needs(Permission.HAND_OUT)
def hand_out(*, me: Actor) -> Response:
    """Hand it out, once."""
    form = Typed.read(request.form, "code")
    try:
        given = commands.hand_out(code=form.values["code"], actor=me, key=request.form.get("key", ""), now=clock.now())
    except (rules.UnknownCode, rules.AlreadyEnded, rules.SoldOut, TooManyAttempts) as refusal:
        return _desk(form, refusal=refusal)
    return _desk(Typed(), given=given)


@bp.get("/stock", endpoint="stock")
@needs(Permission.KEEP_STOCK)
def show_stock(*, me: Actor) -> Response:
    """Show everything in the store."""
    number = whole_number(request.args.get("page", "1"), at_most=10**6) or 1
    total = queries.count_items()
    return page(
        "rewards/stock.html",
        items=queries.list_stock(limit=_PAGE, offset=(number - 1) * _PAGE),
        total=total,
        number=number,
        pages=max(-(-total // _PAGE), 1),
    )


@bp.get("/stock/new")
@needs(Permission.KEEP_STOCK)
def new_item(*, me: Actor) -> Response:
    """Ask what the new thing is."""
    return _new(Typed())


def _new(form: Typed) -> Response:
    return page(
        "rewards/new.html",
        fragment="rewards/_new.html",
        status=422 if form.errors else 200,
        form=form,
        pictures=rules.PICTURES,
    )


@bp.post("/stock")
@needs(Permission.KEEP_STOCK)
def create_item(*, me: Actor) -> Response:
    """Put a new thing on the shelf."""
    form = Typed.read(request.form, *_ITEM_FIELDS)
    try:
        item_id = stock.add_item(
            name=form.values["name"],
            counter=form.values["counter"],
            picture=form.values["picture"],
            price=form.number("price"),
            quantity=form.number("quantity"),
            per_person=form.number("per_person") if form.values["per_person"] else None,
            actor=me,
            key=request.form.get("key", ""),
            now=clock.now(),
        )
    except stock.BadItem as refusal:
        return _new(form.refused(refusal))
    flash(_("上架了。"))
    return see_other(url_for(".stock_item", item_id=item_id))


@bp.get("/stock/<int:item_id>")
@needs(Permission.KEEP_STOCK)
def stock_item(item_id: int, *, me: Actor) -> Response:
    """Show one thing's stock book, and the forms for deliveries and counts."""
    return _stock_item(item_id, Typed())


def _stock_item(item_id: int, form: Typed) -> Response:
    moves = queries.list_moves(item_id=item_id)
    return page(
        "rewards/stock_item.html",
        fragment="rewards/_stock_item.html",
        status=422 if form.errors else 200,
        item=queries.get_item(item_id=item_id),
        moves=moves,
        names=people.names_of([move.actor_id for move in moves]),
        form=form,
    )


@bp.post("/stock/<int:item_id>/deliveries")
@needs(Permission.KEEP_STOCK)
def receive(item_id: int, *, me: Actor) -> Response:
    """Book a delivery."""
    form = Typed.read(request.form, "quantity", "note")
    try:
        stock.receive_goods(
            item_id=item_id,
            quantity=form.number("quantity"),
            note=form.values["note"],
            actor=me,
            key=request.form.get("key", ""),
            now=clock.now(),
        )
    except stock.BadItem as refusal:
        return _stock_item(item_id, form.refused(refusal))
    flash(_("进货记上了。"))
    return see_other(url_for(".stock_item", item_id=item_id))


@bp.post("/stock/<int:item_id>/counts")
@needs(Permission.KEEP_STOCK)
def count(item_id: int, *, me: Actor) -> Response:
    """Book what was counted."""
    form = Typed.read(request.form, "counted", "reason")
    try:
        stock.count_stock(
            item_id=item_id,
            counted=form.number("counted"),
            note=form.values["reason"],
            actor=me,
            key=request.form.get("key", ""),
            now=clock.now(),
        )
    except stock.BadItem as refusal:
        return _stock_item(item_id, form.refused(refusal))
    flash(_("盘点记上了。"))
    return see_other(url_for(".stock_item", item_id=item_id))


@bp.post("/stock/<int:item_id>/offer")
@needs(Permission.KEEP_STOCK)
def offer(item_id: int, *, me: Actor) -> Response:
    """Put it on the shelf, or take it off; the other button undoes it."""
    offered = request.form.get("offered") == "yes"
    stock.offer_item(item_id=item_id, offered=offered, actor=me, now=clock.now())
    flash(_("上架了。") if offered else _("下架了。已经换了的照样能取。"))
    return see_other(url_for(".stock_item", item_id=item_id))
