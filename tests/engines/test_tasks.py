"""What workers do, in this process: the engines' own tests need the engines."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.forget import forget
from anonymize.custody.where_is import where_is_subject
from anonymize.dataset import Dataset, read, read_quarantine
from anonymize.engines import shipped, tasks
from anonymize.engines.fitting_types import cast_batch, is_lossless, require_schema
from anonymize.engines.planning import EngineRows, planned
from anonymize.engines.shipped import Shipped, named_run
from anonymize.errors import (
    ArgumentError,
    DataError,
    DatasetError,
    GateError,
    KeysError,
    PlanError,
    SourceError,
)
from anonymize.keys import Keyring
from anonymize.pipeline.partition import Job, PartReport
from anonymize.pipeline.passed import fitted
from anonymize.pipeline.publish_parts import publish_parts
from anonymize.plan import Plan
from tests.engines.rows import CANARY, by_id, policy, rows

K = "privacy: {quasi_identifiers: [born, zip], k: 3, max_suppressed: 1}"
LOSSLESS = [
    (pa.large_string(), pa.string()),
    (pa.dictionary(pa.int32(), pa.string()), pa.string()),
    (pa.int32(), pa.int64()),
    (pa.uint32(), pa.int64()),
    (pa.float32(), pa.float64()),
    (pa.decimal128(9, 2), pa.decimal128(10, 2)),
    (pa.timestamp("us", "Europe/Berlin"), pa.timestamp("us", "UTC")),
    (pa.null(), pa.string()),
    (pa.large_list(pa.large_string()), pa.list_(pa.string())),
    (pa.struct([("a", pa.int8())]), pa.struct([("a", pa.int64())])),
    (pa.map_(pa.string(), pa.int32()), pa.map_(pa.string(), pa.int64())),
]
LOSSY = [
    (pa.string(), pa.int64()),
    (pa.int64(), pa.int32()),
    (pa.uint64(), pa.int64()),
    (pa.int64(), pa.float64()),
    (pa.decimal128(10, 3), pa.decimal128(10, 2)),
    (pa.timestamp("ns"), pa.timestamp("us")),
    (pa.timestamp("us", "UTC"), pa.timestamp("us")),
    (pa.binary(), pa.string()),
    (pa.struct([("a", pa.int64()), ("b", pa.int64())]), pa.struct([("a", pa.int64())])),
    (pa.date32(), pa.timestamp("us")),
]


def _plan(folder: Path, keyring_uri: str | None, extra: str = "", columns: str = "") -> Plan:
    table = rows()
    batches = table.to_batches()
    given = EngineRows("rows", table.schema, len(table), lambda names, share: batches)
    return planned(policy(folder, extra, columns), given, keyring_uri)


def _fitted(plan: Plan, table: pa.Table) -> Plan:
    plan = named_run(plan)
    while plan.needs_first_pass:
        sent = Shipped.of(plan, None)
        halves = [table.slice(0, 150).to_batches(), table.slice(150).to_batches()]
        answers = [tasks.answer(tasks.measured, sent, half) for half in halves]
        plan = fitted(plan, tasks.results([tasks.merged_answers(answers)]))
    return plan


def _published(plan: Plan, table: pa.Table, uri: str) -> anonymize.pipeline.run.RunSummary:
    def write(job: Job) -> list[PartReport]:
        sent, parts = Shipped.of(job, None), [table.slice(0, 150), table.slice(150), table[:0]]
        found = [
            tasks.answer(tasks.written, sent, part.to_batches(), at, f"partition {at}")
            for at, part in enumerate(parts)
        ]
        tasks.answer(tasks.written, sent, table.to_batches(), 0, "a try that nobody waits for")
        return [report for report in tasks.results(found) if report is not None]

    return publish_parts(plan, write, format="rows", keyring=uri)


@pytest.mark.parametrize("given,wanted", LOSSLESS, ids=str)
def test_what_is_lossless_is_cast(given: pa.DataType, wanted: pa.DataType) -> None:
    """An empty column and one of nulls come out in the wanted type."""
    assert is_lossless(given, wanted)
    batch = pa.RecordBatch.from_arrays([pa.nulls(2, given)], names=["c"])
    assert cast_batch(batch, pa.schema([("c", wanted)]), ["c"]).column(0).type == wanted


@pytest.mark.parametrize("given,wanted", LOSSY, ids=str)
def test_what_may_lose_something_is_refused(given: pa.DataType, wanted: pa.DataType) -> None:
    """By the column's name."""
    assert not is_lossless(given, wanted)
    batch = pa.RecordBatch.from_arrays([pa.nulls(2, given)], names=["c"])
    with pytest.raises(SourceError, match="column c: is missing or of another type"):
        cast_batch(batch, pa.schema([("c", wanted)]), ["c"])


def test_a_value_out_of_range_is_refused_without_it() -> None:
    """A year that nanoseconds do not reach; Arrow's own error quotes it."""
    batch = pa.RecordBatch.from_pydict({"c": pa.array([10**15], pa.timestamp("s"))})
    with pytest.raises(DataError, match="column c: a value is out of the range") as refused:
        cast_batch(batch, pa.schema([("c", pa.timestamp("ns"))]), ["c"])
    assert str(10**15) not in str(refused.value)
    assert refused.value.__cause__ is refused.value.__context__ is None


def test_a_schema_that_differs_is_refused_at_once(tmp_path: Path, keyring_uri: str) -> None:
    """Missing, of another type, unknown: all are said, and no unknown name is."""
    plan = _plan(tmp_path, keyring_uri)
    table = rows().drop_columns(["zip"]).append_column("ssn of X", pa.nulls(400))
    at = table.schema.get_field_index("visits")
    table = table.set_column(at, "visits", pa.nulls(400, pa.string()))
    with pytest.raises(SourceError) as refused:
        require_schema(table.schema, plan, "df")
    said = str(refused.value)
    assert "df: column zip: is missing" in said
    assert "df: column visits: is string; the plan was made for int32" in said
    assert "df: has 1 columns that the plan does not know" in said
    assert "ssn" not in said


def test_parts_are_published_as_a_run_would(
    tmp_path: Path, keyring_uri: str, keyring: Keyring
) -> None:
    """Two parts, an empty partition, a part that a second try left: one version that verifies, with
    the rows of ``anonymize_frame``.
    """
    plan = _fitted(_plan(tmp_path, keyring_uri, K), rows())
    summary = _published(plan, rows(), keyring_uri)
    dataset = Dataset(tmp_path / "out")
    made = read(tmp_path / "out", keyring=keyring)
    assert (summary.rows_in, summary.version) == (400, 1)
    assert summary.rows_out == len(made) == 400 - summary.suppressed
    assert summary.privacy is not None
    assert summary.privacy.k >= 3
    assert dataset.verify(keyring=keyring).problems == ()
    assert dataset.manifest(keyring=keyring).source.hmac_sha256 == ""
    assert CANARY not in str(made.to_pylist())
    frame = anonymize.anonymize_frame(
        rows().to_pandas(types_mapper=__import__("pandas").ArrowDtype),
        tmp_path / "people.yaml",
        keyring=keyring_uri,
    )
    assert by_id(made) == by_id(pa.Table.from_pandas(frame, made.schema, preserve_index=False))


def test_rows_set_aside_are_in_the_quarantine(
    tmp_path: Path, keyring_uri: str, keyring: Keyring
) -> None:
    """With their partition; ``apply`` refuses them unless told to leave them out."""
    extra = "rows: {on_bad_value: quarantine, max_quarantined: 1}"
    table = rows()
    bad = pa.array(["1", *table["zip"].to_pylist()[1:]])
    table = table.set_column(table.schema.get_field_index("zip"), "zip", bad)
    plan = _plan(tmp_path, keyring_uri, extra)
    summary = _published(plan, table, keyring_uri)
    aside = next(iter(read_quarantine(tmp_path / "out", keyring=keyring))).to_pylist()
    assert (summary.quarantined, aside[0]["file"], aside[0]["row"]) == (1, "partition 0", 1)
    sent = Shipped.of(plan, None)
    with pytest.raises(DataError, match=r"partition 0: column zip: 1 bad value: "):
        list(tasks.applied(sent, table.to_batches(), plan.output_schema, "partition 0", False))
    made = list(tasks.applied(sent, table.to_batches(), plan.output_schema, "x", True))
    assert sum(batch.num_rows for batch in made) == 399


def test_a_refused_output_publishes_nothing(tmp_path: Path, keyring_uri: str) -> None:
    """A gate that a worker cannot ask: the share of all rows that may be set aside."""
    table = rows()
    bad = pa.array(["1"] * 40 + table["zip"].to_pylist()[40:])
    table = table.set_column(table.schema.get_field_index("zip"), "zip", bad)
    plan = _plan(tmp_path, keyring_uri, "rows: {on_bad_value: quarantine}")
    with pytest.raises(GateError, match="40 of 400 rows would be set aside"):
        _published(plan, table, keyring_uri)
    assert Dataset(tmp_path / "out").current is None
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_what_breaks_a_task_travels_as_an_answer_without_its_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also when the caller debugs: engines keep what is raised in their logs."""
    monkeypatch.setenv("COATCHECK_DEBUG", "1")

    def broken(*_: object) -> None:
        raise ValueError(CANARY)

    told = tasks.answer(broken)
    assert CANARY.encode() not in told
    with pytest.raises(anonymize.AnonymizeError, match="ValueError at"):
        tasks.results([told])


def test_what_breaks_lazily_is_raised_without_its_text(
    tmp_path: Path, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the engine's own iterator too, with nothing chained to it."""
    monkeypatch.setenv("COATCHECK_DEBUG", "1")
    plan = _plan(tmp_path, keyring_uri)

    def batches() -> Iterator[pa.RecordBatch]:
        yield rows().to_batches()[0]
        raise ValueError(CANARY)

    with pytest.raises(anonymize.AnonymizeError, match="ValueError at") as refused:
        list(tasks.applied(Shipped.of(plan, None), batches(), plan.output_schema, "x", False))
    assert refused.value.__cause__ is refused.value.__context__ is None


def test_an_unfitted_plan_names_what_to_call(tmp_path: Path, keyring_uri: str) -> None:
    """Before anything is locked or read."""
    plan = _plan(tmp_path, keyring_uri, K)
    with pytest.raises(PlanError, match=r"plan = fit\(rows, plan\)"):
        shipped.require_fitted(plan)
    with pytest.raises(PlanError, match="call fit"):
        _published(plan, rows(), keyring_uri)
    assert not (tmp_path / "out").exists()


def test_a_worker_without_the_keyring_is_named(tmp_path: Path, keyring_uri: str) -> None:
    """And one of another version is refused before it unpickles the plan."""
    sent = Shipped.of(_plan(tmp_path, keyring_uri), f"file:{tmp_path / 'none.json'}")
    with pytest.raises(KeysError, match=r"^worker \S+: "):
        tasks.results([tasks.answer(tasks.measured, sent, rows().to_batches())])
    other = Shipped("9.9.9", b"cannot be unpickled")
    with pytest.raises(ArgumentError, match=r"^worker \S+: has Coatcheck .*driver has 9\.9\.9"):
        tasks.results([tasks.answer(tasks.measured, other, rows().to_batches())])


def test_what_travels_holds_no_key_and_shows_nothing(tmp_path: Path, keyring_uri: str) -> None:
    """Its repr is a version, and the keyring is a URI."""
    sent = Shipped.of(_plan(tmp_path, keyring_uri), "environment")
    assert repr(sent) == f"Shipped(version='{shipped.own_version()}')"
    assert pickle.loads(sent.content).plan.keyring_uri is None


def test_a_worker_that_does_not_reach_the_sink_is_refused(tmp_path: Path, keyring_uri: str) -> None:
    """It creates no folder of its own in that place."""
    plan = _plan(tmp_path, keyring_uri)
    job = Job(plan, (), str(tmp_path / "elsewhere"), anonymize.names.KeyId("owner.1"), "")
    with pytest.raises(DatasetError, match="this worker does not reach it"):
        tasks.written(Shipped.of(job, None), rows().to_batches(), 0, "partition 0")
    assert not (tmp_path / "elsewhere").exists()


def test_an_object_store_is_refused_as_a_sink(tmp_path: Path, keyring_uri: str) -> None:
    """Workers write into a folder."""
    plan = _plan(tmp_path, keyring_uri)
    path = tmp_path / "people.yaml"
    path.write_text(path.read_text().replace(str(tmp_path / "out"), "s3://clean-data/people"))
    table = rows()
    given = EngineRows("rows", table.schema, 400, lambda names, share: table.to_batches())
    plan = planned(path, given, keyring_uri)
    with pytest.raises(ArgumentError, match=r"sink\.path: workers write parts into a folder"):
        _published(plan, table, keyring_uri)


def test_people_who_were_forgotten_are_left_out_by_workers(
    tmp_path: Path, keyring_uri: str
) -> None:
    """Each opens the keyring for that; a plan of before publishes nothing any more."""
    extra = "subject: id\nerasure: {index: true}"
    before = _plan(tmp_path, keyring_uri, extra)
    _published(before, rows(), keyring_uri)
    forget(tmp_path / "people.yaml", "3", keyring_uri, reason="request 12")
    with pytest.raises(PlanError, match="somebody was forgotten since this plan was made"):
        _published(before, rows(), keyring_uri)
    _published(_plan(tmp_path, keyring_uri, extra), rows(), keyring_uri)
    assert read(tmp_path / "out", keyring=keyring_uri).num_rows == 399
    found = where_is_subject("3", [tmp_path / "out"], keyring_uri)
    assert [one.version for one in found.found] == [1]
