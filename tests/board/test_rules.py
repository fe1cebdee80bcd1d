"""What may be published."""

from __future__ import annotations

from engage.board import rules


def test_a_figure_about_fewer_than_five_persons_is_not_published() -> None:
    assert rules.publishable(310, persons=4) is None
    assert rules.publishable(310, persons=5) == 310
    assert rules.publishable(0, persons=5) == 0
