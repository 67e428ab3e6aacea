"""A version in Hugging Face's datasets: ``make soak`` runs these where it is installed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import Dataset
from anonymize.errors import ArgumentError, DatasetError, KeysError
from anonymize.readers.huggingface import load

from .conftest import PARTS, ROWS, table
from .leftovers import environment, holding_plaintext

pytest.importorskip("datasets", reason="datasets is in .venv-readers alone; make soak runs these")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
COLUMNS = ["id", "age", "born", "ward", "smoker", "codes"]


def test_in_memory_it_is_the_table(stays: Dataset, reader_uri: str) -> None:
    """Values, types and order; no file lies behind it."""
    found = load(stays, COLUMNS, keyring=reader_uri)
    assert found.to_list() == table().select(COLUMNS).to_pylist()
    assert found.cache_files == []
    assert load(stays, "readable", keyring=reader_uri).column_names == table().column_names[:-1]


@pytest.mark.parametrize("shards", [None, 1, 3, 50])
def test_a_stream_is_the_rows_in_order(stays: Dataset, reader_uri: str, shards: Any) -> None:
    """Whatever the number of shards."""
    found = load(stays, COLUMNS, streaming=True, shards=shards, keyring=reader_uri)
    assert found.num_shards == (shards or len(PARTS))
    assert list(found) == table().select(COLUMNS).to_pylist()
    assert found.features is not None


@pytest.mark.parametrize("streaming", [False, True])
def test_filters_keep_rows(stays: Dataset, reader_uri: str, streaming: Any) -> None:
    """By a column that is not read."""
    found = load(
        stays, ["id"], streaming=streaming, filters=[("smoker", "=", True)], keyring=reader_uri
    )
    assert [row["id"] for row in found] == list(range(0, ROWS, 3))


def test_a_stream_is_shuffled_divided_and_taken_up_again(stays: Dataset, reader_uri: str) -> None:
    """By what datasets itself does with shards."""
    from datasets.distributed import split_dataset_by_node

    found = load(stays, ["id"], streaming=True, shards=6, keyring=reader_uri)
    mixed = [row["id"] for row in found.shuffle(seed=3, buffer_size=100)]
    assert sorted(mixed) == list(range(ROWS))
    assert mixed != sorted(mixed)
    nodes = [split_dataset_by_node(found, rank, 2) for rank in range(2)]
    assert sorted(row["id"] for node in nodes for row in node) == list(range(ROWS))
    rows = iter(found)
    seen = [next(rows)["id"] for _ in range(333)]
    other = load(stays, ["id"], streaming=True, shards=6, keyring=reader_uri)
    other.load_state_dict(found.state_dict())
    assert seen + [row["id"] for row in other] == list(range(ROWS))


def test_loaders_of_torch_divide_a_stream(stays: Dataset, reader_uri: str) -> None:
    """Workers open the keyring by its address."""
    torch_data = pytest.importorskip("torch.utils.data")
    found = load(stays, ["id"], streaming=True, shards=4, keyring=reader_uri)
    loader = torch_data.DataLoader(found.with_format("torch"), batch_size=50, num_workers=2)
    assert sorted(int(n) for batch in loader for n in batch["id"]) == list(range(ROWS))


def test_what_does_not_open_is_refused(stays: Dataset, reader_uri: str) -> None:
    """A column's key, a changed part, a number of shards."""
    for streaming in (True, False):
        with pytest.raises(KeysError, match="column notes: key 'clinical' is not in the keyring"):
            load(stays, ["notes"], streaming=streaming, keyring=reader_uri)
    for wrong in ({"shards": 0, "streaming": True}, {"shards": 2}):
        with pytest.raises(ArgumentError, match="shards: give 1 or more, with streaming=True"):
            load(stays, ["id"], keyring=reader_uri, **wrong)  # type: ignore[call-overload]
    found = load(stays, ["id"], streaming=True, keyring=reader_uri)
    part = stays.folder(1) / "part-00001.parquet"
    part.write_bytes(part.read_bytes()[:-1] + b"?")
    with pytest.raises(DatasetError, match=r"part-00001\.parquet: its bytes are not those"):
        list(found)


PROGRAM = """
import sys
from pathlib import Path

from anonymize.readers.huggingface import load
from tests.readers.leftovers import holding_plaintext

def clean(step):
    assert not holding_plaintext(Path.cwd()), step

folder, uri = sys.argv[1:]
rows = load(folder, ["id", "ward"], keyring=uri)
clean("loaded")
kept = [rows]
kept.append(rows.map(lambda row: {"long": (row["ward"] or "") + "!"}))
lengths = lambda rows: {"n": [len(ward or "") for ward in rows["ward"]]}
kept.append(kept[-1].map(lengths, batched=True, num_proc=2))
kept.append(kept[-1].filter(lambda row: row["n"] > 0))
kept.append(kept[-1].sort("long").shuffle(seed=1).select(range(50)).flatten_indices())
kept.append(rows.train_test_split(test_size=0.2, seed=1)["train"])
clean("in memory")
stream = load(folder, ["id", "ward"], streaming=True, shards=3, keyring=uri)
stream = stream.shuffle(seed=1, buffer_size=100).map(lambda row: row)
seen = sum("CANARY" in (row["ward"] or "") for row in stream)
clean("streamed")
print(seen, kept[-2].num_rows, all(one.cache_files == [] for one in kept))
"""


def test_no_row_is_left_anywhere(stays: Dataset, reader_uri: str, tmp_path: Path) -> None:
    """Cache folders of Hugging Face, homes, temporary files, the working folder, shared memory."""
    desk = tmp_path / "desk"
    desk.mkdir()
    done = _run(PROGRAM, desk, stays, reader_uri)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(ROWS - ROWS // 50), "50", "True"]
    assert holding_plaintext(desk, stays.path) == []


def test_the_way_that_datasets_shows_leaves_rows(
    stays: Dataset, reader_uri: str, tmp_path: Path
) -> None:
    """``from_generator`` of the same rows: so the search finds what there is to find."""
    desk = tmp_path / "desk"
    desk.mkdir()
    program = """
import sys
import anonymize, datasets
rows = anonymize.read(sys.argv[1], ["ward"], keyring=sys.argv[2])
datasets.Dataset.from_generator(lambda: iter(rows.to_pylist()))
"""
    done = _run(program, desk, stays, reader_uri)
    assert done.returncode == 0, done.stderr
    assert any(name.endswith(".arrow") for name in holding_plaintext(desk))


def _run(program: str, desk: Path, stays: Dataset, uri: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, str(stays.path), uri],
        cwd=desk,
        env=environment(desk, {"PYTHONPATH": str(ROOT)}),
        capture_output=True,
        text=True,
        timeout=240,
    )
