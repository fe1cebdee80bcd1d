"""Rewards: goods on the shelf, reservations, pick-up codes, the hand-out desk, the stock book."""

from __future__ import annotations

from flask import Flask

from engage.rewards.cards import HandOut, ItemCard, RedemptionCard
from engage.rewards.commands import cancel_redemption, hand_out, let_lapse, reserve
from engage.rewards.leaving import release_all
from engage.rewards.queries import (
    cheapest_affordable,
    code_of,
    count_redemptions,
    counting_open,
    get_item,
    list_redemptions,
    open_redemptions,
    shelf,
)
from engage.rewards.reservations import renew_codes
from engage.rewards.rules import AlreadyEnded, LimitReached, NotOffered, SoldOut, State, UnknownCode
from engage.rewards.stock import add_item, count_stock, offer_item, receive_goods

__all__ = [
    "AlreadyEnded",
    "HandOut",
    "ItemCard",
    "LimitReached",
    "NotOffered",
    "RedemptionCard",
    "SoldOut",
    "State",
    "UnknownCode",
    "add_item",
    "cancel_redemption",
    "cheapest_affordable",
    "code_of",
    "count_redemptions",
    "count_stock",
    "counting_open",
    "get_item",
    "hand_out",
    "init_app",
    "let_lapse",
    "list_redemptions",
    "offer_item",
    "open_redemptions",
    "receive_goods",
    "release_all",
    "renew_codes",
    "reserve",
    "shelf",
]


def init_app(app: Flask) -> None:
    """Register the pages and the commands."""
    from engage.rewards import cli, views, views_desk

    assert views_desk  # noqa: S101 - imported for its routes
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.group)
