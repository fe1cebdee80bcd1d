"""Who may merge whom and until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engage.merging import rules
from engage.merging.rules import MergeRefused, UndoRefused
from tests.make import NOW


def test_one_entry_is_not_merged_with_itself_nor_with_one_that_left() -> None:
    with pytest.raises(MergeRefused, match="同一条"):
        rules.ensure_pair(survivor_id=1, merged_id=1, standings=("active", "active"))
    for standings in (("active", "closed"), ("closed", "active"), ("declined", "active")):
        with pytest.raises(MergeRefused, match="不在册"):
            rules.ensure_pair(survivor_id=1, merged_id=2, standings=standings)
    rules.ensure_pair(survivor_id=1, merged_id=2, standings=("active", "paused"))


@pytest.mark.parametrize(
    ("actor_id", "actor_home", "refused"),
    [(1, None, True), (2, None, True), (3, 7, True), (3, 8, True), (3, 9, False), (3, None, False)],
)
def test_points_never_move_by_the_word_of_who_gains(actor_id: int, actor_home: int | None, refused: bool) -> None:  # noqa: FBT001
    facts = {"actor_id": actor_id, "pair": (1, 2), "actor_home": actor_home, "homes": (7, 8)}
    if refused:
        with pytest.raises(MergeRefused, match="另一位"):
            rules.ensure_somebody_else(**facts)  # type: ignore[arg-type]
    else:
        rules.ensure_somebody_else(**facts)  # type: ignore[arg-type]


def test_the_last_moment_of_the_seventh_day_is_too_late() -> None:
    rules.ensure_in_time(merged_at=NOW, undone_at=None, now=NOW + timedelta(days=7) - timedelta(microseconds=1))
    with pytest.raises(UndoRefused, match="7天"):
        rules.ensure_in_time(merged_at=NOW, undone_at=None, now=NOW + timedelta(days=7))
    with pytest.raises(UndoRefused, match="撤销过"):
        rules.ensure_in_time(merged_at=NOW, undone_at=NOW, now=NOW)
