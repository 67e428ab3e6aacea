"""Who gets at a dataset's folder without the owner's key learns no more of the raw data than they
must.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import anonymize
from anonymize.custody.rotate_keys import unreadable_without
from anonymize.dataset import Dataset, RowCounts, is_of_source, open_facts, read_quarantine
from anonymize.dataset.facts import ColumnFacts, ResidualFacts
from anonymize.dataset.owner import published_columns, published_residual, published_rows
from anonymize.errors import KeysError, PlanError
from anonymize.io import open_source
from anonymize.keys import Keyring, share_keyring
from anonymize.names import KeyId
from anonymize.pipeline.prepare import preview_plan
from anonymize.policy import load_policy
from tests.workplace import Workplace

RESTRICTED = "out, restricted: {key: clinical, columns: [zip]}}"


@pytest.fixture
def reader(workplace: Workplace) -> Keyring:
    """Return the keyring of somebody who may read the unrestricted columns."""
    return share_keyring(["training"], workplace.folder / "reader.json", workplace.keyring_uri)


def _run(
    workplace: Workplace, extra: str = "", restricted: bool = False
) -> anonymize.pipeline.run.RunSummary:
    path = workplace.policy(extra)
    if restricted:
        path.write_text(path.read_text().replace("out}", RESTRICTED))
    return anonymize.run(path, keyring=workplace.keyring_uri)


def _written(workplace: Workplace) -> bytes:
    return b"".join(
        path.read_bytes() for path in sorted(workplace.sink.rglob("*")) if path.is_file()
    )


def _manifest(workplace: Workplace) -> dict[str, object]:
    text = (workplace.sink / "versions/000001/manifest.json").read_text()
    manifest: dict[str, object] = json.loads(text)["manifest"]
    return manifest


def test_no_digest_size_or_name_of_the_raw_file_is_written(workplace: Workplace) -> None:
    """A digest confirms guesses of a small file, and a file may be called by its patient."""
    source = workplace.folder / "castro-ana.csv"
    workplace.source.rename(source)
    path = workplace.policy()
    path.write_text(path.read_text().replace("people.csv", "castro-ana.csv"))
    anonymize.run(path, keyring=workplace.keyring_uri)
    written, content = _written(workplace), source.read_bytes()
    for algorithm in ("sha256", "sha1", "md5", "blake2b"):
        assert hashlib.new(algorithm, content).hexdigest().encode() not in written
    assert b"castro-ana" not in written
    assert set(_manifest(workplace)["source"]) == {"format", "files", "hmac_sha256"}  # type: ignore[call-overload]


def test_the_policys_digest_is_keyed(workplace: Workplace) -> None:
    """Its deny list may hold names, and all else of it is in the manifest: a plain digest would
    confirm them.
    """
    _run(workplace, "detect: {deny: [Zuqo Kaxi]}")
    assert load_policy(workplace.folder / "people.yaml").digest().encode() not in _written(
        workplace
    )


def test_the_owner_compares_the_source(
    workplace: Workplace, keyring: Keyring, reader: Keyring
) -> None:
    """The keyed digest fits the file as it was, and no other; a reader cannot try."""
    _run(workplace)
    manifest = Dataset(workplace.sink).manifest(keyring=keyring)
    assert is_of_source(manifest, open_source(str(workplace.source)).fingerprint(), keyring)
    workplace.source.write_text(workplace.source.read_text().replace("01067", "01068"))
    assert not is_of_source(manifest, open_source(str(workplace.source)).fingerprint(), keyring)
    with pytest.raises(KeysError):
        is_of_source(manifest, {"sha256": ""}, reader)


def test_digests_of_two_purposes_differ(workplace: Workplace) -> None:
    """Else two datasets of different purposes would tell that they are of one source."""
    _run(workplace)
    first = _manifest(workplace)["source"]
    path = workplace.policy()
    path.write_text(
        path.read_text().replace("purpose: test", "purpose: other").replace("/out}", "/out2}")
    )
    anonymize.run(path, keyring=workplace.keyring_uri)
    second = json.loads((workplace.folder / "out2/versions/000001/manifest.json").read_text())[
        "manifest"
    ]["source"]
    assert first != second


def test_exact_facts_are_the_owners(
    workplace: Workplace, keyring: Keyring, reader: Keyring
) -> None:
    """Names, digests, exact counts and unlisted places are sealed in the manifest."""
    _run(workplace)
    manifest = Dataset(workplace.sink).manifest(keyring=reader)
    facts = open_facts(manifest, keyring)
    assert facts["source"]["files"][0]["name"] == "people.csv"
    assert facts["rows"]["read"] == 3
    with pytest.raises(KeysError, match=r"owner.1"):
        open_facts(manifest, reader)


def test_places_without_a_rule_are_counted(workplace: Workplace, keyring: Keyring) -> None:
    """How the source calls them is raw; the owner's facts list them, the manifest's plan does
    not.
    """
    text = workplace.source.read_text().splitlines()
    odd = [f"{line},{'zuqokaxi' if at == 0 else at},{at}" for at, line in enumerate(text)]
    odd[0] = odd[0].rpartition(",")[0] + ",vebomiru"
    workplace.source.write_text("\n".join(odd) + "\n")
    _run(workplace)
    manifest = Dataset(workplace.sink).manifest(keyring=keyring)
    assert manifest.unlisted == 2
    assert open_facts(manifest, keyring)["unlisted"] == ["zuqokaxi", "vebomiru"]
    assert b"zuqokaxi" not in _written(workplace)


def test_rows_set_aside_are_the_owners(
    workplace: Workplace, keyring: Keyring, reader: Keyring
) -> None:
    """Which source rows they are, and that a restricted column holds a bad value there, no reader
    learns.
    """
    workplace.source.write_text(workplace.source.read_text().replace("10117", "1"))
    assert _run(workplace, "rows: {max_quarantined: 0.5}", restricted=True).quarantined == 1
    with pytest.raises(KeysError):
        list(read_quarantine(workplace.sink, keyring=reader))
    assert next(read_quarantine(workplace.sink, keyring=keyring)).num_rows == 1
    (aside,) = (f for f in _manifest(workplace)["files"] if f["role"] == "quarantine")  # type: ignore[attr-defined]
    assert (aside["key"], aside["rows"]) == ("owner", 0)


def test_of_a_restricted_column_the_manifest_tells_its_type(
    workplace: Workplace, keyring: Keyring
) -> None:
    """No null count, no distinct count, no verdict; the other columns have theirs."""
    _run(workplace, restricted=True)
    manifest = _manifest(workplace)
    told = {"columns": manifest["columns"], "checks": manifest["checks"]}
    assert set(told["columns"]["zip"]) == {"type", "source_type"}  # type: ignore[index]
    assert "zip" not in json.dumps(told["checks"])
    (line,) = (line for line in manifest["plan"] if line["column"] == "zip")  # type: ignore[attr-defined]
    assert line["note"] == ""
    facts = open_facts(Dataset(workplace.sink).manifest(keyring=keyring), keyring)
    assert facts["columns"]["zip"]["nulls"] == 0
    assert facts["checks"]["residual"]["sampled_distinct"]["zip"] == 3


def test_what_the_scan_read_is_told_coarsely() -> None:
    """Of a column of 1,530 different values neither figure tells that number."""
    exact = ResidualFacts(
        sample=1000,
        sampled_distinct={"id": 853, "ward": 6},
        miss_probability_of_1_percent={"id": 9.1e-8, "ward": 0.0},
    )
    told = published_residual(exact, ())
    assert told is not None
    assert told.sampled_distinct == {"id": 900, "ward": 6}
    assert told.miss_probability_of_1_percent == {"id": 1e-7, "ward": 0.0}


def test_small_counts_are_raised_to_k() -> None:
    """One row left out is a person; none, or k and more, are told as they are, and the sum still
    holds.
    """
    rows = RowCounts(read=1010, written=1000, suppressed=1, quarantined=9, filtered=0)
    told = published_rows(rows, 5)
    assert (told.read, told.suppressed, told.quarantined, told.filtered) == (1014, 5, 9, 0)
    assert told.raised_to == 5
    assert published_rows(rows, 0) == rows
    assert published_columns({"a": ColumnFacts(type="string", nulls=2)}, 5, ())["a"].nulls == 5


def test_under_a_privacy_measure_small_counts_are_not_told(
    workplace: Workplace, keyring: Keyring
) -> None:
    """In the manifest and in what goes to an orchestrator; the owner's own summary is exact."""
    rows = [
        f"N{n},n{n}@example.com,0{n:04},{1950 if n == 39 else 1990}-01-01,{n}" for n in range(40)
    ]
    workplace.source.write_text("\n".join(["name,email,zip,born,visits", *rows]) + "\n")
    privacy = "privacy: {quasi_identifiers: [born], k: 5, max_suppressed: 0.5}"
    summary = _run(workplace, privacy)
    assert (summary.rows_in, summary.suppressed) == (40, 1)
    told = summary.for_anybody(load_policy(workplace.folder / "people.yaml"))
    manifest = Dataset(workplace.sink).manifest(keyring=keyring)
    assert (
        (told.rows_in, told.suppressed) == (manifest.rows.read, manifest.rows.suppressed) == (44, 5)
    )
    assert open_facts(manifest, keyring)["rows"]["suppressed"] == 1


def test_a_readers_keyring_is_refused_before_row_one(workplace: Workplace, reader: Keyring) -> None:
    """What only the owner may know could not be kept shut without the owner's key."""
    path = workplace.policy()
    path.write_text(
        path.read_text()
        .replace("pseudonymize, domain: email", "redact")
        .replace("fake, kind: name", "redact")
    )
    for work in (preview_plan, anonymize.run):
        with pytest.raises(
            KeysError, match=r"key 'owner' is not in the keyring.*coatcheck keys init"
        ):
            work(path, keyring=reader.place)  # type: ignore[operator]
    assert Dataset(workplace.sink).current is None


def test_the_owners_key_is_neither_shared_nor_named(workplace: Workplace, tmp_path: Path) -> None:
    """A policy that wrapped a dataset by it would make its readers owners."""
    with pytest.raises(KeysError, match="not shared"):
        share_keyring(["owner"], tmp_path / "r.json", workplace.keyring_uri)
    path = workplace.policy()
    path.write_text(path.read_text().replace("out}", "out, key: owner}"))
    with pytest.raises(PlanError, match=r"sink.key: 'owner' is kept for"):
        anonymize.run(path, keyring=workplace.keyring_uri)


def test_destroying_the_owners_key_says_what_is_lost(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Rows set aside and the facts of manifests; the published rows are not."""
    workplace.source.write_text(workplace.source.read_text().replace("10117", "1"))
    _run(workplace, "rows: {max_quarantined: 0.5}")
    lost = unreadable_without(KeyId("owner.1"), [workplace.sink], keyring)
    where = f"{workplace.sink} version 1"
    assert lost == (
        f"the rows set aside of {where}",
        f"what the manifest of {where} keeps for the owner",
    )
