"""How many secret, durable ballots a second: `python -m bench.ballots [sqlite] [postgresql]`."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import text

from bench.load import DATABASES, HEAD, Act, Outcome, Running, busy, closed_loop, open_loop, report, running, warm_up
from engage.core import tenancy
from engage.core.database import db
from tests.crowd import Crowd, gather, inside
from tests.phone import Phone, open_browser

PERSONS, VOTES, SECONDS = 1_000, 12, 10


def acts(crowd: Crowd, done: Counter[int], vote_ids: list[int]) -> Iterator[Act]:
    """Yield every household's ballot in each vote; one in twenty is delivered twice."""
    for vote_id in vote_ids:
        for number in range(len(crowd.members)):
            yield ballot(crowd, done, vote_id=vote_id, number=number, twice=number % 20 == 0)


def ballot(crowd: Crowd, done: Counter[int], *, vote_id: int, number: int, twice: bool) -> Act:
    """Return the act of one household in one vote."""
    form = {"choice": f"{number % 2:02d}", "token": crowd.ballots[vote_id][number]}

    def act(line: Phone) -> bool:
        for _delivery in range(1 + twice):
            answer = line.post(f"/votes/{vote_id}/ballots", form, cookie=crowd.members[number].cookie)
        if answer.status == 303:
            done[vote_id] += 1
        return answer.status == 303

    return act


def measure(run: Running) -> list[Outcome]:
    """Load one server in three ways; prints what was lost or doubled."""
    crowd = gather(run.installation, persons=PERSONS, ballots=VOTES)
    done: Counter[int] = Counter()
    run.start()
    csrf = open_browser(run.installation.port)
    warm, first, second, *rest = crowd.ballots
    warm_up(run, list(acts(crowd, done, [warm]))[:200], csrf=csrf)
    outcomes = [
        closed_loop(run, list(acts(crowd, done, rest)), csrf=csrf, seconds=SECONDS),
        open_loop(run, list(acts(crowd, done, [first])), csrf=csrf, rate=100),
        open_loop(run, list(acts(crowd, done, [second])), csrf=csrf, rate=400),
    ]
    print(f"{run.kind}: {done.total()} acknowledged, {wrong(run, crowd, done)} lost or doubled")
    return outcomes


def wrong(run: Running, crowd: Crowd, done: Counter[int]) -> int:
    """Return by how many the ballots, the entitlements used and the receipts differ from what was acknowledged."""
    with inside(run.installation), tenancy.scoped(crowd.community_id):
        connection = db.session.connection()
        return sum(
            abs(connection.execute(text(statement), {"vote": vote_id}).scalar_one() - count)
            for vote_id, count in done.items()
            for statement in (
                "SELECT count(*) FROM ballot WHERE vote_id = :vote",
                "SELECT count(DISTINCT code) FROM receipt_code WHERE vote_id = :vote",
                "SELECT count(*) FROM entitlement WHERE vote_id = :vote AND used",
            )
        )


def main() -> None:
    """Measure the databases named, or both, and print the table."""
    print(busy())
    outcomes: list[Outcome] = []
    for kind in sys.argv[1:] or DATABASES:
        with running(kind) as run:
            outcomes += measure(run)
    print(HEAD, *(outcome.line() for outcome in outcomes), sep="\n")
    report(outcomes, peer="Indico", peer_rate=30, peer_cpu=59)


if __name__ == "__main__":
    main()
