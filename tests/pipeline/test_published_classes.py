"""Classes are counted once more, by pandas, in the published files of random tables under random
policies.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.dataset.facts import DiversityFacts
from anonymize.errors import GateError
from anonymize.keys import Keyring
from anonymize.policy import parse_policy
from tests.examples import examples

ROW = st.fixed_dictionaries(
    {
        "who": st.sampled_from([None, *"pqrstuvw"]),
        "zip": st.sampled_from([None, "10115", "10117", "20095"]),
        "born": st.sampled_from(["1984-02-29", "1984-05-01", "1991-07-01", "no date", None]),
        "age": st.integers(20, 45),
        "dx": st.sampled_from([None, "flu", "hiv"]),
        "taken": st.sampled_from([True, True, True, False]),
        "score": st.sampled_from([0.0, -0.0, 1.5, None]),
        "doc": st.sampled_from(
            [
                *(None, "{}", "null", "[]", "no json", '{"x":1}', '{"x":"1"}', '{"x":null}'),
                *('{"x":1,"y":2}', '{"y":2,"x":1}'),
            ]
        ),
        "box": st.sampled_from([None, {"x": None}, {"x": -0.0}, {"x": 0.0}]),
        "bag": st.sampled_from(
            [None, [], [("a", 1), ("b", 2)], [("b", 2), ("a", 1)], [("a", None)], [("a", 1)]]
        ),
    }
)
TABLES = st.lists(st.lists(ROW, min_size=6, max_size=25), min_size=1, max_size=3)
QUASI = {
    "zip": (
        "{action: generalize, prefix: 2}",
        "{action: keep, accept: test}",
        "{action: generalize, rare: 6, other: x}",
    ),
    "born": ("{action: generalize, to: year}", "{action: generalize, to: decade}"),
    "age": ("{action: generalize, band: 20}", "{action: generalize, quantiles: 2}"),
    "score": ("{action: keep}",),
    "doc": ("{action: keep}",),
    "box": ("{action: keep}",),
    "bag": ("{action: keep}",),
}
INSIDE = {"doc": ("doc.$.x", "doc.$.y"), "box": ("box.x",), "bag": ("bag.a", "bag.b")}
"""The quasi-identifiers inside a column: rules name these in its place."""
TAKEN = ", where: [[taken, '=', true]]"
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("who", "zip", "born", "dx")]
    + [("age", pa.int64()), ("taken", pa.bool_()), ("score", pa.float32()), ("doc", pa.string())]
    + [("box", pa.struct([("x", pa.float64())])), ("bag", pa.map_(pa.string(), pa.int64()))]
)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """Return what a policy says of people, privacy and rows."""
    chosen = draw(st.lists(st.sampled_from(sorted(QUASI)), min_size=1, max_size=3, unique=True))
    return {
        "subject": draw(st.sampled_from([True, True, False])),
        "quasi": {name: draw(st.sampled_from(QUASI[name])) for name in chosen},
        "k": draw(st.integers(2, 4)),
        "sensitive": draw(st.booleans()),
        "bad": draw(st.sampled_from(["quarantine", '"null"'])),
        "where": draw(st.booleans()),
    }


def policy_text(folder: Path, said: dict[str, Any]) -> str:
    """Return the policy, in YAML; ``row`` tells where each published row comes from."""
    columns = {
        "row": "{action: keep}",
        "born": "{action: generalize, to: year}",
        "dx": "{action: keep, accept: test}",
    }
    quasi = {inner: rule for n, rule in said["quasi"].items() for inner in INSIDE.get(n, (n,))}
    columns |= quasi
    return "\n".join(
        [
            "version: 1",
            "dataset: d",
            "purpose: test",
            f"source: {{path: {folder}/in/*.parquet}}",
            f"sink: {{path: {folder}/out}}",
            "detect: {ner: off}",
            "checks: {residual: off}",
            *(["subject: who"] if said["subject"] else []),
            (
                f"rows: {{on_bad_value: {said['bad']}, max_quarantined:"
                f" 1{TAKEN if said['where'] else ''}}}"
            ),
            (
                f"privacy: {{quasi_identifiers: [{', '.join(quasi)}], k: {said['k']},"
                f" max_suppressed: 1{', sensitive: [dx]' if said['sensitive'] else ''}}}"
            ),
            "columns:",
            *(f"  {name}: {rule}" for name, rule in columns.items()),
            "",
        ]
    )


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """Yield a folder that is removed in the end."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@settings(
    max_examples=examples(40),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(tables=TABLES, said=policies())
def test_no_published_class_is_below_k_and_the_manifest_is_the_recount(
    tables: list[list[dict[str, Any]]],
    said: dict[str, Any],
    place: Path,
    keyring: Keyring,
    keyring_uri: str,
) -> None:
    """Partitions, filters, quarantine, nulls, subject or none: what is on disk has k people in each
    class.
    """
    folder = Path(tempfile.mkdtemp(dir=place))
    os.mkdir(folder / "in")
    for number, rows in enumerate(tables):
        table = pa.Table.from_pylist(rows, schema=SCHEMA)
        names = pa.array([f"{number}-{at}" for at in range(len(rows))])
        pq.write_table(
            table.append_column("row", names), folder / "in" / f"{number}.parquet", row_group_size=7
        )
    try:
        anonymize.run(parse_policy(policy_text(folder, said), "p.yaml"), keyring=keyring_uri)
    except GateError:  # no row is left, or more than may be were set aside
        assert not (folder / "out" / "CURRENT").exists()
        return
    published = read(folder / "out", keyring=keyring)
    out = published.to_pandas()
    for name in ("score", *INSIDE):
        if name in out:  # what is told apart there is told apart as text
            out[name] = list(map(repr, published[name].to_pylist()))
    privacy = Dataset(folder / "out").manifest(keyring=keyring).privacy
    assert privacy is not None
    who = {f"{n}-{at}": row["who"] for n, rows in enumerate(tables) for at, row in enumerate(rows)}
    out["who"] = [who[row] for row in out["row"]]
    groups = out.groupby(list(said["quasi"]), dropna=False)
    sizes = groups["who"].nunique() if said["subject"] else groups.size()
    event(f"classes published: {min(len(sizes), 2)}, people: {said['subject']}")
    assert (sizes >= said["k"]).all()
    assert (privacy.k, privacy.classes) == (int(sizes.min()) if len(sizes) else 0, len(sizes))
    assert privacy.counts == ("people" if said["subject"] else "rows")
    if said["subject"]:
        assert privacy.rows_without_subject == int(out["who"].isna().sum())
    if said["sensitive"]:
        distinct, *others = recounted(out, said)
        if len(sizes) == 1:  # they would tell how many people have each value
            others = [None, None]
        assert _diversity(privacy.sensitive[0]) == (distinct, *others)


def _diversity(found: DiversityFacts) -> tuple[int, float | None, float | None]:
    return found.distinct, found.entropy, found.largest_share


def recounted(out: pd.DataFrame, said: dict[str, Any]) -> tuple[int, Any, Any]:
    """Return distinct l, entropy l and the largest share of the worst class, person by person; who
    has no value counts as nobody.
    """
    found = []
    for _, members in out.groupby(list(said["quasi"]), dropna=False):
        if said["subject"]:
            known = members[members["who"].notna()]
            people = [set(rows["dx"].dropna()) for _, rows in known.groupby("who")]
        else:
            people = [{value} for value in members["dx"].dropna()]
        people = [has for has in people if has]
        if not people:
            found.append((0, 0.0, 0.0))
            continue
        values = set().union(*people)
        weights = np.array(
            [sum((value in has) / len(has) for has in people) for value in values]
        ) / len(people)
        share = max(sum(value in has for has in people) / len(people) for value in values)
        sure = share == 1
        found.append(
            (
                1 if sure else len(values),
                1.0 if sure else np.exp(-(weights * np.log(weights)).sum()),
                share,
            )
        )
    if not found:
        return 0, 0.0, 0.0
    return (
        min(distinct for distinct, _, _ in found),
        pytest.approx(min(entropy for _, entropy, _ in found), abs=2e-4),
        pytest.approx(max(share for _, _, share in found), abs=2e-4),
    )


def test_other_places_of_a_document_do_not_split_its_class(
    tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """A kept place that is no quasi-identifier, there or not, leaves people in one class."""
    docs = ['{"x":1}'] * 3 + [f'{{"n":{at},"x":1}}' for at in range(3)] + ['{"x":1,"n":null}'] * 3
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"doc": docs}), tmp_path / "in" / "0.parquet")
    policy = f"""version: 1
dataset: d
purpose: test
source: {{path: {tmp_path}/in/*.parquet}}
sink: {{path: {tmp_path}/out}}
privacy: {{quasi_identifiers: [doc.$.x], k: 9}}
columns:
  doc.$.x: {{action: keep}}
  doc.$.n: {{action: keep}}
"""
    anonymize.run(parse_policy(policy, "p.yaml"), keyring=keyring_uri)
    privacy = Dataset(tmp_path / "out").manifest(keyring=keyring).privacy
    assert privacy is not None
    assert (privacy.k, privacy.classes) == (9, 1)
