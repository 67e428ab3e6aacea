"""Counts the published values of a version for charts, with the keys of who asks.

Which columns: kept or generalized by one rule, not nested, not restricted, of a verdict that does
not say who somebody is and is no prose or number of a record. Where k counts people, people are
counted, each once, by the pseudonym of their first row. Where that cannot be read, rows are, of
quasi-identifiers alone: of them each published value is shared by k people, of another column ten
rows may be one person's. The columns are read batch by batch; in memory are counts, and whose rows
were counted.
"""

from __future__ import annotations

import re

import pyarrow as pa

from anonymize.dataset.readable import ReadableDataset
from anonymize.dataset.signing import Keyring
from anonymize.detect.interface import UNCOUNTED
from anonymize.errors import KeysError
from anonymize.privacy.pooled import SMALLEST, Bar
from anonymize.privacy.value_counts import ValueCounts, is_counted
from anonymize.report.page.charts import Chart
from anonymize.report.told import Told, ToldColumn

MOST_CHARTS = 40
"""Columns that are counted; a wide table's further ones have no chart."""
MOST_PEOPLE = 2_000_000
"""People who are counted; no further row is read then. Rows come in no order."""
_ONE_RULE = re.compile(r"^(?P<action>keep|generalize|recode)(?: \((?P<how>.*)\))?$")
_RECODED = re.compile(r"(?:^|, then )recode \(")
_GROUP_OF_TEXT = re.compile(r"^\S*\*$")
_GROUP_OF_NUMBERS = re.compile(r"^(?:\*|<-?[\d.,]+|-?[\d.,]+\+|-?[\d.,]+–-?[\d.,]+|\[.*\))$")
_GROUP_OF_DAYS = re.compile(r"^(?:\*|\d{4}(?:-(?:\d{2}|Q\d))?|\d{3}0s)$")
"""Labels of groups, by the type of the source. Texts that are called so are not published."""
_ONE_FOR_ONE = re.compile(r"^(?:pseudonymize|tokenize|encrypt_format|keep)(?: \(.*\))?$")
"""Rules that give a person one value, and two people two."""
_NO_KEYS = "The keyring that made this report does not open the rows, so nothing was counted."


def counted_charts(
    dataset: ReadableDataset, told: Told, keyring: Keyring, *, names_values: bool = False
) -> tuple[tuple[Chart, ...], str]:
    """Return the charts of a version, and a sentence on the columns that have none.

    Values of columns that are published as they are, are called *value 1*, *value 2* by frequency,
    because a report is not encrypted; with ``names_values`` by themselves.

    Raises:
        DatasetError: a part is missing or changed.
    """
    columns = chartable(told)[:MOST_CHARTS]
    if not columns:
        return (), _left_out(told, 0)
    counters = {one.column: ValueCounts(_is_coarse(one)) for one in columns}
    subject = _subject(told)
    wanted = dict.fromkeys((*counters, *filter(None, [subject])))
    made, seen = told.manifest, set[object]()
    try:
        batches = dataset.to_batches(
            list(wanted), version=made.version, dataset=made.dataset, keyring=keyring
        )
        for batch in batches:
            rows = batch.take(_of_new_people(batch.column(subject), seen)) if subject else batch
            for name, counter in counters.items():
                counter.add(rows.column(name))
            if len(seen) >= MOST_PEOPLE:
                break
    except KeysError:
        return (), _NO_KEYS
    limit = max(told.k, SMALLEST)
    charts = [
        Chart(one.column, bars, "people" if subject else "rows", *_before(told, one))
        for one in columns
        if (bars := _bars(told, one, counters[one.column], limit, names_values=names_values))
    ]
    return tuple(charts), _left_out(told, len(charts))


def chartable(told: Told) -> tuple[ToldColumn, ...]:
    """Return the columns of which a chart may be drawn."""
    privacy = told.privacy
    only = None
    if privacy is not None and privacy.counts == "people" and not _subject(told):
        only = set(privacy.quasi_identifiers)
    return tuple(
        one
        for one in told.columns
        if _is_whole_column(told, one.column)
        and _ONE_RULE.match(one.action)
        and not one.key
        and one.sure
        and one.found not in UNCOUNTED
        and (only is None or one.column in only)
        and is_counted(one.type)
    )


def _subject(told: Told) -> str:
    """Return the published column by which people can be counted; empty if there is none."""
    name = told.privacy.subject if told.privacy else None
    one = told.by_name.get(name) if name else None
    if one is None or one.key or not _is_whole_column(told, one.column):
        return ""
    return one.column if _ONE_FOR_ONE.match(one.action) else ""


def _of_new_people(people: pa.Array, seen: set[object]) -> pa.Array:
    """Return the first row of each person who was not ``seen``; they are added to it."""
    rows = []
    for row, person in enumerate(people.to_pylist()):
        if person is not None and person not in seen:
            seen.add(person)
            rows.append(row)
    return pa.array(rows, pa.int64())


def _is_whole_column(told: Told, name: str) -> bool:
    facts = told.manifest.columns.get(name)
    return facts is not None and facts.type is not None


def _is_coarse(one: ToldColumn) -> bool:
    """Return True if a rule made the values coarser, so that they may be called by themselves."""
    rule = _ONE_RULE.match(one.action)
    return rule is not None and rule["action"] == "generalize" and "rare" not in rule[0]


def _bars(
    told: Told, one: ToldColumn, counter: ValueCounts, limit: int, *, names_values: bool
) -> tuple[Bar, ...]:
    """Return what may be told of a column. Of one that privacy: makes coarser, groups are called by
    themselves, and what may be an exact value only under ``names_values``.
    """
    if names_values or not _RECODED.search(one.action):
        return counter.bars(limit, named=names_values or _is_coarse(one))
    source = told.manifest.columns[one.column].source_type or "string"
    group = _GROUP_OF_DAYS if source.startswith(("date", "timestamp")) else _GROUP_OF_NUMBERS
    group = _GROUP_OF_TEXT if "string" in source else group
    bars, exact = [], 0
    for bar in counter.bars(limit, named=True):
        if bar.label in counter.rows and not group.match(bar.label):
            exact += 1
            bar = Bar(f"value {exact}", bar.rows)
        bars.append(bar)
    return tuple(bars)


def _left_out(told: Told, drawn: int) -> str:
    privacy = told.privacy
    why = (
        "identifiers, free text, restricted and nested columns, codes and tokens, and columns with"
        " too many or too few values have none"
    )
    if privacy is not None and privacy.counts == "people" and not _subject(told):
        why += (
            "; nor have columns other than quasi-identifiers, because k counts people here, and"
            " many rows may be one person's"
        )
    return f"Charts: {drawn} of {len(told.columns)} columns and places; {why}."


def _before(told: Told, one: ToldColumn) -> tuple[str, tuple[Bar, ...], str]:
    """Return what is said of the values before, their bars, and what these count."""
    unit = told.privacy.counts if told.privacy else "rows"
    if one.is_kept:
        return "the same values; rows that were left out are missing.", (), unit
    facts = told.manifest.columns[one.column]
    bars = tuple(Bar(bar.label, bar.rows) for bar in facts.before or ())
    said = f"exact values, made coarser by {one.action}"
    if _RECODED.search(one.action):
        said += " where a group would be too small otherwise"
    return f"{said}." if bars else f"{said}; not counted.", bars, unit
