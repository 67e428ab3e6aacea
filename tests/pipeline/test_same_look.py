"""Gates before row one see the whole source, as inspect does, however it was written and whatever
its headers say.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.errors import PlanError
from anonymize.pipeline.prepare import inspect_source, preview_plan
from anonymize.policy import Policy, parse_policy

ROWS = 3000
TABLE = pa.table(
    {
        "id": range(ROWS),
        "contact": [None] * 100 + [f"user{n}@example.org" for n in range(100, ROWS)],
        "kind": pa.array(["a", "b", "c"] * (ROWS // 3)).dictionary_encode(),
        "member": [f"M{n % 40:03d}" for n in range(ROWS)],
    }
)
RULES = """
  id: {action: pseudonymize}
  contact: {action: keep}
  kind: {action: keep}
  member: {action: pseudonymize}
"""
GIVEN = (
    "Olga",
    "Ana",
    "Maria",
    "Peter",
    "Laura",
    "David",
    "Julia",
    "Daniel",
    "Sarah",
    "Thomas",
    "Emma",
    "Lucas",
)
FAMILY = (
    "Novak",
    "Castro",
    "Jensen",
    "Fischer",
    "Moreau",
    "Rossi",
    "Silva",
    "Kowalski",
    "Haddad",
    "Petrov",
    "Murphy",
)
NAMES = [f"{a} {b}" for a in GIVEN for b in FAMILY]


def _policy(source: Path, rules: str, extra: str = "") -> Policy:
    text = (
        f"version: 1\ndataset: d\npurpose: test\nsource: {{path: {source}}}\nsink: {{path:"
        f" {source.parent / 'out'}}}\n"
    )
    return parse_policy(f"{text}{extra}columns:\n{rules}", "d.yaml")


def _refusals(policy: Policy, keyring_uri: str) -> list[str]:
    with pytest.raises(PlanError) as caught:
        anonymize.run(policy, keyring=keyring_uri)
    return [problem.place.rpartition(" ")[2] for problem in caught.value.problems]


def test_row_groups_do_not_change_what_is_refused(tmp_path: Path, keyring_uri: str) -> None:
    """In row groups of 50, of which the first two hold no address, and in one: refused with the
    same words.
    """
    said = []
    for group in (50, ROWS):
        folder = tmp_path / str(group)
        folder.mkdir()
        pq.write_table(TABLE, folder / "t.parquet", row_group_size=group)
        with pytest.raises(PlanError) as caught:
            anonymize.run(_policy(folder / "t.parquet", RULES), keyring=keyring_uri)
        said.append(str(caught.value))
        assert inspect_source(str(folder / "t.parquet"))[1].verdict == "EMAIL_ADDRESS"
    assert said[0] == said[1]
    assert "columns.contact: keep, but 'contact' looks like EMAIL_ADDRESS" in said[0]
    assert "columns.member: pseudonymize on 40 distinct values" in said[0]


def test_files_do_not_change_what_is_refused(tmp_path: Path, keyring_uri: str) -> None:
    """Addresses stand in the last of nine files alone."""
    for n in range(9):
        pacsv.write_csv(
            TABLE.slice(n * 12, 12) if n < 8 else TABLE.slice(200, 500), tmp_path / f"{n}.csv"
        )
    assert _refusals(_policy(tmp_path / "*.csv", RULES), keyring_uri)[0] == "columns.contact"


def test_a_column_that_is_nearly_empty_is_looked_at_whole(tmp_path: Path, keyring_uri: str) -> None:
    """Addresses in one row of two thousand of a large source: no sample of rows holds enough of
    them.
    """
    rows = 150_000
    contact = [f"user{n}@example.org" if n % 2000 == 1999 else None for n in range(rows)]
    pq.write_table(pa.table({"n": range(rows), "contact": contact}), tmp_path / "t.parquet")
    seen = inspect_source(str(tmp_path / "t.parquet"))[1]
    assert (seen.verdict, seen.sampled_distinct) == ("EMAIL_ADDRESS", 75)
    policy = _policy(tmp_path / "t.parquet", "  n: {action: keep}\n  contact: {action: keep}\n")
    assert _refusals(policy, keyring_uri) == ["columns.contact"]


def test_few_distinct_values_are_counted_in_a_large_source(tmp_path: Path) -> None:
    """The number of distinct values is estimated from the rows looked at: near it for few, the rows
    for ids.
    """
    rows = 300_000
    columns = {
        "member": [f"M{n * 7919 % 3000}" for n in range(rows)],
        "id": [f"K{n}" for n in range(rows)],
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    member, key = inspect_source(str(tmp_path / "t.parquet"))
    assert member.distinct_estimate == pytest.approx(3000, rel=0.05)
    assert key.distinct_estimate == pytest.approx(rows, rel=0.05)


@pytest.mark.parametrize(
    "header", ["title", "team", "product", "category", "label", "status", "type", "plan"]
)
@pytest.mark.parametrize("extra", ["", "detect: {ner: 'off'}\n"])
def test_names_are_refused_under_any_header(
    tmp_path: Path, keyring_uri: str, header: str, extra: str
) -> None:
    """What inspect calls a name no run and no frame publishes under keep, with the name model and
    without it.
    """
    path, frame = tmp_path / "t.csv", pd.DataFrame({"n": range(len(NAMES)), header: NAMES})
    frame.to_csv(path, index=False)
    policy = _policy(path, f"  n: {{action: keep}}\n  {header}: {{action: keep}}\n", extra)
    assert inspect_source(str(path), ner=policy.detect.ner)[1].verdict == "PERSON_NAME"
    assert _refusals(policy, keyring_uri) == [f"columns.{header}"]
    with pytest.raises(
        PlanError, match=f"columns.{header}: keep, but '{header}' looks like PERSON_NAME"
    ):
        anonymize.anonymize_frame(frame, policy)


def test_a_name_kept_in_the_rows_of_an_otherwise_is_refused(
    tmp_path: Path, keyring_uri: str
) -> None:
    """Half of a column of names is a column of names."""
    pd.DataFrame({"n": range(len(NAMES)), "who": NAMES}).to_csv(tmp_path / "t.csv", index=False)
    rule = "{action: redact, when: [[n, '<', 9]], otherwise: {action: keep}}"
    rules = f"  n: {{action: keep}}\n  who: {rule}\n"
    assert _refusals(_policy(tmp_path / "t.csv", rules), keyring_uri) == ["columns.who"]


def test_plan_inspect_and_frame_find_the_same(tmp_path: Path) -> None:
    """One sample, one model: the findings of a plan are those of inspect."""
    path, yaml = tmp_path / "t.parquet", tmp_path / "d.yaml"
    pq.write_table(
        TABLE.append_column("who", [(NAMES * (ROWS // len(NAMES) + 1))[:ROWS]]),
        path,
        row_group_size=64,
    )
    rules = "  contact: {action: mask}\n  who: {action: redact}\n  kind: {action: keep}\n"
    yaml.write_text(
        f"version: 1\ndataset: d\npurpose: test\nsource: {{path: {path}}}\nsink: {{path:"
        f" {tmp_path / 'out'}}}\ncolumns:\n{rules}"
    )
    assert preview_plan(yaml).plan.findings == inspect_source(str(path))
