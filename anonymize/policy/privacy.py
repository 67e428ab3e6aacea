"""The block ``privacy:`` as frozen models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from anonymize.names import ColumnName
from anonymize.policy.actions import StrictModel
from anonymize.policy.against import OnAgainst, OnAgainstSaid, Release
from anonymize.policy.recode import Recode, RecodeSpec


class RecursiveSpec(StrictModel):
    """Recursive (c, l)-diversity: the most frequent value of a class is rarer than ``c`` times all
    values from the l-th most frequent on.
    """

    c: Annotated[float, Field(gt=0)]
    """The factor."""
    l: Annotated[int, Field(ge=2)]  # noqa: E741 - the field's own letter
    """The rank from which rarer values are added up."""


class DiversitySpec(StrictModel):
    """Minimum diversity of each sensitive column in every class, in one of three ways."""

    distinct: Annotated[int, Field(ge=2)] | None = None
    """Minimum number of different values."""
    entropy: Annotated[float, Field(gt=1)] | None = None
    """Minimum of e to the power of the entropy of the values."""
    recursive: RecursiveSpec | None = None
    """Recursive (c, l)-diversity."""

    @model_validator(mode="after")
    def _one_way(self) -> DiversitySpec:
        """Refuse a block that names no way, or several."""
        if sum(way is not None for way in (self.distinct, self.entropy, self.recursive)) != 1:
            raise ValueError(
                "name one of distinct, entropy and recursive, for example l: {distinct: 2}"
            )
        return self


class ClosenessSpec(StrictModel):
    """Maximum distance between the values of each sensitive column in a class and in all rows."""

    most: Annotated[float, Field(gt=0, lt=1)]
    """The distance, 0 to 1."""
    distance: Literal["equal", "ordered", "hierarchical"] = "equal"
    """equal: any two values are equally far apart. ordered: numbers and dates are as far apart as
    the ranks between them (earth mover's distance). hierarchical: two values are as far apart as
    the level of their lowest common group in ``groups``.
    """
    groups: dict[ColumnName, Recode] = Field(default_factory=dict)
    """With ``distance: hierarchical``: the groups of each sensitive column's values, as under
    ``recode``: {diagnosis: {codes: icd10}}.
    """

    @model_validator(mode="after")
    def _groups_belong(self) -> ClosenessSpec:
        """Refuse groups without their distance, and the distance without groups."""
        if (self.distance == "hierarchical") != bool(self.groups):
            raise ValueError(
                "distance: hierarchical and groups: go together, for example {most: 0.2, distance:"
                " hierarchical, groups: {diagnosis: {codes: icd10}}}"
            )
        return self

    @model_serializer(mode="wrap")
    def _as_said(self, serialized: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out groups that are not there: digests of policies are older than they are."""
        said: dict[str, Any] = serialized(self)
        return {name: value for name, value in said.items() if name != "groups" or value}


class TargetSpec(StrictModel):
    """What a model is to predict, and how."""

    column: ColumnName
    """An output column that is no quasi-identifier."""
    kind: Literal["classify", "regress"] | None = None
    """classify: one of some classes. regress: a number. By default numbers of more than 20
    different values are regressed, and all else is classified.
    """


_YOUNGER: Mapping[str, Any] = {
    "l": None,
    "t": None,
    "recode": {},
    "method": "local",
    "effort": "quick",
    "weights": {},
    "target": None,
    "against": (),
    "on_against": OnAgainst(),
}
"""Settings that came after digests of policies, with what they are if they are not used."""


class PrivacySpec(StrictModel):
    """k-anonymity of the output: every combination of quasi-identifiers is shared by k people; on
    request each class has diverse sensitive values (l), distributed as in all rows (t).

    Quasi-identifiers under ``recode:`` are generalized until that holds, as little as possible;
    what remains is suppressed. People are distinct values of ``subject:``; without it rows are
    counted, and plan, summary and manifest state this.
    """

    quasi_identifiers: Annotated[tuple[ColumnName, ...], Field(min_length=1)]
    """Output columns that could be linked with outside knowledge; equal rows must get equal values
    in them.
    """
    sensitive: tuple[ColumnName, ...] = ()
    """Output columns that nobody should learn about a person: their diversity is measured and
    stated, and enforced by ``l`` and ``t``.
    """
    k: Annotated[int, Field(ge=2)] = 5
    """Minimum number of people (rows, without subject:) in an equivalence class; smaller classes
    are suppressed.
    """
    l: Annotated[int, Field(ge=2)] | DiversitySpec | None = None  # noqa: E741
    """l-diversity of each sensitive column in every class: a number of distinct values, or
    ``{distinct, entropy, recursive}``.
    """
    t: Annotated[float, Field(gt=0, lt=1)] | ClosenessSpec | None = None
    """t-closeness of each sensitive column in every class, to all rows of the source and to those
    released: a distance, or ``{most, distance}``.
    """
    recode: dict[ColumnName, Recode] = Field(default_factory=dict)
    """Quasi-identifiers that may be generalized to make classes large enough, each with its ways.
    Recoded columns are published as text. Without an entry a column stays as its rule makes it.
    """
    method: Literal["local", "mondrian", "hierarchy"] = "local"
    """local: each class has its own levels of the hierarchies. mondrian: each class has intervals
    of numbers and dates, and sets of other values, without regard to levels. hierarchy: one level
    per column for all rows.
    """
    effort: Literal["quick", "best"] = "quick"
    """best looks longer for a recoding that loses less: some ten times as long, seconds for 30,000
    different combinations. Only ``method: local`` has it.
    """
    weights: dict[ColumnName, Annotated[float, Field(gt=0)]] = Field(default_factory=dict)
    """How much a recoded column's detail matters, 1 by default: columns of less weight are
    generalized first.
    """
    target: ColumnName | TargetSpec | None = None
    """The output column that a model is to predict from the quasi-identifiers. Columns that tell
    more of it stay finer, unless ``weights:`` says otherwise; what the rows are good for is
    measured with it; ``coatcheck plan --what-if`` trains a model. A name, or ``{column, kind}``.
    Needs ``recode:``.
    """
    max_suppressed: Annotated[float, Field(ge=0, le=1)] = 0.02
    """Maximum share of rows that may be suppressed, 0 to 1; above it nothing is published."""
    against: tuple[Release, ...] = ()
    """Earlier releases that somebody may hold together with the new version: ``previous``, numbers
    of versions of this dataset, folders of others, or ``{dataset, version}``.
    """
    on_against: OnAgainstSaid = OnAgainst()
    """What becomes of a finding of that comparison: refuse or report, for all kinds or each."""

    def _fit_for_sets(self) -> None:
        """Refuse what ``method: mondrian`` would not keep to: it has no levels and no ends."""
        if alone := sorted(set(self.quasi_identifiers) - self.recode.keys()):
            raise ValueError(
                f"method: mondrian generalizes every quasi-identifier; give {', '.join(alone)} an"
                " entry in recode:, for example values"
            )
        for name, asked in self.recode.items():
            ends = asked.top is not None or asked.bottom is not None
            if ends or not (asked.ranges or asked.dates or asked.values):
                raise ValueError(
                    f"recode: {name}: method: mondrian publishes intervals and sets of the values"
                    " themselves, so it keeps to no levels and no ends; say values, dates or ranges"
                    " without top: and bottom:, or method: local"
                )

    @model_serializer(mode="wrap")
    def _as_said(self, serialized: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out younger settings that are not used: digests of policies are older than they
        are, and a changed digest stops a run.
        """
        said: dict[str, Any] = serialized(self)
        return {
            name: value
            for name, value in said.items()
            if name not in _YOUNGER or getattr(self, name) != _YOUNGER[name]
        }

    @property
    def diversity(self) -> DiversitySpec | None:
        """Return the diversity that every class must have; None if none is asked for."""
        return DiversitySpec(distinct=self.l) if isinstance(self.l, int) else self.l

    @property
    def closeness(self) -> ClosenessSpec | None:
        """Return the closeness that every class must have; None if none is asked for."""
        return ClosenessSpec(most=self.t) if isinstance(self.t, float) else self.t

    @property
    def judges_values(self) -> bool:
        """Return True if sensitive values decide which classes may be published."""
        return self.l is not None or self.t is not None

    @property
    def wanted(self) -> TargetSpec | None:
        """Return what a model is to predict; None if the policy names nothing."""
        return TargetSpec(column=self.target) if isinstance(self.target, str) else self.target

    @property
    def ordered(self) -> bool:
        """Return True if sensitive values are compared by their order."""
        return self.closeness is not None and self.closeness.distance == "ordered"

    @property
    def groups(self) -> Mapping[ColumnName, RecodeSpec]:
        """Return the groups of each sensitive column that is compared by them."""
        return self.closeness.groups if self.closeness is not None else {}

    @property
    def recodes(self) -> bool:
        """Return True if classes are decided together, not each by its own size."""
        return bool(self.recode) or self.judges_values

    @model_validator(mode="after")
    def _apart(self) -> PrivacySpec:
        """Refuse a column that is both, and settings for columns that the block does not name."""
        both = sorted(set(self.quasi_identifiers) & set(self.sensitive))
        if both:
            raise ValueError(f"{', '.join(both)}: either a quasi-identifier or sensitive, not both")
        if (self.l is not None or self.t is not None) and not self.sensitive:
            raise ValueError("l and t are about sensitive values; name the columns in sensitive:")
        if self.groups and (wrong := sorted(set(self.groups) ^ set(self.sensitive))):
            raise ValueError(
                f"t: groups: {', '.join(wrong)}: each column in sensitive: has an entry, and no"
                " other; values says that any two are equally far apart"
            )
        if others := sorted(self.recode.keys() - set(self.quasi_identifiers)):
            raise ValueError(
                f"recode: {', '.join(others)}: not in quasi_identifiers; name it there too"
            )
        if others := sorted(self.weights.keys() - self.recode.keys()):
            raise ValueError(f"weights: {', '.join(others)}: not in recode; name it there too")
        if self.wanted is not None and self.wanted.column in self.quasi_identifiers:
            raise ValueError(
                f"target: {self.wanted.column} is a quasi-identifier, from which a model predicts;"
                " name another column"
            )
        if self.wanted is not None and not self.recode:
            raise ValueError("target: goes with recode:, whose cost for a model it measures")
        if self.on_against != OnAgainst() and not self.against:
            raise ValueError("on_against: goes with against:, the releases to compare with")
        if self.method == "mondrian":
            self._fit_for_sets()
        if self.effort == "best" and (not self.recode or self.method != "local"):
            raise ValueError("effort: best goes with recode: and method: local")
        if self.method != "local" and not self.recode:
            raise ValueError(f"method: {self.method} needs recode:, the columns to generalize")
        return self
