"""What the tests of the import share."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from engage.core.access import Actor
from tests.client import Answer, CheckingClient

Upload = Callable[..., Answer]


@pytest.fixture
def upload(sign_in: Callable[[Actor], CheckingClient]) -> Upload:
    """Return a function that uploads a workbook (as somebody, or in a browser) and gives the page that answers."""

    def send(who: Actor | CheckingClient, content: bytes, *, name: str = "名单.xlsx", expect: int = 303) -> Answer:
        client = who if isinstance(who, CheckingClient) else sign_in(who)
        answer = client.post("/roster/batches", data={"workbook": (BytesIO(content), name)}, expect=expect)
        return client.get(answer.location, expect=200) if expect == 303 else answer

    return send
