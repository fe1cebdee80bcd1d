"""What is voted on is written as large as it can be with every word of it on the wall."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engage.talks.sizes import SIZES, size_of

questions = st.text(alphabet="电棚，？ab ", min_size=1, max_size=120)
options = st.lists(st.text(alphabet="西门北ab", min_size=1, max_size=30), max_size=5)


def test_the_designs_own_question_has_the_designs_size() -> None:
    three = ["西门停车场北角", "7栋8栋之间空地", "老粮站后墙边"]
    assert size_of(question="充电棚建在哪里？", options=three) == 0
    assert size_of(question="充电棚建在哪里？", options=three, result="21户选了“7栋8栋之间空地”，选它了。") == 0


@given(question=questions, options=options, more=st.text(alphabet="门a", min_size=1, max_size=30))
def test_more_to_read_is_never_written_larger(question: str, options: list[str], more: str) -> None:
    assert size_of(question=question, options=[*options, more]) >= size_of(question=question, options=options)
    assert size_of(question=question, options=options, result="通过了。") >= size_of(question=question, options=options)


def test_the_longest_that_a_chair_can_write_has_the_smallest_size() -> None:
    assert size_of(question="长" * 120, options=["长" * 30] * 6, result="长" * 60) == len(SIZES) - 1
