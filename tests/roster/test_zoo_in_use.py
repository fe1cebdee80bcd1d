"""Other communities' workbooks through the whole import: looked at, confirmed, again, and the held rows put right."""

from __future__ import annotations

from collections.abc import Callable

from engage import people, places
from engage.core import tenancy, workbook
from engage.roster import fixing, queries
from engage.roster.commands import open_workbook, stage
from engage.roster.importing import NobodyFound, confirm
from engage.roster.rules import Reading, read_workbook
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.roster.conftest import Upload
from tests.roster.importing import put_in
from tests.roster.make_zoo import WRONG, ZOO, make_zoo, mobile
from tests.roster.readings import TODAY

SignIn = Callable[..., CheckingClient]


def doors_of_held(reading: Reading) -> list[tuple[str, ...]]:
    """Building, entrance and room of each row that is held back."""
    lines = [line for line in reading.lines if line.held_back]
    doors = [line.dwelling and (line.dwelling.building, line.dwelling.entrance, line.dwelling.room) for line in lines]
    return [(*(door or ()),) for door in doors]


def test_every_workbook_goes_in_once(world: World) -> None:
    for number, name in enumerate(ZOO):
        card = places.found_community(name=f"第{number}社区", slug=f"zoo-{number}", now=NOW)
        with tenancy.scoped(card.id):
            batch_id = stage(content=make_zoo(name), filename="名单.xlsx", actor=None, now=NOW)
            assert people.count_persons() == 0, name
            try:
                outcome = confirm(batch_id=batch_id, revision=1, actor=None, now=NOW)
            except NobodyFound:
                continue
            assert people.count_persons() == outcome.people > 0, name
            assert put_in(make_zoo(name), actor=None).nothing_new, name


def test_rows_put_right_in_the_workbook_of_rows_to_fix_keep_their_doors(world: World) -> None:
    tried = 0
    with tenancy.scoped(world.donghu.id):
        for name in ZOO:
            batch = queries.get_batch(stage(content=make_zoo(name), filename="x.xlsx", actor=None, now=NOW), now=NOW)
            comparison = queries.comparison_of(batch, now=NOW)
            sheets = fixing.rows_to_fix(comparison)
            if not sheets or "id numbers" in name:
                continue
            again = read_workbook(open_workbook(workbook.write(sheets), filename="x.xlsx").sheets, today=TODAY)
            assert doors_of_held(again) == doors_of_held(comparison.reading), name
            tried += 1
    assert tried >= 8


def fixed(world: World, name: str) -> Reading:
    """The rows to fix with the wrong phone typed anew, read again."""
    with tenancy.scoped(world.donghu.id):
        batch = queries.get_batch(stage(content=make_zoo(name), filename="x.xlsx", actor=None, now=NOW), now=NOW)
        sheets = workbook.read(
            workbook.write(fixing.rows_to_fix(queries.comparison_of(batch, now=NOW))), filename="x.xlsx"
        )
    rows = [[mobile(77) if cell == WRONG else cell for cell in row] for row in sheets[0].rows]
    return read_workbook([workbook.Sheet(sheets[0].name, rows)], today=TODAY)


def test_what_only_a_title_or_two_lines_of_headings_said_stays_with_the_row(world: World) -> None:
    volunteer = fixed(world, "a list of volunteers").people[0]
    assert (volunteer.name, volunteer.phone, volunteer.volunteer) == ("张三", mobile(77), True)
    assert str(fixed(world, "a birth date in three columns").people[0].birth) == "1958-03-05"


def test_a_table_beside_another_is_shown_and_put_right_on_the_page(
    world: World, sign_in: SignIn, upload: Upload
) -> None:
    client = sign_in(world.secretary)
    page = upload(client, make_zoo("two columns of residents beside each other"))
    assert "S·右1" in page.words
    form = page.form("/corrections")
    hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("input[type=hidden]")}
    cell = page.soup.select_one('input[aria-invalid="true"]')
    assert cell is not None
    answer = client.post(str(form["action"]), data=hidden | {str(cell["name"]): mobile(5)}, expect=303)
    page = client.get(answer.location, expect=200)
    assert "5行都没问题" in page.words
    client.submit(page.form("/confirmation"), expect=303)
    with tenancy.scoped(world.donghu.id):
        assert {"张三", "孙七", "王五", "赵六"} <= {one.name for one in people.list_roll(whole_phones=True)}
