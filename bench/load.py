"""Load on the real server, and what it costs: answers a second, how long people wait, CPU and memory. Linux only."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from engage.core.database import as_owner
from tests import postgres
from tests.crowd import inside
from tests.databases import build_schema
from tests.live import Installation
from tests.phone import Phone

CLIENTS = 16
DATABASES = ("sqlite", "postgresql")
_TICKS = os.sysconf("SC_CLK_TCK")

#: sends one act on a line and tells whether it was acknowledged
Act = Callable[[Phone], bool]


@dataclass(kw_only=True)
class Outcome:
    """What came of one run. Times are seconds."""

    name: str
    acknowledged: int = 0
    refused: int = 0
    elapsed: float = 0
    waits: list[float] = field(default_factory=list)
    cpu: float = 0
    database_cpu: float = 0
    memory: list[int] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Return acknowledged acts a second."""
        return self.acknowledged / self.elapsed

    def wait(self, part: float) -> float:
        """Return how many ms the given part of all acts waited at most."""
        ordered = sorted(self.waits)
        return ordered[min(int(len(ordered) * part), len(ordered) - 1)] * 1000 if ordered else 0

    def line(self) -> str:
        """Return one line of the table."""
        each = 1000 / max(self.acknowledged, 1)
        return (
            f"{self.name:<34} {self.rate:8.0f} {self.wait(0.5):8.0f} {self.wait(0.99):8.0f} {self.cpu * each:8.2f}"
            f" {self.database_cpu * each:8.2f} {max(self.memory, default=0):8} {self.refused:8}"
        )


HEAD = f"{'':<34} {'acks/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU ms':>8} {'DB ms':>8} {'MB each':>8} {'refused':>8}"


@dataclass(kw_only=True)
class Running:
    """A server under load and where its figures are read."""

    kind: str
    installation: Installation
    database_pid: int | None = None
    start_up: float = 0

    def start(self) -> None:
        """Start the server and note how long the first answer takes."""
        began = time.monotonic()
        self.installation.start()
        self.start_up = time.monotonic() - began

    def workers(self) -> list[int]:
        """Return the processes that answer."""
        return children_of(self._master())

    def _master(self) -> int:
        if self.installation.process is None:
            raise RuntimeError("the server was not started")
        return self.installation.process.pid

    def memory(self) -> list[int]:
        """Return the MB of each worker; what it shares with the others is divided among them (PSS)."""
        return [memory_of(pid) for pid in self.workers()]

    def cpu(self) -> float:
        """Return the CPU seconds the server has used."""
        return sum(cpu_of(pid) for pid in [self._master(), *self.workers()])

    def database_cpu(self) -> float:
        """Return the CPU seconds the database's own processes have used; SQLite lives in the server's."""
        if self.database_pid is None:
            return 0
        return cpu_of(self.database_pid, ended=True) + sum(cpu_of(pid) for pid in children_of(self.database_pid))


def children_of(pid: int) -> list[int]:
    """Return the direct children of a process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def memory_of(pid: int) -> int:
    """Return the proportional resident MB of a process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 // 10**6


def cpu_of(pid: int, *, ended: bool = False) -> float:
    """Return user and system time of a process, in seconds; `ended` adds that of its children that are gone."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return sum(map(int, fields[11 : 15 if ended else 13])) / _TICKS


@contextmanager
def running(kind: str) -> Iterator[Running]:
    """Set an installation up on a database of its own, not started yet; stop it at the end."""
    durable = postgres.server(durable=True) if kind == "postgresql" else nullcontext()
    with tempfile.TemporaryDirectory(prefix="engage-bench-") as folder, durable as server:
        url = server.create("bench") if server else f"sqlite:///{folder}/bench.sqlite"
        build_schema(database_url=url, data_dir=Path(folder))
        installation = Installation(database_url=url, data_dir=Path(folder))
        try:
            yield Running(kind=kind, installation=installation, database_pid=server.process.pid if server else None)
        finally:
            installation.stop()


def warm_up(run: Running, acts: Sequence[Act], *, csrf: tuple[str, str]) -> None:
    """Let people act for some seconds; then PostgreSQL counts its rows, as autovacuum does a minute after they came."""
    closed_loop(run, acts, csrf=csrf, seconds=5)
    if run.kind == "postgresql":
        with inside(run.installation), as_owner(autocommit=True) as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def closed_loop(run: Running, acts: Sequence[Act], *, csrf: tuple[str, str], seconds: float) -> Outcome:
    """Let `CLIENTS` people act one after the other, each as fast as they are answered."""
    waiting = iter(acts)
    until = time.monotonic() + seconds

    def next_act() -> tuple[Act, float] | None:
        act = next(waiting, None)
        return None if act is None or time.monotonic() > until else (act, time.monotonic())

    return _measured(run, f"{CLIENTS} clients", next_act, csrf=csrf, clients=CLIENTS)


def open_loop(run: Running, acts: Sequence[Act], *, csrf: tuple[str, str], rate: float) -> Outcome:
    """Let people arrive at a steady rate whether or not the server keeps up; the wait counts from the arrival."""
    waiting = iter(acts)
    began = time.monotonic() + 0.2
    arrived = iter(range(len(acts)))

    def next_act() -> tuple[Act, float] | None:
        act = next(waiting, None)
        if act is None:
            return None
        return act, began + next(arrived) / rate

    return _measured(run, f"{rate:.0f} a second, {len(acts)} people", next_act, csrf=csrf, clients=48)


def _measured(
    run: Running,
    name: str,
    next_act: Callable[[], tuple[Act, float] | None],
    *,
    csrf: tuple[str, str],
    clients: int,
) -> Outcome:
    outcome, lock = Outcome(name=f"{run.kind}: {name}"), threading.Lock()

    def live() -> None:
        line = Phone(run.installation.port, csrf)
        while True:
            with lock:
                chosen = next_act()
            if chosen is None:
                break
            act, due = chosen
            time.sleep(max(due - time.monotonic(), 0))
            accepted = act(line)
            with lock:
                outcome.waits.append(time.monotonic() - due)
                outcome.acknowledged += accepted
                outcome.refused += not accepted
        line.hang_up()

    cpu, database_cpu, began = run.cpu(), run.database_cpu(), time.monotonic()
    threads = [threading.Thread(target=live) for _client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.elapsed = time.monotonic() - began
    outcome.cpu, outcome.database_cpu = run.cpu() - cpu, run.database_cpu() - database_cpu
    outcome.memory = run.memory()
    return outcome


def report(outcomes: Sequence[Outcome], *, peer: str, peer_rate: float, peer_cpu: float) -> None:
    """Print the ratios to the peer (measured once on two such cores, with the load beside the server)."""
    closed = {outcome.name.partition(":")[0]: outcome for outcome in outcomes if "clients" in outcome.name}
    for kind, outcome in closed.items():
        cpu = (outcome.cpu + outcome.database_cpu) * 1000 / max(outcome.acknowledged, 1)
        print(f"{kind}: {outcome.rate / peer_rate:.1f} × {peer}, CPU 1/{peer_cpu / max(cpu, 0.01):.0f} of it")
    if len(closed) == 2:
        print(f"SQLite / PostgreSQL: {closed['sqlite'].rate / closed['postgresql'].rate:.2f}")


def busy() -> str:
    """Return a warning when other work disturbs the figures, and the load in any case."""
    load = os.getloadavg()[0]
    words = "quiet" if load < 3 else "BUSY: trust CPU per answer and ratios within this run, not answers a second"
    return f"load before the run {load:.1f} on {os.cpu_count()} cores: {words}"
