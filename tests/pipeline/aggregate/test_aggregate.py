"""Aggregates are of people, within bounds, with noise, and say nothing else of the rows."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.custody.budget import budget_of
from anonymize.dataset.sink import sink_of
from anonymize.errors import ArgumentError, DatasetError, PlanError, PolicyError, SourceError
from anonymize.keys import open_keyring
from anonymize.pipeline.aggregate import Released, aggregate, expected, open_aggregates
from anonymize.pipeline.aggregate.files import new_files
from anonymize.policy import load_policy

pytest.importorskip("opendp")
POLICY = """version: 1
dataset: visits
purpose: planning
source:
  path: {folder}/in
  null_values: ["-"]
  types: {{person: string, year: int64, town: string, cost: int64, days: int64}}
sink: {{path: {folder}/out}}
subject: person
rows: {{where: [[year, "=", 2024]]}}
detect: {{ner: off}}
columns: {{person: {{action: drop}}, days: {{action: keep}}}}
aggregates:
  budget: {{epsilon: 1000, delta: 1e-5}}
  queries:
{queries}
"""
HEADER = "person,town,year,cost,days\n"


class Place:
    """A source, and policies over it."""

    def __init__(self, folder: Path, keyring_uri: str) -> None:
        self.folder, self.uri = folder, keyring_uri
        (folder / "in").mkdir()
        self.files = 0

    def rows(self, *lines: str) -> None:
        """Write another file of the source."""
        (self.folder / "in" / f"{self.files}.csv").write_text(HEADER + "\n".join(lines) + "\n")
        self.files += 1

    def policy(self, *queries: str) -> Path:
        """Write a policy with these queries, named a, b, …"""
        named = [f"    {chr(97 + n)}: {{{query}}}" for n, query in enumerate(queries)]
        file = self.folder / "p.yaml"
        file.write_text(POLICY.format(folder=self.folder, queries="\n".join(named)))
        return file

    def made(self, *queries: str) -> Released:
        """Release these queries."""
        return aggregate(self.policy(*queries), self.uri)

    def values(self, query: str) -> dict[tuple[str | None, ...], float | None]:
        """Return group → value of one query."""
        return {row[0]: row[1] for row in self.made(query).statistics[0].rows}


@pytest.fixture
def place(tmp_path: Path, keyring_uri: str) -> Place:
    """Return a place with 300 people in A of two rows each, 200 in B, and what does not count."""
    made = Place(tmp_path, keyring_uri)
    of_a = [f"a{n},A,2024,{n % 10},{n % 7}" for n in range(300)]
    made.rows(*of_a, *(f"b{n},B,2024,50,3" for n in range(200)))
    made.rows(
        *of_a, "x1,C,2024,1,1", "-,A,2024,1,1", ",B,2024,1,1", "a0,A,2023,1,1", "x2,-,2024,5,"
    )
    return made


SURE = "epsilon: 90"  # hardly any noise: what is counted shows


def test_people_are_counted_not_rows(place: Place) -> None:
    """Two rows of one person are one; other years, rows of nobody and unlisted groups are none."""
    assert place.values(f"count: people, by: {{town: [A, B, D]}}, {SURE}") == {
        ("A",): 300,
        ("B",): 200,
        ("D",): 0,
    }
    assert place.values(f"count: rows, by: {{town: [A, null]}}, most: {{rows: 2}}, {SURE}") == {
        ("A",): 600,
        (None,): 1,
    }
    assert place.values(f"count: rows, by: {{town: [A]}}, {SURE}") == {("A",): 300}


def test_a_person_counts_in_as_many_groups_as_said(place: Place) -> None:
    """By default in one, drawn at random."""
    place.rows(*(f"a{n},B,2024,0,0" for n in range(300)))
    both = f"count: people, by: {{town: [A, B]}}, {SURE}"
    one_each = place.values(both)
    assert sum(value or 0 for value in one_each.values()) == 500
    assert 100 < (one_each["A",] or 0) < 200
    assert place.values(f"{both}, most: {{groups: 2}}") == {("A",): 300, ("B",): 500}


def test_sums_means_quantiles_and_ranges(place: Place) -> None:
    """Each near its true value where ε leaves hardly any noise."""
    towns = f"by: {{town: [A, B]}}, {SURE}"
    sums = place.values(f"sum: cost, bounds: [0, 20], {towns}")
    assert sums["A",] == pytest.approx(300 * 4.5, abs=8)
    assert sums["B",] == pytest.approx(200 * 20, abs=8)  # beyond the bound: 20 each
    means = place.values(f"mean: cost, bounds: [0, 100], {towns}")
    assert means["A",] == pytest.approx(4.5, abs=0.1)
    found = place.values(
        f"quantiles: {{of: cost, at: [0.1, 0.9], steps: 100}}, bounds: [0, 100], {towns}"
    )
    assert found == {("A", "0.1"): 1, ("A", "0.9"): 9, ("B", "0.1"): 50, ("B", "0.9"): 50} or all(
        abs((value or 0) - near) <= 1
        for value, near in zip(found.values(), (1, 50, 9, 50), strict=True)
    )
    ranges = place.values(f"histogram: {{of: days, edges: [0, 3, 6]}}, by: {{town: [A]}}, {SURE}")
    assert ranges == {("A", "[0, 3)"): 129, ("A", "[3, 6]"): 171}


def test_a_contingency_table_has_every_cell(place: Place) -> None:
    """Empty ones too: that one is missing would tell."""
    found = place.values(f"count: people, by: {{town: [A, B], days: [3, 9]}}, {SURE}")
    assert list(found) == [("A", "3"), ("A", "9"), ("B", "3"), ("B", "9")]
    assert found["B", "3"] == 200


def test_found_groups_show_those_of_many_people_alone(place: Place) -> None:
    """C has one person."""
    made = place.made("count: people, by: {town: any}, epsilon: 1, delta: 1e-6").statistics[0]
    assert [row[0] for row in made.rows] == [("A",), ("B",)]
    assert made.threshold is not None
    assert made.threshold < 40


def test_two_releases_differ_because_noise_is_drawn_anew(place: Place) -> None:
    """And both are near: noise is there, and has the size that is said."""
    query = "count: people, by: {town: [A, B]}, epsilon: 0.05"
    found = [place.values(query) for _ in range(12)]
    assert len({one["A",] for one in found}) > 6
    within = expected(place.policy(query), [0.05])[0].within
    assert (
        sum(abs((one["A",] or 0) - 300) <= within for one in found) >= 6
    )  # of 12, one in 20 may be further away


def test_the_document_is_signed_and_says_nothing_of_rows(place: Place) -> None:
    """A changed one is refused; people and values are in none."""
    made = place.made(f"mean: cost, bounds: [0, 100], {SURE}")
    data = json.dumps(made.document).encode()
    body = open_aggregates(data, open_keyring(place.uri), "a.json")
    assert body["cost"] == {"epsilon": "90", "delta": "0"}
    assert set(body["statistics"][0]) == {"name", "query", "cost", "columns", "rows"}
    changed = data.replace(b'"epsilon": "90"', b'"epsilon": "0.9"')
    with pytest.raises(DatasetError):
        open_aggregates(changed, open_keyring(place.uri), "a.json")


def test_a_release_that_fails_has_spent_its_budget(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Spent before the first row is read: what an error tells is paid for."""
    from anonymize.pipeline.aggregate import publish

    def torn(self: object, wanted: object) -> None:
        raise SourceError("ends within a row")

    file = place.policy(f"mean: cost, bounds: [0, 100], {SURE}")
    monkeypatch.setattr(publish.Reader, "read", torn)
    with pytest.raises(SourceError):
        aggregate(file, place.uri)
    assert budget_of(load_policy(file), open_keyring(place.uri)).spent.epsilon == 90


def test_a_forgotten_person_is_in_no_aggregate(place: Place) -> None:
    """Who left the dataset is left out here as well."""
    from anonymize.custody.forget import forget

    file = place.policy(f"count: people, by: {{town: [A]}}, {SURE}")
    text = file.read_text().replace("subject: person", "subject: person\nerasure: {index: true}")
    file.write_text(text)
    aggregate(file, place.uri)
    forget(file, "a0", place.uri, reason="request 12")
    assert aggregate(file, place.uri).statistics[0].rows[0][1] == 299


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("count: people, by: {nobody: [A]}, epsilon: 1", "nobody: there is no such column"),
        ("sum: town, bounds: [0, 1], epsilon: 1", "is string, no number; say types: {town"),
        ("count: people, by: {cost: [1.5]}, epsilon: 1", "by"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_spent(
    place: Place, query: str, what: str
) -> None:
    """With the query's place."""
    with pytest.raises((PlanError, PolicyError), match=what):
        place.made(query)
    assert sink_of(load_policy(place.policy("count: rows, epsilon: 1"))).audit.head() is None


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("count: people, sum: cost, bounds: [0, 1], epsilon: 1", "name one of count, sum"),
        ("sum: cost, epsilon: 1", "sum needs bounds"),
        ("sum: cost, bounds: [1, 1], epsilon: 1", "least is below the greatest"),
        ("count: people, by: {town: any}, epsilon: 1", "delta: a query needs delta"),
        ("sum: cost, bounds: [0, 1], by: {town: any}, epsilon: 1, delta: 1e-6", "is for counts"),
        ("count: people, most: {rows: 3}, epsilon: 1", r"most\.rows is 1"),
        ("count: people, epsilon: 0", "greater than or equal to 0.0001"),
        ("mean: cost, bounds: [1.0e+14, 100000000000001.5], epsilon: 1", "enough to tell apart"),
        ("sum: cost, bounds: [0, .inf], epsilon: 1", "finite"),
        ("count: rows, by: {town: [true, 'true']}, epsilon: 1", "a value twice"),
        ("quantiles: {of: cost, at: [0.0004]}, bounds: [0, 1], epsilon: 1", "thousandths"),
        ("histogram: {of: cost, edges: [3, 1]}, epsilon: 1", "edges ascend"),
    ],
)
def test_a_query_that_means_nothing_is_refused(place: Place, query: str, what: str) -> None:
    """When the policy is read."""
    with pytest.raises(PolicyError, match=what):
        load_policy(place.policy(query))


def test_whose_rows_they_are_must_be_said(place: Place) -> None:
    """Rows are counted as people nowhere; ``unit: row`` says that nobody has two."""
    file = place.policy(f"count: rows, by: {{town: [A]}}, {SURE}")
    file.write_text(file.read_text().replace("subject: person\n", ""))
    with pytest.raises(PolicyError, match="needs subject:"):
        load_policy(file)
    file.write_text(file.read_text().replace("aggregates:", "aggregates:\n  unit: row"))
    assert aggregate(file, place.uri).statistics[0].rows[0][1] == 601
    file.write_text(file.read_text().replace("by: {town: [A]}, ", ""))
    assert aggregate(file, place.uri).statistics[0].rows[0][1] == 804


def test_types_come_from_the_policy_not_from_values(tmp_path: Path, keyring_uri: str) -> None:
    """One person's ``maybe`` made texts of all flags, and 33.5 other digits of a sum."""
    place = Place(tmp_path, keyring_uri)
    place.rows(*(f"a{n},A,2024,{n % 10},{n % 7}" for n in range(50)))
    file = place.policy("sum: cost, bounds: [0, 20], epsilon: 1")
    file.write_text(file.read_text().replace("cost: int64, ", ""))
    with pytest.raises(PlanError, match=r"cost: its type comes from its values.*types: {cost: int"):
        aggregate(file, place.uri)
    for other, said in (("person: string, ", "subject"), ("year: int64, ", r"rows\.where")):
        file = place.policy("sum: cost, bounds: [0, 20], epsilon: 1")
        file.write_text(file.read_text().replace(other, ""))
        with pytest.raises(PlanError, match=f"{said}: {other[:4]}.*comes from its values"):
            aggregate(file, place.uri)
    assert sink_of(load_policy(file)).audit.head() is None


def test_lists_of_people_are_refused_before_anything_is_spent(
    tmp_path: Path, keyring_uri: str
) -> None:
    """A row of two people is none of one person's."""
    place = Place(tmp_path, keyring_uri)
    file = place.policy("count: rows, epsilon: 1")
    rows = pa.table({"person": [["a", "b"], ["c"]], "year": [2024, 2024], "days": [1, 2]})
    pq.write_table(rows, tmp_path / "lists.parquet")
    text = file.read_text()
    start, end = text.index("source:"), text.index("sink:")
    file.write_text(f"{text[:start]}source: {{path: {tmp_path / 'lists.parquet'}}}\n{text[end:]}")
    with pytest.raises(PlanError, match="person: holds lists"):
        aggregate(file, place.uri)
    assert sink_of(load_policy(file)).audit.head() is None


def test_an_unknown_query_is_told_with_those_that_are_there(place: Place) -> None:
    """And a policy without aggregates says what is missing."""
    file = place.policy("count: rows, epsilon: 1")
    with pytest.raises(ArgumentError, match="there is no query z; there are: a"):
        aggregate(file, place.uri, queries=["z"])
    file.write_text(file.read_text().partition("aggregates:")[0])
    with pytest.raises(ArgumentError, match="aggregates: is not there"):
        aggregate(file, place.uri)


def test_more_combinations_of_found_groups_than_numbers_have_names(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was refused after the budget was spent; the codes are then those of the rows' groups."""
    from anonymize.pipeline.aggregate import contributions

    query = f"count: people, by: {{town: any, days: any}}, {SURE}, delta: 1e-6"
    numbered = place.values(query)
    monkeypatch.setattr(contributions, "_MOST_CODES", 5)
    assert place.values(query).keys() == numbered.keys()
    assert ("B", "3") in numbered


def test_two_to_the_62_combinations_are_counted(tmp_path: Path, keyring_uri: str) -> None:
    """Seven columns of a thousand values each; one group of them is of many people."""
    names = [f"c{n}" for n in range(7)]
    lines = [f"p{n}," + ",".join(str((n * 7 + at) % 1000) for at in range(7)) for n in range(1000)]
    lines += [f"q{n}," + ",".join(["x"] * 7) for n in range(300)]
    (tmp_path / "v.csv").write_text(",".join(["person", *names]) + "\n" + "\n".join(lines) + "\n")
    types = ", ".join(f"{name}: string" for name in ("person", *names))
    by = ", ".join(f"{name}: any" for name in names)
    file = tmp_path / "p.yaml"
    file.write_text(
        f"version: 1\ndataset: wide\npurpose: planning\nsubject: person\n"
        f"source: {{path: {tmp_path}/v.csv, types: {{{types}}}}}\nsink: {{path: {tmp_path}/out}}\n"
        "detect: {ner: off}\naggregates:\n  budget: {epsilon: 9, delta: 1e-6}\n  queries:\n"
        f"    a: {{count: people, by: {{{by}}}, epsilon: 8, delta: 1e-7}}\n"
    )
    (row,) = aggregate(file, keyring_uri).statistics[0].rows
    assert (row[0], abs((row[1] or 0) - 300) <= 5) == (("x",) * 7, True)


def test_a_policy_of_aggregates_alone_publishes_no_rows(place: Place) -> None:
    """It needs no ``columns:``; a run says what it lacks, and so does a policy of nothing."""
    from anonymize.pipeline.run import run

    file = place.policy(f"count: people, by: {{town: [A]}}, {SURE}", f"count: rows, {SURE}")
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("columns:")))
    assert [one.rows[0][1] for one in aggregate(file, place.uri).statistics] == [300, 502]
    with pytest.raises(PlanError, match="columns: is not there, and rows are published by it"):
        run(file, keyring=place.uri)
    file.write_text(file.read_text().partition("aggregates:")[0])
    with pytest.raises(PolicyError, match="columns: is missing; say a rule for each"):
        load_policy(file)


def test_a_file_is_made_before_anything_is_spent_and_only_an_empty_one_is_taken(
    tmp_path: Path,
) -> None:
    """A process that was killed leaves an empty file; one that holds something is a release."""
    file = tmp_path / "a.json"
    file.touch()
    with pytest.raises(ArgumentError, match="exists"), new_files(file):
        pass

    def torn() -> None:
        with new_files(file, again=True) as (opened,):
            opened.write(b"half of it")
            raise SourceError("torn")

    with pytest.raises(SourceError):
        torn()
    assert not file.exists()
    with new_files(file, again=True) as (opened,):
        opened.write(b"whole")
    with pytest.raises(ArgumentError, match="exists"), new_files(file, again=True):
        pass
    assert file.read_bytes() == b"whole"
