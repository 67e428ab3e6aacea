"""What a version's manifest and a run's summary tell of its rows and columns: counts, never values.

A field that is None was not measured, or is not told to whoever reads it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from anonymize.dataset.frozen_model import FrozenModel, PartlyTold
from anonymize.dataset.screen_facts import ScreenFacts


class BarFacts(FrozenModel):
    """How frequent some values of a column are; see `anonymize.privacy.pooled`."""

    label: str
    """A range, a period, or *value 1*, *value 2* by frequency: no value."""
    rows: int
    """Rows, or people where k counts people: a multiple of k and 10 or more, of those looked at."""


class ColumnFacts(PartlyTold):
    """One output column, or one place inside it that has a rule."""

    type: str | None = None
    """Arrow type as published."""
    nulls: int | None = None
    bad_values_nulled: int | None = None
    """Bad values that ``on_bad_value: null`` emptied."""
    read_as_missing: int | None = None
    """Values read as missing: blank ones and the policy's ``null_values``."""
    source_type: str | None = None
    """Arrow type in the source."""
    source_verdict: str | None = None
    """What detection called it there."""
    evidence: tuple[str, ...] | None = None
    """Why, a sentence each, without numbers; None where that is nothing personal."""
    before: tuple[BarFacts, ...] | None = None
    """Distribution of the source's values in the rows that detection looked at, of a column that
    one rule generalizes; None for others.
    """


class ResidualNote(FrozenModel):
    """Personal data that the scan found in one output column."""

    column: str
    what: str
    """Verdict of the column, or entity found in cells."""
    distinct_values: int
    """Sampled distinct values that hold it."""
    sampled_distinct: int
    confidence: float
    """0 to 1."""
    evidence: tuple[str, ...] = ()
    """Sentences without values."""


class NamesLeftCount(FrozenModel):
    """One column of free text: cells that the name model read again, and those with a name left."""

    cells: int
    named: int


class ResidualFacts(FrozenModel):
    """The scan of the output over all parts, and how hard it looked."""

    sample: int | Literal["all"]
    """Distinct values sampled of each leaf, at most."""
    findings: tuple[ResidualNote, ...] = ()
    sampled_distinct: dict[str, int] = Field(default_factory=dict)
    """Output leaf → distinct values scanned; in a manifest the first digit of it."""
    miss_probability_of_1_percent: dict[str, float] = Field(default_factory=dict)
    """Output leaf → chance that the sample missed a kind of value that is 1 % of the distinct
    ones; in a manifest raised to a power of ten.
    """
    names_left: dict[str, NamesLeftCount] = Field(default_factory=dict)
    """Column of free text → cells with a name left."""
    names_left_says: str = ""
    """What a reader of ``names_left`` must know."""
    findings_in_restricted_columns: int = 0
    """Findings that are not listed, because they are in columns under another key."""


class MostFrequentSubject(FrozenModel):
    """The subject with the most rows."""

    share_of_rows: float
    implausible: bool
    """Whether it has more rows or classes than a person does."""


class DiversityFacts(FrozenModel):
    """Diversity of a sensitive column's values among the people of a class; the minimum over all
    classes.
    """

    column: str
    distinct: int
    entropy: float | None = None
    """None if there is a single class: with its size it would tell how many people have each value.
    """
    largest_share: float | None = None
    """None if there is a single class, as for ``entropy``."""
    homogeneous: int
    """Number of classes in which all people share a value."""
    enforced: bool = False
    """Whether the policy's ``l`` asks for a minimum in every class, in the way that
    ``asked_of_values`` says.
    """
    distance: float | None = None
    """Largest distance between the values of a class and those of all rows released, 0 to 1; None
    if the policy asks for no closeness.
    """
    likeness: float | None = None
    """β-likeness: the highest relative gain of a value's share in a class over its share in all
    rows released, 0 or more; None in versions of before.
    """


class ColumnUtilityFacts(PartlyTold):
    """How much recoding changed one column, 0 (nothing) to 1; see `UtilityFacts`."""

    column: str
    is_number: bool
    """Whether it was compared as numbers or dates, else as categories."""
    distribution: float
    """Wasserstein-1 distance by the range of numbers, total variation of categories."""
    jensen_shannon: float | None = None
    """Of categories, in bits."""
    association: float | None = None
    """Mean change of its associations with the other columns compared."""


class UtilityFacts(PartlyTold):
    """What recoded rows are still good for: distributions and associations before and after, over
    the quasi-identifiers. In steps of the share that k rows are of all.
    """

    distribution: float
    """Mean change of the columns' distributions, 0 to 1."""
    association: float | None = None
    """Mean change of the associations of two columns."""
    columns: tuple[ColumnUtilityFacts, ...] = ()
    """The columns that were compared."""
    step: float
    """All changes are multiples of this."""


class AgainstFacts(PartlyTold):
    """What the rows written tell together with an earlier release. Counts are told as text: a
    number of k or more, 0, or *fewer than k*.
    """

    release: str
    """The earlier release: its folder or address, and its version."""
    counts: Literal["rows", "people"] = "rows"
    columns: tuple[str, ...] = ()
    """Quasi-identifiers that both have."""
    sensitive: tuple[str, ...] = ()
    """Sensitive columns that both have."""
    both: str = "0"
    """People who are in both, or rows whose quasi-identifiers a class of the earlier release
    covers; a multiple of k, so that it does not tell how few came or left.
    """
    narrowed: str | None = None
    """Those of whom both together leave fewer sensitive values than promised; None if that was not
    compared.
    """
    known: str | None = None
    """Those of whom both together leave one value."""
    already: str | None = None
    """Those of whom the earlier release by itself leaves fewer than promised."""
    isolated: str | None = None
    """Those in a difference of counts of fewer than k."""
    differ: Literal["rows", "people"] = "rows"
    """What these are."""
    joined: str | None = None
    """People in groups of fewer than k by ids that both publish; None if no ids join."""
    changed: str | None = None
    """People whose class has other sensitive values (m-invariance); None where nobody is matched.
    """
    uncompared: tuple[str, ...] = ()
    """What was not compared, a sentence each."""
    nothing: bool = False
    """Whether nothing could be compared."""

    @property
    def in_both(self) -> str:
        """Return how many are in both, or may be: where rows are counted, nobody was matched."""
        if self.counts == "people":
            return f"{self.both} people in both"
        return f"{self.both} rows that fit a class of it"

    def findings(self) -> tuple[tuple[str, str, str], ...]:
        """Return what was measured: what it is called, the count with its unit, what it means."""
        about, units = " and ".join(self.sensitive), (self.counts, self.differ, "people")
        told = (
            ("narrowed", self.narrowed, units[0], f"fewer possible values of {about} than promised"
             " are left of them, because their classes have only some in common"),
            ("known", self.known, units[0], f"one possible value of {about} is left of them"),
            ("already so before", self.already, units[0], f"the earlier release by itself leaves"
             f" fewer possible values of {about}"),
            ("singled out by counts", self.isolated, units[1], "they are in a difference of counts"
             " that is smaller than k: who knows that they came, left or changed finds them"),
            ("joined by ids", self.joined, units[2], "ids that both publish put them into groups"
             " smaller than k"),
            ("other signature", self.changed, units[2], f"their class has other values of {about}"
             " than before (m-invariance)"),
        )  # fmt: skip
        return tuple(
            (name, f"{count} {unit}", meaning)
            for name, count, unit, meaning in told
            if count is not None
        )

    def words(self) -> str:
        """Return what was measured in one sentence."""
        if self.nothing:
            return (
                f"against {self.release}: nothing could be compared: {'; '.join(self.uncompared)}"
            )
        said = [self.in_both]
        said += [f"{name} {count}" for name, count, _ in self.findings()]
        said += [f"not compared: {one}" for one in self.uncompared]
        return f"against {self.release}: {'; '.join(said)}"


class PrivacyFacts(PartlyTold):
    """Requested and measured privacy of the rows written."""

    quasi_identifiers: tuple[str, ...]
    asked_k: int
    counts: Literal["rows", "people"]
    counted: str
    """A sentence on what classes are sized by."""
    measured_on: str
    k: int
    """Size of the smallest class; 0 if there is none."""
    classes: int
    highest: float
    """Chance of picking the right person of the smallest class."""
    average: float
    """The same chance, on average over all people; in a manifest over all in the files, canaries
    included.
    """
    subject: str | None = None
    """The source's column that says whose a row is, where people are counted."""
    rows_without_subject: int | None = None
    most_frequent_subject: MostFrequentSubject | None = None
    sensitive: tuple[DiversityFacts, ...] = ()
    asked_of_values: str = ""
    """What the policy asks of the sensitive values of each class; empty if nothing."""
    recoded: tuple[str, ...] = ()
    """Quasi-identifiers that were generalized to make classes large enough."""
    method: str = ""
    """How they were; empty if none was."""
    loss: float | None = None
    """What generalizing took from them and from suppressed rows, 0 (nothing) to 1 (all): the
    normalized certainty penalty.
    """
    coarsened: tuple[str, ...] = ()
    """Those that were made coarser for all rows alike, because the rows have too many combinations
    to search; empty if none was.
    """
    target: str | None = None
    """The column that a model is to predict; without weights in the policy columns that tell more
    of it were kept finer.
    """
    utility: UtilityFacts | None = None
    """What the rows are still good for; None if values before and after were not counted."""
    against: tuple[AgainstFacts, ...] | None = None
    """What the version tells together with earlier releases; None if it was not compared."""


LOSS_DIGITS = 4
"""Decimal places of a stated loss: all that state one round it alike."""


class RevealFacts(FrozenModel):
    """What the policy asked for before tokens of this version are turned back."""

    approvals: int = 1
    """People whom a reveal needs."""
    above: int | None = None
    """Number of values within 24 hours above which it needs a second one; None: there is none."""
    approvers: dict[str, str] = Field(default_factory=dict)
    """Name → public signing key of who may approve."""


class OrderFacts(FrozenModel):
    """The order in which rows are published."""

    rows: Literal["shuffled", "source"] = "shuffled"
    accepted: str = ""
    """Why source order was accepted together with ``privacy:``."""


class SourceFacts(FrozenModel):
    """The raw data, as far as readers are told."""

    format: str = ""
    files: int = Field(0, ge=0)
    hmac_sha256: str = ""
    """Keyed digest that the owner can compare."""


class CheckFacts(FrozenModel):
    """The gates and what they saw."""

    residual: ResidualFacts | None = None
    """None if the scan was switched off."""
    not_looked_for: tuple[str, ...] = ()
    """What detection left out, a sentence each."""
    screen: ScreenFacts | None = None
    """The integrity screen; None if the policy asks for none."""
    preset: str = ""
    """The law's or guideline's demands that every column was held to; empty if to none."""
    preset_accepted: dict[str, str] = Field(default_factory=dict)
    """Column → why the preset does not hold for it."""
