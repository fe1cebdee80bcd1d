"""The public board."""

from __future__ import annotations

from flask import Blueprint, Response

from engage.board import queries
from engage.core import clock, web
from engage.core.access import current_actor, public

bp = Blueprint("board", __name__)

_FRESH_SECONDS = 60


@bp.get("/c/<slug>")
@public
def show(slug: str) -> Response:
    """Show a community's board to anybody. Browsers may keep it for a minute; shared caches may not."""
    current_actor()  # before the board's own scope: finding out who asks enters their community
    number = max(web.whole_number(web.request.args.get("page", "1"), at_most=1000), 1)
    board = queries.board_of(slug, page=number, now=clock.now())
    response = web.page("board/show.html", board=board, community=board.community, page_number=number)
    response.headers["Cache-Control"] = f"private, max-age={_FRESH_SECONDS}"
    return response
