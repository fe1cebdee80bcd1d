"""The steps of an application and the days of a training, case by case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.teams import rules
from engage.teams.rules import ApplicationRefused, Held, State, Step, TrainingRefused

DAY = date(2026, 6, 12)
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_every_state_answers_every_step_with_a_state_or_a_sentence(state: State, step: Step) -> None:
    allowed = {
        (State.WAITING, Step.APPROVE): State.APPROVED,
        (State.WAITING, Step.DECLINE): State.DECLINED,
        (State.WAITING, Step.WITHDRAW): State.WITHDRAWN,
        (State.APPROVED, Step.APPROVE): State.APPROVED,
        (State.DECLINED, Step.DECLINE): State.DECLINED,
        (State.WITHDRAWN, Step.WITHDRAW): State.WITHDRAWN,
    }
    if (state, step) in allowed:
        assert rules.moved(state, step) is allowed[state, step]
    else:
        with pytest.raises(ApplicationRefused):
            rules.moved(state, step)


@given(steps=st.lists(st.sampled_from(list(Step)), max_size=8))
def test_whatever_comes_after_the_first_answer_never_changes_it(steps: list[Step]) -> None:
    state = State.WAITING
    for step in steps:
        before = state
        try:
            state = rules.moved(state, step)
        except ApplicationRefused:
            continue
        assert before in {State.WAITING, state}


def test_nobody_answers_their_own_application() -> None:
    with pytest.raises(ApplicationRefused):
        rules.ensure_others_decide(applicant_id=7, actor_id=7)
    rules.ensure_others_decide(applicant_id=7, actor_id=8)


@pytest.mark.parametrize(
    "facts",
    [
        {"closed": True, "takes_in": True, "inside": False, "active": True},
        {"closed": False, "takes_in": False, "inside": False, "active": True},
        {"closed": False, "takes_in": True, "inside": True, "active": True},
        {"closed": False, "takes_in": True, "inside": False, "active": False},
    ],
)
def test_an_application_nobody_could_approve_is_refused_at_once(facts: dict[str, bool]) -> None:
    with pytest.raises(ApplicationRefused):
        rules.ensure_may_ask(**facts)


def test_an_answer_without_a_reason_is_refused() -> None:
    for empty in ("", "  ", "\n"):
        with pytest.raises(ApplicationRefused):
            rules.ensure_reason(empty)
    assert rules.ensure_reason(" 人 满了 \n") == "人 满了"


def held(trained: date, expires: date | None, *, revoked: bool = False) -> list[Held]:
    return [Held(kind="first_aid", trained_on=trained, expires_on=expires, revoked=revoked)]


@given(trained=DAYS, length=st.integers(min_value=1, max_value=2000), on=DAYS)
def test_a_training_counts_from_its_day_to_the_day_before_it_expires(trained: date, length: int, on: date) -> None:
    expires = trained + timedelta(days=length)
    counts = rules.is_qualified(held(trained, expires), kind="first_aid", on=on)
    assert counts == (trained <= on < expires)


def test_the_day_of_expiry_is_out_and_the_day_before_is_in() -> None:
    one = held(DAY, DAY + timedelta(days=365))
    assert rules.is_qualified(one, kind="first_aid", on=DAY + timedelta(days=364))
    assert not rules.is_qualified(one, kind="first_aid", on=DAY + timedelta(days=365))
    assert rules.days_left(DAY + timedelta(days=365), today=DAY + timedelta(days=365)) == 0


def test_a_revoked_training_never_counts_and_another_kind_does_not_either() -> None:
    assert not rules.is_qualified(held(DAY, None, revoked=True), kind="first_aid", on=DAY)
    assert not rules.is_qualified(held(DAY, None), kind="fire", on=DAY)
    assert rules.is_qualified(held(DAY, None), kind="first_aid", on=date(2190, 1, 1))


def test_a_newer_training_takes_over_when_the_older_has_run_out() -> None:
    both = held(DAY, DAY + timedelta(days=10)) + held(DAY + timedelta(days=10), None)
    assert all(rules.is_qualified(both, kind="first_aid", on=DAY + timedelta(days=n)) for n in range(30))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "flying"}, "kind"),
        ({"trained_on": DAY + timedelta(days=1)}, "trained_on"),
        ({"trained_on": date(1900, 1, 1)}, "trained_on"),
        ({"expires_on": DAY}, "expires_on"),
        ({"expires_on": date(9999, 1, 1)}, "expires_on"),
        ({"person_ids": []}, "numbers"),
        ({"person_ids": [1, 9]}, "numbers"),
    ],
)
def test_a_training_that_cannot_have_been_names_its_field(change: dict[str, object], field: str) -> None:
    facts = {
        "kind": "first_aid",
        "trained_on": DAY,
        "expires_on": None,
        "today": DAY,
        "person_ids": [1, 2],
        "recorder_id": 9,
    }
    rules.ensure_training(**facts)  # type: ignore[arg-type]
    with pytest.raises(TrainingRefused) as refused:
        rules.ensure_training(**(facts | change))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_exactly_one_giver_is_named_and_nobody_gives_to_themselves() -> None:
    rules.ensure_giver(giver_id=None, body="区红十字会", person_ids=[1])
    rules.ensure_giver(giver_id=3, body="", person_ids=[1])
    for facts in ({"giver_id": None, "body": ""}, {"giver_id": 3, "body": "区红十字会"}, {"giver_id": 1, "body": ""}):
        with pytest.raises(TrainingRefused):
            rules.ensure_giver(**facts, person_ids=[1])  # type: ignore[arg-type]
