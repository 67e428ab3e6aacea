"""Writes a draft's commented ``privacy:`` block, over columns of the output, so that a run can keep
it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from anonymize.detect.columns.leaves import leaves
from anonymize.names import ColumnName
from anonymize.nested.open_close import ROOT
from anonymize.plan.draft.actions import DraftedRule
from anonymize.plan.draft.lines import Line
from anonymize.plan.draft.subject import ONE_EACH, Subject
from anonymize.plan.draft.ways import exact
from anonymize.policy.yaml_text import flow, plain

QUASI_IDENTIFIERS = frozenset(
    {"DATE_OF_BIRTH", "AGE", "GENDER", "POSTAL_CODE", "CITY", "REGION", "DEMOGRAPHIC"}
)
"""Verdicts of columns that identify in combination."""
K = 5
MOST_SUPPRESSED = 0.02
"""Largest share of rows that the drafted block may suppress: the default of ``max_suppressed``."""


@dataclass(frozen=True)
class Measured:
    """Which of a draft's quasi-identifiers k-anonymity can keep in the rows that were tried."""

    kept: tuple[ColumnName, ...]
    """Columns that together suppress few enough rows."""
    left_out: Mapping[ColumnName, float]
    """Column → share of the rows that would be suppressed with it beside those kept."""
    recode: Mapping[ColumnName, Any] = field(default_factory=dict)
    """Those kept that may become coarser, each with its entry under ``recode:``."""
    loss: float | None = None
    """Loss in the rows that were tried, 0 to 1; None if nothing becomes coarser."""
    suppressed: float = 0.0
    """Share of those rows that were suppressed."""


def linking(lines: Sequence[Line], special: Mapping[ColumnName, str]) -> list[ColumnName]:
    """Return the columns of the output that identify together with others, and can be counted."""
    return [
        line.path
        for line in lines
        if (line.verdict in QUASI_IDENTIFIERS or line.identifies)
        and line.path not in special
        and line.action in ("keep", "generalize")
        and line.leaf.level == ROOT
        and not pt.is_nested(line.leaf.type)
    ]


def sensitive_columns(lines: Sequence[Line], special: Mapping[ColumnName, str]) -> list[ColumnName]:
    """Return the columns of special categories that have one value per row."""
    return [
        line.path
        for line in lines
        if line.path in special and line.leaf.level == ROOT and not pt.is_nested(line.leaf.type)
    ]


def measure(
    output: pa.Table,
    columns: Sequence[ColumnName],
    k: int = K,
    counted_by: ColumnName | None = None,
) -> Measured:
    """Return which of ``columns`` can be quasi-identifiers of ``output`` together, where a class
    has ``k`` rows, or ``k`` different values in the column ``counted_by``.

    Columns are taken one at a time, each time the one with which the fewest rows are suppressed.
    Classes of some of a source's rows are smaller than those of all, so a run on all suppresses no
    larger share.
    """
    places = _places(output)
    columns = [name for name in columns if name in places]
    kept, waiting = list[ColumnName](), list(columns)
    while waiting:
        shares = {name: suppressed(places, [*kept, name], k, counted_by) for name in waiting}
        best = min(waiting, key=lambda name: shares[name])
        if shares[best] > MOST_SUPPRESSED:
            return Measured(tuple(name for name in columns if name in kept), shares)
        kept.append(best)
        waiting.remove(best)
    return Measured(tuple(columns), {})


def _places(output: pa.Table) -> dict[ColumnName, pa.Array]:
    """Return the columns of ``output`` and the fields inside its structs that have one value per
    row; not those in JSON text, which cannot be counted here.
    """
    batches = output.combine_chunks().to_batches()
    batch = batches[0] if batches else pa.RecordBatch.from_pylist([], output.schema)
    return {
        ColumnName(path): values for path, values in leaves(batch) if len(values) == output.num_rows
    }


def suppressed(
    places: Mapping[ColumnName, pa.Array],
    columns: Sequence[ColumnName],
    k: int,
    counted_by: ColumnName | None = None,
) -> float:
    """Return the share of rows in classes of fewer than ``k`` rows, or of fewer different values in
    ``counted_by``.
    """
    rows = len(places[columns[0]]) if columns else 0
    if not rows:
        return 0.0
    names = [f"{place}" for place in range(len(columns))]
    rows_of = pa.table(dict(zip(names, (places[name] for name in columns), strict=True)))
    counts: list[tuple[str | list[str], str]] = [([], "count_all")]
    if counted_by is not None:
        rows_of = rows_of.append_column("people", places[counted_by])
        counts.append(("people", "count_distinct"))
    classes = rows_of.group_by(names).aggregate(counts)
    sizes = classes["count_all"]
    people = sizes if counted_by is None else classes["people_count_distinct"]
    small = pc.sum(sizes.filter(pc.less(people, k))).as_py() or 0
    return float(small / rows)


def privacy_block(
    lines: Sequence[Line],
    special: Mapping[ColumnName, str],
    measured: Measured | None,
    subject: Subject | None = None,
    k: int | None = None,
) -> Iterator[str]:
    """Yield the block, as comments unless ``k`` is given; nothing if no column identifies together
    with others.
    """
    columns = linking(lines, special)
    if not columns:
        return
    kept = [name for name in columns if measured is None or name in measured.kept]
    rules = {line.path: line.rule for line in lines}
    verdicts = {line.path: line.verdict for line in lines}
    for name, share in measured.left_out.items() if measured is not None else ():
        coarser = flow(_coarser(rules[name], dated=verdicts[name] == "DATE_TIME"))
        out = f"{share:.0%} of the rows would be suppressed"
        yield f"# {plain(name)} identifies too, and is left out of privacy: {out}. {coarser}?"
    if not kept:
        yield "# No column that identifies in combination is shared by k rows as it is."
        return
    hold = "make" if k is None else "This makes"
    said = (
        "These identify in combination. Uncomment to" if k is None else "These identify together."
    )
    yield f"# {said} {hold} every combination shared by k rows or suppressed:"
    yield f"# {_counts(lines, subject)}"
    if measured is not None and measured.loss is not None:
        yield (
            f"# In the rows tried: {measured.loss:.1%} of the detail lost,"
            f" {measured.suppressed:.1%} suppressed; for another k: coatcheck plan --what-if k=3,10"
        )
    if k is None and any(exact(line) is not line for line in lines if line.path in kept):
        yield "# With exact rules, coarser only where classes need it: coatcheck init --k 5"
    mark = "# " if k is None else ""
    yield f"{mark}privacy:"
    yield f"{mark}  quasi_identifiers: {flow(list(map(str, kept)))}"
    if sensitive := sensitive_columns(lines, special):
        yield f"{mark}  sensitive: {flow(list(map(str, sensitive)))}"
    yield f"{mark}  k: {k or K}"
    if measured is not None and measured.recode:
        yield f"{mark}  recode:"
        for name, way in measured.recode.items():
            yield f"{mark}    {plain(name)}: {way if isinstance(way, str) else flow(way)}"


def _counts(lines: Sequence[Line], subject: Subject | None) -> str:
    """Return what k counts under the draft."""
    if subject is not None and not subject.why_not:
        return f"k counts people: different values of {plain(subject.column)}, as subject: says."
    people = [
        line.path
        for line in lines
        if line.verdict in ONE_EACH and line.action == "pseudonymize" and line.leaf.level == ROOT
    ]
    if subject is not None:
        whose = f": see subject: {plain(subject.column)} above"
    else:
        whose = f", for example subject: {plain(people[0])}" if people else ""
    return f"k counts rows. If one person has several, say also whose each row is{whose}"


def _coarser(rule: DraftedRule, *, dated: bool) -> DraftedRule:
    """Return a rule that makes larger classes than a drafted one; ``dated`` for dates."""
    match rule:
        case {"to": "day", **details}:
            return {**details, "to": "month"}
        case {"to": "month" | "quarter", **details}:
            return {**details, "to": "year"}
        case {"action": "keep"} if dated:
            return {"action": "generalize", "to": "month"}
        case {"to": "year", **details}:
            return {**details, "to": "decade"}
        case {"prefix": int(), **details}:
            return {**details, "prefix": 2}
        case {"band": _, **details}:
            return {**details, "band": 20}
    return {"action": "generalize", "rare": 10 * K}
