"""Hierarchy files: what is taken, and what is refused with its line."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import DataError, PlanError
from anonymize.privacy.hierarchies import FileHierarchy
from tests.examples import examples
from tests.privacy.hierarchies.test_ranges import labels

JOBS = b"nurse;health;*\ndoctor;health;*\ncook;food;*\n"
ADULT = Path(__file__).parents[4] / "shared" / "privacy"


def read(data: bytes | str, unknown: str = "refuse") -> FileHierarchy:
    """Return the hierarchy in ``data``."""
    content = data.encode() if isinstance(data, str) else data
    return FileHierarchy.read("jobs.csv", content, unknown)  # type: ignore[arg-type]


def refused(data: bytes | str) -> list[str]:
    """Return what is said of a file that is refused."""
    with pytest.raises(PlanError) as error:
        read(data)
    return [str(problem) for problem in error.value.problems]


def test_values_have_the_groups_of_their_line() -> None:
    """Null is none of them; a leaf that the column lacks counts in losses."""
    column = read(JOBS).coded("job", pa.array(["cook", None, " nurse"]))
    assert labels(column, 0) == ["cook", None, " nurse"]
    assert labels(column, 1) == ["food", None, "health"]
    assert labels(column, 2) == ["*"] * 3
    assert sorted(column.levels[1].losses.tolist()) == [0.0, 0.0, 0.5]


@pytest.mark.parametrize(
    "data",
    [
        JOBS.replace(b";", b","),
        JOBS.replace(b"\n", b"\r\n"),
        JOBS.replace(b"\n", b"\n\n"),
        JOBS.strip(),
        b"\xef\xbb\xbf" + JOBS,
        JOBS.decode().encode("utf-16"),
        JOBS.replace(b";", b" ; "),
        JOBS.replace(b"nurse", b'"nurse"'),
        JOBS.replace(b";*", b""),
        JOBS + b"cook;food;*\n",
    ],
)
def test_files_are_taken_as_they_are_written(data: bytes) -> None:
    """Either delimiter and line end, a byte order mark, quotes, blank lines, no last star, a line
    twice.
    """
    column = read(data).coded("job", pa.array(["cook", "nurse", "doctor"]))
    assert labels(column, 1) == ["food", "health", "health"]
    assert labels(column, 2) == ["*"] * 3
    assert len(column.levels) == 3


def test_numbers_and_dates_are_found_by_their_text() -> None:
    """Also floats that are whole."""
    hierarchy = read("7;few\n30;many\n")
    for values in (
        pa.array([7, 30]),
        pa.array([7.0, 30.0]),
        pa.array([7, 30], pa.decimal128(5, 0)),
    ):
        assert labels(hierarchy.coded("n", values), 1) == ["few", "many"]


def test_a_last_level_with_a_name_stays() -> None:
    """The root is added above it."""
    column = read("a;all\nb;all\n").coded("x", pa.array(["a", "b"]))
    assert [labels(column, level) for level in (1, 2)] == [["all"] * 2, ["*"] * 2]


@pytest.mark.parametrize("data", [b"", b"\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(data: bytes) -> None:
    """With what to write."""
    (said,) = refused(data)
    assert said.startswith("jobs.csv: hierarchy file is empty; write a line per value")


def test_groups_that_split_one_level_up_are_refused() -> None:
    """Both lines are named, and what lies on them is not."""
    (said,) = refused("a;x;p;*\nb;x;q;*\n\nc;x;q;*\n")
    assert said.startswith("jobs.csv:1: lines 1, 2, 4: one group of level 1 lies in different")
    assert "'" not in said.replace("'jobs.csv'", "")


def test_lines_of_unequal_depth_are_refused() -> None:
    """By their numbers in the file, blank lines counted."""
    assert refused("a;x;*\n\nb;x\nc;y;z;*\n") == [
        "jobs.csv:3: lines 3, 4: has 2 cells, and the first line has 3; give every line a cell for"
        " each level"
    ]


def test_every_kind_of_mistake_is_said_at_once() -> None:
    """Gaps, a value with two paths, a group in two groups."""
    gap, twice, split = refused("a;x;p\na;y;p\nb;;p\nc;y;q\n")
    assert gap.startswith("jobs.csv:3: a cell is empty")
    assert twice.startswith("jobs.csv:1: lines 1, 2: one value has different groups")
    assert split.startswith("jobs.csv:2: lines 2, 4: one group of level 1")


@pytest.mark.parametrize(
    "data",
    [
        "a;A;B;A;*\nb;A;B;A;*\nc;C;B;A;*\n",  # A is part of B is part of A
        "a;x;*\nb;a;*\nc;a;*\n",  # a value and a group that it is not in
        "x;*;b;*\ny;c;b;*\n",  # the root's name inside
    ],
)
def test_a_name_for_two_groups_at_different_levels_is_refused(data: str) -> None:
    """What is published under it would be one or the other."""
    (said,) = refused(data)
    assert "one name is used at different levels for groups that are not the same" in said


def test_a_name_may_stay_on_the_way_up() -> None:
    """A group that has one part, and a value that names its group."""
    column = read("race;race;r;*\nother;other;o;*\nrest;other;o;*\n").coded(
        "x", pa.array(["race", "other", "rest"])
    )
    assert labels(column, 1) == ["race", "other", "other"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("nurse\ncook\n", "jobs.csv: hierarchy file has 0 levels; write value;level 1"),
        (";".join("abcdefghijklmnopqrstuvwxyz"), "jobs.csv: hierarchy file has 25 levels"),
        (b"a;x\nb;\xff\n", "jobs.csv:2: hierarchy file is not UTF-8; save it as UTF-8"),
        (b"\xff\xfea", "jobs.csv: hierarchy file is not UTF-8; save it as UTF-8"),
        ('a;x;*\n"b;x;*\n', "jobs.csv:2: has 1 cells"),
    ],
)
def test_files_that_are_no_hierarchy_are_refused(data: bytes | str, said: str) -> None:
    """Each with what would be right."""
    assert refused(data)[0].startswith(said)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(PlanError, match=r"none.csv: hierarchy file cannot be read: no such file"):
        FileHierarchy.read(str(tmp_path / "none.csv"))


def test_values_that_the_file_lacks_are_counted() -> None:
    """With what mends it; under unknown: root they stay up to the root."""
    values = pa.array(["cook", "spy", None, "thief"])
    with pytest.raises(DataError) as error:
        read(JOBS).coded("job", values)
    assert str(error.value) == (
        "column job: 2 of 3 distinct values are not in hierarchy file jobs.csv; give each a line"
        " there, or say unknown: root, which leaves them as they are until they become *"
    )
    column = read(JOBS, "root").coded("job", values)
    assert labels(column, 1) == ["food", "spy", None, "thief"]
    assert labels(column, 2) == ["*"] * 4
    with pytest.raises(DataError, match=r"1 distinct values .* are written like groups"):
        read(JOBS, "root").coded("job", pa.array(["nurse", "food"]))


@given(st.lists(st.lists(st.sampled_from("abc*"), min_size=3, max_size=3), min_size=1, max_size=8))
def test_what_is_taken_is_nested(cells: list[list[str]]) -> None:
    """Whatever is written: either a refusal, or groups of which each lies in one. A value that is
    written like the root cannot be published.
    """
    try:
        hierarchy = read("\n".join(map(";".join, cells)))
    except PlanError:
        return
    if "*" in hierarchy.leaves.to_pylist():
        with pytest.raises(DataError, match="1 distinct values are written like groups"):
            hierarchy.coded("x", hierarchy.leaves)
        return
    column = hierarchy.coded("x", hierarchy.leaves)
    paths = {row[0]: [cell.strip() for cell in row] for row in cells}
    for value, path in paths.items():
        at = hierarchy.leaves.to_pylist().index(value)
        found = [labels(column, level)[at] for level in range(len(column.levels))]
        assert found[: len(path)] == path or found[: len(path)] == [*path[:2], "*"]
    for low, high in pairwise(column.levels):
        pairs = set(zip(low.nodes.tolist(), high.nodes.tolist(), strict=True))
        assert len(pairs) == len(low.labels)


def is_hierarchy(rows: list[tuple[str, ...]]) -> bool:
    """Return whether lines are a hierarchy, set by set."""
    if len({row[0] for row in rows}) < len(set(rows)):
        return False
    depth = len(rows[0])
    sets = [
        {row[level]: frozenset(r[0] for r in rows if r[level] == row[level]) for row in rows}
        for level in range(depth)
    ]
    for level in range(1, depth - 1):
        if len({row[level : level + 2] for row in rows}) > len(sets[level]):
            return False
    for name in {cell for row in rows for cell in row}:
        used = [level for level in range(depth) if name in sets[level]]
        for low, high in pairwise(used):
            below, above = sets[low][name], sets[high][name]
            if not below <= above or (high > low + 1 and below != above):
                return False
    return True


CELL = st.sampled_from("abc*")
LINES = st.one_of(
    st.lists(st.tuples(*[CELL] * cells), min_size=1, max_size=7) for cells in (2, 3, 4, 5)
)


@given(LINES)
@settings(max_examples=examples(600))
def test_a_file_is_taken_where_its_sets_are_nested(rows: list[tuple[str, ...]]) -> None:
    """And nowhere else: compared with the definition, set by set."""
    data = "\n".join(map(";".join, rows))
    if is_hierarchy(rows):
        read(data)
    else:
        assert refused(data)


@pytest.mark.skipif(not ADULT.is_dir(), reason="the Adult files are not beside the project")
@pytest.mark.parametrize("path", sorted(ADULT.glob("adult_hierarchy_*.csv")), ids=lambda p: p.stem)
def test_files_as_arx_ships_them_are_taken(path: Path) -> None:
    """Every line's groups are found again."""
    lines = [line.split(";") for line in path.read_text().splitlines()]
    column = FileHierarchy.read(str(path)).coded("x", pa.array([line[0] for line in lines]))
    written = [labels(column, level) for level in range(len(column.levels))]
    assert list(map(list, zip(*written, strict=True))) == lines
