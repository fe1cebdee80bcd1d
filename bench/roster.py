"""How long a roster of 20,000 rows takes, and how much memory: `python -m bench.roster [sqlite] [postgresql]`.

No server: the functions the pages call, in a process of their own, with the clock and the memory measured there.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from bench.load import DATABASES
from engage import places
from engage.core import clock, tenancy
from engage.core.database import db
from engage.roster import commands, importing, preview, queries, takeout, undo_parts
from engage.roster.models_export import RosterExport
from engage.roster.parts import Outcome
from engage.roster.undo import undo
from tests import postgres
from tests.databases import build_schema, make_app
from tests.roster.make_workbooks import make_xlsx

ROWS: Final = 20_000
GOALS: Final = {"preview": 15.0, "import": 30.0}  # seconds (speed: Roster workbook of 20,000 rows)
MOST_MEBI: Final = 300


def workbook() -> bytes:
    """Return a roster of a large community: 40 grids, 400 buildings, three people to a door."""
    rows: list[list[Any]] = [
        ["网格", "楼栋", "单元", "房号", "姓名", "出生日期", "手机", "志愿者", "队伍", "面积", "与户主关系"]
    ]
    rows += [
        [
            f"第{1 + n % 40}网格", f"{n % 400 + 1}栋", f"{1 + n % 3}单元", 101 + n // 1200, f"张{chr(0x4E00 + n % 5000)}{chr(0x4E00 + n % 4999)}",
            "1956年3月2日", f"138{n:08d}", "√" if n % 5 == 0 else None, "红马甲" if n % 5 == 0 else None, 80.5, "户主",
        ]
        for n in range(ROWS)
    ]  # fmt: skip
    return make_xlsx({"名单": rows})


def measured(name: str, work: Callable[[], Any]) -> Any:
    """Do something, print how long it took, and return what it gave."""
    began, busy = time.perf_counter(), time.process_time()
    found = work()
    took = time.perf_counter() - began
    goal = f"  (goal {GOALS[name]:.0f} s: {'kept' if took <= GOALS[name] else 'MISSED'})" if name in GOALS else ""
    print(f"  {name:<22} {took:6.1f} s   CPU {time.process_time() - busy:5.1f} s{goal}")
    return found


def measure(kind: str, url: str, folder: str, content: bytes) -> None:
    """Take one roster through every step on one database."""
    app = make_app(database_url=url, data_dir=Path(folder))
    with app.app_context():
        card = places.found_community(name="测量社区", slug="bench", now=clock.now())
        with tenancy.scoped(card.id):
            print(f"{kind}: {ROWS} rows, {len(content) // 1024} kB")
            batch_id, counts = measured("preview", lambda: look(content))
            print(f"    {counts}")
            outcome = measured("import", lambda: put_in(batch_id))
            print(f"    {outcome}")
            measured("preview again", lambda: look(content))
            verdict = "kept" if most_memory() <= MOST_MEBI else "MISSED"
            print(f"  most memory so far     {most_memory():6d} MiB   (goal {MOST_MEBI}: {verdict})")
            row = RosterExport(actor_id=0, key="", purpose="测量", whole_phones=True, reason="", people=0)
            written = measured("export", lambda: takeout.workbook_of(row, now=clock.now()))
            print(f"    {len(written) // 1024} kB; undo follows")
            with parts_measured() as parts:
                measured("undo", lambda: undo(batch_id=batch_id, actor=None, now=clock.now()))
            middle, longest = sorted(parts)[len(parts) // 2], max(parts)
            print(f"    {len(parts)} parts, {middle * 1000:.0f} ms in the middle, the longest {longest * 1000:.0f} ms")
        db.session.remove()
    print(f"  most memory with export and undo {most_memory()} MiB; the reader's own process has its own limit")


@contextmanager
def parts_measured() -> Iterator[list[float]]:
    """Note how long each part of an undo takes: so long others wait for SQLite's pen, or for the turn on the roll."""
    took: list[float] = []
    real = undo_parts.take_part

    def timed(run: undo_parts.UndoRun, *, now: datetime) -> undo_parts.Undone | None:
        began = time.perf_counter()
        done = real(run, now=now)
        took.append(time.perf_counter() - began)
        return done

    undo_parts.take_part = timed
    try:
        yield took
    finally:
        undo_parts.take_part = real


def most_memory() -> int:
    """Return the most this process ever held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def look(content: bytes) -> tuple[int, dict[str, int]]:
    """Stage the workbook and prepare the first page of its preview."""
    batch_id = commands.stage(content=content, filename="名单.xlsx", actor=None, now=clock.now())
    comparison = queries.comparison_of(queries.get_batch(batch_id, now=clock.now()), now=clock.now())
    tabs = preview.states(comparison)
    preview.shown(tabs["all"][: preview.PAGE], comparison=comparison)
    return batch_id, {name: len(lines) for name, lines in tabs.items() if lines}


def put_in(batch_id: int) -> Outcome:
    """Confirm the batch, part after part."""
    return importing.confirm(batch_id=batch_id, revision=1, actor=None, now=clock.now())


def main(kinds: list[str]) -> None:
    """Measure on each database, each in a fresh process."""
    content = workbook()
    for kind in kinds:
        durable = postgres.server(durable=True) if kind == "postgresql" else nullcontext()
        with tempfile.TemporaryDirectory(prefix="engage-bench-") as folder, durable as server:
            url = server.create("bench") if server else f"sqlite:///{folder}/bench.sqlite"
            build_schema(database_url=url, data_dir=Path(folder))
            process = multiprocessing.get_context("spawn").Process(target=measure, args=(kind, url, folder, content))
            process.start()
            process.join()


if __name__ == "__main__":
    main(sys.argv[1:] or list(DATABASES))
