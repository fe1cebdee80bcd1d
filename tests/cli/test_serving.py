"""`flask serve`, as an operator meets it: one command, an address to scan, data kept, Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click
import pytest

from engage.cli import serving
from tests.house import sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

LONGEST_START = 60  # seconds, on a machine busy with other things; the goal is measured by bench/


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"ENGAGE_DATA_DIR": str(folder), "ENGAGE_PORT": str(port), "ENGAGE_DEMO": "0"}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "flask", "--app", "app", "serve", "--bind", "127.0.0.1"]
    process = subprocess.Popen(
        command, cwd=sources.PROJECT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until_it_answers(port: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + LONGEST_START
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.05)
    process.kill()
    pytest.fail(f"the server did not answer:\n{process.stdout.read() if process.stdout else ''}")


def test_it_starts_from_nothing_stops_cleanly_and_keeps_its_data(tmp_path: Path) -> None:
    port = free_port()
    said = []
    for _ in range(2):
        with running(tmp_path, port) as process:
            wait_until_it_answers(port, process)
            process.send_signal(signal.SIGINT)
            said.append(process.communicate(timeout=20)[0])
            assert process.returncode == 0, said[-1]
    key = tmp_path / "secret.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert "Bringing the database up to date" in said[0]
    assert "Bringing the database up to date" not in said[1], "the second start found the first one's database"
    for text in said:
        assert f"http://127.0.0.1:{port}" in text
        assert str(tmp_path) in text
        assert "Traceback" not in text


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(click.ClickException, match=f"ENGAGE_PORT={port + 1} make run"):
            serving.ensure_free("127.0.0.1", port)


def test_the_addresses_begin_with_the_one_for_phones(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "_lan_addresses", lambda: ["192.0.2.7"])
    with house.app_context():
        assert serving.addresses_of(serving.ANYWHERE, 8000) == ["http://192.0.2.7:8000", "http://127.0.0.1:8000"]
        assert serving.addresses_of("127.0.0.1", 8001) == ["http://127.0.0.1:8001"]


def test_the_code_in_the_terminal_is_a_square_of_modules_with_a_quiet_zone() -> None:
    lines = [line.removeprefix("    ") for line in serving.terminal_qr("http://192.0.2.7:8000")]
    assert len({len(line) for line in lines}) == 1
    assert len(lines) * 2 in {len(lines[0]), len(lines[0]) + 1}
    assert lines[0].strip() == ""
    assert all(line.startswith("  ") for line in lines)
