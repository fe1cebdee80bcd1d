"""Import through the web, as a secretary does it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import python_calamine
import pytest
from flask import url_for

from engage import people, places
from engage.core import tenancy, workbook
from tests.client import Answer, CheckingClient
from tests.conftest import World
from tests.roster.make_workbooks import SMALL, make_xlsx

SignIn = Callable[..., CheckingClient]


def upload(client: CheckingClient, content: bytes, name: str = "名单.xlsx", *, expect: int = 303) -> Answer:
    answer = client.post("/roster/batches", data={"workbook": (BytesIO(content), name)}, expect=expect)
    return client.get(answer.location, expect=200) if expect == 303 else answer


def test_a_file_is_looked_at_before_anything_is_written(world: World, sign_in: SignIn) -> None:
    before = people.count_persons()
    page = upload(sign_in(world.secretary), make_xlsx({"名单": SMALL}))
    assert "有1行要改" in page.words
    assert "手机要11位，这里是7位" in page.words
    assert people.count_persons() == before


def test_confirming_twice_imports_once(world: World, sign_in: SignIn) -> None:
    client, before = sign_in(world.secretary), people.count_persons()
    page = upload(client, make_xlsx({"名单": SMALL}))
    form = page.form("/confirmation")
    done = client.get(client.submit(form, expect=303).location, expect=200)
    assert "导入了4人" in done.words
    client.submit(form, expect=303)
    assert people.count_persons() == before + 4
    assert places.find_unit_by_label("1栋1单元101").area_centi == 12016
