"""The policy language as frozen models; unknown keys are refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from anonymize.names import ColumnName, KeyName
from anonymize.policy.actions import Filter, Rule, StrictModel
from anonymize.policy.addresses import address_of
from anonymize.policy.aggregates import AggregatesSpec
from anonymize.policy.audit import AuditSpec, ErasureSpec
from anonymize.policy.cases import CaseSpec
from anonymize.policy.contract import ContractSpec
from anonymize.policy.detection import DetectSpec
from anonymize.policy.lineage import LineageSpec
from anonymize.policy.preset import PresetSetting
from anonymize.policy.privacy import PrivacySpec
from anonymize.policy.retention import RetentionSpec
from anonymize.policy.reveal import RevealSpec
from anonymize.policy.screen import ScreenSpec
from anonymize.policy.sink import SinkSpec
from anonymize.policy.source import SourceSpec


class RowsSpec(StrictModel):
    """Which rows are used, their order in the output, and what happens to rows with bad values."""

    where: Filter = ()
    """Conditions for rows to be used, in pyarrow's filter form; a condition on a null is false."""
    on_bad_value: Literal["quarantine", "null", "refuse"] = "quarantine"
    """quarantine sets the row aside with the reason, null empties the value, refuse stops the
    run.
    """
    max_quarantined: Annotated[float, Field(ge=0, le=1)] = 0.01
    """Maximum share of the rows used that may be set aside, 0 to 1; above it nothing is
    published.
    """
    order: Literal["shuffled", "source"] = "shuffled"
    """shuffled: a secret order, different for each version, purpose and dataset, so that rows join
    with nothing by position.

    source: the order of the source. Frames always keep their order.
    """
    accept_order: str | None = None
    """Why source order is right although there is a ``privacy:`` block; kept in the manifest."""


class ChecksSpec(StrictModel):
    """Gates between writing and publishing."""

    residual: Literal["refuse", "report", "off"] = "refuse"
    """If personal data is found in the output: refuse publishes nothing, report publishes and
    states it.
    """
    residual_sample: Annotated[int, Field(ge=100)] | Literal["all"] = 1000
    """Number of distinct values of each output column that the residual scan reads, or all."""


def _check_vault(address: str) -> str:
    """Return the vault's address if it is valid and has no password."""
    from anonymize.vault.opening import checked_place

    return checked_place(address)


class VaultSpec(StrictModel):
    """The token vault of this dataset's ``tokenize`` rules with ``method: vault``."""

    place: Annotated[str, AfterValidator(_check_vault)]
    """``sqlite:PATH`` or ``postgresql://USER@HOST:PORT/DATABASE``, without a password; takes
    precedence over COATCHECK_VAULT.
    """


class AcceptChangeSpec(StrictModel):
    """Allows a run whose settings differ from those that made a version."""

    version: Annotated[int, Field(ge=1)]
    """The current version; once there is a newer one, the setting has no effect."""
    reason: Annotated[str, Field(min_length=3)]
    """Why the change is right; kept in the manifest for the owner."""


class KeysSpec(StrictModel):
    """Names of the keys for rules that name none."""

    pseudonym: KeyName = KeyName("pseudonym")
    """Key of one-way actions: pseudonymize, fake, shift_dates."""
    reveal: KeyName = KeyName("reveal")
    """Key of reversible actions: tokenize, encrypt_format; readers of the dataset need not hold
    it.
    """

    def by_role(self) -> dict[str, KeyName]:
        """Return the default key name of each role."""
        return {"pseudonym": self.pseudonym, "reveal": self.reveal}


_NOT_DIGESTED = {"accept_change", "aggregates", "vault", "tests", "lineage", "retention"}
"""What changes nothing of a version."""


class Policy(StrictModel):
    """The data owner's policy."""

    version: Literal[1]
    """Version of the policy language: 1."""
    dataset: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$")]
    """The dataset's name: letters, digits, dot, dash, underscore."""
    purpose: Annotated[str, Field(min_length=1)]
    """What the data is used for; part of every derived key unless a rule names a domain."""
    source: SourceSpec
    """Where the raw data is."""
    sink: SinkSpec
    """Where the sanitized dataset goes."""
    unlisted: Literal["drop", "refuse"] = "drop"
    """A column without a rule is dropped (and the plan states this), or the run is refused."""
    subject: ColumnName | None = None
    """Source column that identifies the person of a row; k counts its distinct values."""
    rows: RowsSpec = RowsSpec()
    """Which rows are used."""
    columns: Annotated[dict[ColumnName, Rule], Field(min_length=1, default_factory=dict)]
    """A rule per column, left out where only ``aggregates:`` are published; nested data by path:
    ``profile.email``, ``events[].ip``, ``payload.$.user.email``. A name with a star is a pattern,
    for all columns without a rule of their own: ``"*_email"``.
    """
    expect: ContractSpec | None = None
    """What the source promises; drift stops a run, or sets rows aside."""
    privacy: PrivacySpec | None = None
    """k-anonymity of the output."""
    aggregates: AggregatesSpec | None = None
    """Statistics with differential privacy that ``coatcheck aggregate`` publishes; no part of the
    digest.
    """
    screen: ScreenSpec | None = None
    """Whether rows are examined for attacks on training before they are published."""
    preset: PresetSetting | None = None
    """A law's or guideline's demands on every column, by name; ``coatcheck plan`` explains them."""
    checks: ChecksSpec = ChecksSpec()
    """Gates before publishing."""
    detect: DetectSpec = DetectSpec()
    """Settings of detection."""
    default_keys: KeysSpec = KeysSpec()
    """Default key names."""
    audit: AuditSpec = AuditSpec()
    """The audit log's anchor, and whether reads are entered."""
    reveal: RevealSpec = RevealSpec()
    """Whether turning tokens back needs a second person's approval, and whose."""
    erasure: ErasureSpec = ErasureSpec()
    """What is kept so that a person can be found, and leave."""
    lineage: LineageSpec | None = None
    """Who is told of each published version; no part of the digest."""
    retention: RetentionSpec | None = None
    """Which versions ``coatcheck expire --policy`` and the flow of expiries leave."""
    vault: VaultSpec | None = None
    """Where vault tokens are stored; by default the value of COATCHECK_VAULT, else vault.db beside
    the keyring.
    """
    accept_change: AcceptChangeSpec | None = None
    """Lets a run publish although source, types, purpose, rules, models or files differ from
    those of the version it names.
    """

    tests: tuple[CaseSpec, ...] = ()
    """Rows and what becomes of them, for ``coatcheck policy test``; no part of the digest."""

    _places: dict[str, str] = PrivateAttr(default_factory=dict)
    _written_columns: dict[ColumnName, Rule] | None = PrivateAttr(default=None)
    """The rules as they are written, where patterns were replaced by rules for columns."""

    @model_validator(mode="after")
    def _reads_can_be_entered(self) -> Policy:
        """Refuse a log of reads in an object store: each entry would move its CURRENT, and a run
        that publishes meanwhile would lose.
        """
        if self.audit.reads and address_of(self.sink.path) is not None:
            raise ValueError(
                "audit.reads: a dataset in an object store has no log of reads; turn on the"
                " bucket's access log instead"
            )
        return self

    @model_validator(mode="after")
    def _signatures_are_of_people(self) -> Policy:
        """Refuse a check of signatures that could never run: people are matched by their ids."""
        against = self.privacy.on_against if self.privacy else None
        if against and against.signatures == "refuse" and self.subject is None:
            raise ValueError(
                "privacy.on_against: signatures: refuse needs subject:, the column that says whose"
                " a row is; without it nobody is matched in two releases"
            )
        return self

    @model_validator(mode="after")
    def _publishes_something(self) -> Policy:
        """Refuse a policy that says nothing of what is published."""
        if not self.columns and self.aggregates is None:
            raise ValueError(
                "columns: is missing; say a rule for each column that is published, for example"
                " zip: {action: keep}"
            )
        return self

    @model_validator(mode="after")
    def _aggregates_are_of_people(self) -> Policy:
        """Refuse to bound what a person contributes where nothing says whose a row is."""
        if self.aggregates and self.aggregates.unit == "person" and self.subject is None:
            raise ValueError(
                "aggregates: needs subject:, the column that says whose a row is; or unit: row,"
                " which hides one row, if nobody has two"
            )
        return self

    @model_validator(mode="after")
    def _index_is_of_subjects(self) -> Policy:
        """Refuse an index of whose the rows are where nothing says whose they are."""
        if self.erasure.index and self.subject is None:
            raise ValueError("erasure.index: needs subject:, the column that says whose a row is")
        return self

    @property
    def indexed_by(self) -> ColumnName | None:
        """Return the column of which each version keeps keyed ids; None if none is kept."""
        return self.subject if self.erasure.index else None

    def place(self, path: str) -> str:
        """Return ``file:line: path`` of a key such as ``columns.zip``, with the nearest known
        line.
        """
        known = path
        while known and known not in self._places:
            known = known.rpartition(".")[0]
        prefix = self._places.get(known)
        return f"{prefix}: {path}" if prefix else path

    @property
    def vault_said(self) -> str | None:
        """Return the vault's address in the policy; None if it has none."""
        return self.vault.place if self.vault else None

    @property
    def written_columns(self) -> Mapping[ColumnName, Rule]:
        """Return the rules as they are written, with patterns."""
        return self.columns if self._written_columns is None else self._written_columns

    def standing_for(self, written: Policy, named: Mapping[ColumnName, ColumnName]) -> Policy:
        """Return this policy with the digest of ``written``, and with the place of its pattern for
        each column that is ``named`` by one.
        """
        made = self.model_copy()
        made._written_columns = dict(written.columns)
        made._places = dict(written._places)
        for column, pattern in named.items():
            start = f"columns.{pattern}"
            made._places |= {
                f"columns.{column}{place.removeprefix(start)}": where
                for place, where in written._places.items()
                if place == start or place.startswith(f"{start}.")
            }
        return made

    def digest(self) -> str:
        """Return the SHA-256 of the policy's content, hexadecimal. Ignores comments, the order of
        keys, ``tests``, ``accept_change``, ``lineage``, ``retention`` and ``vault`` (the vault
        counts by its id, wherever it is). What it extends and its tags count as if they were
        written out.
        """
        written = self.model_copy(update={"columns": self.written_columns})
        later = {"preset": self.preset, "screen": self.screen}  # digests are older than these
        unsaid = {name for name, said_of in later.items() if said_of is None}
        said = written.model_dump(mode="json", exclude=_NOT_DIGESTED | unsaid)
        if self.sink.canaries is None:  # and than canaries
            del said["sink"]["canaries"]
        meaning = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
        return hashlib.sha256(meaning.encode()).hexdigest()
