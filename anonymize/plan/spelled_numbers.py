"""Says which columns of text write one number in several ways, and what takes them for one value.

A folder whose files hold 100 and 100.0 (what a null in a column of integers makes) is read as text,
because of text nobody knows whether 1.10 and 1.1 are one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import pyarrow as pa

from anonymize.detect.columns.leaves import leaves
from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.nested.raw_names import types_hint
from anonymize.plan.model import Plan
from anonymize.plan.recurring import keyed_columns, people_columns
from anonymize.plan.whose import spelling_of
from anonymize.policy import Policy
from anonymize.transform.columns import is_text, plain, value_type
from anonymize.transform.number_spellings import Twice, written_twice


def compared_columns(policy: Policy) -> frozenset[ColumnName]:
    """Return the columns of which it matters whether two spellings are one value."""
    privacy = policy.privacy
    classes = (*privacy.quasi_identifiers, *privacy.sensitive) if privacy else ()
    return people_columns(policy).union(classes)


def twice_in(batch: pa.RecordBatch, columns: Collection[ColumnName]) -> Mapping[ColumnName, Twice]:
    """Return, per column of text among ``columns`` that has any, how it writes numbers in two
    ways.
    """
    found = {}
    for path, values in leaves(batch):
        if path in columns and is_text(value_type(values.type)):
            twice = written_twice(plain(values))
            if any(twice):
                found[path] = twice
    return found


def spelling_sentences(plan: Plan) -> tuple[str, ...]:
    """Return a sentence for each column with numbers in several spellings; it quotes no value."""
    return tuple(sentence for finding in plan.findings for sentence in _said(plan, finding))


def _said(plan: Plan, finding: Finding) -> Iterator[str]:
    column, policy = finding.column, plan.policy
    uses = "; ".join(_uses(plan, column))
    if finding.numbers_twice and uses:
        yield (
            f"whether texts of '{column}' that write one number in two ways, as 7 and 7.0, are one:"
            f" {uses}; if they are, {types_hint(column, 'float')}"
        )
    people = column == policy.subject or column in keyed_columns(policy)
    if finding.zeros_twice and people and spelling_of(policy.columns, column) != "number":
        rule = policy.columns.get(column)
        mend = "; normalize: number in its rule makes them one" * hasattr(rule, "normalize")
        yield (
            f"whether texts of '{column}' that differ in zeros at the beginning, as 007 and 7, are"
            f" one: they count as two{mend}"
        )


def _uses(plan: Plan, column: ColumnName) -> Iterator[str]:
    """Yield what takes two spellings of a number in ``column`` for one value, or for two."""
    policy, privacy = plan.policy, plan.policy.privacy
    if column == plan.counted_by:
        yield "k counts them as one person"
    if column in keyed_columns(policy):
        yield "each gets its own value, so they do not join"
    if column == policy.indexed_by:
        yield "erasure takes them for two people"
    if privacy is not None and column in privacy.quasi_identifiers:
        yield "classes take them for two values"
    if privacy is not None and column in privacy.sensitive:
        yield "they count as one sensitive value"
