"""The demo is a story that the rooms' own commands accept, from any hour of any day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from engage import demo, ledger, people, places
from engage.core import tenancy

EVENING = datetime(2026, 6, 12, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "now",
    [
        EVENING,
        datetime(2026, 6, 12, 0, 5, tzinfo=UTC),  # 8:05 in the morning
        datetime(2026, 12, 31, 15, 58, tzinfo=UTC),  # two minutes before the new year
        datetime(2026, 3, 1, 16, 2, tzinfo=UTC),  # just after midnight
    ],
)
def test_the_story_can_be_told_at_any_hour_and_the_books_fit(app: Flask, now: datetime) -> None:
    demo.tell(now=now)
    for community in places.list_communities():
        with tenancy.scoped(community.id):
            assert ledger.verify() == []
    with tenancy.scoped(places.community_by_slug("donghu").id):
        assert people.count_persons() == 60
