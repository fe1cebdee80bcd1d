"""How many signed-in, durable, idempotent check-ins a second: `python -m bench.checkins [sqlite] [postgresql]`."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator

from bench.load import DATABASES, HEAD, Act, Outcome, Running, busy, closed_loop, open_loop, report, running, warm_up
from engage.attendance import Kind
from tests.crowd import Crowd, Member, gather
from tests.phone import Phone, open_browser
from tests.resilience.book import complaints
from tests.resilience.rush import Acknowledged

PERSONS, SHIFTS, SECONDS = 1_000, 14, 10


def acts(crowd: Crowd, done: Acknowledged, shifts: list[int]) -> Iterator[Act]:
    """Yield a check-in of everybody at each shift; one in twenty is delivered twice."""
    for shift in shifts:
        for kind in Kind:
            for number, member in enumerate(crowd.members):
                yield check_in(crowd, done, member, shift=shift, kind=kind, twice=number % 20 == 0)


def check_in(crowd: Crowd, done: Acknowledged, member: Member, *, shift: int, kind: Kind, twice: bool) -> Act:
    """Return the act of one person at one shift."""

    def act(line: Phone) -> bool:
        event = secrets.token_hex(16)
        form = {"code": crowd.code(shift, kind), "client_event_id": event}
        for _delivery in range(1 + twice):
            answer = line.post(f"/shifts/{shift}/check-ins", form, cookie=member.cookie)
        if answer.status == 303:
            done.check_ins[shift, member.person_id, kind.value] = event
        return answer.status == 303

    return act


def measure(run: Running) -> list[Outcome]:
    """Load one server in three ways; prints what was lost or doubled."""
    crowd, done = gather(run.installation, persons=PERSONS, shifts=SHIFTS), Acknowledged()
    run.start()
    at_rest = run.memory()
    csrf = open_browser(run.installation.port)
    first, second, *rest = crowd.shifts
    warm_up(run, list(acts(crowd, done, [first]))[:200], csrf=csrf)
    outcomes = [
        closed_loop(run, list(acts(crowd, done, rest)), csrf=csrf, seconds=SECONDS),
        open_loop(run, list(acts(crowd, done, [second]))[:PERSONS], csrf=csrf, rate=100),
        open_loop(run, list(acts(crowd, done, [first]))[PERSONS:], csrf=csrf, rate=400),
    ]
    wrong = complaints(run.installation, crowd, done)
    print(f"{run.kind}: first answer after {run.start_up:.1f} s; at rest {max(at_rest)} MB a worker;", end=" ")
    print(f"{len(done.check_ins)} acknowledged, {len(wrong)} lost or doubled", *wrong[:5])
    return outcomes


def main() -> None:
    """Measure the databases named, or both, and print the table."""
    print(busy())
    outcomes: list[Outcome] = []
    for kind in sys.argv[1:] or DATABASES:
        with running(kind) as run:
            outcomes += measure(run)
    print(HEAD, *(outcome.line() for outcome in outcomes), sep="\n")
    report(outcomes, peer="pretix", peer_rate=23, peer_cpu=83)


if __name__ == "__main__":
    main()
