"""Recoding gives the same rows whichever way a source goes: split, in processes, night by night, as
a frame.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.errors import ArgumentError, DataError, GateError
from anonymize.keys import Keyring
from anonymize.policy import Policy, RowsSpec, parse_policy
from anonymize.report.terminal import privacy_words

ROWS = 900
COLUMNS = ["age", "zip", "sex", "dx"]


def table(rows: int = ROWS) -> pa.Table:
    """Return people with skewed ages, postcodes and diagnoses."""
    draw = np.random.default_rng(7)
    return pa.table(
        {
            "age": pa.array(draw.integers(18, 90, rows)),
            "zip": pa.array([f"{10000 + z * 37}" for z in draw.integers(0, 60, rows)]),
            "sex": pa.array(draw.choice(["f", "m"], rows)),
            "dx": pa.array(draw.choice(["flu", "hiv", "cold", "asthma"], rows)),
        }
    )


def policy(
    folder: Path,
    out: str,
    least: int = 2,
    postcodes: str = "prefix: [4, 3, 2]",
    age: str = "ranges: [5, 10, 20]",
) -> Policy:
    """Return a policy over the files in ``folder/in``."""
    keep = "{action: keep, accept: test}"
    columns = "\n".join(f"  {name}: {keep}" for name in COLUMNS)
    return parse_policy(
        f"""version: 1
dataset: d
purpose: test
source: {{path: {folder}/in/*.parquet}}
sink: {{path: {folder}/{out}}}
detect: {{ner: off}}
checks: {{residual: off}}
privacy:
  quasi_identifiers: [age, zip, sex]
  sensitive: [dx]
  k: 4
  l: {least}
  recode: {{age: {{{age}}}, zip: {{{postcodes}}}, sex: values}}
columns:
{columns}
""",
        "p.yaml",
    )


def written(folder: Path, parts: int, rows: pa.Table) -> None:
    """Write ``rows`` into some files of unequal size."""
    (folder / "in").mkdir(exist_ok=True)
    ends = [0, *sorted(np.random.default_rng(parts).choice(len(rows), parts - 1)), len(rows)]
    for number, (start, end) in enumerate(pairwise(ends)):
        pq.write_table(rows.slice(start, end - start), folder / "in" / f"{number}.parquet")


def published(folder: Path, out: str, keyring: Keyring) -> list[tuple[Any, ...]]:
    """Return the rows of the current version, sorted."""
    made = read(folder / out, keyring=keyring).select(COLUMNS).to_pylist()
    return sorted(tuple(row.values()) for row in made)


@pytest.fixture(scope="module")
def once(
    tmp_path_factory: pytest.TempPathFactory, keyring: Keyring, keyring_uri: str
) -> list[tuple[Any, ...]]:
    """Return what one process makes of one file."""
    folder = tmp_path_factory.mktemp("once")
    written(folder, 1, table())
    anonymize.run(policy(folder, "out"), keyring=keyring_uri, workers=1)
    return published(folder, "out", keyring)


@pytest.mark.parametrize(("parts", "workers"), [(3, 1), (5, 2)])
def test_rows_do_not_depend_on_how_they_are_split(
    parts: int,
    workers: int,
    tmp_path: Path,
    keyring: Keyring,
    keyring_uri: str,
    once: list[tuple[Any, ...]],
) -> None:
    """Files in another order of rows, by one process and by two."""
    order = np.random.default_rng(workers).permutation(ROWS)
    written(tmp_path, parts, table().take(order))
    anonymize.run(policy(tmp_path, "out"), keyring=keyring_uri, workers=workers)
    assert published(tmp_path, "out", keyring) == once


def test_an_incremental_run_publishes_what_a_full_one_does(
    tmp_path: Path, keyring: Keyring, keyring_uri: str, once: list[tuple[Any, ...]]
) -> None:
    """A third file comes the second night, and classes of the first night are recoded otherwise."""
    rows = table()
    (tmp_path / "in").mkdir()
    for number, start in enumerate((0, 300)):
        pq.write_table(rows.slice(start, 300), tmp_path / "in" / f"{number}.parquet")
    run: Callable[[], Any] = lambda: anonymize.run(  # noqa: E731
        policy(tmp_path, "out"), keyring=keyring_uri, incremental=True
    )
    run()
    pq.write_table(rows.slice(600), tmp_path / "in" / "2.parquet")
    second = run()
    assert published(tmp_path, "out", keyring) == once
    assert second.increment.why_again == ("a class is generalized otherwise",)
    assert run().version == second.version


def test_a_frame_is_recoded_as_a_file_is(
    tmp_path: Path, keyring_uri: str, once: list[tuple[Any, ...]]
) -> None:
    """In its own order, without its columns' types where groups are published."""
    made = anonymize.anonymize_frame(table().to_pandas(), policy(tmp_path, "out"))
    rows = sorted(made[COLUMNS].itertuples(index=False, name=None))
    assert [tuple(map(str, row)) for row in rows] == [tuple(map(str, row)) for row in once]


def test_manifest_and_summary_say_what_recoding_took(
    tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """Method, columns, loss, and what was asked of sensitive values."""
    written(tmp_path, 2, table())
    summary = anonymize.run(policy(tmp_path, "out"), keyring=keyring_uri)
    told = Dataset(tmp_path / "out").manifest(keyring=keyring).privacy
    assert told is not None
    assert (told.method, told.recoded, told.asked_of_values) == (
        "local",
        ("age", "zip", "sex"),
        "l = 2",
    )
    assert told.loss is not None
    assert 0 < told.loss < 0.6
    assert told.k >= 4
    assert told.sensitive[0].enforced
    assert told.sensitive[0].distinct >= 2
    assert summary.privacy == told


def test_what_cannot_be_kept_is_refused_with_what_could(tmp_path: Path, keyring_uri: str) -> None:
    """Nothing is published; the refusal names the nearest promise, and that one is kept."""
    written(tmp_path, 1, table())
    with pytest.raises(GateError, match=r"distinct l = 4; the nearest that holds is l: 4 in priv"):
        anonymize.run(policy(tmp_path, "out", least=5), keyring=keyring_uri)
    assert not (tmp_path / "out" / "CURRENT").exists()
    anonymize.run(policy(tmp_path, "out", least=4), keyring=keyring_uri)


def test_a_source_of_three_says_which_k_it_holds(tmp_path: Path, keyring_uri: str) -> None:
    """With the command that says what it costs; one of a single row holds none."""
    written(tmp_path, 1, table(3))
    asked = policy(tmp_path, "out", least=2)
    assert asked.privacy is not None
    asked = asked.model_copy(update={"privacy": asked.privacy.model_copy(update={"l": None})})
    with pytest.raises(GateError, match=r"holds is k: 3 in privacy:, .* --what-if k=3 says"):
        anonymize.run(asked, keyring=keyring_uri)
    (tmp_path / "in" / "0.parquet").unlink()
    written(tmp_path, 1, table(1))
    with pytest.raises(GateError, match="this source is too small for privacy:"):
        anonymize.run(asked, keyring=keyring_uri)


def test_values_that_a_hierarchy_lacks_are_counted_not_quoted(
    tmp_path: Path, keyring_uri: str
) -> None:
    """With the place in the policy."""
    rows = table().set_column(1, "zip", pa.array(["Musterstadt"] * ROWS))
    written(tmp_path, 1, rows)
    wrong = policy(tmp_path, "out", postcodes="ranges: [5]")
    with pytest.raises(DataError, match=r"privacy\.recode\.zip") as caught:
        anonymize.run(wrong, keyring=keyring_uri)
    assert "Musterstadt" not in str(caught.value)


def test_what_if_says_what_a_run_publishes(
    tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """Loss and suppressed rows are those of the manifest."""
    from anonymize.pipeline.what_if import what_if

    written(tmp_path, 2, table())
    four, five = what_if(policy(tmp_path, "out"), [4, 5], keyring=keyring_uri)
    anonymize.run(policy(tmp_path, "out"), keyring=keyring_uri)
    manifest = Dataset(tmp_path / "out").manifest(keyring=keyring)
    assert manifest.privacy is not None
    assert manifest.privacy.loss == four.loss
    out = pd.DataFrame(published(tmp_path, "out", keyring), columns=COLUMNS)
    assert four.rows - four.suppressed == len(out)
    assert four.exact["sex"] == pytest.approx((out["sex"] != "*").mean())
    assert five.loss is not None
    assert four.loss is not None
    assert five.loss >= four.loss


def test_no_report_calls_a_recoded_column_published_as_it_is(
    tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """Manifest, card, report and Prefect's page name the way in which it was made coarser."""
    written(tmp_path, 1, table())
    summary = anonymize.run(policy(tmp_path, "out"), keyring=keyring_uri)
    dataset = Dataset(tmp_path / "out")
    plan = {line["column"]: line for line in dataset.manifest(keyring=keyring).plan or ()}
    assert plan["age"]["action"] == "recode (ranges 5 10 20)"
    assert plan["age"]["output_type"] == "string"
    assert plan["dx"]["action"] == "keep"
    card = (dataset.card("card.md", keyring=keyring) or b"").decode()
    page = (dataset.card("report.html", keyring=keyring) or b"").decode()
    assert "published as they are, in some rows at least: `dx`" in card
    assert "Published as they are, in some rows at least: dx." in " ".join(
        re.sub("<[^>]*>", "", page).split()
    )
    done = {one.column: one.done.partition(" ")[0] for one in summary.columns}
    assert done == {"age": "recode", "zip": "recode", "sex": "recode", "dx": "keep"}


def test_nobody_beyond_an_end_is_published_exactly(
    tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """However many share a high age: who reads 90+ learns no more."""
    old = pa.array([95] * 40 + [101] * 40 + list(range(18, 38)) * 41)
    written(tmp_path, 1, table().set_column(0, "age", old))
    anonymize.run(policy(tmp_path, "out", age="ages: true"), keyring=keyring_uri)
    ages = {row[0] for row in published(tmp_path, "out", keyring)}
    assert "90+" in ages
    assert not ages & {"95", "101"}


def test_what_if_without_a_promise_says_what_to_add(tmp_path: Path, keyring_uri: str) -> None:
    """The error names the block that is missing."""
    from anonymize.pipeline.what_if import what_if

    written(tmp_path, 1, table())
    none = policy(tmp_path, "out").model_copy(update={"privacy": None})
    with pytest.raises(ArgumentError, match=r"privacy: is not there.*add privacy:"):
        what_if(none, [4], keyring=keyring_uri)


def test_what_if_of_rows_that_a_filter_leaves_out_ends(tmp_path: Path, keyring_uri: str) -> None:
    """No row is left to be counted."""
    from anonymize.pipeline.what_if import what_if

    written(tmp_path, 1, table())
    rows = RowsSpec(where=(("age", "<", 0),))
    nobody = policy(tmp_path, "out").model_copy(update={"rows": rows})
    (found,) = what_if(nobody, [4], keyring=keyring_uri)
    assert (found.rows, found.suppressed) == (0, 0)


def test_closeness_alone_does_not_call_diversity_enforced(
    tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """A measure is called enforced only if the policy asks for it."""
    written(tmp_path, 1, table())
    dumped = policy(tmp_path, "out").privacy
    assert dumped is not None
    close = dumped.model_copy(update={"l": None, "t": 0.5})
    anonymize.run(
        policy(tmp_path, "out").model_copy(update={"privacy": close}), keyring=keyring_uri
    )
    told = Dataset(tmp_path / "out").manifest(keyring=keyring).privacy
    assert told is not None
    assert not told.sensitive[0].enforced
    assert told.sensitive[0].distance is not None
    assert told.sensitive[0].distance <= 0.5
    words = privacy_words(told.model_dump(mode="json"))
    assert any("not enforced" in one for one in words)
    assert any(one.startswith("t = ") for one in words)


def test_spellings_of_a_sensitive_value_are_one(tmp_path: Path, keyring_uri: str) -> None:
    """Case, spaces and blanks make no class look diverse."""
    spelled = pa.array(["flu", "Flu ", "FLU"] * (ROWS // 3))
    written(tmp_path, 1, table().set_column(3, "dx", spelled))
    with pytest.raises(GateError, match=r"distinct l = 1|no recoding keeps"):
        anonymize.run(policy(tmp_path, "out"), keyring=keyring_uri)


def test_closeness_by_groups_is_enforced_and_stated(
    tmp_path: Path, keyring: Keyring, keyring_uri: str
) -> None:
    """Two diagnoses are as far apart as their lowest common group of ICD-10; the stated distance is
    that of the worst class, recounted by the masses that cross each edge of the tree.
    """
    draw = np.random.default_rng(2)
    codes = np.array(["A00.1", "A00.9", "A01.0", "B20.1", "J10.0", "J11.1"])
    rows = table().set_column(3, "dx", pa.array(draw.choice(codes, ROWS)))
    written(tmp_path, 1, rows)
    asked = policy(tmp_path, "out")
    assert asked.privacy is not None
    closeness = {"most": 0.3, "distance": "hierarchical", "groups": {"dx": {"codes": "icd10"}}}
    said = {**asked.privacy.model_dump(mode="json"), "t": closeness}
    privacy = type(asked.privacy).model_validate(said)
    anonymize.run(asked.model_copy(update={"privacy": privacy}), keyring=keyring_uri)
    out = read(tmp_path / "out", keyring=keyring).to_pandas()
    worst, likeness = 0.0, 0.0
    for _, members in out.groupby(["age", "zip", "sex"]):
        masses = 0.0
        for group in (lambda c: c, lambda c: c[:3], lambda c: c[:2], lambda c: c[0]):
            some = members["dx"].map(group).value_counts(normalize=True)
            whole = out["dx"].map(group).value_counts(normalize=True)
            masses += some.sub(whole, fill_value=0).abs().sum()
        worst = max(worst, masses / 8)
        share = out["dx"].value_counts(normalize=True)
        gains = members["dx"].value_counts(normalize=True).sub(share).div(share)
        likeness = max(likeness, gains.max())
    told = Dataset(tmp_path / "out").manifest(keyring=keyring).privacy
    assert told is not None
    assert told.asked_of_values == "l = 2, t = 0.3 (hierarchical distance)"
    assert told.sensitive[0].distance == pytest.approx(worst, abs=1e-3)
    assert worst <= 0.3
    assert told.sensitive[0].likeness == pytest.approx(likeness, abs=1e-3)


def test_sensitive_values_that_their_groups_lack_are_counted(
    tmp_path: Path, keyring_uri: str
) -> None:
    """With the place in the policy; nothing is quoted."""
    written(tmp_path, 1, table())
    asked = policy(tmp_path, "out")
    assert asked.privacy is not None
    closeness = {"most": 0.3, "distance": "hierarchical", "groups": {"dx": {"codes": "icd10"}}}
    said = {**asked.privacy.model_dump(mode="json"), "t": closeness}
    wrong = asked.model_copy(update={"privacy": type(asked.privacy).model_validate(said)})
    with pytest.raises(DataError, match=r"privacy\.t\.groups\.dx.*4 of 4") as caught:
        anonymize.run(wrong, keyring=keyring_uri)
    assert "asthma" not in str(caught.value)


def test_a_value_written_like_a_published_set_is_refused(tmp_path: Path, keyring_uri: str) -> None:
    """Under ``method: mondrian``, where sets have no hierarchy to be compared with before."""
    sexes = ["f", "m"] * 3 + ["{f, m}"] * 4
    rows = pa.table({"age": [30] * 10, "zip": ["1"] * 10, "sex": sexes, "dx": ["a", "b"] * 5})
    written(tmp_path, 1, rows)
    asked = policy(tmp_path, "out", postcodes="values: true")
    assert asked.privacy is not None
    privacy = asked.privacy.model_copy(update={"method": "mondrian", "k": 4, "max_suppressed": 0.0})
    with pytest.raises(DataError, match=r"privacy\.recode\.sex: 1 distinct values .* a set"):
        anonymize.run(asked.model_copy(update={"privacy": privacy}), keyring=keyring_uri)
