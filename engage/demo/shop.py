"""Goods on the shelf, one handed out long ago, one waiting for 孙玉梅."""

from __future__ import annotations

from datetime import timedelta

from engage import ledger, rewards
from engage.demo.roll import Stage

#: name, counting word, drawing, points, pieces, at most per person
_GOODS = (
    ("东北大米5斤", "袋", "rice", 60, 12, 1),
    ("洗衣液", "瓶", "soap", 40, 18, 2),
    ("折叠雨伞", "把", "umbrella", 30, 9, 1),
    ("卷纸一提", "提", "tissue", 20, 30, 2),
    ("毛巾", "条", "towel", 10, 40, 3),
    ("社区理发券", "张", "hair", 15, 20, 2),
)


def stock_the_shelf(stage: Stage) -> None:
    """Let the clerk put the goods on the shelf."""
    for name, counter, picture, price, quantity, per_person in _GOODS:
        rewards.add_item(
            name=name,
            counter=counter,
            picture=picture,
            price=price,
            quantity=quantity,
            per_person=per_person,
            actor=stage["clerk"],
            key=stage.key(),
            now=stage.ago(days=40),
        )


def exchange(stage: Stage) -> None:
    """Let 周桂芳 fetch something she reserved last week, and 孙玉梅 reserve something that waits at the desk."""
    fetched = _reserve(stage, "volunteer", days=8)
    if fetched is not None:
        code = "".join(rewards.code_of(redemption_id=fetched))
        rewards.hand_out(code=code, actor=stage["desk"], key=stage.key(), now=stage.ago(days=8) + timedelta(hours=3))
    _reserve(stage, "neighbour", days=1)


def _reserve(stage: Stage, key: str, *, days: int) -> int | None:
    """Reserve the dearest thing somebody can afford; returns the reservation."""
    actor, now = stage[key], stage.ago(days=days)
    available = ledger.balance_of(person_id=actor.person_id).available
    within_reach = rewards.shelf(at_most=available, now=now)
    if not within_reach:
        return None
    return rewards.reserve(item_id=within_reach[0].id, actor=actor, key=stage.key(), now=now)
