"""Plans on a real Spark: ``make soak`` runs these in the environment that holds it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.engines import shipped, spark
from anonymize.errors import (
    AnonymizeError,
    ArgumentError,
    DataError,
    GateError,
    KeysError,
    PlanError,
    SourceError,
)
from anonymize.keys import Keyring
from tests.engines.rows import CANARY, by_id, policy, rows

pytest.importorskip("pyspark", reason="PySpark is in .venv-engines alone; make soak runs these")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]
K = "privacy: {quasi_identifiers: [born, zip], k: 3, max_suppressed: 1}"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start a Spark of two cores on loopback; end its JVM by its process."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    work = tmp_path_factory.mktemp("spark")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    started = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.local.dir", str(work))
        .config("spark.sql.warehouse.dir", str(work))
        .config("spark.sql.session.timeZone", "America/New_York")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    yield started
    jvm = SparkContext._gateway.proc
    started.stop()
    SparkContext._gateway.shutdown()
    jvm.kill()
    SparkContext._gateway = SparkContext._jvm = None  # the next file starts one of its own
    jvm.wait(30)


@pytest.fixture(scope="module")
def df(session: Any) -> Any:
    """Return the rows in three partitions, in order."""
    return session.createDataFrame(rows()).repartitionByRange(3, "id").sortWithinPartitions("id")


def _framed(path: Path, uri: str, schema: pa.Schema) -> list[dict[str, Any]]:
    """Return what ``anonymize_frame`` makes of the same rows."""
    made = anonymize.anonymize_frame(
        rows().to_pandas(types_mapper=pd.ArrowDtype), path, keyring=uri
    )
    return by_id(pa.Table.from_pandas(made, schema, preserve_index=False))


def test_apply_gives_the_rows_of_a_frame(tmp_path: Path, df: Any, keyring_uri: str) -> None:
    """Every type, nested ones, a local zone that is not UTC; and nothing is collected before."""
    path = policy(tmp_path)
    plan = spark.plan(df, path, keyring_uri)
    made = spark.apply(df, plan)
    assert made.schema.names == plan.output_schema.names
    assert by_id(made.toArrow()) == _framed(path, keyring_uri, plan.output_schema)


def test_fit_measures_classes_in_the_engine(tmp_path: Path, df: Any, keyring_uri: str) -> None:
    """The same rows are suppressed as in a frame, whose classes are counted in one place."""
    path = policy(tmp_path, K)
    plan = spark.plan(df, path, keyring_uri)
    with pytest.raises(PlanError, match=r"plan = fit\(rows, plan\)"):
        spark.apply(df, plan)
    made = spark.apply(df, spark.fit(df, plan)).toArrow()
    assert 0 < len(made) < 400
    assert by_id(made) == _framed(path, keyring_uri, plan.output_schema)


def test_parts_are_published_from_the_workers(
    tmp_path: Path, df: Any, keyring_uri: str, keyring: Keyring
) -> None:
    """A signed version with a part for each partition that has rows, and k of what is in it."""
    path = policy(tmp_path, K)
    plan = spark.fit(df, spark.plan(df, path, keyring_uri))
    summary = spark.publish_parts(df, plan, keyring_uri)
    dataset = Dataset(tmp_path / "out")
    manifest = dataset.manifest(keyring=keyring)
    assert dataset.verify(keyring=keyring).problems == ()
    assert (summary.rows_in, manifest.source.format, len(manifest.files)) == (400, "spark", 3)
    assert manifest.privacy is not None
    assert manifest.privacy.k >= 3
    made = by_id(read(tmp_path / "out", keyring=keyring))
    assert made == _framed(path, keyring_uri, plan.output_schema)


def test_source_order_is_kept_if_it_is_asked_for(
    tmp_path: Path, df: Any, keyring_uri: str, keyring: Keyring
) -> None:
    """By the names of the parts."""
    plan = spark.plan(df, policy(tmp_path, "rows: {order: source}"), keyring_uri)
    spark.publish_parts(df, plan, keyring_uri)
    assert read(tmp_path / "out", keyring=keyring)["id"].to_pylist() == list(range(400))


def test_a_gate_refuses_before_anything_is_visible(
    tmp_path: Path, session: Any, df: Any, keyring_uri: str
) -> None:
    """Nothing is published, and no part is left."""
    from pyspark.sql.functions import expr

    extra = "rows: {on_bad_value: quarantine, max_quarantined: 0.01}"
    plan = spark.plan(df, policy(tmp_path, extra), keyring_uri)
    bad = df.withColumn("zip", expr("if(id % 10 = 0, '1', zip)"))
    with pytest.raises(GateError, match="40 of 400 rows would be set aside"):
        spark.publish_parts(bad, plan, keyring_uri)
    assert Dataset(tmp_path / "out").current is None
    assert not list((tmp_path / "out").rglob("*.parquet"))
    kept = spark.apply(bad, plan, leave_out_bad_rows=True)
    assert kept.count() == 360


def test_another_schema_is_refused_before_spark_runs(
    tmp_path: Path, session: Any, df: Any, keyring_uri: str
) -> None:
    """A type, a missing column, one that no worker could be handed."""
    plan = spark.plan(df, policy(tmp_path), keyring_uri)
    other = df.withColumn("visits", df["visits"].cast("string")).drop("zip")
    with pytest.raises(SourceError, match=r"(?s)column visits: is string.*|column zip: is missing"):
        spark.apply(other, plan)
    odd = session.sql("select make_ym_interval(1, 2) as months")
    with pytest.raises(SourceError, match="df: column months: is of a type that Spark hands"):
        spark.apply(odd, plan)
    with pytest.raises(ArgumentError, match="df: is a Table; give a DataFrame of Spark"):
        spark.apply(rows(), plan)


def test_workers_without_the_keyring_say_so(tmp_path: Path, df: Any, keyring_uri: str) -> None:
    """As one short refusal where the driver waits, and in Spark's own error where it does not."""
    plan = spark.plan(df, policy(tmp_path, K), keyring_uri)
    lacking = f"file:{tmp_path / 'none.json'}"
    with pytest.raises(KeysError, match=r"worker \S+: ") as refused:
        spark.fit(df, plan, lacking)
    assert len(str(refused.value).splitlines()) == 1
    fitted = spark.fit(df, plan)
    with pytest.raises(KeysError, match=r"worker \S+: "):
        spark.publish_parts(df, fitted, keyring_uri, workers_keyring=lacking)
    assert Dataset(tmp_path / "out").current is None
    with pytest.raises(Exception, match=r"KeysError: worker \S+: "):
        spark.apply(df, fitted, lacking).collect()


def test_another_version_is_refused_before_a_row(
    tmp_path: Path, df: Any, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver says it is another; workers compare."""
    plan = spark.plan(df, policy(tmp_path), keyring_uri)
    monkeypatch.setattr(shipped, "own_version", lambda: "9.9.9")
    with pytest.raises(ArgumentError, match=r"worker \S+: has Coatcheck .*driver has 9\.9\.9"):
        spark.publish_parts(df, plan, keyring_uri)
    with pytest.raises(Exception, match=r"ArgumentError: worker \S+: has Coatcheck"):
        spark.apply(df, plan).collect()


_FAILS = """
import sys
from pathlib import Path

import pyarrow.parquet as pq
from pyspark.sql import SparkSession
from pyspark.sql.functions import expr

from anonymize.engines import spark
from tests.engines.rows import policy, rows

folder, uri = Path(sys.argv[1]), sys.argv[2]
session = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.local.dir", str(folder / "work"))
    .config("spark.sql.warehouse.dir", str(folder / "work"))
    .config("spark.eventLog.enabled", "true")
    .config("spark.eventLog.dir", f"file://{folder / 'events'}")
    .config("spark.log.level", "INFO")
    .getOrCreate()
)
path = folder / "rows.parquet"
pq.write_table(rows(), path)
df = session.read.parquet(f"file://{path}")
bad = df.withColumn("zip", expr("if(id = 3, 'x', zip)"))
plan = spark.plan(df, policy(folder, "rows: {on_bad_value: refuse}"), uri)
for act in (
    lambda: spark.publish_parts(bad, plan, uri),
    lambda: spark.apply(bad, plan).collect(),
):
    try:
        act()
    except Exception as error:
        print("refused:", type(error).__name__, error)
    else:
        raise SystemExit("was not refused")
session.stop()
"""


def test_an_error_leaves_no_value_in_logs_or_work_folders(tmp_path: Path, keyring_uri: str) -> None:
    """At INFO, with an event log; what a worker refuses is told by column and row."""
    for name in ("work", "events"):
        (tmp_path / name).mkdir()
    script = tmp_path / "fails.py"
    script.write_text(_FAILS)
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), keyring_uri],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYSPARK_PYTHON": sys.executable},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("refused:") == 2
    assert "partition 0: column zip: 1 value" in done.stdout
    (tmp_path / "rows.parquet").unlink()
    places = [path for path in tmp_path.rglob("*") if path.is_file() and path != script]
    assert any("events" in path.parts for path in places)
    held = {str(path): path.read_bytes() for path in places}
    held |= {"stdout": done.stdout.encode(), "stderr": done.stderr.encode()}
    canaries = [CANARY.encode(), b"quintilla", CANARY.split()[1].encode()]
    assert [name for name, text in held.items() if any(one in text for one in canaries)] == []


def test_an_error_of_spark_s_own_quotes_nothing(df: Any, tmp_path: Path, keyring_uri: str) -> None:
    """What the rows are made of may fail too, in words that hold them."""
    from pyspark.sql.functions import expr

    plan = spark.plan(df, policy(tmp_path), keyring_uri)
    bad = df.withColumn("name", expr("raise_error('Quintilla')"))
    with pytest.raises(AnonymizeError) as refused:
        spark.publish_parts(bad, plan, keyring_uri)
    assert "Quintilla" not in str(refused.value)
    assert not isinstance(refused.value, DataError)
