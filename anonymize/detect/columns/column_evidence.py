"""One column's case: scores per verdict, gathered from independent evidence, each with its
sentence.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from anonymize.detect.columns.header import NameEvidence
from anonymize.detect.columns.measures import ColumnMeasures
from anonymize.detect.columns.sample import ColumnSample

NONE_SCORE = 0.42
"""What NONE starts with: a verdict needs more than this."""


@dataclass
class ColumnEvidence:
    """The evidence for one column; independent pieces add up as 1 - (1 - a)(1 - b)."""

    sample: ColumnSample
    values: ColumnMeasures
    name: NameEvidence
    position: int = 0
    scores: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    reasons: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    shares: dict[str, float] = field(default_factory=dict)
    """Verdict → share of the sampled values that carry it."""
    unread: bool = False
    """Whether the verdict is the name's alone, because the values are in no form that is read."""
    names_people: bool = False
    """Whether cells name people beside something else, say dictionaries; a model alone is read
    beside the input.
    """

    def add(
        self,
        verdict: str,
        strength: float,
        why: str,
        *,
        share: float | None = None,
        hard: bool = False,
    ) -> None:
        """Add ``strength`` (0 to 1) to the score of ``verdict``. Soft evidence counts less if the
        name suggests that the column is not personal.
        """
        if not hard:
            strength *= 1.0 - 0.65 * self.name.nothing
        if strength <= 0.02:
            return
        self.scores[verdict] = 1.0 - (1.0 - self.scores[verdict]) * (1.0 - min(strength, 0.99))
        self.reasons[verdict].append(why)
        if share is not None:
            self.shares[verdict] = max(share, self.shares.get(verdict, 0.0))

    def overrule(self, verdict: str, strength: float, why: str, *, share: float) -> None:
        """Put ``verdict`` before all others: what was found in the cells decides, whatever the
        column is as a whole.
        """
        best = self.ranking()[0][0]
        strength = max(strength, min(0.99, self.scores.get(best, 0.0) + 0.02))
        self.reasons[verdict].insert(0, why)
        self.scores[verdict] = max(self.scores[verdict], min(strength, 0.99))
        self.shares[verdict] = max(share, self.shares.get(verdict, 0.0))
        for other in [name for name in self.scores if name != verdict]:
            self.scores[other] *= 0.7

    def weaken(self, verdict: str, factor: float, why: str = "") -> None:
        """Multiply the score of ``verdict`` by ``factor``, for evidence against it."""
        if self.scores.get(verdict, 0.0) > 0:
            self.scores[verdict] *= factor
            if why:
                self.reasons[verdict].append(why)

    def says(self, verdict: str) -> float:
        """Return how strongly the name points at ``verdict``."""
        return self.name.says.get(verdict, 0.0)

    def ranking(self) -> list[tuple[str, float]]:
        """Return (verdict, score) pairs, best first. NONE has its starting score, or more if the
        name supports it.
        """
        none = NONE_SCORE + 0.25 * self.name.nothing
        ranked = [(v, s) for v, s in self.scores.items() if v != "NONE"]
        return sorted(
            [*ranked, ("NONE", max(none, self.scores.get("NONE", 0.0)))], key=lambda pair: -pair[1]
        )


def percent(share: float) -> str:
    """Return ``share`` as text: 0.96 gives ``96 %``."""
    return f"{share:.0%}".replace("%", " %")


def of(case: ColumnEvidence, share: float, what: str) -> str:
    """Return the sentence ``96 % of 412 distinct values are …``."""
    return f"{percent(share)} of {case.values.n} distinct values {what}"
