"""Runs from Google Cloud Storage and Azure Blob Storage, and what does not lie there: datasets."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import anonymize
from anonymize.cli.app import app
from anonymize.dataset import Dataset, open_facts, read
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, PolicyError
from anonymize.io.sources import pieces, record_ends
from anonymize.keys import Keyring
from anonymize.policy import parse_policy
from tests.cloud_stores import Cloud, azure, cloud, gcs  # noqa: F401
from tests.dask_cluster import dask_cluster
from tests.io.stores.test_cloud_credentials import _account_signature
from tests.pipeline.test_stores import CSV, policy

BODY = CSV.partition(b"\n")[2]
MAIN = "from anonymize.cli import main; main()"
DEBUG = "import logging; logging.basicConfig(level=logging.DEBUG)\n"


def _policy(cloud: Cloud, path: str, sink: Path) -> str:
    text = policy(cloud.at(path), str(sink))
    return text.replace("domain: name", "domain: name, accept: invented")


def test_an_incremental_run_does_what_changed_alone(
    cloud: Cloud, keyring: Keyring, tmp_path: Path
) -> None:
    """Objects are known by their generation or ETag; nothing changed is told without reading."""
    for name in ("a", "b", "c"):
        cloud.put(f"raw/{name}.csv", CSV)
    loaded = parse_policy(_policy(cloud, "raw", tmp_path / "out"))
    anonymize.run(loaded, keyring=keyring, incremental=True)
    cloud.put("raw/b.csv", CSV + BODY)
    done = anonymize.run(loaded, keyring=keyring, incremental=True)
    assert done.increment is not None
    assert (done.increment.kept, done.increment.done, done.rows_out) == (2, 1, 240)
    again = anonymize.run(loaded, keyring=keyring, incremental=True)
    assert again.increment is not None
    assert again.increment.nothing_changed
    assert Dataset(tmp_path / "out").verify(keyring=keyring, dataset="people").ok


def test_the_facts_of_a_source_tell_its_objects(
    cloud: Cloud, keyring: Keyring, tmp_path: Path
) -> None:
    """Size, digest, and what names the state that was read; no credentials."""
    cloud.put("raw/people.csv", CSV)
    loaded = parse_policy(_policy(cloud, "raw/people.csv", tmp_path / "out"))
    done = anonymize.run(loaded, keyring=keyring)
    manifest = Dataset(done.path).manifest(keyring=keyring)
    (file,) = open_facts(manifest, keyring)["source"]["files"]
    assert file["size_bytes"] == len(CSV)
    assert file["etag"]
    assert cloud.secret not in str(done) + str(manifest)


def _divide(patch: pytest.MonkeyPatch) -> bytes:
    """Let objects be divided; return one that is."""
    patch.setattr(pieces, "SMALLEST_BYTES", 2000)
    patch.setattr(pieces, "MOST_PIECES", 1 << 40)
    patch.setattr(record_ends, "CHUNK_BYTES", 1 << 9)
    return CSV + BODY * 6


@pytest.mark.usefixtures("forked_workers")
def test_a_large_object_is_worked_on_by_processes_that_open_their_own_credentials(
    cloud: Cloud, keyring_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In pieces, as one process does."""
    cloud.put("raw/people.csv", _divide(monkeypatch))
    kept = {}
    for workers in (1, 2):
        sink = tmp_path / f"out{workers}"
        loaded = parse_policy(_policy(cloud, "raw/people.csv", sink) + "rows: {order: source}\n")
        done = anonymize.run(loaded, keyring=keyring_uri, workers=workers)
        assert len(done.as_dict()["parts"]) > 2
        kept[workers] = read(sink, keyring=anonymize.keys.open_keyring(keyring_uri))
    assert kept[1].equals(kept[2])
    assert kept[1].num_rows == 420


@pytest.mark.soak
def test_workers_of_a_cluster_open_their_own_credentials(
    cloud: Cloud, keyring_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None is sent to them: with other ones a run is refused, by their store; with their own it is
    published. Neither scheduler nor workers note any.
    """
    cloud.put("raw/people.csv", _divide(monkeypatch))
    loaded = parse_policy(_policy(cloud, "raw/people.csv", tmp_path / "out"))
    without = {
        "GOOGLE_APPLICATION_CREDENTIALS": "/nowhere",
        "AZURE_STORAGE_KEY": "YW5vdGhlcg==",
    }
    for name, env in (("without", without), ("with", {})):
        (folder := tmp_path / name).mkdir()
        with dask_cluster(folder, **env) as cluster:
            if env:
                with pytest.raises(AnonymizeError) as caught:
                    anonymize.run(loaded, keyring=keyring_uri, runner=cluster.runner)
                told = ("GOOGLE_APPLICATION_CREDENTIALS names is not there", "have no permission")
                assert any(one in str(caught.value) for one in told)
            else:
                done = anonymize.run(loaded, keyring=keyring_uri, runner=cluster.runner)
                assert done.rows_out == 420
            assert cloud.secret.encode() not in cluster.texts()
            assert b"Canaryson" not in cluster.texts()


@pytest.mark.soak
def test_nothing_secret_is_written_anywhere_by_commands(
    cloud: Any, keyring_uri: str, tmp_path: Path
) -> None:
    """With every library's log at DEBUG: neither values nor credentials, tokens or signatures, in
    what is printed, in any file, or in the store's own log.
    """
    cloud.put("raw/people.csv", CSV)
    (site := tmp_path / "site").mkdir()
    (site / "sitecustomize.py").write_text(DEBUG)
    (work := tmp_path / "work").mkdir()
    (work / "p.yaml").write_text(_policy(cloud, "raw/people.csv", work / "out"))
    source, missing = cloud.at("raw/people.csv"), cloud.at("none.csv")
    secrets = {cloud.secret, "ya29.TokenOfTheTests", "Canaryson"}
    ways = [{}]
    if cloud.scheme == "az":
        signature = _account_signature()
        secrets.add(signature.rpartition("=")[2])
        ways.append({"AZURE_STORAGE_KEY": "", "AZURE_STORAGE_SAS_TOKEN": signature})
    for way in ways:
        for code, line in (
            (0, ["inspect", source, "--ner", "off"]),
            (
                0,
                [
                    "anonymize",
                    source,
                    "-o",
                    "clean.csv",
                    "--policy",
                    "p.yaml",
                    "--yes",
                    "--overwrite",
                ],
            ),
            (0, ["run", "p.yaml", "--keyring", keyring_uri]),
            (2, ["inspect", missing]),
        ):
            done = subprocess.run(
                [sys.executable, "-c", MAIN, *line],
                cwd=work,
                env={**os.environ, **way, "PYTHONPATH": f"{site}{os.pathsep}{Path.cwd()}"},
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=300,
            )
            told = (done.stdout + done.stderr).decode()
            assert done.returncode == code, told
            assert "urllib3.connectionpool" in told
            assert [one for one in secrets if one in told] == []
    assert (work / "clean.csv").read_bytes().count(b"\n") == 61
    for path in work.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert [one for one in secrets if one.encode() in data] == [], path
    logged = cloud.server.logged()
    assert b"people.csv" in logged
    assert b"Canaryson" not in logged
    assert cloud.secret.encode() not in logged


@pytest.mark.parametrize("scheme", ["gs", "az"])
def test_a_dataset_does_not_lie_there(scheme: str, keyring: Keyring) -> None:
    """In a policy, in a call and in commands, with where it can; nothing is asked or written."""
    address, said = f"{scheme}://bucket/people", f"{scheme}: holds sources, no datasets"
    with pytest.raises(PolicyError, match=f"{said}.*s3://bucket/prefix"):
        parse_policy(policy("a.csv", address))
    with pytest.raises(DatasetError, match=said):
        read(address, keyring=keyring)
    for line in (["verify", address], ["versions", address], ["bucket", "check", address]):
        done = CliRunner().invoke(app, line)
        assert isinstance(done.exception, AnonymizeError), line
        assert "s3://bucket" in str(done.exception)
    assert not Path(f"{scheme}:").exists()


@pytest.mark.parametrize("scheme", ["gs", "az"])
def test_what_is_exported_goes_to_this_machine(
    scheme: str, keyring: Keyring, tmp_path: Path
) -> None:
    """An address of a store is no file."""
    (tmp_path / "a.csv").write_bytes(CSV)
    loaded = parse_policy(policy(str(tmp_path / "a.csv"), str(tmp_path / "out")))
    done = anonymize.run(loaded, keyring=keyring)
    with pytest.raises((ArgumentError, DatasetError), match="only a path of this machine"):
        anonymize.dataset.export(done.path, f"{scheme}://bucket/x.csv", keyring=keyring)
