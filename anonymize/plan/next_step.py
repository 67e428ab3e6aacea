"""What to do about personal data that a rule leaves: the same advice before a run and after it."""

from __future__ import annotations

from anonymize.plan.model import Step
from anonymize.plan.takers import takers_of

_WAYS_OUT = ("pseudonymize", "redact", "tokenize")
"""Actions after which nothing of a column is left to be found, the most useful first."""


def next_step(step: Step | None) -> str:
    """Return what to do about a finding in the column that ``step`` made: actions that take its type, or the reason."""
    takers = takers_of(step.input_type) if step else ()
    ways = [f"{{action: {action}}}" for action in _WAYS_OUT if action in takers][:2]
    first = f"say {' or '.join(ways)}, " if ways else ""
    return f'{first}{"or, " if first else ""}if nobody is in it, accept: "the reason"'
