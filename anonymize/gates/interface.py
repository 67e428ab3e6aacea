"""What a gate is: it reads what is known of an output, and returns why it may not be published."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from anonymize.dataset.facts import AgainstFacts
from anonymize.errors import Problem
from anonymize.gates.residual import ResidualFinding
from anonymize.names import ColumnName
from anonymize.plan.facts import SealedFacts
from anonymize.plan.model import Plan
from anonymize.privacy import ClassCounts


@dataclass(frozen=True)
class Output:
    """An output before it is published: counts, keyed classes and findings, no values."""

    read: int
    """Rows read."""
    written: int
    """Rows that would be published."""
    filtered: int
    """Rows that ``rows.where`` left out."""
    suppressed: int
    """Rows in equivalence classes below k."""
    quarantined: int
    """Rows set aside because of a bad value."""
    reasons: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Column and reason → bad values that set rows aside."""
    nulled: Mapping[str, int] = field(default_factory=dict)
    """Column → bad values that became null."""
    nulls: Mapping[str, int] = field(default_factory=dict)
    """Output column → all its nulls."""
    source_nulls: Mapping[ColumnName, int] = field(default_factory=dict)
    """Source column with a limit in ``expect:`` → its nulls."""
    findings: tuple[ResidualFinding, ...] = ()
    """Personal data that the scan of the output found and the policy does not allow."""
    classes: ClassCounts | None = None
    """Equivalence classes of the rows written; None if the policy asks for no privacy."""

    held: Mapping[ColumnName, SealedFacts] = field(default_factory=dict)
    """What a comparison with earlier releases needs of the rows written, encrypted."""
    against: tuple[AgainstFacts, ...] | None = None
    """What that comparison found; None if the policy asks for none, or it is not made yet."""

    @property
    def taken(self) -> int:
        """Return the number of rows that passed the filter."""
        return self.read - self.filtered


Gate = Callable[[Output, Plan], tuple[Problem, ...]]
"""A gate: the reasons why the output may not be published under the plan; empty if it may."""
