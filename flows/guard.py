"""Nothing an unforeseen error quotes reaches Prefect, which keeps the text of exceptions in its database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from anonymize.errors import AnonymizeError, without_text


class UnforeseenError(Exception):
    """An error that is none of ours, by its kind and place; it may pass, so it is worth another try."""


@contextmanager
def quoting_nothing() -> Iterator[None]:
    """Let refusals and Prefect's own errors pass; say of others what they are and where, without their text.

    Raises:
        UnforeseenError: in place of anything else, with nothing chained to it that a log would show.
    """
    try:
        yield
    except (AnonymizeError, UnforeseenError):
        raise
    except Exception as error:
        if type(error).__module__.partition(".")[0] == "prefect":
            raise
        raise UnforeseenError(without_text(error)) from None
