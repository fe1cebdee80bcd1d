"""Act three: topics, the agenda ballot, a talk that decided something, and tonight's talk."""

from __future__ import annotations

from engage.demo.roll import Stage


def play(stage: Stage) -> None:
    """Play the talks of the community of the stage."""
