"""A plan as data: policy bound to a schema, findings and key names; frozen, picklable, without
keys.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import Self

import pyarrow as pa

from anonymize.detect.interface import Finding
from anonymize.detect.name_models.interface import NameModel
from anonymize.names import ColumnName, KeyId, KeyName, key_name_of
from anonymize.nested.open_close import ROOT
from anonymize.nested.path_index import PathIndex
from anonymize.nested.wanted import WantedPlaces
from anonymize.plan.bind.filters import columns_in
from anonymize.plan.bind.hierarchies import PinnedFile
from anonymize.plan.facts import Fitted, Partial
from anonymize.policy import Policy, Rule
from anonymize.privacy import ClassCounts


@dataclass(frozen=True)
class Step:
    """A plan's entry for one column."""

    column: ColumnName
    """The column, or the path of a nested leaf."""
    rule: Rule
    """What the policy asks."""
    input_type: pa.DataType
    """Type of the values read."""
    output_type: pa.DataType
    """Type of the values written."""
    level: str = ROOT
    """The innermost list around the leaf; empty for the table's rows."""
    reads: tuple[ColumnName, ...] = ()
    """Other columns the transform looks at."""
    key_ids: tuple[KeyId, ...] = ()
    """The key versions it derives from."""
    fits: bool = False
    """Whether it needs facts about the whole table first."""
    function_of_row: bool = False
    """Whether equal rows get equal values, in every batch, pass and process."""


@dataclass(frozen=True)
class Applied:
    """One batch's result and what became of its rows."""

    batch: pa.RecordBatch
    """Rows to publish, of the plan's output schema."""
    rows: pa.Array
    """Position in the batch as read of each of these rows."""
    quarantined: pa.RecordBatch
    """Rows set aside: ``row`` (its number in the partition, from 1), ``column``, ``reason``; no
    value.
    """
    rows_in: int
    """Rows of the batch as read."""
    filtered: int
    """Rows that the policy's ``where`` left out."""
    suppressed: int
    """Rows left out because their equivalence class is too small."""
    nulled: Mapping[ColumnName, int]
    """Bad values per column that became null."""
    classes: ClassCounts | None = None
    """People or rows per equivalence class among the rows to publish, counted anew on these; None
    without privacy.
    """
    missing: Mapping[ColumnName, int] = field(default_factory=dict)
    """Values per column that are read as missing: ``null_values``, and blank ones under actions
    that look at values.
    """


NEVER_BAD = frozenset({"keep", "redact", "constant", "null", "pseudonymize", "tokenize"})
"""Actions that take every value of the types they take."""


def _never_bad(rule: Rule) -> bool:
    """Return whether no value can be bad for a rule, nor for its ``otherwise``."""
    return rule.action in NEVER_BAD and (rule.otherwise is None or _never_bad(rule.otherwise))


SEES_BLANKS = frozenset(
    {"keep", "redact", "constant", "null", "drop", "shuffle", "free_text", "custom"}
)
"""Actions to which text in which nothing can be seen is a value like others; to all others it is
missing.
"""


def blanks_are_missing(rule: Rule) -> bool:
    """Return whether a null of the result that was no null before was a blank value, or a bad
    one.
    """
    return rule.action not in SEES_BLANKS and (
        rule.otherwise is None or blanks_are_missing(rule.otherwise)
    )


def takes_objects(rule: Rule) -> bool:
    """Return whether a rule takes objects and arrays in documents, as it takes structs and
    lists.
    """
    whole = rule.action in ("keep", "redact", "constant", "null")
    return whole and (rule.otherwise is None or takes_objects(rule.otherwise))


QUARANTINE_SCHEMA = pa.schema(
    [("row", pa.int64()), ("column", pa.string()), ("reason", pa.string())]
)
"""Rows set aside: where and why, never what."""


@dataclass(frozen=True)
class Plan:
    """What will happen to every column, checked before the first row; the same in every process."""

    policy: Policy
    """What was asked."""
    input_schema: pa.Schema
    """The source's schema, in plain types and without metadata; batches are checked against it."""
    steps: tuple[Step, ...]
    """In an order in which every step comes after those it reads."""
    output_schema: pa.Schema
    """The published schema."""
    dropped: tuple[ColumnName, ...] = ()
    """Leaves without a rule, or with the rule drop: never read unless another step needs them."""
    findings: tuple[Finding, ...] = ()
    """What detection saw when the plan was compiled."""
    keyring_uri: str | None = None
    """Where each process opens its keys; None for the default."""
    fitted: Fitted | None = None
    """The whole table's facts, after ``fit``."""
    facts_key: KeyId | None = None
    """The key version that the first pass's digests and facts are made with; None for one of this
    process alone.
    """
    run: str = ""
    """A random name of the run, part of that key, so that what two runs learned cannot be
    compared.
    """
    names: NameModel | None = None
    """The model that finds names in text; each process checks that it has this very one."""
    vault_place: str | None = None
    """Where each process opens the token vault, without a password; None where no rule needs
    one.
    """
    vault_id: str = ""
    """The id of the vault that a run uses; each process compares, and makes none. Empty for a look
    at a plan.
    """
    hierarchies: Mapping[str, PinnedFile] = field(default_factory=dict)
    """Per hierarchy file, as the policy names it: the very file that each process reads."""
    pools: Mapping[str, str] = field(default_factory=dict)
    """Digests of the lists that inventions are taken from; each process compares its own."""

    @cached_property
    def input_columns(self) -> tuple[str, ...]:
        """Return the top-level columns that are read at all, in source order: minimization is a
        projection.
        """
        return self._columns_of(self.opened_paths)

    @property
    def measured_columns(self) -> tuple[str, ...]:
        """Return those of them that the coming first pass reads: all of them where it counts
        classes.

        What a fitted transform learns hangs on its own values, on those it reads, and on the
        policy's filter.
        """
        if self.policy.privacy is not None:
            return self.input_columns
        paths = {name for step in self.steps if step.fits for name in (step.column, *step.reads)}
        return self._columns_of(
            paths.union(columns_in(self.policy.rows.where) if self.policy.rows.where else ())
        )

    def _columns_of(self, wanted: Collection[ColumnName]) -> tuple[str, ...]:
        """Return the top-level columns in which ``wanted`` lie, in source order."""
        index = PathIndex(sorted(wanted))
        return tuple(
            name for name in self.input_schema.names if index.holds(name) or index.has_inside(name)
        )

    @cached_property
    def opened_paths(self) -> frozenset[ColumnName]:
        """Return every path whose values some step, filter or check needs."""
        paths = {step.column for step in self.steps}
        paths.update(name for step in self.steps for name in step.reads)
        paths.update(columns_in(self.policy.rows.where) if self.policy.rows.where else ())
        paths.update([self.counted_by] if self.counted_by else [])
        return frozenset(paths)

    @property
    def counted_by(self) -> ColumnName | None:
        """Return the column whose distinct values are the people that classes are sized by; None to
        size by rows.
        """
        return self.policy.subject if self.policy.privacy is not None else None

    @cached_property
    def asked(self) -> WantedPlaces:
        """Return what the rules ask of places that only data shows."""
        return WantedPlaces(
            read=self.opened_paths,
            kept=frozenset(step.column for step in self.steps),
            listed=frozenset(self.policy.columns),
            whole=frozenset(step.column for step in self.steps if takes_objects(step.rule)),
            null_values=self.policy.source.null_values,
            refuse_unlisted=self.policy.unlisted == "refuse",
        )

    @property
    def needs_first_pass(self) -> bool:
        """Return whether a (further) pass of ``measure`` and ``fit`` must come before ``apply``.

        Classes are counted on the output, so where a quasi-identifier's transform is itself
        fitted, two passes are needed: its facts first, the classes second.
        """
        if self.fitted is None:
            return self.learns
        return self.policy.privacy is not None and self.fitted.classes is None

    @property
    def measures_classes(self) -> bool:
        """Return whether the coming pass can count equivalence classes."""
        names = self.decides_classes
        names = names | {name for step in self.steps if step.column in names for name in step.reads}
        return bool(names) and (
            self.fitted is not None or not any(s.fits for s in self.steps if s.column in names)
        )

    @cached_property
    def decides_classes(self) -> set[ColumnName]:
        """Return the columns that decide how large a published class is.

        The quasi-identifiers, and where bad values set rows aside, every column that could hold
        one: a row that is set aside for any reason is missing from its class.
        """
        if self.policy.privacy is None:
            return set()
        names = {*self.policy.privacy.quasi_identifiers}
        if self.policy.rows.on_bad_value == "quarantine":
            names.update(step.column for step in self.steps if not _never_bad(step.rule))
        return names

    @property
    def key_ids(self) -> tuple[KeyId, ...]:
        """Return the key versions that the steps derive from."""
        return tuple(dict.fromkeys(key_id for step in self.steps for key_id in step.key_ids))

    @property
    def opens_keyring(self) -> bool:
        """Return whether a process that applies the plan needs a key."""
        return bool(self.key_ids) or (self.facts_key is not None and self.learns)

    @property
    def learns(self) -> bool:
        """Return whether the plan needs a first pass at all, done or not."""
        return self.policy.privacy is not None or any(step.fits for step in self.steps)

    @cached_property
    def pinned(self) -> Mapping[KeyName, KeyId]:
        """Return the version of each key that every process uses, whatever is rotated meanwhile."""
        return {key_name_of(key_id): key_id for key_id in self.key_ids}

    @property
    def pins(self) -> Mapping[str, str]:
        """Return the digests of what values come from besides data and keys, as manifests keep
        them: no folder.
        """
        files = {
            f"hierarchy {PurePath(name).name}": file.sha256
            for name, file in self.hierarchies.items()
        }
        return {**files, **{f"list {name}": digest for name, digest in self.pools.items()}}

    def fit(self, partial: Partial) -> Self:
        """Return the plan with the whole table's facts, added to those of an earlier pass.

        Classes that ``partial`` does not hold are suppressed from now on: what was not counted is
        not published.

        Raises:
            PlanError: the passes were made with different keys.
        """
        privacy = self.policy.privacy
        return replace(
            self, fitted=(self.fitted or Fitted()).added(partial, privacy.k if privacy else None)
        )
