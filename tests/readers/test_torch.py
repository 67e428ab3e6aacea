"""A version in torch: ``make soak`` runs these in the environment that holds it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import Dataset
from anonymize.errors import ArgumentError, KeysError, MissingExtraError
from anonymize.keys import Keyring, open_keyring
from anonymize.readers import TrainingBatches

from .conftest import CANARY, PARTS, ROWS, table
from .leftovers import environment, holding_plaintext

try:
    import torch
    from torch.utils.data import DataLoader

    from anonymize.readers.torch import EncryptedIterableDataset, TensorBatch, as_is
except (ImportError, MissingExtraError):
    pytest.skip("torch is in .venv-readers alone; make soak runs these", allow_module_level=True)

pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]


def made(stays: Dataset, reader_uri: str, **settings: Any) -> EncryptedIterableDataset:
    """Return the dataset's numbers, in batches of 60."""
    return EncryptedIterableDataset(
        stays, ["id"], **{"batch_size": 60, "keyring": reader_uri, **settings}
    )


def loaded(dataset: EncryptedIterableDataset, workers: int = 0, **settings: Any) -> list[list[int]]:
    """Return the numbers of each batch that a DataLoader gives."""
    loader = DataLoader(dataset, batch_size=None, num_workers=workers, **settings)
    return [batch["id"].tolist() for batch in loader]


@pytest.mark.parametrize("workers", [0, 1, 2])
@pytest.mark.parametrize("collate", [None, as_is])
def test_a_batch_is_the_same_from_a_worker(
    stays: Dataset, reader_uri: str, workers: int, collate: Any
) -> None:
    """Types, values and nulls; its tensors may be changed, and lie in no shared memory."""
    one = EncryptedIterableDataset(
        stays, "readable", batch_size=60, fill={"age": -1}, keyring=reader_uri
    )
    loader = DataLoader(one, batch_size=None, num_workers=workers, collate_fn=collate)
    for batch, plain in zip(loader, one, strict=False):
        assert type(batch) is TensorBatch
        if workers < 2:
            assert str(dict(batch)) == str(dict(plain))
        assert [type(v) for v in batch.values()] == [type(v) for v in plain.values()]
        tensors = [v for v in batch.values() if isinstance(v, torch.Tensor)]
        assert not any(tensor.is_shared() for tensor in tensors)
        batch["id"][0] = 5


def flat(batches: list[list[int]]) -> list[int]:
    """Return the rows of batches."""
    return [n for batch in batches for n in batch]


def test_columns_are_tensors_or_lists(stays: Dataset, reader_uri: str) -> None:
    """Of their types and values, in memory of their own."""
    (batch,) = EncryptedIterableDataset(
        stays, "readable", batch_size=ROWS, fill={"age": -1}, keyring=reader_uri
    )
    types = {name: str(getattr(v, "dtype", type(v).__name__)) for name, v in batch.items()}
    assert types == {
        "id": "torch.int64", "age": "torch.int16", "score": "torch.float64",
        "cost": "torch.float64", "born": "torch.int64", "seen": "torch.int64", "ward": "list",
        "smoker": "torch.bool", "ecg": "torch.float32", "codes": "list",
    }  # fmt: skip
    plain = table()
    assert batch["id"].tolist() == plain["id"].to_pylist()
    assert batch["age"].tolist() == [-1 if n is None else n for n in plain["age"].to_pylist()]
    assert batch["ward"] == plain["ward"].to_pylist()
    assert batch["born"][0] == 19723  # days since 1970
    assert batch["ecg"].shape == (ROWS, 2)
    assert batch["score"].isnan().sum() == sum(n % 9 == 0 or n % 7 == 0 for n in range(ROWS))
    batch["id"][0] = 5  # not a view of what was read


@pytest.mark.parametrize("workers", [0, 1, 2, 3])
@pytest.mark.parametrize("shuffle", [False, True])
def test_a_loaders_workers_give_each_row_once(
    stays: Dataset, reader_uri: str, workers: int, shuffle: bool
) -> None:
    """Over two ranks."""
    found = []
    for rank in range(2):
        one = made(stays, reader_uri, shuffle=shuffle, buffer_rows=70, rank=rank, ranks=2)
        found += flat(loaded(one, workers))
    assert sorted(found) == list(range(ROWS))
    assert workers > 1 or (found == sorted(found)) is not shuffle


def test_spawned_workers_open_the_keyring_themselves(stays: Dataset, reader_uri: str) -> None:
    """By its address; a keyring that is open is not sent, and torch says why."""
    one = made(stays, reader_uri, shuffle=True)
    assert sorted(flat(loaded(one, 2, multiprocessing_context="spawn"))) == list(range(ROWS))
    opened = made(stays, reader_uri, keyring=open_keyring(reader_uri))
    with pytest.raises(TypeError, match="keyrings are not pickled; send the URI"):
        loaded(opened, 1, multiprocessing_context="spawn")
    assert sorted(flat(loaded(opened, 2, multiprocessing_context="fork"))) == list(range(ROWS))


@pytest.mark.parametrize("workers", [0, 2])
def test_an_epoch_reaches_workers_that_live_on(
    stays: Dataset, reader_uri: str, workers: int
) -> None:
    """Every epoch has an order of its own, and the same in another job."""
    orders = []
    for _ in range(2):
        one = made(stays, reader_uri, shuffle=True)
        loader = DataLoader(
            one, batch_size=None, num_workers=workers, persistent_workers=workers > 0
        )
        for epoch in range(3):
            one.set_epoch(epoch)
            orders.append(flat([batch["id"].tolist() for batch in loader]))
    assert orders[:3] == orders[3:]
    assert len(set(map(tuple, orders))) == 3


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("persistent", [False, True])
def test_a_loader_goes_on_where_a_state_says(
    stays: Dataset, reader_uri: str, workers: int, persistent: bool
) -> None:
    """After each number of batches; the next epoch is whole again."""
    whole = loaded(made(stays, reader_uri, shuffle=True), workers)
    for taken in (0, 1, 5, len(whole) - 1, len(whole)):
        one = made(stays, reader_uri, shuffle=True)
        one.load_state_dict(one.state_dict(taken, workers))
        loader = DataLoader(
            one, batch_size=None, num_workers=workers, persistent_workers=persistent
        )
        rest = [batch["id"].tolist() for batch in loader]
        assert sorted(flat(rest)) == sorted(flat(whole[taken:]))
        assert sorted(flat([batch["id"].tolist() for batch in loader])) == list(range(ROWS))


def test_a_state_in_this_process_counts_itself(stays: Dataset, reader_uri: str) -> None:
    """With filters too."""
    filters = [("score", ">", 30.0)]
    one = made(stays, reader_uri, shuffle=True, filters=filters)
    batches = iter(one)
    seen = [next(batches)["id"].tolist() for _ in range(3)]
    other = made(stays, reader_uri, shuffle=True, filters=filters)
    other.load_state_dict(one.state_dict())
    assert seen + loaded(other) == loaded(made(stays, reader_uri, shuffle=True, filters=filters))


def test_with_workers_a_state_needs_the_number_of_batches(stays: Dataset, reader_uri: str) -> None:
    """It would say that nothing was read, or that the state is still the one that was loaded."""
    one = made(stays, reader_uri)
    for state in (None, one.state_dict(2, 1)):
        if state:
            one.load_state_dict(state)
        loaded(one, 1)
        with pytest.raises(ArgumentError, match=r"workers read last.*give batches and workers"):
            one.state_dict()
    # what workers have gone on from is not gone on from again
    assert len(flat(loaded(one))) == ROWS
    assert one.state_dict()["place"][1] == one.state_dict()["place"][2]


def test_ranks_are_those_of_the_job(
    stays: Dataset, reader_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As torchrun says; given ones count more."""
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "4")
    one = made(stays, reader_uri)
    assert one.count_rows() == ROWS // 4
    assert flat(loaded(one)) == list(range(ROWS // 4, ROWS // 2))
    assert made(stays, reader_uri, rank=0, ranks=1).count_rows() == ROWS


def test_torchs_batches_are_numpys(stays: Dataset, reader_uri: str) -> None:
    """The same rows in the same order."""
    settings: dict[str, Any] = {"batch_size": 60, "shuffle": True, "keyring": reader_uri}
    plain = [b["id"].tolist() for b in TrainingBatches(stays, ["id"], **settings)]
    assert plain == loaded(made(stays, reader_uri, shuffle=True))


def test_a_refusal_in_a_worker_is_one(stays: Dataset, keyring: Keyring, reader_uri: str) -> None:
    """A changed part ends the loader with the part's name, and no wait."""
    part = stays.folder(1) / "part-00001.parquet"
    one = made(stays, reader_uri)
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    with pytest.raises(Exception, match=r"part-00001\.parquet: its bytes are not those"):
        loaded(one, 2)


def test_a_column_without_its_key_is_refused(stays: Dataset, reader_uri: str) -> None:
    """Before a worker starts."""
    with pytest.raises(KeysError, match="column notes: key 'clinical' is not in the keyring"):
        EncryptedIterableDataset(stays, ["notes"], keyring=reader_uri)


PROGRAM = """
import sys
from torch.utils.data import DataLoader
from anonymize.readers.torch import EncryptedIterableDataset
from tests.readers.leftovers import holding_plaintext
from pathlib import Path

folder, uri = sys.argv[1:]
seen = 0
for workers in (0, 2):
    one = EncryptedIterableDataset(folder, ["id", "ward"], batch_size=60, shuffle=True, keyring=uri)
    for batch in DataLoader(one, batch_size=None, num_workers=workers):
        seen += sum("CANARY" in ward for ward in batch["ward"] if ward)
        assert not holding_plaintext(Path.cwd()), "while it was read"
print(seen)
"""


def test_no_row_is_left_anywhere(stays: Dataset, reader_uri: str, tmp_path: Path) -> None:
    """Homes, caches, temporary files, the working folder, shared memory: while and after."""
    desk = tmp_path / "desk"
    desk.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(stays.path), reader_uri],
        cwd=desk,
        env=environment(desk, {"PYTHONPATH": str(ROOT)}),
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == 2 * (ROWS - ROWS // 50)
    assert holding_plaintext(desk, stays.path) == []


def test_the_search_finds_what_is_left(tmp_path: Path) -> None:
    """A file with the canary in it."""
    (tmp_path / "some").mkdir()
    (tmp_path / "some" / "cache.arrow").write_bytes(b"\0" * 1000 + CANARY.encode())
    assert holding_plaintext(tmp_path) == [str(tmp_path / "some" / "cache.arrow")]


def test_tensors_of_distant_parts_do_not_meet(stays: Dataset, reader_uri: str) -> None:
    """As the page says: a share takes its parts one after the other."""
    ends = [sum(PARTS[: n + 1]) for n in range(len(PARTS))]
    rows = flat(loaded(made(stays, reader_uri, shuffle=True, buffer_rows=60)))
    parts = [next(p for p, end in enumerate(ends) if n < end) for n in rows]
    assert len(set(parts[:60])) <= 3
    assert torch.utils.data.get_worker_info() is None
