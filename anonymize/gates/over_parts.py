"""What the scans of all parts found together: a finding is told once, and what is too rare in each
part to be told is counted over all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from anonymize.gates.names_left import NamesLeft, with_names_left
from anonymize.gates.own_values import OwnCount, with_own_values
from anonymize.gates.residual import ResidualFinding
from anonymize.names import ColumnName, EntityType, Verdict


def findings_over_parts(
    parts: Sequence[Sequence[ResidualFinding]],
    left: Iterable[NamesLeft],
    own: Iterable[OwnCount],
) -> tuple[ResidualFinding, ...]:
    """Return the findings of any part, each once, and those of names left and own values that show
    in the counts over all parts only.

    How a source is divided so hides nothing that the whole would show.
    """
    found = _each_once(parts)
    if len(parts) < 2:
        return found
    told = {one.column for one in found}
    names = [one for one in _names_together(left) if one.column not in told]
    own_too = [finding for one in _own_together(own) if (finding := one.finding())]
    return with_own_values(with_names_left(found, names), tuple(own_too))


def _each_once(parts: Sequence[Sequence[ResidualFinding]]) -> tuple[ResidualFinding, ...]:
    """Return the surest finding of each kind and column, and in how many parts there is one."""
    surest: dict[tuple[ColumnName, Verdict | EntityType], ResidualFinding] = {}
    held: dict[tuple[ColumnName, Verdict | EntityType], int] = {}
    for findings in parts:
        for one in findings:
            key = (one.column, one.what)
            held[key] = held.get(key, 0) + 1
            if key not in surest or one.confidence > surest[key].confidence:
                surest[key] = one
    return tuple(
        one
        if held[key] == 1
        else replace(
            one, evidence=(*one.evidence, f"the same in {held[key]} of {len(parts)} parts")
        )
        for key, one in surest.items()
    )


def _names_together(left: Iterable[NamesLeft]) -> tuple[NamesLeft, ...]:
    whole: dict[ColumnName, NamesLeft] = {}
    for one in left:
        before = whole.get(one.column, NamesLeft(one.column, 0, 0))
        whole[one.column] = NamesLeft(
            one.column, before.cells + one.cells, before.named + one.named
        )
    return tuple(whole.values())


def _own_together(own: Iterable[OwnCount]) -> tuple[OwnCount, ...]:
    whole: dict[ColumnName, OwnCount] = {}
    for one in own:
        before = whole.get(one.column)
        whole[one.column] = before.plus(one) if before else one
    return tuple(whole.values())
