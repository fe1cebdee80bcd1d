"""A whole street, settled through the rooms' own doors; here a small one."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from engage import places
from engage.core import tenancy
from engage.core.database import db
from engage.demo import cast, street
from engage.people.models import Person
from tests.client import CheckingClient
from tests.make import NOW


def everybody(name: str) -> list[tuple[str, str, int | None]]:
    home = places.find_community_by_name(name)
    assert home is not None
    with tenancy.scoped(home.id):
        return [
            tuple(row)
            for row in db.session.execute(select(Person.name, Person.pinyin, Person.birth_year).order_by(Person.id))
        ]


def test_a_street_has_as_many_people_as_asked_and_an_office_that_signs_in(app: Flask, client: CheckingClient) -> None:
    guests = street.settle_street(now=NOW, communities=2, persons=60)
    assert [guest.office for guest in guests] == ["书记", "社工", "网格员", "街道", "书记", "社工", "网格员"]
    assert [len(everybody(name)) for name in street.COMMUNITIES[:2]] == [60, 60]
    form = {"community": "street-01", "account": guests[0].phone, "password": cast.PASSWORD}
    client.post("/sign-in", data=form, expect=303)
    page = client.get("/members", expect=200)
    assert "共60人" in page.text
    assert all(re.fullmatch(r"1390[01]\d{6}", guest.phone) for guest in guests)


def test_settling_twice_settles_once(app: Flask) -> None:
    street.settle_street(now=NOW, communities=1, persons=40)
    assert street.settle_street(now=NOW, communities=1, persons=40) == []
    assert len(everybody(street.COMMUNITIES[0])) == 40


def test_the_same_number_gives_the_same_people(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    street.settle(name="甲", number=7, persons=50, now=NOW)
    street.settle(name="乙", number=8, persons=50, now=NOW)
    monkeypatch.setattr(cast, "SEED", cast.SEED - 2)  # what made number 7 makes number 9
    street.settle(name="丙", number=9, persons=50, now=NOW)
    assert everybody("甲") == everybody("丙") != everybody("乙")


def test_a_grid_officer_of_the_street_sees_one_grid(app: Flask, client: CheckingClient) -> None:
    guests = street.settle_street(now=NOW, communities=1, persons=60)
    form = {"community": "street-01", "account": guests[2].phone, "password": cast.PASSWORD}
    client.post("/sign-in", data=form, expect=303)
    page = client.get("/members", expect=200)
    homes = {row.select("td")[2].get_text() for row in page.soup.select("#members tbody tr")}
    assert homes
    assert all(home.startswith("河东") for home in homes)
