"""A drafted policy is tried before it is written, and runs as it is."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.errors import ArgumentError
from anonymize.keys import init_keyring
from anonymize.names import ColumnName
from anonymize.pipeline.drafting import draft_source
from anonymize.pipeline.prepare import key_uses, keys_wanted
from anonymize.pipeline.run import run
from anonymize.policy import parse_policy
from tests.workplace import ROOT

SAMPLES = ROOT / "data" / "samples"


def published(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a policy in ``folder`` with keys of its own; return the rows written."""
    monkeypatch.chdir(folder)
    policy = parse_policy(text)
    uri = f"file:{folder / 'keyring.json'}"
    init_keyring(uri, keys_wanted(policy), key_uses(policy))
    return run(policy, keyring=uri).rows_out


def uncommented(text: str) -> str:
    """Return a draft whose ``privacy:`` block is no comment any more."""
    head, mark, block = text.partition("# privacy:\n")
    assert mark
    return head + re.sub(r"(?m)^# ?", "", mark + block)


@pytest.mark.parametrize(
    "sample", [pytest.param("customers.csv", marks=pytest.mark.soak), "patients.parquet"]
)
def test_a_drafts_privacy_block_runs_when_it_is_uncommented(
    sample: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It named columns of which no combination is shared by five rows, and every run refused."""
    text = uncommented(draft_source(str(SAMPLES / sample)))
    assert parse_policy(text).privacy is not None
    assert published(text, tmp_path, monkeypatch)


def test_text_that_a_gate_refuses_gets_a_stricter_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address in one of four hundred codes: a run found it in the output and refused the
    draft.
    """
    rows = [f"REF{at:05}" for at in range(399)]
    place = tmp_path / "codes.csv"
    place.write_text("\n".join(["code,visits", *(f"{row},1" for row in rows), "ana@mail.com,1"]))
    text = draft_source(str(place))
    assert "ana@" not in text
    assert published(text, tmp_path, monkeypatch) == 400


def test_values_that_would_be_set_aside_get_a_stricter_rule(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postcodes of which one in ten has two characters: a run sets them aside, and refuses."""
    draw = random.Random(1)
    rows = [f"{draw.randint(10000, 99999)}" for _ in range(270)] + ["AB"] * 30
    place = tmp_path / "codes.csv"
    place.write_text("\n".join(["zip_code,visits", *(f"{row},1" for row in rows)]))
    text = draft_source(str(place))
    rule = parse_policy(text).columns[ColumnName("zip_code")]
    assert rule.action == "redact"
    assert "no generalize, because 30 of 300 rows tried held a bad value" in text
    assert published(text, tmp_path, monkeypatch) == 300


def test_the_country_that_rows_tell_is_looked_for(tmp_path: Path) -> None:
    """Numbers of ids of a country are known only where it is said; the draft says that it was
    found.
    """
    rows = [f"Tel{at},+49 30 {2_000_000 + 7919 * at},{at}" for at in range(60)]
    place = tmp_path / "calls.csv"
    place.write_text("\n".join(["code,phone,visits", *rows]))
    text = draft_source(str(place))
    assert parse_policy(text).detect.countries == ("de",)
    assert "found in the rows" in text
    said = draft_source(str(place), ("fr",))
    assert parse_policy(said).detect.countries == ("fr",)
    assert "found in the rows" not in said


def test_k_anonymity_is_measured_on_what_the_draft_makes() -> None:
    """The column with which the fewest rows are suppressed is taken first."""
    from anonymize.plan.draft import measure

    table = pa.table(
        {"a": ["x", "y"] * 50, "b": [str(at) for at in range(100)], "c": ["z"] * 98 + ["w"] * 2}
    )
    measured = measure(table, [ColumnName(name) for name in "abc"])
    assert measured.kept == ("a", "c")
    assert measured.left_out == {"b": 1.0}


def test_fields_of_structs_are_counted_like_columns(tmp_path: Path) -> None:
    """A city inside an address; the measure looked for a column of that name."""
    rows = [
        {"mail": f"u{i}@example.org", "addr": {"city": ("Cologne", "Bonn")[i % 2]}}
        for i in range(120)
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    text = draft_source(str(tmp_path / "a.json"))
    assert "quasi_identifiers: [addr.city]" in text
    assert parse_policy(uncommented(text)).privacy is not None


def people(rows: int) -> pa.Table:
    """Return people whose births, postcodes and ages few share."""
    draw = random.Random(3)
    return pa.table(
        {
            "full_name": [f"{draw.choice(FIRST)} {draw.choice(LAST)}" for _ in range(rows)],
            "born": pa.array([draw.randrange(-9000, 12000) for _ in range(rows)], pa.date32()),
            "zip_code": [f"{draw.randrange(98000, 98200)}" for _ in range(rows)],
            "gender": [draw.choice("FM") for _ in range(rows)],
        }
    )


FIRST = ("Ana", "Ben", "Carla", "David", "Emma", "Frank")
LAST = ("Castro", "Jensen", "Miller", "Smith", "Weber", "Novak")


def test_a_draft_with_k_has_exact_rules_and_loses_less(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs as it is, leaves no quasi-identifier out, suppresses next to nothing, and keeps more
    detail than the rules of a draft without it.
    """
    pq.write_table(people(1200), tmp_path / "people.parquet")
    text = draft_source(str(tmp_path / "people.parquet"), k=5)
    policy = parse_policy(text)
    assert policy.privacy is not None
    assert set(policy.privacy.quasi_identifiers) == {"born", "zip_code", "gender"}
    assert policy.privacy.recode["born"].dates
    assert policy.columns["born"].to == "day"
    assert policy.columns["zip_code"].action == "keep"
    assert "left out of privacy" not in text
    assert published(text, tmp_path, monkeypatch) >= 1200 * 0.98
    plain = draft_source(str(tmp_path / "people.parquet"))
    assert "# With exact rules, coarser only where classes need it: coatcheck init --k 5" in plain
    asked = parse_policy(uncommented(plain)).privacy
    assert asked is not None
    assert asked.recode


def test_a_draft_with_k_falls_back_where_no_class_has_k(tmp_path: Path) -> None:
    """Three rows: the rules protect by themselves, and the block is a comment at most."""
    pq.write_table(people(3), tmp_path / "people.parquet")
    policy = parse_policy(draft_source(str(tmp_path / "people.parquet"), k=5))
    assert policy.privacy is None
    assert policy.columns["born"].to == "year"


def test_a_k_below_two_is_refused(tmp_path: Path) -> None:
    """Before the source is read."""
    pq.write_table(people(3), tmp_path / "people.parquet")
    with pytest.raises(ArgumentError, match="classes have at least 2 people"):
        draft_source(str(tmp_path / "people.parquet"), k=1)


def test_a_draft_with_k_takes_rows_for_people_who_have_ids_alone(tmp_path: Path) -> None:
    """Without a name or an address in the table the diagnosis was kept as it is, and unnamed in
    the block, and each visit to the second.
    """
    draw = random.Random(4)
    rows = 600
    table = pa.table(
        {
            "patient_id": [f"p{number:05}" for number in range(rows)],
            "age": [draw.randrange(18, 90) for _ in range(rows)],
            "zip": [f"{draw.randrange(98000, 98020)}" for _ in range(rows)],
            "gender": [draw.choice(("female", "male")) for _ in range(rows)],
            "diagnosis": [draw.choice(("flu", "asthma", "hiv", "diabetes")) for _ in range(rows)],
            "seen": pa.array(
                [1_700_000_000 + draw.randrange(10**7) for _ in range(rows)], pa.timestamp("s")
            ),
        }
    )
    pq.write_table(table, tmp_path / "visits.parquet")
    policy = parse_policy(draft_source(str(tmp_path / "visits.parquet"), k=5))
    assert policy.privacy is not None
    assert "diagnosis" in policy.privacy.sensitive
    assert policy.sink.restricted is not None
    assert "diagnosis" in policy.sink.restricted.columns
    assert policy.columns["seen"].action != "keep"
