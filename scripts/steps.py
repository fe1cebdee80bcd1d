"""Run the checks one by one or side by side, show what failed, and print the time each step took.

python -m scripts.steps check          the fast part
python -m scripts.steps test           everything but the tests marked slow
python -m scripts.steps slow           those: a thousand races, twenty kills
python -m scripts.steps test ruff …    only the steps named
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PYTEST = ("-m", "pytest")
#: only these hold tests marked `rules`: to look for the mark in all the others takes longer than to run them
RULES = tuple(sorted(str(path.relative_to(PROJECT)) for path in PROJECT.glob("tests/**/test_rules*.py")))
#: two cores, the next test to whoever is free, and at the end what took longest
SIDE_BY_SIDE = ("-n", "2", "--dist", "worksteal", "--durations", "10")
NOTHING_COLLECTED = 5
_COUNT = re.compile(r"(\d+) (passed|failed|error|errors)\b")


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command of Python's, run in the project's folder."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    alone: bool = False  # wants both cores, or must come before the next
    loud: bool = False  # takes minutes: show its output as it comes


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a step; `seconds` is wall-clock time."""

    step: Step
    status: int
    output: str
    seconds: float

    @property
    def counts(self) -> tuple[int, int]:
        """Return how many tests passed and failed, from pytest's closing line; a plain command counts as one."""
        if "pytest" not in self.step.arguments:
            return (1, 0) if self.status == 0 else (0, 1)
        closing = next(
            (line for line in reversed(self.output.splitlines()) if " in " in line and _COUNT.search(line)), ""
        )
        found = {word: int(number) for number, word in _COUNT.findall(closing)}
        failed = found.get("failed", 0) + found.get("error", 0) + found.get("errors", 0)
        return found.get("passed", 0), failed or int(self.status != 0)


BOTH = {"ENGAGE_TEST_DATABASES": "sqlite,postgresql"}
CHECK = (
    Step(name="ruff", arguments=("-m", "ruff", "check", "--quiet", ".")),
    Step(name="format", arguments=("-m", "ruff", "format", "--check", "--quiet", ".")),
    Step(name="types", arguments=("-m", "mypy")),
    Step(name="imports", arguments=("-c", "from importlinter.cli import lint_imports_command as run; run()")),
    Step(name="templates", arguments=("-m", "djlint", "--lint", "--quiet", "templates")),
    Step(name="rules", arguments=(*PYTEST, "-m", "rules", *RULES)),
)
TEST = (
    *CHECK,
    Step(name="browser", arguments=("-m", "scripts.browser"), alone=True),
    Step(
        name="tests",
        arguments=(*PYTEST, "-m", "not browser and not slow", *SIDE_BY_SIDE, "tests"),
        environment=BOTH,
        alone=True,
        loud=True,
    ),
    Step(
        name="journeys",
        arguments=(*PYTEST, "-m", "browser", *SIDE_BY_SIDE, "tests/journeys"),
        environment=BOTH,
        alone=True,
        loud=True,
    ),
)
SLOW = (Step(name="slow", arguments=(*PYTEST, "-m", "slow", "tests"), environment=BOTH, alone=True, loud=True),)
PLANS = {"check": CHECK, "test": TEST, "slow": SLOW}


def run(step: Step) -> Outcome:
    """Run one step and keep what it said."""
    began = time.monotonic()
    said = []
    with subprocess.Popen(
        [sys.executable, *step.arguments],
        cwd=PROJECT,
        env=_surroundings() | {"PYTHONUNBUFFERED": "1"} | step.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            if step.loud:
                print(line, end="", flush=True)
        status = process.wait()
    if status == NOTHING_COLLECTED and "pytest" in step.arguments:
        status = 0
    outcome = Outcome(step=step, status=status, output="".join(said), seconds=time.monotonic() - began)
    if outcome.status and not step.loud:
        print(f"\n── {step.name} ──\n{outcome.output}", flush=True)
    word = "ok" if outcome.status == 0 else "FAILED"
    print(f"{word:>8}  {step.name:<12} {outcome.seconds:6.1f} s", flush=True)
    return outcome


def _surroundings() -> dict[str, str]:
    """Return what a step inherits. Python may keep what it compiles: the tests start the server and the shell many times."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def run_all(steps: tuple[Step, ...]) -> list[Outcome]:
    """Run the steps: those that are not `alone` side by side first, on as many cores as there are, then the others."""
    together = sorted((step for step in steps if not step.alone), key=lambda step: step.name not in {"types", "rules"})
    with ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1)) as lanes:
        outcomes = list(lanes.map(run, together))
    return outcomes + [run(step) for step in steps if step.alone]


def main() -> None:
    """Run a plan and close with a line that counts; the exit status says whether everything passed."""
    plan, *names = sys.argv[1:] or ["check"]
    steps = tuple(step for step in PLANS[plan] if not names or step.name in names)
    began = time.monotonic()
    outcomes = run_all(steps)
    passed, failed = (sum(column) for column in zip(*(outcome.counts for outcome in outcomes), strict=True))
    print(f"{'':>8}  {'in all':<12} {time.monotonic() - began:6.1f} s\n\n{passed} passed, {failed} failed", flush=True)
    sys.exit(int(failed > 0 or any(outcome.status for outcome in outcomes)))


if __name__ == "__main__":
    main()
