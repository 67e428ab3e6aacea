"""Plans on a real Ray: ``make soak`` runs these in the environment that holds it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.engines import ray as on_ray
from anonymize.engines import shipped
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

pytest.importorskip("ray", reason="Ray is in .venv-engines alone; make soak runs these")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]
K = "privacy: {quasi_identifiers: [born, zip], k: 3, max_suppressed: 1}"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Start a Ray of two cores on loopback; return its folder of logs and spilled blocks."""
    import ray

    work = tmp_path_factory.mktemp("ray")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_ENABLE_UV_RUN_RUNTIME_ENV", "0")
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("RAY_agent_register_timeout_ms", "120000")
        short = Path(os.path.realpath(work)).parents[1]  # sockets lie in it: 107 bytes at most
        for tries_left in (2, 1, 0):
            try:
                ray.init(
                    num_cpus=2,
                    include_dashboard=False,
                    object_store_memory=200 << 20,
                    _node_ip_address="127.0.0.1",
                    _temp_dir=str(short / "ray"),
                )
                break
            except Exception:  # it gives its own helper 15 s to start, few on a busy machine
                ray.shutdown()
                if not tries_left:
                    raise
        ray.data.DataContext.get_current().enable_progress_bars = False
        yield short / "ray"
        ray.shutdown()


@pytest.fixture(scope="module")
def ds(session: Path) -> Any:
    """Return the rows in three blocks."""
    import ray

    return ray.data.from_arrow([rows().slice(0, 150), rows().slice(150, 200), rows().slice(350)])


def _table(ds: Any) -> pa.Table:
    import ray

    return pa.concat_tables(ray.get(ds.to_arrow_refs()))


def _framed(path: Path, uri: str, schema: pa.Schema) -> list[dict[str, Any]]:
    """Return what ``anonymize_frame`` makes of the same rows."""
    made = anonymize.anonymize_frame(
        rows().to_pandas(types_mapper=pd.ArrowDtype), path, keyring=uri
    )
    return by_id(pa.Table.from_pandas(made, schema, preserve_index=False))


def test_apply_gives_the_rows_of_a_frame(tmp_path: Path, ds: Any, keyring_uri: str) -> None:
    """Every type, nested ones too."""
    path = policy(tmp_path)
    plan = on_ray.plan(ds, path, keyring_uri)
    made = _table(on_ray.apply(ds, plan))
    assert made.schema.equals(plan.output_schema)
    assert by_id(made) == _framed(path, keyring_uri, plan.output_schema)


def test_pandas_blocks_are_cast_to_the_plan(tmp_path: Path, ds: Any, keyring_uri: str) -> None:
    """Ray hands text of pandas over as large text."""
    import ray

    plan = on_ray.plan(ds, policy(tmp_path), keyring_uri)
    given = ray.data.from_pandas(rows().to_pandas(types_mapper=pd.ArrowDtype))
    assert len(_table(on_ray.apply(given, plan))) == 400


def test_parts_are_published_from_the_workers(
    tmp_path: Path, ds: Any, keyring_uri: str, keyring: Keyring
) -> None:
    """After a first pass in the workers: a signed version, with k of what is in it."""
    path = policy(tmp_path, K)
    plan = on_ray.plan(ds, path, keyring_uri)
    with pytest.raises(PlanError, match=r"plan = fit\(rows, plan\)"):
        on_ray.apply(ds, plan)
    plan = on_ray.fit(ds, plan)
    summary = on_ray.publish_parts(ds, plan, keyring_uri)
    dataset = Dataset(tmp_path / "out")
    manifest = dataset.manifest(keyring=keyring)
    assert dataset.verify(keyring=keyring).problems == ()
    assert (summary.rows_in, summary.suppressed, manifest.source.format) == (400, 1, "ray")
    assert manifest.privacy is not None
    assert manifest.privacy.k >= 3
    made = by_id(read(tmp_path / "out", keyring=keyring))
    assert made == _framed(path, keyring_uri, plan.output_schema)
    assert by_id(_table(on_ray.apply(ds, plan))) == made


def test_a_gate_refuses_before_anything_is_visible(
    tmp_path: Path, ds: Any, keyring_uri: str
) -> None:
    """Nothing is published, and no part is left; nor is an order that Ray does not tell."""
    extra = "rows: {on_bad_value: quarantine, max_quarantined: 0.01}"
    plan = on_ray.plan(ds, policy(tmp_path, extra), keyring_uri)
    bad = ds.map_batches(_shortened, batch_format="pyarrow")
    with pytest.raises(GateError, match="400 of 400 rows would be set aside"):
        on_ray.publish_parts(bad, plan, keyring_uri)
    assert Dataset(tmp_path / "out").current is None
    assert not list((tmp_path / "out").rglob("*.parquet"))
    plan = on_ray.plan(ds, policy(tmp_path, "rows: {order: source}"), keyring_uri)
    with pytest.raises(PlanError, match=r"say rows: \{order: shuffled\}"):
        on_ray.publish_parts(ds, plan, keyring_uri)


def _shortened(table: pa.Table) -> pa.Table:
    at = table.schema.get_field_index("zip")
    return table.set_column(at, "zip", pa.array(["1"] * len(table)))


def test_another_schema_is_refused_before_a_worker_starts(
    tmp_path: Path, ds: Any, keyring_uri: str
) -> None:
    """A missing column, and another version at the workers."""
    plan = on_ray.plan(ds, policy(tmp_path), keyring_uri)
    with pytest.raises(SourceError, match="ds: column zip: is missing"):
        on_ray.apply(ds.drop_columns(["zip"]), plan)


def test_blocks_that_fail_may_not_be_left_out(
    tmp_path: Path, ds: Any, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ray can be told to go on without them; nobody would count their rows."""
    import ray

    plan = on_ray.plan(ds, policy(tmp_path), keyring_uri)
    monkeypatch.setattr(ray.data.DataContext.get_current(), "max_errored_blocks", -1)
    with pytest.raises(ArgumentError, match=r"max_errored_blocks .*: would leave out blocks"):
        on_ray.publish_parts(ds, plan, keyring_uri)
    with pytest.raises(ArgumentError, match="ds: is a DataFrame; give a Dataset of Ray"):
        on_ray.apply(rows().to_pandas(), plan)


def test_workers_without_the_keyring_or_of_another_version_say_so(
    tmp_path: Path, ds: Any, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one short refusal where the driver waits, and in Ray's own error where it does not."""
    plan, lacking = on_ray.plan(ds, policy(tmp_path), keyring_uri), f"file:{tmp_path / 'none'}"
    with pytest.raises(KeysError, match=r"worker \S+: ") as refused:
        on_ray.publish_parts(ds, plan, keyring_uri, workers_keyring=lacking)
    assert len(str(refused.value).splitlines()) == 1
    with pytest.raises(Exception, match=r"KeysError: worker \S+: "):
        on_ray.apply(ds, plan, lacking).take_all()
    monkeypatch.setattr(shipped, "own_version", lambda: "9.9.9")
    with pytest.raises(ArgumentError, match=r"worker \S+: has Coatcheck .*driver has 9\.9\.9"):
        on_ray.publish_parts(ds, plan, keyring_uri)
    assert Dataset(tmp_path / "out").current is None


def test_an_error_leaves_no_value_in_errors_or_logs(
    tmp_path: Path, session: Path, ds: Any, keyring_uri: str
) -> None:
    """Of a rule that refuses a value, lazily and where the driver waits."""
    plan = on_ray.plan(ds, policy(tmp_path, "rows: {on_bad_value: refuse}"), keyring_uri)
    bad = ds.map_batches(_shortened, batch_format="pyarrow")
    with pytest.raises(DataError, match="a batch: column zip: 400 values"):
        on_ray.publish_parts(bad, plan, keyring_uri)
    with pytest.raises(Exception, match="column zip: 400 values") as refused:
        on_ray.apply(bad, plan).take_all()
    assert not isinstance(refused.value, AnonymizeError)
    canaries = [CANARY.encode(), b"quintilla", CANARY.split()[1].encode()]
    logs = [path for path in session.rglob("*") if path.is_file()]
    held = {str(path): path.read_bytes() for path in logs} | {"error": str(refused.value).encode()}
    assert len(held) > 5
    assert [name for name, text in held.items() if any(one in text for one in canaries)] == []
