"""Everything before the first row: opens and inspects a policy's source, compiles the plan,
compares it with the last version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.arguments import checked
from anonymize.detect.interface import Finding, Scanner
from anonymize.detect.languages import unserved_languages
from anonymize.detect.name_models.choose import SHIPPED, find_name_model, names_scanner
from anonymize.errors import (
    ArgumentError,
    DatasetError,
    GateError,
    KeysError,
    MissingExtraError,
    Problem,
    SourceError,
)
from anonymize.gates.not_looked_for import not_looked_for
from anonymize.keys import CANARY, OWNER, Keyring, KeyUse, open_keyring
from anonymize.keys.keyring.keyring_uri import DEFAULT_PATH, locate
from anonymize.names import ColumnName, KeyId, KeyName
from anonymize.pipeline.changes import Changes, changes_since
from anonymize.pipeline.earlier import with_against
from anonymize.pipeline.forgotten import with_forgotten
from anonymize.pipeline.opening import open_spec, spec_of
from anonymize.plan import Explained, Plan, explain
from anonymize.plan.before import plan_by_rows
from anonymize.plan.contract import schema_drift
from anonymize.plan.findings import findings_of
from anonymize.plan.missing import missing_taken_for_people
from anonymize.plan.patterns import with_rules_for
from anonymize.plan.show.example import Examples, examples
from anonymize.policy import Policy, SourceSpec, as_policy
from anonymize.policy.actions import keys_of
from anonymize.policy.addresses import Address, address_of
from anonymize.policy.entities import unknown_countries
from anonymize.policy.patterns import unused_patterns
from anonymize.process.core_files import no_core_files

if TYPE_CHECKING:
    from anonymize.io import Source


def rule_keys(policy: Policy) -> tuple[KeyName, ...]:
    """Return the names of all keys that the policy's rules derive from."""
    rules = policy.columns.values()
    return tuple(
        dict.fromkeys(
            name for rule in rules for name in sorted(keys_of(rule, policy.default_keys.by_role()))
        )
    )


def keys_wanted(policy: Policy) -> tuple[KeyName, ...]:
    """Return the names of all keys that the policy needs: those of its rules and of its sink."""
    restricted = [policy.sink.restricted.key] if policy.sink.restricted else []
    canary = [CANARY] if policy.sink.canaries else []
    return tuple(dict.fromkeys([policy.sink.key, *restricted, *canary, *rule_keys(policy)]))


def key_uses(policy: Policy) -> dict[KeyName, KeyUse]:
    """Return, for each key of the policy, whether values are derived from it or it only encrypts
    files.
    """
    values = rule_keys(policy)
    return {name: "values" if name in values else "files" for name in keys_wanted(policy)}


SAMPLE = 500
"""Distinct values of each column that ``inspect`` and ``init`` read."""


@checked
@no_core_files()
def inspect_source(
    source: str | SourceSpec,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    sample: int = SAMPLE,
    ner: str | None = None,
) -> tuple[Finding, ...]:
    """Return a finding per leaf of ``source`` (a path, folder or glob, or a policy's ``source:``).

    JSON text has a finding for the text and one for each place in it. Rows are sampled from all
    over the source. ``ner`` is as in a policy's ``detect:``; by default the shipped model if it can
    run. The model reads columns that the rules cannot classify, and the evidence states if no model
    was used.

    Raises:
        SourceError: the source cannot be read.
        ArgumentError: the name model is not on this machine, no number formats are known for a
            country, a language is not supported, or no language was given.
        MissingExtraError: the extra that runs the model is not installed.
    """
    names = name_finder(ner)
    refuse_unserved(countries, languages, ner)
    opened = open_spec(spec_of(source) if isinstance(source, str) else source)
    return findings_of(
        opened.spread(),
        sample=sample,
        countries=countries,
        languages=languages,
        names=names,
        whole=opened.batches,
    )


def refuse_unserved(countries: Sequence[str], languages: Sequence[str], ner: str | None) -> None:
    """Refuse countries and languages that detection does not know.

    Raises:
        ArgumentError: with each of them.
    """
    problems = [Problem("countries", what) for what in unknown_countries(countries)]
    problems += [
        Problem("languages", what) for what in unserved_languages(languages, ner or SHIPPED)
    ]
    if problems:
        raise ArgumentError(problems)


def name_finder(ner: str | None) -> Scanner | None:
    """Return the name finder; for None the shipped model if its extra is installed."""
    try:
        model = find_name_model(SHIPPED if ner is None else ner)
    except MissingExtraError:
        if ner is not None:
            raise
        return None
    return names_scanner(model) if model else None


def require_owner(keyring: Keyring) -> KeyId:
    """Return the id of the owner's key. A run needs it, so it is checked before the first row.

    Raises:
        KeysError: the keyring has none: it is a reader's keyring, or one that ``coatcheck keys
            init`` completes.
    """
    try:
        return keyring.current(OWNER)
    except KeysError as error:
        what = (
            f"{error.problems[0].what}; runs need the owner's keyring (coatcheck keys init adds a"
            " key it lacks)"
        )
        raise KeysError(what) from None


def refuse_sink(policy: Policy, keyring: Keyring | None) -> None:
    """Refuse a sink that is the source's folder, is too near to the keyring, or holds another
    dataset.

    Raises:
        ArgumentError: the policy's sink is one of these.
    """
    sink, place = _resolved(policy.sink.path), policy.place("sink.path")
    if _overlaps(policy.source, sink):
        raise ArgumentError("source and sink overlap; write to another folder", place=place)
    if keyring is not None and (around := _around_keyring(sink, keyring)):
        raise ArgumentError(
            f"{around}; who reads the dataset must not reach the keys: name another folder",
            place=place,
        )
    held = _held(policy, keyring) if keyring else None
    if held not in (None, policy.dataset):
        raise ArgumentError(
            f"this folder holds dataset '{held}', not '{policy.dataset}'; name another", place=place
        )


def _overlaps(source: SourceSpec, sink: Path) -> bool:
    if address_of(source.path) is None:
        return source.overlaps(sink)
    objects = _resolved(source.path)
    return objects == sink or objects in sink.parents or sink in objects.parents


def _resolved(path: str) -> Path:
    """Return a path without links. An address is one below a root of its own, so that it overlaps
    with no folder, and a prefix with what is below it.
    """
    address = address_of(path)
    return Path(path).resolve() if address is None else _below(address)


def _below(address: Address) -> Path:
    return Path(f"//{address.scheme}:{address.bucket}", address.key)


def _around_keyring(sink: Path, keyring: Keyring) -> str:
    """Return why a sink and a keyring are too near each other; empty if they are not."""
    file = locate(keyring.place).path.resolve()
    if sink == file.parent or sink in file.parents:
        return "the keyring lies inside this folder"
    own = Path(DEFAULT_PATH).parent.name
    return (
        f"the folder lies inside {own}, the keyring's own"
        if own in (part.name for part in sink.parents)
        else ""
    )


def _held(policy: Policy, keyring: Keyring) -> str | None:
    """Return the dataset name of the sink's current version, None if there is no readable
    version.
    """
    from anonymize.dataset import Dataset

    try:
        return Dataset(policy.sink.path).manifest(keyring=keyring).dataset
    except (DatasetError, KeysError):
        return None


@no_core_files()
def plan_source(policy: Policy, source: Source, keyring: Keyring | None) -> Plan:
    """Return the plan of ``policy`` for ``source``. Detection samples rows from all over the
    source, as ``inspect`` does.

    Raises:
        GateError: the source has not the columns and types that ``expect:`` says.
        PlanError: policy and source do not fit together; every problem is listed.
        SourceError: the source is a CSV file whose first row has no name in common with the policy.
        ArgumentError: a column's name does not allow it to be restricted.
        KeysError: the keyring lacks keys, for example the owner's.
    """
    if keyring:
        require_owner(keyring)
    planned, _ = with_rules_for(policy, source.schema)
    _refuse_data_for_header(planned, source)
    if drifted := tuple(schema_drift(planned, source.schema)):
        raise GateError(drifted)
    plan = plan_by_rows(policy, planned, source.schema, source.spread(), source.batches, keyring)
    _check_restricted(plan)
    return plan


def _check_restricted(plan: Plan) -> None:
    """Refuse columns that cannot be written under a second key, before their data is read."""
    from anonymize.io.sink.column_keys import column_keys

    sink = plan.policy.sink
    restricted = {str(sink.restricted.key): sink.restricted.columns} if sink.restricted else {}
    column_keys(plan.output_schema, str(sink.key), restricted, plan.policy.place("sink.restricted"))


def _refuse_data_for_header(policy: Policy, source: Source) -> None:
    """Refuse a header that may be a person's row: errors about columns would quote its cells as
    names.
    """
    if source.format in ("csv", "fixed", "excel") and policy.source.header and policy.columns:
        starts = [start for name in source.schema.names for start in (f"{name}.", f"{name}[")]
        if not any(f"{path}.".startswith(tuple(starts)) for path in policy.columns):
            what = (
                "the first row names none of the policy's columns; if it is data say header: false,"
                " else see inspect"
            )
            raise SourceError(what, place=source.path)


@dataclass(frozen=True)
class PlanPreview:
    """A compiled plan and its description for people."""

    plan: Plan
    """The compiled plan."""
    lines: tuple[Explained, ...]
    """A line per column."""
    examples: Mapping[ColumnName, str]
    """``before → after`` per column, with the original's shape; empty without a keyring."""
    not_looked_for: tuple[str, ...] = ()
    """One sentence for each thing that detection leaves out under this plan."""
    changes: Changes = field(default_factory=Changes)
    """Differences from the current version, and which of them stop a run."""
    bad_values: tuple[Problem, ...] = ()
    """Columns with bad values among the first rows, and what would fix them."""
    missing: tuple[Problem, ...] = ()
    """Texts such as ``N/A`` that would be treated as a person's value, and the policy line that
    reads them as missing.
    """
    unused: tuple[ColumnName, ...] = ()
    """Patterns that no column of the source fits."""


@checked
@no_core_files()
def preview_plan(
    policy: Policy | str | PathLike[str], keyring: Keyring | str | None = None
) -> PlanPreview:
    """Return what would happen under a policy, or under the one in a file.

    Where there is no default keyring, keys are not checked and no example is made.

    Raises:
        AnonymizeError: the policy cannot be applied (PolicyError, SourceError, PlanError), or the
            keyring exists and does not open (KeysError).
    """
    policy = as_policy(policy)
    source = open_spec(policy.source)
    try:
        opened: Keyring | None = open_keyring(keyring)
    except KeysError:
        if keyring is not None:
            raise
        opened = None
    refuse_sink(policy, opened)
    plan = plan_source(policy, source, opened)
    if opened is not None:
        with suppress(KeysError, DatasetError):  # the comparison with the sink says what it is
            plan = with_forgotten(plan, opened)
    return preview_of(with_against(plan, opened, verify=False), source, opened)


def preview_of(
    plan: Plan, source: Source, keyring: Keyring | None, *, compare: bool = True
) -> PlanPreview:
    """Return what a plan says to people; without a keyring keys are not checked and no example is
    made. ``compare`` says if it is compared with the sink's current version.
    """
    if keyring is None:
        return PlanPreview(
            plan,
            explain(plan),
            {},
            not_looked_for(plan),
            missing=missing_taken_for_people(plan),
            unused=unused_patterns(plan.policy),
        )
    first = next(source.partitions()[0].batches(list(plan.input_columns)), None)
    shown = examples(plan, first, keyring) if first is not None else Examples({})
    return PlanPreview(
        plan,
        explain(plan),
        shown.pairs,
        not_looked_for(plan),
        changes_since(plan, keyring) if compare else Changes(),
        shown.bad,
        missing_taken_for_people(plan),
        unused_patterns(plan.policy),
    )
