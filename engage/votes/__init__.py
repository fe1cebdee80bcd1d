"""Votes: frozen rolls, one entitlement per household, ballots that carry no name, tallies in whole numbers.

Only this room writes ballots. While a vote is open nothing but turnout leaves it, for anybody.
"""

from __future__ import annotations

from flask import Flask

from engage.votes.casting import AlreadyVoted, BallotRefused, NotOnTheRoll, Receipt, VoteNotOpen, cast
from engage.votes.commands import VoteRefused, annul, open_vote, prepare, schedule, stop_vote
from engage.votes.own import Participation, participation_of
from engage.votes.queries import (
    Outcome,
    Standing,
    VoteCard,
    card,
    cards_of,
    find_by_subject,
    list_receipts,
    standing_of,
)
from engage.votes.receipts import StaleForm, form_token
from engage.votes.rules import NIGHT_TALK, YES_NO
from engage.votes.wording import option_words

__all__ = [
    "NIGHT_TALK",
    "YES_NO",
    "AlreadyVoted",
    "BallotRefused",
    "NotOnTheRoll",
    "Outcome",
    "Participation",
    "Receipt",
    "StaleForm",
    "Standing",
    "VoteCard",
    "VoteNotOpen",
    "VoteRefused",
    "annul",
    "card",
    "cards_of",
    "cast",
    "find_by_subject",
    "form_token",
    "init_app",
    "list_receipts",
    "open_vote",
    "option_words",
    "participation_of",
    "prepare",
    "schedule",
    "standing_of",
    "stop_vote",
]


def init_app(app: Flask) -> None:
    """Register the ballot pages and how an option is read."""
    from engage.votes import views

    app.register_blueprint(views.bp)
    app.jinja_env.filters["option_words"] = option_words
