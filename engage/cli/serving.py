"""`flask --app app serve`: from an empty folder to a living installation, and the same command ever after."""

from __future__ import annotations

import errno
import os
import socket
import sys

import click
import qrcode
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from engage import demo, places
from engage.config import PROJECT
from engage.core.database import db

ANYWHERE = "0.0.0.0"  # noqa: S104 - phones in the hall must reach it


@click.command("serve")
@click.option("--bind", envvar="ENGAGE_BIND", default=ANYWHERE, show_default=True, help="Address to listen on.")
@click.option("--port", envvar="ENGAGE_PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--reload", is_flag=True, help="For developing: reload on change, debugger, this machine only.")
@click.option(
    "--with-demo/--without-demo", envvar="ENGAGE_DEMO", default=True, help="Tell the demo story to an empty database."
)
@with_appcontext
def serve(bind: str, port: int, *, reload: bool, with_demo: bool) -> None:
    """Migrate, tell the demo story on the first start, say where to go, serve until Ctrl-C."""
    bind = "127.0.0.1" if reload else bind
    ensure_free(bind, port)
    bring_up_to_date()
    if with_demo:
        tell_story_once()
    addresses = addresses_of(bind, port)
    click.echo(welcome(addresses))
    db.session.remove()
    db.engine.dispose()
    _become_server(bind, port, reload=reload)


def ensure_free(bind: str, port: int) -> None:
    """Raise a ClickException with the way out when something else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise click.ClickException(
                    f"Port {port} is in use. Stop the other program, or choose another port: ENGAGE_PORT={port + 1} make run"
                ) from error
            raise click.ClickException(f"Cannot listen on {bind}:{port}: {error.strerror}") from error


def bring_up_to_date() -> None:
    """Run the migrations that the database has not seen; costs a few milliseconds when there are none."""
    folder = current_app.extensions["migrate"].directory
    with db.engine.connect() as connection:
        at = MigrationContext.configure(connection).get_current_revision()
    if at != ScriptDirectory(str(folder)).get_current_head():
        click.echo("Bringing the database up to date … 正在更新数据库……")
        upgrade()


def tell_story_once() -> None:
    """Fill an installation that has no community yet with the demo story."""
    story = current_app.cli.commands.get("demo")
    if story is not None and not places.list_communities():
        click.echo("First start: telling the demo story … 第一次启动，正在写入示范数据……")
        click.get_current_context().invoke(story)


def addresses_of(bind: str, port: int) -> list[str]:
    """Return where the installation answers: what the operator set, then the local network, then this machine."""
    base = current_app.extensions["engage_settings"].base_url
    hosts = [*([base.rstrip("/")] if base else [])]
    if bind == ANYWHERE:
        hosts += [f"http://{address}:{port}" for address in _lan_addresses()]
    return [*hosts, f"http://{'127.0.0.1' if bind == ANYWHERE else bind}:{port}"]


def _lan_addresses() -> list[str]:
    """Return this machine's address towards other machines. Nothing is sent: a UDP socket only picks a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # an address reserved for documentation
        except OSError:  # no network at all
            return []
        address: str = probe.getsockname()[0]
    return [] if address.startswith(("127.", "0.")) else [address]


def welcome(addresses: list[str]) -> str:
    """Return what the operator reads when the server starts."""
    settings = current_app.extensions["engage_settings"]
    lines = ["", "  Engage", "", *(f"    {address}" for address in addresses), ""]
    if len(addresses) > 1:
        lines += [
            *terminal_qr(addresses[0]),
            "    Scan it with a phone in the same network. 同一网络里的手机扫一扫。",
            "",
        ]
    guide = getattr(demo, "guide", None)
    if guide is not None and places.list_communities():
        lines += ["", *(f"    {line}" for line in guide()), ""]
    return "\n".join([*lines, f"    Data 数据: {settings.data_dir}", "    Ctrl-C stops the server. 按Ctrl-C停止。", ""])


def terminal_qr(content: str) -> list[str]:
    """Return a QR code as text, two rows of modules a line, black on white whatever the terminal's colours."""
    code = qrcode.QRCode(border=2)
    code.add_data(content)
    rows = code.get_matrix()
    if len(rows) % 2:
        rows.append([False] * len(rows))
    blocks = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    paint = "\033[30;107m{}\033[0m" if sys.stdout.isatty() else "{}"
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return [
        "    " + paint.format("".join(blocks[pair] for pair in zip(upper, lower, strict=True)))
        for upper, lower in pairs
    ]


def _become_server(bind: str, port: int, *, reload: bool) -> None:
    """Replace this process: signals then reach the server itself."""
    if reload:
        command = ["flask", "--app", "app", "run", "--debug", f"--host={bind}", f"--port={port}"]
    else:
        command = ["engage.server"]
    os.chdir(PROJECT)
    # Requests are never answered by a process that knows how to become the tables' owner (trust L2).
    kept = {name: value for name, value in os.environ.items() if name != "ENGAGE_OWNER_DATABASE_URL"}
    os.execve(  # noqa: S606 - the same interpreter, arguments of our own
        sys.executable, [sys.executable, "-m", *command], kept | {"ENGAGE_LISTEN": f"{bind}:{port}"}
    )
