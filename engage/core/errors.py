"""Refusals a person can read. Pure: rules raise them without knowing the web or the database."""

from __future__ import annotations


def N_(text: str) -> str:  # noqa: N802 - the marker gettext tools look for
    """Mark a Chinese sentence for translation; it is translated when it is shown."""
    return text


class DomainError(Exception):
    """A refusal in plain words: what is wrong and what to do next.

    `message` is a Chinese gettext id with %(name)s places, `facts` fill them.
    `field` names the form field the sentence belongs to, if any.
    """

    status = 422

    def __init__(self, message: str, /, *, field: str | None = None, **facts: object) -> None:
        self.message = message
        self.facts = facts
        self.field = field
        super().__init__(message % facts if facts else message)


class NotFound(DomainError):
    """Nothing with this id in the community of the person asking (foreign ids look the same: 404, not 403)."""

    status = 404

    def __init__(self, message: str = N_("没找到，可能已经换了地方。回首页再找找。"), /) -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """Known who you are, not allowed to do this."""

    status = 403

    def __init__(self, message: str = N_("这件事要由社区工作人员来办。要是该您办，请书记给您加上。"), /) -> None:
        super().__init__(message)


class Conflict(DomainError):
    """The same idempotency key came with other content (trust C6)."""

    status = 409


class TooManyAttempts(DomainError):
    """A limit counted in the database was reached; `retry_after` is in seconds."""

    status = 429

    def __init__(self, message: str, /, *, retry_after: int, minutes: int) -> None:
        self.retry_after = retry_after
        super().__init__(message, minutes=minutes)


class ScopeMissing(RuntimeError):
    """A query reached tenant rows with no community chosen: a fault in our code, never answered with rows."""


class NestedTransaction(RuntimeError):
    """A command called another command."""


class OutsideTransaction(RuntimeError):
    """Something tried to write outside `transaction()`."""
