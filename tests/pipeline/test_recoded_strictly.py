"""What enforcement must be whatever the table: idempotent, the same however rows come, refused with
a block that holds, and one clear error for a hierarchy that is none.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.errors import AnonymizeError, DataError, GateError
from anonymize.keys import Keyring
from anonymize.policy import Policy, parse_policy

ROWS = 300
COLUMNS = ["age", "zip", "dx"]
WAYS = {
    "local": "{age: {ranges: [5, 10, 20]}, zip: {prefix: [4, 3]}}",
    "mondrian": "{age: {ranges: [5]}, zip: values}",
    "hierarchy": "{age: {ranges: [5, 10, 20]}, zip: {prefix: [4, 3]}}",
}


def people(rows: int = ROWS) -> pa.Table:
    """Return made-up people; each has three rows."""
    draw = np.random.default_rng(11)
    return pa.table(
        {
            "age": pa.array(draw.integers(18, 90, rows)),
            "zip": pa.array([f"{10000 + z * 37}" for z in draw.integers(0, 40, rows)]),
            "dx": pa.array(draw.choice(["flu", "hiv", "cold"], rows, p=[0.6, 0.3, 0.1])),
            "who": pa.array(draw.permutation(rows) // 3),
        }
    )


def policy(
    folder: Path, block: str, *, source: str = "in", out: str = "out", more: str = ""
) -> Policy:
    """Return a policy over the files in ``folder/in``."""
    columns = "".join(f"  {name}: {{action: keep, accept: test}}\n" for name in COLUMNS)
    return parse_policy(
        f"""version: 1
dataset: d
purpose: test
source: {{path: {folder}/{source}/*.parquet}}
sink: {{path: {folder}/{out}}}
detect: {{ner: off}}
checks: {{residual: off}}
{more}
privacy: {{quasi_identifiers: [age, zip], sensitive: [dx], {block}}}
columns:
{columns}""",
        "p.yaml",
    )


def write(folder: Path, *tables: pa.Table, name: str = "in") -> None:
    """Write a file per table."""
    (folder / name).mkdir()
    for number, table in enumerate(tables):
        pq.write_table(table, folder / name / f"{number}.parquet")


def rows_of(folder: Path, keyring: Keyring, out: str = "out") -> list[tuple[Any, ...]]:
    """Return the published rows, sorted."""
    made = read(folder / out, keyring=keyring).select(COLUMNS).to_pylist()
    return sorted((tuple(row.values()) for row in made), key=str)


@pytest.mark.parametrize("method", WAYS)
@pytest.mark.parametrize("more", ["l: 2, ", pytest.param("t: 0.5, ", marks=pytest.mark.soak)])
def test_what_is_published_recodes_to_itself(
    method: str, more: str, tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """The second time nothing is suppressed, nothing lost. Where ``*`` was published, nobody could
    tell it from the top of a hierarchy, so such a column is refused under ``recode:``.
    """
    write(tmp_path, people())
    asked = f"k: 4, {more}max_suppressed: 0.1, method: {method}, recode: "
    anonymize.run(policy(tmp_path, asked + WAYS[method]), keyring=keyring_uri)
    first = rows_of(tmp_path, keyring)
    assert len({row[:2] for row in first}) > 1
    write(tmp_path, read(tmp_path / "out", keyring=keyring), name="again")
    again = policy(tmp_path, asked + "{age: values, zip: values}", source="again", out="twice")
    if any("*" in row for row in first):
        with pytest.raises(DataError, match="written like groups of the hierarchy"):
            anonymize.run(again, keyring=keyring_uri)
        as_it_is = f"k: 4, {more}max_suppressed: 0".rstrip(", ")
        again = policy(tmp_path, as_it_is, source="again", out="twice")
    anonymize.run(again, keyring=keyring_uri)
    told = Dataset(tmp_path / "twice").manifest(keyring=keyring).privacy
    assert told is not None
    assert rows_of(tmp_path, keyring, "twice") == first
    assert not told.loss


@pytest.mark.parametrize("method", WAYS)
def test_neither_order_nor_files_nor_workers_matter(
    method: str, tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """For each method; with people, l and t to decide about."""
    asked = f"k: 2, l: 2, max_suppressed: 0.2, method: {method}, recode: {WAYS[method]}"
    table, found = people(), []
    for name, seed, cuts, workers in (("one", 0, [], 1), ("more", 1, [7, 180], 2)):
        order = np.random.default_rng(seed).permutation(ROWS)
        ends = [0, *cuts, ROWS]
        parts = [table.take(order[a:b]) for a, b in pairwise(ends)]
        write(tmp_path, *parts, name=name)
        made = policy(tmp_path, asked, source=name, out=f"out-{name}", more="subject: who")
        anonymize.run(made, keyring=keyring_uri, workers=workers)
        found.append(rows_of(tmp_path, keyring, f"out-{name}"))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "method",
    ["local", *(pytest.param(one, marks=pytest.mark.soak) for one in ("mondrian", "hierarchy"))],
)
@pytest.mark.parametrize(
    ("asked", "more"),
    [
        ("k: 1000", ""),
        ("k: 150", "subject: who"),
        ("k: 4, l: 9", ""),
        ("k: 4, l: {entropy: 2.9}", ""),
        ("k: 4, l: {recursive: {c: 1.2, l: 3}}", ""),
        ("k: 400, l: 5", ""),
        ("k: 4, l: 9", "subject: who"),
    ],
)
def test_the_block_that_a_refusal_names_holds(
    method: str, asked: str, more: str, tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """Put into the policy it publishes; what was asked for publishes nothing."""
    write(tmp_path, people())
    rest = f", max_suppressed: 0, method: {method}, recode: {WAYS[method]}"
    with pytest.raises(GateError, match="no recoding keeps") as caught:
        anonymize.run(policy(tmp_path, asked + rest, more=more), keyring=keyring_uri)
    assert not (tmp_path / "out" / "CURRENT").exists()
    nearest = named(str(caught.value))
    anonymize.run(policy(tmp_path, nearest + rest, more=more), keyring=keyring_uri)
    told = Dataset(tmp_path / "out").manifest(keyring=keyring).privacy
    assert told is not None
    assert told.classes >= 1


def named(refusal: str) -> str:
    """Return the block that a refusal names, as a policy says it: without l = 1, which is none."""
    said = refusal.rpartition(" keep ")[2]
    found = re.search(r"k = (\d+)(?:, (distinct|entropy|recursive) l = ([\d.]+))?", said)
    assert found is not None, refusal
    size, kind, level = found.groups()
    block = f"k: {size}"
    if kind is None or float(level) <= 1:
        return block
    if kind == "recursive":
        factor = re.search(r"c = ([\d.]+)", said)
        assert factor is not None, refusal
        return f"{block}, l: {{recursive: {{c: {factor[1]}, l: {level}}}}}"
    return f"{block}, l: {{{kind}: {level}}}"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("10000;south\nsouth;10000\n", "one name is used at different levels"),
        ("10000;a;a;*\n10037;b;a;*\n10074;a;b;*\n", "lies in different groups of level 2"),
        ("10000;;*\n10037;x;*\n", "a cell is empty"),
        ("10000;a;*\n10037;*\n", "cells"),
        ("10000;a;*\n10000;b;*\n", "one value has different groups"),
        ("10000;a;*\n", "are not in hierarchy file"),
    ],
)
def test_a_hierarchy_that_is_none_is_one_clear_error(
    lines: str, said: str, tmp_path: Path, keyring_uri: str
) -> None:
    """A cycle, a group in two, a gap, unequal depth, a value twice, unknown values: at its place in
    the policy, without values.
    """
    write(tmp_path, people())
    (tmp_path / "zip.csv").write_text(lines)
    asked = f"k: 4, recode: {{zip: {{file: {tmp_path}/zip.csv}}, age: values}}"
    with pytest.raises(AnonymizeError) as caught:
        anonymize.run(policy(tmp_path, asked), keyring=keyring_uri)
    (problem,) = caught.value.problems
    assert said in problem.what
    assert problem.place.startswith("p.yaml:")
    assert "privacy.recode.zip" in problem.place
    assert not any(value in str(caught.value) for value in ("10000", "10037", "10074", "south"))
    assert not (tmp_path / "out" / "CURRENT").exists()
