"""The audit log from the command line."""

from __future__ import annotations

import re
import sys

import click
from flask.cli import AppGroup

from engage import places
from engage.core import audit, audit_verifier, tenancy
from engage.core.database import one_snapshot
from engage.core.tenancy import CommunityCard

group = AppGroup("audit", help="Check the audit log.")
_KEPT = re.compile(r"(\d{1,9})[:： ]((?:[0-9A-F]{4}-){3}[0-9A-F]{4})")


@group.command("verify")
@click.option("--community", help="Name or address of one community; all of them without it.")
@click.option(
    "--kept", help="A number and its fingerprint from outside, e.g. 1284:3F9A-71C2-0B5D-9E44; needs --community."
)
def verify(community: str | None, kept: str | None) -> None:
    """Recompute every hash; exit 1 and name the first bad line when somebody changed, cut out or slipped in one."""
    if kept and not community:
        raise click.ClickException("--kept belongs to one community: name it with --community")
    outside = _read_kept(kept)
    failed = False
    for card in _chosen(community):
        with tenancy.scoped(card.id), one_snapshot():
            problems, head = audit_verifier.verify(kept=outside), audit.head()
        failed = failed or bool(problems)
        state = "unbroken" if not problems else f"problems: {len(problems)}, first: {problems[0]}"
        click.echo(f"{card.name}: lines: {head.seq}, head {head.fingerprint}: {state}")
        for problem in problems[1:]:
            click.echo(f"  {problem}")
    sys.exit(1 if failed else 0)


def _read_kept(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    found = _KEPT.fullmatch(text.strip().upper())
    if found is None:
        raise click.ClickException("--kept looks like 1284:3F9A-71C2-0B5D-9E44")
    return int(found[1]), found[2]


def _chosen(name: str | None) -> list[CommunityCard]:
    cards = [card for card in places.list_communities() if name in {None, card.name, card.slug}]
    if name is not None and not cards:
        raise click.ClickException(f"no community is called {name}")
    return cards
