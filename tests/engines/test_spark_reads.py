"""Spark's own Parquet reader on versions, with the KMS client that the documentation ships."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.custody.rotate_keys import rotate
from anonymize.dataset import Dataset, FileEntry, Manifest, read
from anonymize.io import write_part
from anonymize.io.sink import row_groups
from anonymize.keys import change_passphrase, init_keyring, open_keyring, share_keyring
from anonymize.names import KeyName
from tests.engines.rows import CANARY, by_id, rows

pyspark = pytest.importorskip("pyspark", reason="PySpark is in .venv-engines alone; make soak")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]
SOURCE = Path(__file__).resolve().parents[2] / "docs" / "spark" / "CoatcheckKms.java"
KEYS = [KeyName(name) for name in ("training", "clinical")]
RESTRICTED = ["name", "tags", "home"]
PARTS = (150, 1, 249)
_numbers = itertools.count()


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Compile the client as the page says, and start a Spark of two cores with it."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    work = tmp_path_factory.mktemp("spark")
    jars = Path(pyspark.__path__[0]) / "jars"
    javac = ["javac", "-Xlint:all,-path", "-Werror", "--release", "17", "-cp", f"{jars}/*"]
    subprocess.run([*javac, "-d", str(work / "kms"), str(SOURCE)], check=True)
    jar = work / "coatcheck-kms.jar"
    subprocess.run(
        ["jar", "--create", "--file", str(jar), "-C", str(work / "kms"), "."], check=True
    )
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]")
    factory = "org.apache.parquet.crypto.keytools.PropertiesDrivenCryptoFactory"
    for name, said in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(work),
        "spark.sql.warehouse.dir": str(work),
        "spark.sql.session.timeZone": "America/New_York",
        "spark.jars": str(jar),
        "spark.hadoop.parquet.crypto.factory.class": factory,
        "spark.hadoop.parquet.encryption.kms.client.class": "CoatcheckKms",
    }.items():
        builder = builder.config(name, said)
    started = builder.getOrCreate()
    yield started
    jvm = SparkContext._gateway.proc
    started.stop()
    SparkContext._gateway.shutdown()
    jvm.kill()
    SparkContext._gateway = SparkContext._jvm = None  # the next file starts one of its own
    jvm.wait(30)


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """Return a dataset of three parts, one of several row groups, with restricted columns."""
    monkeypatch.setattr(row_groups, "GROUP_ROWS", 50)
    uri = f"file:{tmp_path / 'own.json'}"
    keyring = init_keyring(uri, KEYS)
    dataset, table, files, start = Dataset(tmp_path / "people"), rows(), [], 0
    with dataset.stage() as staging:
        for number, count in enumerate(PARTS):
            part = write_part(
                staging.path / f"part-{number:05}.parquet",
                table.schema,
                table.slice(start, count).to_batches(max_chunksize=25),
                keyring=keyring,
                key="training",
                restricted={"clinical": RESTRICTED},
            )
            files.append(FileEntry.of(part, staging.path))
            start += count
        staging.publish(Manifest(dataset="people", files=tuple(files)), keyring)
    for name, keys in {"reader": KEYS[:1], "both": KEYS}.items():
        share_keyring(keys, tmp_path / f"{name}.json", uri)
    return dataset


def by_spark(session: Any, dataset: Dataset, keyring: str = "both.json") -> Any:
    """Return a version as Spark reads it with a keyring in the folder beside the dataset."""
    manifest = dataset.manifest(keyring=open_keyring(f"file:{dataset.path.parent / 'own.json'}"))
    folder = dataset.folder(manifest.version)
    options = {
        "coatcheck.keyring": f"file:{dataset.path.parent / keyring}",
        "parquet.encryption.kms.instance.id": f"another-{next(_numbers)}",
    }
    paths = [str(folder / entry.path) for entry in manifest.data_files()]
    return session.read.options(**options).parquet(*paths)


def tried(session: Any, dataset: Dataset) -> tuple[list[dict[str, Any]] | None, str]:
    """Return the rows as Spark reads them, or None and why it does not."""
    try:
        return by_id(by_spark(session, dataset).toArrow()), ""
    except Exception as error:
        return None, str(error)


def test_spark_reads_what_the_reader_reads(session: Any, people: Dataset, tmp_path: Path) -> None:
    """Every type, nested ones, nulls, another zone; restricted columns with their key."""
    table = read(people, keyring=f"file:{tmp_path / 'both.json'}")
    found = by_spark(session, people)
    assert found.columns == table.schema.names
    assert by_id(found.toArrow()) == by_id(table)
    assert found.where("visits = 3 AND zip LIKE '00%'").count() == sum(
        row["visits"] == 3 and row["zip"].startswith("00") for row in table.to_pylist()
    )


def test_without_the_key_of_some_columns_the_others_are_read(
    session: Any, people: Dataset, tmp_path: Path
) -> None:
    """Those are refused by name, and nothing hangs."""
    table = read(people, "readable", keyring=f"file:{tmp_path / 'reader.json'}")
    found = by_spark(session, people, "reader.json")
    assert by_id(found.select(*table.schema.names).toArrow()) == by_id(table)
    assert found.count() == 400
    for query in (found.select("name"), found.where("name IS NULL").select("id")):
        with pytest.raises(Exception, match=r"\[name\]: key access denied") as refused:
            query.collect()
        assert CANARY not in str(refused.value)


def test_rotated_keys_read_after_they_are_shared_again(
    session: Any, people: Dataset, tmp_path: Path
) -> None:
    """And those shared before say which key they lack."""
    uri = f"file:{tmp_path / 'own.json'}"
    rotate(KeyName("training"), [people.path], uri)
    with pytest.raises(Exception, match=r"does not hold key training\.2"):
        by_spark(session, people).count()
    share_keyring(KEYS, tmp_path / "anew.json", uri)
    assert by_spark(session, people, "anew.json").select("id").toArrow().num_rows == 400


@pytest.mark.parametrize("wrong", ["another passphrase", "no file", "mode", "damaged", "service"])
def test_a_keyring_that_does_not_open_is_said(
    session: Any, people: Dataset, tmp_path: Path, wrong: str
) -> None:
    """Nothing of it is in the message."""
    keyring, said = tmp_path / "both.json", "the keyring does not open"
    if wrong == "another passphrase":
        (tmp_path / "both.json.key").write_text("another passphrase")
    elif wrong == "no file":
        keyring.unlink()
    elif wrong == "mode":
        keyring.chmod(0o640)
        said = "others may read it; chmod 600 it"
    elif wrong == "damaged":
        keyring.write_text(keyring.read_text().replace("A", "B", 1))
    else:
        keyring.write_text(keyring.read_text().replace("argon2id", "aws-kms"))
        said = "locked by a key service; share a keyring for Spark"
    with pytest.raises(Exception, match=said):
        by_spark(session, people).count()


@pytest.mark.parametrize(
    "passphrase", ["naïve \u0065\u0301t\u00e9 \u2603 long", "  spaces around it \r\n"]
)
def test_any_passphrase_opens_as_everywhere(
    session: Any, people: Dataset, tmp_path: Path, passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Normal form, byte order mark and white space around it as section 7 of FORMAT.md says."""
    from anonymize.keys import Secret

    uri = f"file:{tmp_path / 'both.json'}"
    change_passphrase(uri, Secret(passphrase.encode()))
    (tmp_path / "both.json.key").write_bytes(b"\xef\xbb\xbf" + passphrase.encode() + b"\n")
    assert by_spark(session, people).count() == 400


def test_a_changed_byte_is_refused_or_not_read(session: Any, people: Dataset) -> None:
    """Parquet authenticates what it decrypts."""
    part = people.folder(1) / "part-00000.parquet"
    whole, wanted, refused = part.read_bytes(), by_id(by_spark(session, people).toArrow()), 0
    for at in range(5, len(whole), len(whole) // 12):
        part.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        found, said = tried(session, people)
        assert found in (wanted, None)
        assert CANARY not in said
        refused += found is None
    assert refused >= 10


def test_what_spark_does_not_notice_verify_does(
    session: Any, people: Dataset, tmp_path: Path
) -> None:
    """As the page says: a plaintext file, and another part of the same key, in a part's place."""
    keyring = open_keyring(f"file:{tmp_path / 'own.json'}")
    first, third = (people.folder(1) / f"part-0000{number}.parquet" for number in (0, 2))
    sidecar = "_KEY_MATERIAL_FOR_{}.json"
    assert people.verify(keyring=keyring).ok
    kept = first.read_bytes()
    pq.write_table(pa.table({name: rows(3)[name] for name in rows().schema.names}), first)
    assert by_spark(session, people).count() == 3 + 1 + 249
    assert not people.verify(keyring=keyring).ok
    first.write_bytes(kept)
    assert people.verify(keyring=keyring).ok
    shutil.copy(third, first)
    shutil.copy(
        third.with_name(sidecar.format(third.name)), first.with_name(sidecar.format(first.name))
    )
    assert by_spark(session, people).count() == 249 + 1 + 249
    assert not people.verify(keyring=keyring).ok
