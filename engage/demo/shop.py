"""Goods on the shelf, one handed out long ago, one waiting for 孙玉梅."""

from __future__ import annotations

from datetime import datetime, time

from engage import rewards
from engage.core import clock
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


def fetch(stage: Stage) -> None:
    """Let 周桂芳 reserve an umbrella a week ago and fetch it the same afternoon.

    The hours are fixed ones: booked between two approvals, whatever the hour the story is told at.
    """
    day = clock.local_date(stage.ago(days=7))
    fetched = _reserve(stage, "volunteer", name="折叠雨伞", now=clock.from_local(day, time(9, 40)))
    code, _as_read_out = rewards.code_of(redemption_id=fetched)
    rewards.hand_out(code=code, actor=stage["desk"], key=stage.key(), now=clock.from_local(day, time(15, 10)))


def reserve(stage: Stage) -> None:
    """Let 孙玉梅 reserve something yesterday; it waits for her at the desk."""
    _reserve(stage, "neighbour", name="洗衣液", now=stage.ago(days=1))


def _reserve(stage: Stage, key: str, *, name: str, now: datetime) -> int:
    """Reserve a thing by its name; returns the reservation."""
    item = next(item for item in rewards.shelf(now=now) if item.name == name)
    return rewards.reserve(item_id=item.id, actor=stage[key], key=stage.key(), now=now)
