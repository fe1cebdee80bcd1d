"""Until when an import may be undone, and what makes two sheets one template. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Integer, column

from engage.core.references import parts_of, runs_of
from engage.roster.rules import TooLate, UndoRefused, ensure_office_may_undo, ensure_undoable, fingerprint

AT = datetime(2026, 6, 12, 11, 0, tzinfo=UTC)


@given(st.integers(0, 3 * 86400))
def test_an_import_may_be_undone_for_twenty_four_hours_to_the_second(seconds: int) -> None:
    now = AT + timedelta(seconds=seconds)
    if seconds < 86400:
        ensure_undoable(imported_at=AT, now=now)
    else:
        with pytest.raises(TooLate):
            ensure_undoable(imported_at=AT, now=now)


@pytest.mark.parametrize(("offices", "secretary", "refused"), [(1, 0, 1), (1, 1, 0), (0, 0, 0), (0, 1, 0)])
def test_roles_are_taken_back_by_who_gives_them(*, offices: int, secretary: int, refused: int) -> None:
    if refused:
        with pytest.raises(UndoRefused):
            ensure_office_may_undo(gave_offices=bool(offices), is_secretary=bool(secretary))
    else:
        ensure_office_may_undo(gave_offices=bool(offices), is_secretary=bool(secretary))


@given(st.sets(st.integers(1, 200)))
def test_runs_say_the_same_ids_without_gaps_or_touching(ids: set[int]) -> None:
    runs = runs_of(ids)
    assert [one for first, last in runs for one in range(first, last + 1)] == sorted(ids)
    assert all(left[1] + 1 < right[0] for left, right in pairwise(runs))


@given(st.sets(st.integers(1, 60_000), max_size=50), st.integers(0, 9_000))
def test_parts_name_every_id_once_and_no_statement_names_many(scattered: set[int], together: int) -> None:
    ids = scattered | set(range(1, together))
    named: list[int] = []
    for part in parts_of(column("id", Integer), ids):
        bounds = list(part.compile().params.values())
        named += (
            rows := [one for low, high in zip(bounds[::2], bounds[1::2], strict=True) for one in range(low, high + 1)]
        )
        assert len(rows) <= 2_000
    assert sorted(named) == sorted(ids)


def test_blanks_widths_and_empty_columns_at_the_end_make_no_other_template() -> None:
    assert fingerprint(["姓 名", "手机（１）", ""]) == fingerprint(["姓名", "手机(1)"])


@given(st.permutations(["姓名", "手机", "房号"]))
def test_another_order_is_another_template(headings: list[str]) -> None:
    same = headings == ["姓名", "手机", "房号"]
    assert (fingerprint(headings) == fingerprint(["姓名", "手机", "房号"])) is same
