"""Which columns of a plan's output can carry a mark, and how many canaries a policy asks for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import Problem
from anonymize.names import ColumnName
from anonymize.plan.canaries.originals import bits_of_original, is_sealed
from anonymize.plan.model import Plan, Step
from anonymize.policy import Policy
from anonymize.policy.actions import EncryptFormatRule, FakeRule, PseudonymizeRule, TokenizeRule
from anonymize.policy.canaries import CanaryPower
from anonymize.privacy.tracing import canaries_for
from anonymize.transform.columns import is_text

SURE_BITS = 60.0
"""A mark of so many random bits is enough for an accusation by itself: with a thousand million
cells the chance of meeting it is below 10⁻⁹.
"""
BY_PATTERN = 5
"""Canaries that must be recognized for an accusation where no column has ids, so that only whole
rows are compared with decoys.
"""
_ID_BITS = 100.0
"""Bits of a pseudonym (128) or a token (128), less what is lost if case is. What is made of few
originals has no more than these: two canaries of one original have one id.
"""
_SHORT_BITS = 8.0
"""Bits of a token inside of a column: so few that it accuses nobody by itself."""
_SUFFIX_BITS = 60.0
"""Bits of the suffix that makes a fake unique."""
_KEPT = frozenset({"keep", "perturb", "shift_dates"})


@dataclass(frozen=True)
class Mark:
    """A column whose value is different for every invented person."""

    column: ColumnName
    """The column, or a place inside one."""
    bits: float
    """Random bits of a value; 0 if they follow from the value's form, see `bits_of_format`."""
    kept: int = 0
    """Characters of a value that are those of the original."""


def marks_of(steps: Mapping[ColumnName, Step]) -> tuple[Mark, ...]:
    """Return the columns whose ids mark a canary by themselves."""
    found = []
    for name, step in steps.items():
        rule = step.rule
        if rule.when is not None or step.fits:
            continue
        if isinstance(rule, PseudonymizeRule | TokenizeRule):
            drawn = _sealed_bits(name) if is_sealed(rule) else bits_of_original(step.input_type)
            found.append(Mark(name, min(_ID_BITS, drawn)))
        elif isinstance(rule, FakeRule) and rule.unique:
            found.append(Mark(name, min(_SUFFIX_BITS, bits_of_original(step.input_type))))
        elif isinstance(rule, EncryptFormatRule) and in_digits(rule, step):
            found.append(Mark(name, 0.0, rule.keep_first + rule.keep_last))
    return tuple(found)


def _sealed_bits(name: ColumnName) -> float:
    """Return the random bits of a token that is an encrypted value. Those of whole columns are
    drawn; those inside of columns are encrypted originals, of which short ids have a few hundred.
    """
    return _SHORT_BITS if any(sign in str(name) for sign in ".[") else _ID_BITS


def in_digits(rule: EncryptFormatRule, step: Step) -> bool:
    """Return True if a format's random bits can be counted by its digits."""
    kind = step.output_type
    digits = rule.alphabet == "digits" and rule.check == "none"
    return digits and bool(is_text(kind) or pa.types.is_integer(kind))


def canary_count(plan: Plan) -> int:
    """Return the number of canaries that a plan's policy asks for; 0 without any."""
    said = plan.policy.sink.canaries
    if not isinstance(said, CanaryPower):
        return said or 0
    steps = {step.column: step for step in plan.steps}
    sure = any(mark.bits >= SURE_BITS for mark in marks_of(steps))
    return canaries_for(said.share, said.power, least=1 if sure else BY_PATTERN)


def canary_problems(policy: Policy, steps: Mapping[ColumnName, Step]) -> Iterator[Problem]:
    """Yield why canaries would prove nothing in what a plan publishes."""
    said = policy.sink.canaries
    if said is None:
        return
    place = policy.place("sink.canaries")
    for name, step in steps.items():
        if isinstance(step.rule, FakeRule) and step.fits:
            what = (
                "unique: true gives each person of the source a fake of their own, and a canary is"
                " not in the source; say unique: stable, or encrypt_format"
            )
            yield Problem(policy.place(f"columns.{name}"), what)
    if any(not 0 < mark.bits <= _SHORT_BITS for mark in marks_of(steps)):
        return
    wide = [name for name, step in steps.items() if _is_wide(step)]
    if not wide:
        what = (
            "no column can carry a mark: all are coarse, so a canary could be any person. Publish"
            " one that is pseudonymized, tokenized or encrypted in its format, or a number or time"
            " of full precision; or leave canaries: out"
        )
        yield Problem(place, what)
    elif isinstance(said, int) and said < BY_PATTERN:
        what = (
            f"without a pseudonym or token it takes {BY_PATTERN} canaries in a leak to tell it from"
            f" chance: say {BY_PATTERN * 4} or more, or a share and a power"
        )
        yield Problem(place, what)


def _is_wide(step: Step) -> bool:
    """Return True if a column's values may differ from row to row."""
    kind, is_ = step.output_type, pa.types
    return step.rule.action in _KEPT and bool(
        is_.is_floating(kind) or is_.is_decimal(kind) or is_.is_timestamp(kind)
    )


def bits_of_format(rows: pa.Table, mark: Mark) -> float:
    """Return the random bits of the ids of a column that keeps its format: those of the shortest
    one, less one digit for numbers that do not begin with 0; 0 for a place inside a column.
    """
    if mark.column not in rows.schema.names:
        return 0.0
    texts = rows[mark.column].cast(pa.string()).drop_null()
    digits = pc.utf8_length(pc.replace_substring_regex(texts, r"[^0-9]", ""))
    least = pc.min(digits).as_py() if len(digits) else None
    return max(0.0, (least - mark.kept - 1) * math.log2(10)) if least else 0.0
