"""Runs over JSON kept as text and over maps: what is published, and what stops."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.custody.reveal import reveal
from anonymize.dataset import Dataset, read, read_quarantine
from anonymize.errors import GateError, KeysError, PlanError
from anonymize.keys import Keyring, share_keyring
from anonymize.pipeline.drift import drift
from anonymize.pipeline.prepare import inspect_source, preview_plan
from anonymize.policy import Policy, load_policy
from tests.workplace import Workplace

PEOPLE = [
    ("Ana Castro", "ana.castro@example.com"),
    ("Bo Jensen", "bo.jensen@example.org"),
    ("Chen Wu", "chen@example.net"),
]
RULES = """
  id: {action: keep}
  payload.$.user.email: {action: tokenize, domain: email, accept: few rows}
  payload.$.user.name: {action: fake, kind: name, accept: few rows}
  payload.$.items[].sku: {action: keep}
"""


def _documents() -> list[str]:
    return [
        json.dumps(
            {
                "user": {"name": name, "email": email},
                "ip": f"192.0.2.{n}",
                "items": [{"sku": f"A{n}", "by": name}],
            }
        )
        for n, (name, email) in enumerate(PEOPLE)
    ]


def _policy(place: Workplace, source: Path, rules: str = RULES, extra: str = "") -> Policy:
    path = place.folder / "inside.yaml"
    path.write_text(
        f"version: 1\ndataset: inside\npurpose: test\nsource: {{path: {source}}}\nsink: {{path:"
        f" {place.sink}}}\nrows: {{order: source}}\n{extra}\ncolumns:{rules}"
    )
    return load_policy(path)


def _csv(place: Workplace, documents: Sequence[str], name: str = "events.csv") -> Path:
    path = place.folder / name
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("id", "payload"), *enumerate(documents)])
    return path


def _run(place: Workplace, policy: Policy, keyring: Keyring) -> Any:
    anonymize.run(policy, keyring=place.keyring_uri)
    return read(place.sink, keyring=keyring)


def _bytes_written(place: Workplace) -> bytes:
    return b"".join(path.read_bytes() for path in place.sink.rglob("*") if path.is_file())


def test_documents_in_a_csv_are_published_without_what_no_rule_names(
    workplace: Workplace, keyring: Keyring
) -> None:
    """The column stays text; its documents keep their nesting; no raw value is in any byte
    written.
    """
    out = _run(workplace, _policy(workplace, _csv(workplace, _documents())), keyring)
    first = json.loads(out["payload"][0].as_py())
    assert out.schema.field("payload").type == pa.string()
    assert list(first) == ["user", "items"]
    assert first["items"] == [{"sku": "A0"}]
    raw = [word.encode() for pair in PEOPLE for word in pair] + [b"192.0.2"]
    assert not [word for word in raw if word in _bytes_written(workplace)]


def test_tokens_in_documents_turn_back(workplace: Workplace, keyring: Keyring) -> None:
    """A place is revealed by its path."""
    policy = _policy(workplace, _csv(workplace, _documents()))
    out = _run(workplace, policy, keyring)
    tokens = pa.array([json.loads(text)["user"]["email"] for text in out["payload"].to_pylist()])
    revealed = reveal(policy, "payload.$.user.email", tokens, keyring, reason="ticket 12")
    assert revealed.values.to_pylist() == [email for _, email in PEOPLE]


def test_bad_documents_are_set_aside_by_their_row(workplace: Workplace, keyring: Keyring) -> None:
    """Partitions count their own rows, and no other row is lost."""
    documents = _documents()
    for number in (1, 2):
        _csv(workplace, [documents[0], '{"user": "Ana', documents[2]], f"events-{number}.csv")
    policy = _policy(workplace, workplace.folder / "events-*.csv")
    policy = policy.model_copy(
        update={"rows": policy.rows.model_copy(update={"max_quarantined": 0.5})}
    )
    out = _run(workplace, policy, keyring)
    assert out["id"].to_pylist() == [0, 2, 0, 2]
    assert out["payload"][0] == out["payload"][2]
    aside = pa.Table.from_batches(read_quarantine(workplace.sink, keyring=keyring)).to_pylist()
    assert [(row["row"], row["column"], row["reason"]) for row in aside] == [
        (2, "payload", "not JSON")
    ] * 2


def test_an_identifier_kept_in_a_document_is_refused(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Detection looks at the places that rules name, before row one."""
    documents = [json.dumps({"user": {"email": f"user{n}@example.com"}}) for n in range(50)]
    policy = _policy(
        workplace, _csv(workplace, documents), "\n  payload.$.user.email: {action: keep}\n"
    )
    with pytest.raises(
        PlanError, match=r"keep, but 'payload.\$.user.email' looks like EMAIL_ADDRESS"
    ):
        anonymize.run(policy, keyring=workplace.keyring_uri)


def test_an_identifier_in_an_object_kept_whole_is_refused(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Detection looks inside, and names the place as a rule would."""
    documents = [json.dumps({"meta": {"mail": f"user{n}@example.com", "n": n}}) for n in range(50)]
    policy = _policy(workplace, _csv(workplace, documents), "\n  payload.$.meta: {action: keep}\n")
    with pytest.raises(
        PlanError, match=r"keep, but 'payload.\$.meta.mail' looks like EMAIL_ADDRESS"
    ):
        anonymize.run(policy, keyring=workplace.keyring_uri)


@pytest.mark.usefixtures("gate_alone")
def test_the_scan_of_the_output_looks_into_documents(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Addresses in an object that was kept whole, too few to make a place of codes one of
    addresses, stop the run.
    """
    words = [f"K{n * 7919 % 9973}" for n in range(300)] + [f"user{n}@example.com" for n in range(6)]
    documents = [json.dumps({"meta": {"note": word}}) for word in words]
    policy = _policy(workplace, _csv(workplace, documents), "\n  payload.$.meta: {action: keep}\n")
    with pytest.raises(GateError, match=r"payload\.\$\.meta: the output still holds EMAIL_ADDRESS"):
        anonymize.run(policy, keyring=workplace.keyring_uri)
    assert Dataset(workplace.sink).current is None


def test_documents_in_json_lines_and_nested_columns(workplace: Workplace, keyring: Keyring) -> None:
    """A document may lie in a struct of a list."""
    path = workplace.folder / "events.jsonl"
    path.write_text(
        "\n".join(json.dumps({"calls": [{"body": text, "n": 1}, None]}) for text in _documents())
    )
    out = _run(
        workplace,
        _policy(workplace, path, "\n  'calls[].body.$.items[].sku': {action: keep}\n"),
        keyring,
    )
    assert out["calls"][1].as_py() == [{"body": '{"items":[{"sku":"A1"}]}'}, None]


def test_maps_in_parquet_are_published_as_maps(workplace: Workplace, keyring: Keyring) -> None:
    """Named entries are treated, others are gone, and no raw value is in any byte written."""
    path = workplace.folder / "people.parquet"
    maps = [[("email", email), ("full name", name)] for name, email in PEOPLE]
    pq.write_table(
        pa.table({"attrs": pa.array([*maps, None], pa.map_(pa.string(), pa.string()))}), path
    )
    out = _run(workplace, _policy(workplace, path, "\n  attrs.email: {action: redact}\n"), keyring)
    assert out["attrs"].to_pylist() == [[("email", "<REDACTED>")]] * 3 + [None]
    assert not [
        word for pair in PEOPLE for word in pair if word.encode() in _bytes_written(workplace)
    ]


def test_the_scan_of_the_output_looks_into_maps(workplace: Workplace, keyring: Keyring) -> None:
    """Keys are data too: an address that is a key is found."""
    path = workplace.folder / "people.parquet"
    maps = [[(f"user{n}@example.com", 1)] for n in range(50)]
    pq.write_table(pa.table({"attrs": pa.array(maps, pa.map_(pa.string(), pa.int64()))}), path)
    rules = "\n  'attrs[].key': {action: keep}\n  'attrs[].value': {action: keep}\n"
    with pytest.raises(PlanError, match=r"keep, but 'attrs\[\].key' looks like EMAIL_ADDRESS"):
        anonymize.run(_policy(workplace, path, rules), keyring=workplace.keyring_uri)


def test_frames_may_hold_documents(workplace: Workplace) -> None:
    """Frames in, frames out."""
    import pandas as pd

    frame = pd.DataFrame({"id": range(3), "payload": _documents()}, index=["x", "y", "z"])
    rules = "\n  id: {action: keep}\n  payload.$.user.name: {action: redact}\n"
    out = anonymize.anonymize_frame(frame, _policy(workplace, workplace.source, rules))
    assert list(out.index) == [0, 1, 2]
    assert out["payload"].tolist() == ['{"user":{"name":"<REDACTED>"}}'] * 3


def test_a_column_of_documents_can_be_restricted(workplace: Workplace, keyring: Keyring) -> None:
    """The whole column goes under the other key."""
    _policy(workplace, _csv(workplace, _documents()))
    path = workplace.folder / "inside.yaml"
    restricted = "restricted: {key: clinical, columns: [payload]}"
    path.write_text(
        path.read_text().replace(f"{workplace.sink}}}", f"{workplace.sink}, {restricted}}}")
    )
    assert _run(workplace, load_policy(path), keyring).num_rows == len(PEOPLE)
    reader = share_keyring(["training"], workplace.folder / "reader.json", workplace.keyring_uri)
    assert read(workplace.sink, ["id"], keyring=reader).num_rows == len(PEOPLE)
    with pytest.raises(KeysError):
        read(workplace.sink, ["payload"], keyring=reader)


def test_a_source_whose_documents_stay_alike_has_not_drifted(
    workplace: Workplace, keyring: Keyring
) -> None:
    """Places are compared with the published version as columns are."""
    source = _csv(workplace, _documents())
    policy = _policy(workplace, source)
    _run(workplace, policy, keyring)
    assert not drift(policy.source, inspect_source(policy.source), workplace.folder / "inside.yaml")


def test_the_plan_shows_places_by_their_shape(workplace: Workplace) -> None:
    """No original can be read in it."""
    _policy(workplace, _csv(workplace, _documents()))
    look = preview_plan(workplace.folder / "inside.yaml", workplace.keyring_uri)
    assert look.examples["payload.$.user.name"].startswith("xxx xxxxxx → ")
    assert look.plan.dropped == ("payload.$",)
