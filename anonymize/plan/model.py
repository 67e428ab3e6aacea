"""A plan as data: a policy with schema, findings and key names. Frozen, picklable, without keys."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath

import pyarrow as pa

from anonymize.detect.interface import Finding
from anonymize.detect.name_models.interface import NameModel
from anonymize.names import ColumnName, KeyId, KeyName, key_name_of
from anonymize.nested.open_close import ROOT
from anonymize.nested.path_index import PathIndex
from anonymize.nested.wanted import WantedPlaces
from anonymize.plan.against import Against
from anonymize.plan.bind.filters import columns_in
from anonymize.plan.bind.hierarchies import PinnedFile
from anonymize.plan.facts import Fitted
from anonymize.plan.held import Covered, Linked
from anonymize.plan.rule_values import never_bad, takes_objects
from anonymize.plan.set_aside import SetAside
from anonymize.plan.whose import spelling_of
from anonymize.policy import Policy, Rule
from anonymize.privacy import ClassCounts
from anonymize.privacy.pooled import Bar
from anonymize.transform.columns import is_scalar
from anonymize.transform.normalize import Normalization
from anonymize.transform.subject_ids import ForgottenIds


@dataclass(frozen=True)
class Step:
    """A plan's entry for one column."""

    column: ColumnName
    """The column, or the path of a nested leaf."""
    rule: Rule
    """The column's rule."""
    input_type: pa.DataType
    """Type of the values read."""
    output_type: pa.DataType
    """Type of the values written."""
    level: str = ROOT
    """The innermost list around the leaf; empty for a value per row."""
    reads: tuple[ColumnName, ...] = ()
    """Other columns that the transform reads."""
    key_ids: tuple[KeyId, ...] = ()
    """Key versions that it derives from."""
    fits: bool = False
    """True if it needs facts about the whole table first."""
    function_of_row: bool = False
    """True if equal rows get equal values, in every batch, pass and process."""


@dataclass(frozen=True)
class Applied:
    """One batch's result, and the outcome of its rows."""

    batch: pa.RecordBatch
    """Rows to publish, of the plan's output schema."""
    rows: pa.Array
    """Position of each of these rows in the batch as read."""
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
    """People or rows per equivalence class, counted on the rows to publish; None without a
    ``privacy:`` block.
    """
    missing: Mapping[ColumnName, int] = field(default_factory=dict)
    """Values per column that are read as missing: ``null_values``, and blank ones for actions that
    treat blanks as missing.
    """
    source_nulls: Mapping[ColumnName, int] = field(default_factory=dict)
    """Nulls of the source's columns for which ``expect:`` has a limit."""
    covered: Covered | None = None
    """Quasi-identifiers by the class that they are published in; None if nothing is compared with
    an earlier release.
    """
    linked: Linked | None = None
    """People by their ids in other releases; None if there are none."""


UNFITTED = "the plan needs a first pass: measure every batch, merge, fit, then apply"
"""What is said to whoever applies a plan before."""
QUARANTINE_SCHEMA = pa.schema(
    [("row", pa.int64()), ("column", pa.string()), ("reason", pa.string())]
)
"""Schema of quarantined rows: position and reason, never the value."""


@dataclass(frozen=True)
class Plan:
    """What will happen to every column, checked before the first row. Equal in every process."""

    policy: Policy
    """The policy."""
    input_schema: pa.Schema
    """The source's schema, with plain types and without metadata; batches are compared with it."""
    steps: tuple[Step, ...]
    """In an order in which every step follows those it reads."""
    output_schema: pa.Schema
    """The published schema."""
    dropped: tuple[ColumnName, ...] = ()
    """Leaves without a rule, or with the rule drop. Read only if another step needs them."""
    findings: tuple[Finding, ...] = ()
    """Detection's findings when the plan was compiled."""
    keyring_uri: str | None = None
    """URI of the keyring that each process opens; None for the default."""
    fitted: Fitted | None = None
    """The whole table's facts, after ``fit``."""
    facts_key: KeyId | None = None
    """Key version for the first pass's digests and facts; None for a key of this process alone."""
    run: str = ""
    """A random name of the run. It is part of that key, so that the facts of two runs cannot be
    compared.
    """
    names: NameModel | None = None
    """The name model; each process checks that it has the same one."""
    vault_place: str | None = None
    """Place of the token vault that each process opens, without a password; None if no rule needs
    one.
    """
    vault_id: str = ""
    """Id of the vault that a run uses; each process compares it, and creates no vault. Empty in a
    preview of a plan.
    """
    hierarchies: Mapping[str, PinnedFile] = field(default_factory=dict)
    """Per hierarchy file, by its name in the policy: path and digest of the file that each process
    reads.
    """
    pools: Mapping[str, str] = field(default_factory=dict)
    """Digests of the lists that fakes are chosen from; each process compares its own."""
    forgotten: tuple[ForgottenIds, ...] = ()
    """Keyed ids of people whose rows are left out as if the source did not have them."""
    before: Mapping[ColumnName, tuple[Bar, ...]] = field(default_factory=dict)
    """Distributions of the source's values, as far as they may be told; see `plan.before`."""
    against: Against = field(default_factory=Against)
    """Earlier releases that the output is compared with."""
    screened: SetAside | None = None
    """Rows that the policy's screen sets aside; None if it was not made."""
    lost_erasures: int = 0
    """Entries to forget somebody that count no more, because a revoked key signed them, and that
    were not entered anew since.
    """

    @cached_property
    def input_columns(self) -> tuple[str, ...]:
        """Return the top-level columns that are read, in source order. No other columns are read
        (data minimization).
        """
        expect = self.policy.expect
        return self._columns_of(self.opened_paths | (expect.read_columns if expect else set()))

    @property
    def measured_columns(self) -> tuple[str, ...]:
        """Return the input columns that the next first pass reads; all of them if it counts
        classes.

        The facts of a fitted transform depend on its own column, on those it reads, and on the
        policy's filter.
        """
        if self.policy.privacy is not None:
            return self.input_columns
        paths = {name for step in self.steps if step.fits for name in (step.column, *step.reads)}
        paths.update(filter(None, [self.left_out_by]))
        return self._columns_of(
            paths.union(columns_in(self.policy.rows.where) if self.policy.rows.where else ())
        )

    @property
    def columns_published(self) -> tuple[str, ...]:
        """Return the top-level columns of the source of which something is published."""
        return self._columns_of({step.column for step in self.steps})

    def columns_around(self, wanted: Collection[ColumnName]) -> tuple[str, ...]:
        """Return the top-level columns to read for ``wanted``, the filter, and whose rows are left
        out.
        """
        filtered = columns_in(self.policy.rows.where) if self.policy.rows.where else ()
        return self._columns_of({*wanted, *filtered, *filter(None, [self.left_out_by])})

    def _columns_of(self, wanted: Collection[ColumnName]) -> tuple[str, ...]:
        """Return the top-level columns that contain ``wanted``, in source order."""
        index = PathIndex(sorted(wanted))
        return tuple(
            name for name in self.input_schema.names if index.holds(name) or index.has_inside(name)
        )

    @cached_property
    def opened_paths(self) -> frozenset[ColumnName]:
        """Return every path whose values a step, filter or check needs."""
        paths = {step.column for step in self.steps}
        paths.update(name for step in self.steps for name in step.reads)
        paths.update(columns_in(self.policy.rows.where) if self.policy.rows.where else ())
        paths.update([self.counted_by] if self.counted_by else [])
        paths.update(filter(None, [self.policy.indexed_by, self.left_out_by]))
        return frozenset(paths)

    @property
    def counted_by(self) -> ColumnName | None:
        """Return the column whose distinct values are counted as people; None if rows are
        counted.
        """
        return self.policy.subject if self.policy.privacy is not None else None

    @property
    def flat_quasi_identifiers(self) -> tuple[ColumnName, ...]:
        """Return the quasi-identifiers that are columns; the others are inside columns."""
        names = self.policy.privacy.quasi_identifiers if self.policy.privacy else ()
        return tuple(name for name in names if name in self.input_schema.names)

    @property
    def comparable(self) -> tuple[ColumnName, ...]:
        """Return the quasi-identifiers that are columns of plain values, as text can be."""
        types = {field.name: field.type for field in self.output_schema}
        return tuple(name for name in self.flat_quasi_identifiers if is_scalar(types[name]))

    @property
    def counted_as(self) -> Normalization:
        """Return which spellings of a person the rule of ``counted_by`` makes one."""
        by = self.counted_by
        return "exact" if by is None else spelling_of(self.policy.columns, by)

    @property
    def left_out_by(self) -> ColumnName | None:
        """Return the column by which people who were forgotten are left out; None if nobody was."""
        return self.policy.subject if self.forgotten else None

    @cached_property
    def asked(self) -> WantedPlaces:
        """Return the places that rules name and that are known only from the data."""
        return WantedPlaces(
            read=self.opened_paths,
            kept=frozenset(step.column for step in self.steps),
            listed=frozenset(self.policy.columns),
            whole=frozenset(step.column for step in self.steps if takes_objects(step.rule)),
            in_order=frozenset(
                self.policy.privacy.quasi_identifiers if self.policy.privacy else ()
            ),
            null_values=self.policy.source.null_values,
            refuse_unlisted=self.policy.unlisted == "refuse",
        )

    @property
    def needs_first_pass(self) -> bool:
        """Return True if a (further) pass of ``measure`` and ``fit`` must come before ``apply``.

        Classes are counted on the output. So if a quasi-identifier's transform is itself fitted,
        two passes are needed: first its facts, then the classes.
        """
        if self.fitted is None:
            return self.learns
        return self.policy.privacy is not None and self.fitted.classes is None

    @property
    def measures_classes(self) -> bool:
        """Return True if the next pass can count equivalence classes."""
        names = self.decides_classes
        names = names | {name for step in self.steps if step.column in names for name in step.reads}
        return bool(names) and (
            self.fitted is not None or not any(s.fits for s in self.steps if s.column in names)
        )

    @cached_property
    def decides_classes(self) -> set[ColumnName]:
        """Return the columns that determine how large a published class is.

        These are the quasi-identifiers, the target that is counted with them, and, if bad values
        set rows aside, every column that could have one, because a row that is set aside is missing
        from its class.
        """
        if self.policy.privacy is None:
            return set()
        names = {*self.policy.privacy.quasi_identifiers}
        if self.policy.privacy.judges_values:
            names.update(self.policy.privacy.sensitive)
        if (wanted := self.policy.privacy.wanted) is not None:
            names.add(wanted.column)
        if self.policy.rows.on_bad_value == "quarantine":
            names.update(step.column for step in self.steps if not never_bad(step.rule))
        return names

    @property
    def key_ids(self) -> tuple[KeyId, ...]:
        """Return the key versions that the steps derive from."""
        return tuple(dict.fromkeys(key_id for step in self.steps for key_id in step.key_ids))

    @property
    def opens_keyring(self) -> bool:
        """Return True if a process that applies the plan needs a key."""
        return (
            bool(self.key_ids)
            or bool(self.forgotten)
            or (self.facts_key is not None and self.learns)
        )

    @property
    def learns(self) -> bool:
        """Return True if the plan needs a first pass at all, done or not."""
        return self.policy.privacy is not None or any(step.fits for step in self.steps)

    @cached_property
    def pinned(self) -> Mapping[KeyName, KeyId]:
        """Return the version of each key that every process uses, even if keys are rotated during
        the run.
        """
        return {key_name_of(key_id): key_id for key_id in self.key_ids}

    @property
    def pins(self) -> Mapping[str, str]:
        """Return the digests of everything except data and keys that values depend on, for the
        manifest; without paths.
        """
        files = {
            f"hierarchy {PurePath(name).name}": file.sha256
            for name, file in self.hierarchies.items()
        }
        return {**files, **{f"list {name}": digest for name, digest in self.pools.items()}}
