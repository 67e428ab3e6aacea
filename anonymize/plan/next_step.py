"""Advice about personal data that a rule leaves; the same before a run and after it."""

from __future__ import annotations

from anonymize.plan.accepting_actions import takers_of
from anonymize.plan.model import Step
from anonymize.policy.actions import FreeTextRule, rules_in_turn

PERSON, POSITION, FIELD_VALUES = "PERSON", "LATITUDE_LONGITUDE", "FIELD_VALUES"
_WAYS_OUT = ("pseudonymize", "redact", "tokenize")
"""Actions that leave no personal data in a column, the most useful first."""


def next_step(step: Step | None, what: str = "") -> str:
    """Return the advice for a finding in the column of ``step``: actions that accept its type, or
    ``accept``.

    ``what`` is the entity found, if known: for names left in text, improvements of the rule come
    first.
    """
    if (
        step is not None
        and what == PERSON
        and any(isinstance(rule, FreeTextRule) for rule in rules_in_turn(step.rule))
    ):
        return _for_names_in_text(step)
    if what == POSITION:
        return _for_positions()
    if what == FIELD_VALUES:
        return _for_long_tables()
    takers = takers_of(step.input_type) if step else ()
    ways = [f"{{action: {action}}}" for action in _WAYS_OUT if action in takers][:2]
    first = f"say {' or '.join(ways)}, " if ways else ""
    return f'{first}{"or, " if first else ""}if nobody is in it, accept: "the reason"'


def _for_positions() -> str:
    """Return what makes positions coarse, before what drops or accepts them."""
    return (
        "say {action: generalize, geohash: 5} of pairs, {action: generalize, grid_metres: 1000,"
        " axis: latitude} (or longitude) of degrees, or {action: drop}; or, if nobody can be told"
        ' by them, accept: "the reason"'
    )


def _for_long_tables() -> str:
    """Return what gives each field its own rule, before what drops or accepts all of them."""
    return (
        "pivot the table so that each field is a column, and draft a policy for that; or say"
        ' {action: drop} or {action: redact}, or, if nobody is in it, accept: "the reason"'
    )


def _for_names_in_text(step: Step) -> str:
    """Return advice that makes a free-text rule find more names, followed by actions that empty or
    accept the column.
    """
    hunts = any(
        rule.same_row for rule in rules_in_turn(step.rule) if isinstance(rule, FreeTextRule)
    )
    row = "" if hunts else "same_row: [columns of the row that hold names, e-mails and phones], "
    return (
        f"say {row}detect: {{languages: [those of the text]}} or a model made for it in detect:"
        ' {ner: ...}; else {action: redact}, or, if nobody is in it, accept: "the reason"'
    )
