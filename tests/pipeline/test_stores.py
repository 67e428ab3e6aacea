"""A run from S3 to S3, and what is refused before its first row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import anonymize
from anonymize.cli.app import app
from anonymize.custody.where_is import where_is_key, where_is_subject
from anonymize.dataset import Dataset, open_facts, read
from anonymize.dataset.audit_lines import audit_problems
from anonymize.dataset.history import history
from anonymize.errors import ArgumentError, DatasetError, GateError, PolicyError
from anonymize.io.stores.bucket import _only_tls, bucket_lacks, harden
from anonymize.keys import Keyring
from anonymize.pipeline.erase import erase
from anonymize.pipeline.prepare import preview_plan
from anonymize.policy import parse_policy
from tests.object_store import SECRET_KEY, StoreServer, bucket, s3  # noqa: F401

NAMES = ["Ana Canaryson", "Bo Canaryson", "Chen Canaryson"]
CSV = b"name,plan\n" + b"".join(f"{NAMES[n % 3]},p{n % 4}\n".encode() for n in range(60))


def only_tls(client: Any, name: str, changed: dict[str, Any]) -> None:
    """Give a bucket the statement that `harden` sets, with changes."""
    policy = {"Version": "2012-10-17", "Statement": [{**_only_tls(name), **changed}]}
    client.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))


def policy(source: str, sink: str, more: str = "") -> str:
    """Return a policy's text."""
    return (
        f"version: 1\ndataset: people\npurpose: test\nsource: {{path: '{source}'}}\n"
        f"sink: {{path: '{sink}'{more}}}\n"
        "columns:\n  name: {action: pseudonymize, domain: name}\n  plan: {action: keep}\n"
    )


@pytest.fixture
def ready(s3: Any, bucket: str) -> str:
    """A bucket that does what is asked for, with a source in it.

    moto takes a statement about TLS for a denial of everything, unless its action is spelt in a way
    that moto does not match; AWS matches actions in upper and lower case.
    """
    harden(bucket, tuple(lack for lack in bucket_lacks(bucket) if lack.name != "tls"))
    only_tls(s3, bucket, {"Action": "S3:*"})
    s3.put_object(Bucket=bucket, Key="raw/people.csv", Body=CSV)
    return bucket


def test_a_run_from_s3_to_s3(
    s3: Any, ready: str, keyring: Keyring, store_server: StoreServer, tmp_path: Path
) -> None:
    """Published, verified, read; no value in any object but the source, nor in the server's log."""
    text = policy(f"s3://{ready}/raw/people.csv", f"s3://{ready}/out/people")
    done = anonymize.run(parse_policy(text), keyring=keyring)
    assert (done.rows_in, done.rows_out, done.path) == (60, 60, f"s3://{ready}/out/people")
    again = anonymize.run(parse_policy(text), keyring=keyring)
    assert again.version == 2
    assert Dataset(done.path).verify(keyring=keyring, dataset="people").ok
    got = read(done.path, keyring=keyring)
    assert sorted(got["plan"].to_pylist()) == sorted(f"p{n % 4}" for n in range(60))
    for one in s3.list_objects_v2(Bucket=ready, Prefix="out/")["Contents"]:
        data = s3.get_object(Bucket=ready, Key=one["Key"])["Body"].read()
        assert b"Canaryson" not in data
        head = s3.head_object(Bucket=ready, Key=one["Key"])
        assert head["ServerSideEncryption"] == "AES256"
    assert b"Canaryson" not in store_server.logged()
    assert SECRET_KEY.encode() not in store_server.logged()


def test_a_gate_that_fails_leaves_no_object(s3: Any, ready: str, keyring: Keyring) -> None:
    """Nothing is uploaded before every gate has passed."""
    text = policy(f"s3://{ready}/raw/people.csv", f"s3://{ready}/out/people")
    loaded = parse_policy(text + "rows: {where: [[plan, '=', none]]}\n")
    with pytest.raises(GateError):
        anonymize.run(loaded, keyring=keyring)
    assert "Contents" not in s3.list_objects_v2(Bucket=ready, Prefix="out/")


def test_a_bucket_that_lacks_something_is_refused_with_everything_it_lacks(
    s3: Any, bucket: str, keyring: Keyring
) -> None:
    """Before the first write; the command that sets it is named."""
    s3.put_object(Bucket=bucket, Key="raw/people.csv", Body=CSV)
    text = policy(f"s3://{bucket}/raw/people.csv", f"s3://{bucket}/out")
    with pytest.raises(DatasetError) as caught:
        anonymize.run(parse_policy(text), keyring=keyring)
    said = str(caught.value)
    for what in ("does not encrypt", "does not block public", "plain http", "does not keep"):
        assert what in said
    assert f"coatcheck bucket harden s3://{bucket}" in said
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket, Prefix="out/")


def test_accept_is_said_in_plan_summary_and_manifest(
    s3: Any, bucket: str, keyring: Keyring
) -> None:
    """Who reads any of them knows."""
    s3.put_object(Bucket=bucket, Key="raw/people.csv", Body=CSV)
    text = policy(f"s3://{bucket}/raw/people.csv", f"s3://{bucket}/out", ", bucket: accept")
    loaded = parse_policy(text)
    what = "sink: {bucket: accept}"
    assert any(what in line for line in preview_plan(loaded, keyring).not_looked_for)
    done = anonymize.run(loaded, keyring=keyring)
    assert any(what in line for line in done.not_looked_for)
    manifest = Dataset(done.path).manifest(keyring=keyring)
    assert any(what in line for line in manifest.checks.not_looked_for)


@pytest.mark.parametrize(
    "statement, holds",
    [
        ({}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}, True),
        ({"Effect": "Allow"}, False),
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({"Action": "s3:GetObject"}, False),
        ({"Resource": "arn:aws:s3:::other/*"}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        (
            {
                "Condition": {
                    "Bool": {"aws:SecureTransport": "false"},
                    "StringEquals": {"aws:sourceVpce": "x"},
                }
            },
            False,
        ),
    ],
)
def test_a_policy_counts_only_if_it_refuses_all_plain_http(
    s3: Any, ready: str, statement: dict[str, Any], holds: bool
) -> None:
    """A statement that is nearly right lets some through."""
    only_tls(s3, ready, statement)
    assert ("tls" not in {lack.name for lack in bucket_lacks(ready)}) is holds


def test_bucket_commands_check_ask_and_set(
    s3: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there already stays; nothing is set unasked."""
    run = CliRunner().invoke
    other = {"Sid": "mine", "Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket"}
    other["Resource"] = f"arn:aws:s3:::{bucket}"
    s3.put_bucket_policy(
        Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [other]})
    )
    found = run(app, ["bucket", "check", f"s3://{bucket}"])
    assert isinstance(found.exception, anonymize.AnonymizeError)
    assert found.exception.exit_code == 1
    assert len(found.exception.problems) == 4
    unasked = run(app, ["bucket", "harden", f"s3://{bucket}"])
    assert isinstance(unasked.exception, ArgumentError)
    assert len(bucket_lacks(bucket)) == 4
    done = run(app, ["bucket", "harden", f"s3://{bucket}/any", "--yes"])
    assert done.exit_code == 0, done.output
    assert run(app, ["bucket", "check", f"s3://{bucket}"]).exit_code == 0
    sids = [
        one.get("Sid")
        for one in json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    ]
    assert sids == ["mine", "CoatcheckOnlyTls"]


def test_commands_take_the_address(
    ready: str, keyring: Keyring, keyring_uri: str, tmp_path: Path
) -> None:
    """verify, versions, rollback, export, expire, inspect; the address is shown as it was typed."""
    sink = f"s3://{ready}/out/people"
    file = tmp_path / "p.yaml"
    file.write_text(policy(f"s3://{ready}/raw/people.csv", sink))
    out = tmp_path / "x.csv"
    why = ("--reason", "a test")
    for line in [
        ["run", str(file)],
        ["run", str(file)],
        ["verify", sink, "--policy", str(file)],
        ["versions", sink],
        ["rollback", sink, "1", *why],
        ["export", sink, "-o", str(out)],
        ["expire", sink, "--keep", "1", "--policy", str(file), *why],
    ]:
        done = CliRunner().invoke(app, [*line, "--keyring", keyring_uri])
        assert done.exit_code == 0, (line, done.output, done.exception)
        if line[0] in ("verify", "rollback", "expire"):
            assert done.output.startswith(f"{sink}")
    assert out.read_text().count("\n") == 61
    seen = CliRunner().invoke(app, ["inspect", f"s3://{ready}/raw/*.csv", "--json", "--ner", "off"])
    assert seen.exit_code == 0, seen.exception
    assert "Canaryson" not in seen.output


@pytest.mark.parametrize(
    "source, sink",
    [
        ("s3://{b}/out/people/x.csv", "s3://{b}/out/people"),
        ("s3://{b}/raw", "s3://{b}/raw/people"),
    ],
)
def test_source_and_sink_that_overlap_are_refused(
    s3: Any, ready: str, keyring: Keyring, source: str, sink: str
) -> None:
    """As folders are."""
    source, sink = source.format(b=ready), sink.format(b=ready)
    s3.put_object(Bucket=ready, Key="out/people/x.csv", Body=CSV)
    with pytest.raises(ArgumentError, match="source and sink overlap"):
        anonymize.run(parse_policy(policy(source, sink)), keyring=keyring)


@pytest.mark.parametrize("sink", ["s3://some-bucket", "s3://some-bucket/", "s3://some-bucket/a*"])
def test_a_sink_needs_a_prefix(sink: str) -> None:
    """Of its own."""
    with pytest.raises(PolicyError, match="names no prefix"):
        parse_policy(policy("a.csv", sink))


def test_a_run_from_https_leaves_no_secret_anywhere(
    keyring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither token nor value in the dataset, the summary, or the manifest."""
    from tests.tls_server import Answer, tls_server

    monkeypatch.setenv("PEOPLE_TOKEN", SECRET_KEY)
    with tls_server(tmp_path, lambda asked: Answer(CSV)) as server:
        text = policy(f"{server.url}/people.csv", str(tmp_path / "out")).replace(
            "people.csv'}",
            f"people.csv', ca_file: '{server.ca_file}', allow_private: true,"
            " auth: {bearer_env: PEOPLE_TOKEN}}",
        )
        done = anonymize.run(parse_policy(text), keyring=keyring)
        assert server.asked[0].headers["Authorization"] == f"Bearer {SECRET_KEY}"
        assert len(server.asked) == 1
    assert done.rows_out == 60
    for path in (tmp_path / "out").rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert b"Canaryson" not in data
        assert SECRET_KEY.encode() not in data
    manifest = Dataset(done.path).manifest(keyring=keyring)
    assert SECRET_KEY not in str(done) + str(manifest) + str(open_facts(manifest, keyring))


def test_an_incremental_run_in_a_store_copies_no_part(
    s3: Any, ready: str, keyring: Keyring
) -> None:
    """Parts that are kept are the same objects in both versions; only what is new is written."""
    s3.delete_object(Bucket=ready, Key="raw/people.csv")
    for name in ("a", "b", "c"):
        s3.put_object(Bucket=ready, Key=f"raw/{name}.csv", Body=CSV)
    text = policy(f"s3://{ready}/raw", f"s3://{ready}/out/people")
    text = text.replace("domain: name", "domain: name, accept: invented")
    anonymize.run(parse_policy(text), keyring=keyring, incremental=True)
    before = {one["Key"] for one in s3.list_objects_v2(Bucket=ready, Prefix="out/")["Contents"]}
    s3.put_object(Bucket=ready, Key="raw/b.csv", Body=CSV + CSV.partition(b"\n")[2])
    done = anonymize.run(parse_policy(text), keyring=keyring, incremental=True)
    assert done.increment is not None
    assert (done.increment.kept, done.increment.done, done.rows_out) == (2, 1, 240)
    after = {one["Key"] for one in s3.list_objects_v2(Bucket=ready, Prefix="out/")["Contents"]}
    assert sum("/part-" in key for key in after - before) == 1
    sink = f"s3://{ready}/out/people"
    assert Dataset(sink).verify(keyring=keyring).ok
    Dataset(sink).expire(keep=1, keyring=keyring)
    assert read(sink, keyring=keyring).num_rows == 240
    again = anonymize.run(parse_policy(text), keyring=keyring, incremental=True)
    assert again.increment is not None
    assert again.increment.nothing_changed


def test_an_auditor_works_on_a_dataset_in_s3(s3: Any, ready: str, keyring: Keyring) -> None:
    """History, difference, a person and a key, and what would expire; nothing is changed."""
    path = f"s3://{ready}/out/people"
    text = policy(f"s3://{ready}/raw/people.csv", path)
    for more in ("", "subject: name\nerasure: {index: true}\n"):
        anonymize.run(parse_policy(more + text), keyring=keyring, accept_change=True)
    before = {one["Key"]: one["ETag"] for one in s3.list_objects_v2(Bucket=ready)["Contents"]}
    assert [act.what for act in history(path, keyring)] == ["publish", "publish"]
    assert ("policy", "keyed digest") in {
        (one.section, one.name) for one in Dataset(path).diff(1, 2, keyring=keyring)
    }
    person = where_is_subject(NAMES[0], [path], keyring)
    assert [one.version for one in person.found] == [2]
    assert [one.version for one in person.untold] == [1]
    assert len(where_is_key("pseudonym.1", [path], keyring).found) == 2
    assert Dataset(path).expire(keep=1, keyring=keyring, dry_run=True) == (1,)
    assert audit_problems(path, keyring) == ()
    after = {one["Key"]: one["ETag"] for one in s3.list_objects_v2(Bucket=ready)["Contents"]}
    assert after == before


def test_a_person_leaves_a_dataset_in_s3(s3: Any, ready: str, keyring: Keyring) -> None:
    """Of two versions none is left that has them; that the bucket keeps objects is said."""
    path = f"s3://{ready}/out/people"
    text = policy(f"s3://{ready}/raw/people.csv", path)
    loaded = parse_policy(f"subject: name\nerasure: {{index: true}}\n{text}")
    for _ in range(2):
        anonymize.run(loaded, keyring=keyring)
    stated = erase(loaded, NAMES[0], keyring, reason="request 12")["certificate"]
    assert (stated["gone"]["versions"], stated["current"]["version"]) == ([1, 2], 3)
    assert "earlier versions of the bucket's objects" in {one["what"] for one in stated["stays"]}
    assert read(path, keyring=keyring).num_rows == 40
    assert Dataset(path).verify(keyring=keyring, dataset="people").ok
    assert Dataset(path).versions(keyring) == (3,)
