"""The import without a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from engage import people, places
from engage.config import PROJECT
from engage.core import clock, tenancy
from engage.roster import undo, undo_parts
from engage.roster.rules import KINDS
from tests.conftest import World
from tests.databases import make_app
from tests.roster.make_workbooks import LONGMA, SMALL, make_csv, make_xlsx


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=["roster", *map(str, words)])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "名单.xlsx"
    path.write_bytes(make_xlsx({"名单": SMALL}))
    return path


def test_check_prints_counts_and_findings_before_there_is_a_community(app: Flask) -> None:
    result = run(app, "check", LONGMA, "--community", "龙马社区", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    answers = json.loads(LONGMA.with_suffix(".answers.json").read_text("utf-8"))
    assert {key: found[key] for key in answers.keys() - {"errors", "warnings"}} == {
        key: answers[key] for key in answers.keys() - {"errors", "warnings"}
    }
    assert {(one["row"], one["kind"]) for one in found["errors"]} == {
        (one["row"], one["kind"]) for one in answers["errors"]
    }
    assert {"sheet", "row", "kind", "column", "message", "what_to_do"} <= found["errors"][0].keys()
    assert found["new_people"] == 1080
    assert places.find_community_by_name("龙马社区") is None


def test_check_needs_no_tables(tmp_path: Path, small: Path) -> None:
    app = make_app(database_url=f"sqlite:///{tmp_path / 'empty.sqlite'}", data_dir=tmp_path)
    result = run(app, "check", small, "--community", "东湖社区")
    assert result.exit_code == 0, result.output
    assert "名单 7 [手机]: 手机要11位" in result.output
    assert "1处要改，1处提醒" in result.output


def test_import_prints_what_was_made_and_then_that_nothing_changes(world: World, app: Flask, small: Path) -> None:
    first = run(app, "import", small, "--community", "东湖社区")
    assert first.exit_code == 0, first.output
    assert "导入4人，其中志愿者2人；3户，4个网格和楼栋" in first.output
    assert "1行要改，没有导入" in first.output
    again = run(app, "import", small, "--community", "东湖社区")
    assert "没有变化：4人都在册了" in again.output
    check = json.loads(run(app, "check", small, "--community", "东湖社区", "--json").output)
    assert (check["new_people"], check["already_on_roll"]) == (0, 4)


def test_a_community_is_founded_only_when_asked(world: World, app: Flask, small: Path) -> None:
    refused = run(app, "import", small, "--community", "龙马社去")
    assert refused.exit_code == 1
    assert "--found" in refused.output
    founded = run(app, "import", small, "--community", "龙马社区", "--found")
    assert founded.exit_code == 0, founded.output
    card = places.find_community_by_name("龙马社区")
    assert card is not None
    assert card.slug == "longma"
    with tenancy.scoped(card.id):
        assert people.count_persons() == 4


def test_a_file_that_cannot_be_read_is_refused_in_words(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK\x03\x04nothing")
    for command in ("check", "import"):
        result = run(app, command, path, "--community", "东湖社区", *(["--found"] if command == "import" else []))
        assert result.exit_code == 1
        assert "另存为" in result.output


def test_a_csv_goes_in_too(world: World, app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "名单.csv"
    path.write_bytes(make_csv(SMALL))
    assert "导入4人" in run(app, "import", path, "--community", "东湖社区").output


def test_every_kind_and_key_is_documented(app: Flask, small: Path) -> None:
    page = (PROJECT / "docs/how-to/import-a-roster.md").read_text("utf-8")
    kinds = {(words.kind or template).replace("%(digits)d", "N") for template, words in KINDS.items()}
    assert {kind for kind in kinds if f"`{kind}`" not in page} == set()
    found = json.loads(run(app, "check", small, "--community", "东湖社区", "--json").output)
    assert {key for key in found if f"`{key}`" not in page} == set()


def test_the_newest_import_is_taken_back_and_only_once(world: World, app: Flask, small: Path) -> None:
    where = ("--community", "东湖社区")
    assert "没有可以撤的导入" in run(app, "undo", *where).output
    number = run(app, "import", small, *where).output.rsplit(maxsplit=1)[-1]
    refused = app.test_cli_runner().invoke(args=["roster", "undo", *where], input="n\n")
    assert refused.exit_code == 1
    with tenancy.scoped(world.donghu.id):
        assert people.count_persons() == 12
    done = run(app, "undo", *where, "--batch", number, "--yes")
    assert done.exit_code == 0, done.output
    assert "4人会去掉，0人有事在身会留下" in done.output
    assert "撤掉了：4人、3户" in done.output
    with tenancy.scoped(world.donghu.id):
        assert people.count_persons() == 8
    assert "没有可以撤的导入" in run(app, "undo", *where, "--yes").output


def test_an_import_of_another_community_is_not_undone_from_here(world: World, app: Flask, small: Path) -> None:
    number = run(app, "import", small, "--community", "东湖社区").output.rsplit(maxsplit=1)[-1]
    for community in ("梨园社区", "没有社区"):
        result = run(app, "undo", "--community", community, "--batch", number, "--yes")
        assert result.exit_code == 1
        assert "Error" in result.output
    with tenancy.scoped(world.donghu.id):
        assert people.count_persons() == 12


def test_an_undo_that_was_interrupted_is_carried_on_by_the_same_command(
    world: World, app: Flask, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_parts, "PART", 2)
    monkeypatch.setattr(undo_parts, "AT_ONCE", 2)
    where = ("undo", "--community", "东湖社区", "--yes")
    run(app, "import", small, *where[1:3])

    def interrupt(*_args: object, **_named: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as impatient:
        impatient.setattr(places, "remove_unused", interrupt)
        assert run(app, *where).exit_code != 0
    done = run(app, *where)
    assert done.exit_code == 0, done.output
    assert "撤到一半停了，现在接着撤" in done.output
    assert "人会去掉" not in done.output
    assert "撤掉了：4人、3户、4个网格和楼栋、2支队伍" in done.output
    with tenancy.scoped(world.donghu.id):
        assert people.count_persons() == 8
    assert "没有可以撤的导入" in run(app, *where).output


def test_an_undo_somebody_else_runs_is_left_alone(
    world: World, app: Flask, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo_parts, "AT_ONCE", 2)
    number = run(app, "import", small, "--community", "东湖社区").output.rsplit(maxsplit=1)[-1]
    with tenancy.scoped(world.donghu.id):
        undo.begin(batch_id=int(number), actor=world.secretary, now=clock.now())
    refused = run(app, "undo", "--community", "东湖社区", "--yes")
    assert refused.exit_code == 1
    assert "还在撤，没有停" in refused.output
    with tenancy.scoped(world.donghu.id):
        assert people.count_persons() == 12
