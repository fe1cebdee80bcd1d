"""The operator's first command."""

from __future__ import annotations

from typing import Any

from flask import Flask

from engage import people, places
from engage.core import tenancy
from engage.core.access import Role
from tests.client import CheckingClient
from tests.people.conftest import PASSWORD

FOUNDING = ("create-community", "龙马社区", "--slug", "longma", "--secretary", "何敏", "--phone", "138 0000 0001")


def run(app: Flask, *arguments: str) -> Any:
    """Run a flask command."""
    return app.test_cli_runner().invoke(args=list(arguments))


def test_one_command_founds_a_community_and_lets_its_secretary_in(app: Flask, client: CheckingClient) -> None:
    result = run(app, *FOUNDING)
    assert result.exit_code == 0, result.output
    address = result.output.strip().splitlines()[-1]
    assert address.startswith("/activate/")
    page = client.get(address, expect=200)
    assert "何*，您好" in page.text
    client.submit(page.form(), expect=303, password=PASSWORD, again=PASSWORD, agreed="1")
    client.get("/members", expect=200)
    home = places.community_by_slug("longma")
    with tenancy.scoped(home.id):
        assert len(people.holders_of(Role.SECRETARY.value)) == 1


def test_a_name_taken_or_a_bad_phone_founds_nothing(app: Flask) -> None:
    bad = run(app, *FOUNDING[:-1], "123")
    assert bad.exit_code == 1
    assert "11位" in bad.output
    assert places.list_communities() == []
    assert run(app, *FOUNDING).exit_code == 0
    again = run(app, *FOUNDING)
    assert again.exit_code == 1
    assert "已经有一个社区" in again.output
    assert (
        run(app, "create-community", "别的", "--slug", "a b", "--secretary", "x", "--phone", "13800000001").exit_code
        == 1
    )
