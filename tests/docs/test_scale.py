"""docs/scale.md shows what the simulation prints, and the simulation counts as the code does."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from anonymize.io.stores.folder import StoreFolder
from anonymize.policy.addresses import Address
from bench.scale_model import GB, Cluster, Source, held, requests, run, work
from bench.simulate_scale import tables
from tests.object_store import s3  # noqa: F401

PAGE = Path(__file__).resolve().parents[2] / "docs/scale.md"


def test_the_pages_tables_are_what_the_script_prints() -> None:
    """Each table of the script, whole; to mend: ``python bench/simulate_scale.py``."""
    page = PAGE.read_text(encoding="utf-8")
    assert [table for table in tables() if table not in page] == []


@pytest.mark.parametrize("text", [True, False])
def test_twice_the_rows_take_longer_and_about_twice_the_work(text: bool) -> None:
    """No stage gets shorter, and writing takes 1.8 to 2.2 times as long."""
    one, two = (
        run(Source(size * GB, text=text, classes=1000), Cluster(20)) for size in (800, 1600)
    )
    assert all(two.stages[stage] >= seconds for stage, seconds in one.stages.items())
    assert 1.8 < two.stages["writing"] / one.stages["writing"] < 2.2


def test_twice_the_workers_write_sooner_and_change_nothing_else() -> None:
    """What one process does alone does not get shorter, and no less is written in all."""
    runs = [run(Source(800 * GB), Cluster(workers=count, deaths=0)) for count in (50, 100, 200)]
    times = [one.stages["writing"] for one in runs]
    assert times[0] > times[1] > times[2] > times[0] / 4
    others = [{**one.stages, "writing": 0.0} for one in runs]
    assert others[0] == others[1] == others[2]


def test_workers_that_die_more_often_are_done_later() -> None:
    """And the same seed gives the same deaths."""
    runs = [work(2000, 10, Cluster(deaths=rate), random.Random(1)) for rate in (0, 1, 20, 20)]
    assert runs[0].deaths == 0 < runs[1].deaths < runs[2].deaths
    assert runs[0].seconds < runs[2].seconds
    assert runs[2] == runs[3]


def test_a_vault_that_is_asked_more_is_never_faster() -> None:
    """One that is asked for every row is no slower with 50 workers than with 200."""
    times = [
        run(Source(800 * GB, asked=asked), Cluster(workers=n, deaths=0)).stages["writing"]
        for asked, n in ((0.0, 200), (0.1, 200), (1.0, 200), (1.0, 50))
    ]
    assert times[0] < times[1] < times[2]
    assert times[3] < 1.1 * times[2]


def test_more_classes_and_more_parts_need_more_memory() -> None:
    """Of the process that merges them; without ``privacy:`` it needs none."""
    few, many = (held(Source(800 * GB, classes=count)) for count in (1_000, 100_000))
    assert held(Source(800 * GB)) == 0 < few < many < held(Source(800 * GB, GB, classes=100_000))


@pytest.mark.parametrize("size", [1_000, (8 << 20) - 1, 8 << 20, 20_000_001])
def test_a_part_is_written_by_as_many_requests_as_the_model_says(
    s3: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
) -> None:
    """Counted at a real server's client, the file of wrapped keys included."""
    s3.create_bucket(Bucket=f"counted-{size}")
    asked: list[str] = []
    s3.meta.events.register("before-send.s3", lambda request, **_: asked.append(request.method))
    monkeypatch.setattr("anonymize.io.stores.folder.s3_client", lambda place, kind: s3)
    for name, length in (("part.parquet", size), ("keys.json", 400)):
        (tmp_path / name).write_bytes(bytes(length))
        StoreFolder(Address("s3", f"counted-{size}", "d")).write_new(name, tmp_path / name)
    put, _, _ = requests(size, GB)
    written = [method for method in asked if method in ("PUT", "POST")]
    assert (len(written), len(asked) - len(written)) == (put, 2)
