"""Recoded classes are counted once more, by pandas, in the published files of random tables under
random promises; each label covers the value that it stands for.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.errors import GateError
from anonymize.keys import Keyring
from anonymize.policy import parse_policy
from tests.examples import examples

ROW = st.fixed_dictionaries(
    {
        "who": st.sampled_from([None, *"pqrstuvwxyz"]),
        "zip": st.sampled_from([None, "10115", "10117", "10245", "20095", "20097"]),
        "age": st.one_of(st.none(), st.integers(18, 60)),
        "sex": st.sampled_from(["f", "m", "x", None]),
        "town": st.sampled_from(["North", "South"]),
        "dx": st.sampled_from([None, "flu", "hiv", "cold", "flu"]),
        "pay": st.sampled_from([None, 10, 20, 30, 40]),
    }
)
TABLES = st.lists(st.lists(ROW, min_size=8, max_size=40), min_size=1, max_size=3)
WAYS = {"zip": "{prefix: [4, 3, 1]}", "age": "{ranges: [5, 10, 20]}", "sex": "{values: true}"}
DISTANCES = {"dx": "equal", "pay": "ordered", "dx by groups": "hierarchical"}
GROUPS = {"flu": "acute", "cold": "acute", "hiv": "chronic"}
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("who", "zip", "sex", "town", "dx")]
    + [("age", pa.int64()), ("pay", pa.float64())]
)


@st.composite
def promises(draw: st.DrawFn) -> dict[str, Any]:
    """Return what a policy promises of people and classes."""
    method = draw(st.sampled_from(["local", "local", "mondrian", "hierarchy"]))
    names = [*WAYS, *([] if method == "mondrian" else ["town"])]
    return {
        "subject": draw(st.booleans()),
        "quasi": draw(st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True)),
        "k": draw(st.integers(2, 4)),
        "l": draw(st.sampled_from([None, 2, 2, 3])),
        "t": draw(st.sampled_from([None, None, 0.3, 0.6])),
        "sensitive": draw(st.sampled_from(["dx", "pay"])),
        "by groups": draw(st.booleans()),
        "method": method,
        "most": draw(st.sampled_from([0, 0.1, 1])),
    }


def policy_text(folder: Path, said: dict[str, Any]) -> str:
    """Return the policy, in YAML; ``row`` tells where each published row comes from."""
    keep = "{action: keep, accept: test}"
    ways = {**WAYS, "zip": "values"} if said["method"] == "mondrian" else WAYS
    recode = [f"{name}: {ways[name]}" for name in said["quasi"] if name in ways]
    (folder / "dx.csv").write_text("".join(f"{dx};{at};*\n" for dx, at in GROUPS.items()))
    block = {
        "quasi_identifiers": f"[{', '.join(said['quasi'])}]",
        "sensitive": f"[{said['sensitive']}]",
        "k": said["k"],
        "l": said["l"],
        "t": said["t"] and f"{{most: {said['t']}, {_distance(folder, said)}}}",
        "max_suppressed": said["most"],
        "recode": f"{{{', '.join(recode)}}}" if recode else None,
        "method": said["method"] if recode else None,
    }
    lines = [
        "version: 1",
        "dataset: d",
        "purpose: test",
        f"source: {{path: {folder}/in/*.parquet}}",
        f"sink: {{path: {folder}/out}}",
        "detect: {ner: off}",
        "checks: {residual: off}",
        *(["subject: who"] if said["subject"] else []),
        "privacy:",
        *(f"  {name}: {value}" for name, value in block.items() if value is not None),
        "columns:",
        *(
            f"  {name}: {keep}"
            for name in dict.fromkeys(["row", said["sensitive"], *said["quasi"]])
        ),
        "",
    ]
    return "\n".join(lines)


def _distance(folder: Path, said: dict[str, Any]) -> str:
    groups = f", groups: {{dx: {{file: {folder}/dx.csv}}}}" if _kind(said) == "dx by groups" else ""
    return f"distance: {DISTANCES[_kind(said)]}{groups}"


def _kind(said: dict[str, Any]) -> str:
    return "dx by groups" if said["sensitive"] == "dx" and said["by groups"] else said["sensitive"]


def write(folder: Path, tables: list[list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Write a file per table into ``folder/in``; return each row by its name."""
    os.mkdir(folder / "in")
    for number, rows in enumerate(tables):
        table = pa.Table.from_pylist(rows, schema=SCHEMA)
        names = pa.array([f"{number}-{at}" for at in range(len(rows))])
        pq.write_table(table.append_column("row", names), folder / "in" / f"{number}.parquet")
    return {f"{n}-{at}": row for n, rows in enumerate(tables) for at, row in enumerate(rows)}


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Yield a folder that is removed in the end."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@settings(
    max_examples=300 if examples(3) == 3 else 15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(tables=TABLES, said=promises())
def test_every_published_class_keeps_k_l_and_t_over_people(
    tables: list[list[dict[str, Any]]],
    said: dict[str, Any],
    place: Path,
    keyring: Keyring,
    keyring_uri: str,
) -> None:
    """Whatever the partitions, the subject, the method: what is on disk keeps what was promised,
    or nothing is published.
    """
    folder = Path(tempfile.mkdtemp(dir=place))
    raw = write(folder, tables)
    try:
        anonymize.run(parse_policy(policy_text(folder, said), "p.yaml"), keyring=keyring_uri)
    except GateError as error:
        refused = str(error)
        event("refused")
        assert not (folder / "out" / "CURRENT").exists()
        assert not any(value in refused for value in ("10115", "hiv"))
        return
    event("published")
    out = read(folder / "out", keyring=keyring).to_pandas()
    out["who"] = [raw[row]["who"] for row in out["row"]]
    assert len(raw) - len(out) <= said["most"] * len(raw)
    for name in said["quasi"]:
        for row, label in zip(out["row"], out[name], strict=True):
            assert covers(name, label, raw[row][name]), (name, label, raw[row][name])
    groups = [members for _, members in out.groupby(said["quasi"], dropna=False)]
    column = said["sensitive"]
    apart = {"dx": distance, "pay": distance_in_order, "dx by groups": distance_in_groups}[
        _kind(said)
    ]
    everyone = [row[column] for row in raw.values()]
    for members in groups:
        people = members["who"].dropna().nunique() if said["subject"] else len(members)
        assert people >= said["k"]
        if said["l"]:
            assert diverse(members, column, people=said["subject"]) >= said["l"]
        if said["t"] and not said["subject"]:
            for whole in (everyone, [raw[row][column] for row in out["row"]]):
                some = [raw[row][column] for row in members["row"]]
                assert apart(some, whole) <= said["t"] + 1e-9
    privacy = Dataset(folder / "out").manifest(keyring=keyring).privacy
    assert privacy is not None
    assert privacy.classes == len(groups)


def covers(name: str, label: Any, value: Any) -> bool:
    """Return whether a published label is the value, or a group that holds it."""
    label, text = None if pd.isna(label) else label, None if value is None else str(value)
    if label in ("*", text):
        return True
    if label is None or text is None:
        return label is not None and "missing" in label
    if label.startswith("{"):
        return text in label[1:-1].split(", ")
    label = label.removesuffix(" or missing")
    low, _, high = label.partition("–")
    if high and name == "age":
        return int(low) <= value <= int(high)
    if high or label == text:
        return low <= text <= high or label == text
    return name == "zip" and all(a in (b, "*") for a, b in zip(label, text, strict=True))


def diverse(members: pd.DataFrame, column: str, *, people: bool) -> int:
    """Return distinct l of the values that are there: 1 if one is that of all people who have
    any.
    """
    members = members[members[column].notna()]
    values = members[column]
    if not people:
        return len(set(values))
    each = [set(values[rows.index]) for _, rows in members.groupby("who")]
    return len(each) and (1 if set.intersection(*each) else len(set.union(*each)))


def distance(some: Sequence[Any], whole: Sequence[Any]) -> float:
    """Return half the sum of the differences of shares."""
    one, other = Counter(some), Counter(whole)
    return sum(abs(one[v] / len(some) - other[v] / len(whole)) for v in other) / 2


def distance_in_groups(some: Sequence[Any], whole: Sequence[Any]) -> float:
    """Return the earth mover's distance in a tree of two levels: half of each edge's height times
    what crosses it. Null is a group of its own.
    """
    of_groups = [[GROUPS.get(value) for value in values] for values in (some, whole)]
    return (distance(some, whole) + distance(*of_groups)) / 2


def distance_in_order(some: Sequence[Any], whole: Sequence[Any]) -> float:
    """Return the earth mover's distance by rank, null beyond the greatest value."""
    ranked = sorted(set(whole), key=lambda value: (value is None, value or 0))
    one, other = Counter(some), Counter(whole)
    moved, total = 0.0, 0.0
    for value in ranked[:-1]:
        moved += one[value] / len(some) - other[value] / len(whole)
        total += abs(moved)
    return total / max(1, len(ranked) - 1)
