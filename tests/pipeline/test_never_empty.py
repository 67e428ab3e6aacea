"""A run that leaves out too much publishes nothing, and says which rule, which filter, and what
would mend it.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import anonymize
from anonymize.dataset import Dataset, read_quarantine
from anonymize.errors import DataError, GateError
from anonymize.gates.interface import Output
from anonymize.gates.rows import rows_left_out
from anonymize.keys import Keyring, open_keyring
from anonymize.pipeline.opening import open_spec
from anonymize.pipeline.prepare import preview_plan
from anonymize.plan import PlanWithKeys
from anonymize.policy import load_policy, parse_policy
from anonymize.report import summary_line, summary_markdown
from tests.workplace import Workplace


def _born(
    place: Workplace, dates: list[str], rule: str = "generalize, to: year", extra: str = ""
) -> Path:
    """Write a source of one date a row and a policy for it; return the policy's path."""
    place.source.write_text(
        "id,born\n" + "".join(f"N-{i},{date}\n" for i, date in enumerate(dates))
    )
    path = place.folder / "born.yaml"
    path.write_text(
        f"version: 1\ndataset: born\npurpose: test\nsource: {{path: {place.source}, types: {{born:"
        f" string}}}}\nsink: {{path: {place.sink}}}\ndetect: {{ner: 'off'}}\n{extra}\ncolumns:\n "
        f" id: {{action: pseudonymize}}\n  born: {{action: {rule}}}\n"
    )
    return path


def _dates(good: int, bad: int) -> list[str]:
    return [f"19{50 + i % 40}-0{1 + i % 9}-11" for i in range(good)] + [
        f"0{1 + i % 9}.03.19{60 + i}" for i in range(bad)
    ]


def _refused(place: Workplace, path: Path, what: str) -> None:
    with pytest.raises(GateError, match=what):
        anonymize.run(path, keyring=place.keyring_uri)
    assert Dataset(place.sink).current is None
    assert not list(place.sink.rglob("*.parquet"))


def test_a_wrong_date_format_publishes_nothing(workplace: Workplace) -> None:
    """Each row would be set aside; the reason and the rule's line are named."""
    path = _born(workplace, _dates(0, 40))
    _refused(
        workplace,
        path,
        r"(?s)40 of 40 rows would be set aside.*born.yaml:\d+: columns.born: 40 bad values",
    )


@pytest.mark.parametrize(("bad", "published"), [(1, True), (2, False)])
def test_one_percent_may_be_set_aside_and_no_more(
    workplace: Workplace, bad: int, published: bool
) -> None:
    """The default; exactly one percent passes."""
    path = _born(workplace, _dates(100 - bad, bad))
    if published:
        assert anonymize.run(path, keyring=workplace.keyring_uri).quarantined == bad
    else:
        _refused(workplace, path, "2.0%.*1.0% may be")


def test_the_limit_is_the_policys_and_of_the_rows_taken(workplace: Workplace) -> None:
    """Rows that the filter leaves out do not thin it."""
    extra = (  # N-0, N-1, N-10 to N-19: twelve of forty
        "rows: {max_quarantined: 0.1, where: [[id, '<', 'N-2']]}"
    )
    dates = [date if i != 10 else "31.12.1999" for i, date in enumerate(_dates(40, 0))]
    assert (
        anonymize.run(
            _born(workplace, dates, extra=extra), keyring=workplace.keyring_uri
        ).quarantined
        == 1
    )
    dates[11] = "30.12.1999"
    with pytest.raises(GateError, match="2 of 12 rows"):
        anonymize.run(_born(workplace, dates, extra=extra), keyring=workplace.keyring_uri)


def test_a_filter_that_takes_no_row_is_named(workplace: Workplace) -> None:
    """An empty version would look like a good one."""
    path = workplace.policy("rows: {where: [[visits, '>', 900]]}")
    _refused(
        workplace,
        path,
        r"people.yaml:\d+: rows.where: none of 3 rows is taken: the filter on visits",
    )


def test_everything_may_be_suppressed_only_if_nothing_is_published(workplace: Workplace) -> None:
    """`max_suppressed: 1` allows much, but not a version without rows."""
    path = workplace.policy("privacy: {quasi_identifiers: [zip], k: 3, max_suppressed: 1}")
    _refused(workplace, path, "no row of 3 is left to publish: 3 suppressed")


def test_a_source_without_rows_is_no_failure(workplace: Workplace) -> None:
    """There was nothing to lose; one row that is lost is one too many."""
    plan = preview_plan(workplace.policy()).plan
    assert rows_left_out(Output(0, 0, 0, 0, 0), plan) == ()
    (problem,) = rows_left_out(Output(1, 0, 0, 1, 0), plan)
    assert problem.what.startswith("no row of 1 is left")


def test_a_column_of_which_null_leaves_nothing_is_refused(workplace: Workplace) -> None:
    """`on_bad_value: null` empties values, not whole columns without a word."""
    extra = 'rows: {on_bad_value: "null"}'
    _refused(
        workplace, _born(workplace, _dates(0, 9), extra=extra), "columns.born: no value is left"
    )
    born = r"columns.born: 8 bad values in 9 rows would be emptied \(88.9%\), 1.0% may be; "
    _refused(workplace, _born(workplace, _dates(1, 8), extra=extra), born)
    extra = 'rows: {on_bad_value: "null", max_quarantined: 0.9}'  # as the hint says
    done = anonymize.run(_born(workplace, _dates(1, 8), extra=extra), keyring=workplace.keyring_uri)
    assert (done.rows_out, done.emptied) == (9, {"born": 8})
    assert "bad values emptied: 8 of born" in summary_line(done.as_dict())
    assert "| bad values emptied | 8 of born |" in summary_markdown(done.as_dict())


def test_a_frame_is_judged_as_a_file_is(keyring_uri: str) -> None:
    """The library's own entry has the same gate."""
    text = (
        "version: 1\ndataset: d\npurpose: t\nsource: {path: x}\nsink: {path: y}\n"
        "columns:\n  born: {action: generalize, to: year}\n"
    )
    with pytest.raises(GateError, match="30 of 30 rows would be set aside"):
        anonymize.anonymize_frame(
            pd.DataFrame({"born": _dates(0, 30)}), parse_policy(text), keyring=keyring_uri
        )


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("24.12.1999", '"%d.%m.%Y"'),
        ("12/24/1999", '"%m/%d/%Y"'),
        ("19991224", '"%Y%m%d"'),
        ("24 Dec 1999", '"%d %b %Y"'),
        ("05/06/1999", '"%d/%m/%Y" or format: "%m/%d/%Y"'),
        ("someday", "for example"),
    ],
)
def test_the_plan_names_the_format_that_would_mend_it(
    workplace: Workplace, written: str, mend: str
) -> None:
    """And the format that it names does."""
    path = _born(workplace, [written] * 12)
    look = preview_plan(path, workplace.keyring_uri)
    (problem,) = look.bad_values
    assert "12 values in 12 of the first 12 rows: is not a date" in problem.what
    assert mend in problem.what
    assert look.examples["born"].endswith("→ bad value")
    assert written not in str(problem)
    if "or format" not in mend and mend.startswith('"'):
        mended = _born(workplace, [written] * 12, f"generalize, to: year, format: {mend}")
        assert preview_plan(mended, workplace.keyring_uri).bad_values == ()
        assert anonymize.run(mended, keyring=workplace.keyring_uri).rows_out == 12


def test_the_command_shows_bad_examples(workplace: Workplace) -> None:
    """On stderr, beside the table."""
    _born(workplace, ["24.12.1999"] * 4)
    told = workplace.coatcheck("plan", "born.yaml")
    assert told.returncode == 0
    assert "columns.born: 4 values in 4 of the first 4 rows" in told.stderr
    assert 'say format: "%d.%m.%Y"' in " ".join(told.stderr.split())


def test_quarantine_and_errors_count_rows_alike(workplace: Workplace, keyring: Keyring) -> None:
    """From 1, as readers of files do, whichever of the two says where a bad value is."""
    dates = [*_dates(3, 0), "no date", *_dates(5, 0)]
    anonymize.run(
        _born(workplace, dates, extra="rows: {max_quarantined: 1}"),
        keyring=workplace.keyring_uri,
    )
    (batch,) = read_quarantine(workplace.sink, keyring=keyring)
    assert batch["row"].to_pylist() == [4]
    path = _born(workplace, dates, extra="rows: {on_bad_value: refuse}")
    with pytest.raises(DataError, match=r"\(row 4\)"):
        anonymize.run(path, keyring=workplace.keyring_uri, accept_change=True)


def test_rows_are_numbered_through_batches(workplace: Workplace) -> None:
    """A batch goes on where the one before it ended."""
    path = _born(workplace, ["no date", "no date"])
    plan = preview_plan(path, workplace.keyring_uri).plan
    (batch,) = open_spec(load_policy(path).source).batches()
    done = PlanWithKeys(plan, open_keyring(workplace.keyring_uri)).apply(batch, first_row=100)
    assert done.quarantined["row"].to_pylist() == [101, 102]
