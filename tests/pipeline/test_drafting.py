"""A drafted policy is tried before it is written, and runs as it is."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pyarrow as pa
import pytest

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
