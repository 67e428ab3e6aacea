"""Batches for training: each row once, in an order that a seed gives, from any place."""

from __future__ import annotations

import json
import pickle
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import Dataset, read
from anonymize.dataset.version_reader import VersionReader
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, KeysError
from anonymize.keys import Keyring, open_keyring
from anonymize.readers import TrainingBatches
from anonymize.readers.shares import Share

from .conftest import CANARY, PARTS, ROWS, publish, table

FILTER = [("score", ">", 30.0)]


def ids(batches: Iterable[Any]) -> list[int]:
    """Return the rows' numbers."""
    return [int(n) for batch in batches for n in batch["id"]]


def passing() -> list[int]:
    """Return the numbers of the rows that `FILTER` keeps."""
    scores = table()["score"].to_pylist()
    return [n for n, score in enumerate(scores) if score is not None and score > 30.0]


@pytest.mark.parametrize("shuffle", [False, True])
@pytest.mark.parametrize("filters", [None, FILTER])
@pytest.mark.parametrize(("ranks", "workers"), [(1, 1), (2, 3), (7, 1)])
def test_the_shares_of_all_processes_are_all_rows(
    stays: Dataset, reader_uri: str, shuffle: bool, filters: Any, ranks: int, workers: int
) -> None:
    """Each once, whatever the part and row group in which a share begins."""
    found = []
    for rank in range(ranks):
        made = TrainingBatches(
            stays, ["id"], batch_size=64, filters=filters, shuffle=shuffle, buffer_rows=70,
            rank=rank, ranks=ranks, keyring=reader_uri,
        )  # fmt: skip
        for worker in range(workers):
            share = Share(rank, ranks, worker, workers)
            found += ids(batch.to_pydict() for batch in made.record_batches(share))
    expected = list(range(ROWS)) if filters is None else passing()
    assert sorted(found) == expected
    assert (found == expected) is not shuffle


def test_without_shuffling_the_order_is_the_versions(stays: Dataset, reader_uri: str) -> None:
    """Values and all."""
    made = TrainingBatches(stays, ["id", "ward"], batch_size=90, keyring=reader_uri)
    batches = list(made)
    assert [len(batch["id"]) for batch in batches] == [90] * 8 + [80]
    assert [w for batch in batches for w in batch["ward"]] == table()["ward"].to_pylist()


def test_an_order_hangs_on_seed_and_epoch_alone(stays: Dataset, reader_uri: str) -> None:
    """Not on the size of batches, nor on how often it was iterated."""

    def order(batch_size: int = 64, seed: int = 0, epoch: int = 0) -> list[int]:
        made = TrainingBatches(
            stays, ["id"], batch_size=batch_size, shuffle=True, seed=seed, keyring=reader_uri
        )
        made.set_epoch(epoch)
        return ids(made)

    assert order() == order() == order(batch_size=7)
    assert len({tuple(order()), tuple(order(seed=1)), tuple(order(epoch=1))}) == 3


def test_shuffling_mixes_parts_groups_and_rows(stays: Dataset, reader_uri: str) -> None:
    """The first 64 rows are from several row groups, and the first part need not come first."""
    made = TrainingBatches(
        stays, ["id"], batch_size=64, shuffle=True, buffer_rows=200, seed=3, keyring=reader_uri
    )
    first = ids([next(iter(made))])
    assert len({n // 50 for n in first}) >= 3
    assert first != sorted(first)
    begun = set()
    for epoch in range(8):
        made.set_epoch(epoch)
        begun.add(sum(ids([next(iter(made))])[0] >= sum(PARTS[: n + 1]) for n in range(4)))
    assert len(begun) > 1


@pytest.mark.parametrize("filters", [None, FILTER])
@pytest.mark.parametrize("shuffle", [False, True])
def test_a_state_goes_on_at_the_next_row(
    stays: Dataset, reader_uri: str, filters: Any, shuffle: bool
) -> None:
    """After any number of batches, through JSON, in an object made anew."""

    def made() -> TrainingBatches:
        return TrainingBatches(
            stays, ["id"], batch_size=60, filters=filters, shuffle=shuffle, buffer_rows=90,
            keyring=reader_uri,
        )  # fmt: skip

    one = made()
    one.set_epoch(2)
    whole = ids(one)
    batches, seen = iter(one), []
    while True:
        state = json.loads(json.dumps(one.state_dict()))
        other = made()
        other.load_state_dict(state)
        assert other.state_dict() == state
        assert seen + ids(other) == whole
        assert sorted(ids(other)) == sorted(whole)  # a state counts once
        try:
            seen += ids([next(batches)])
        except StopIteration:
            break
    assert seen == whole


def test_what_lies_before_a_place_is_not_opened(
    stays: Dataset, reader_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Parts are passed over by the manifest's counts."""
    made = TrainingBatches(stays, ["id"], batch_size=50, buffer_rows=50, keyring=reader_uri)
    made.load_state_dict(made.state_dict(batches=14, workers=1))
    opened, names = VersionReader.opened, list[str]()
    monkeypatch.setattr(
        VersionReader,
        "opened",
        lambda self, entry: names.append(entry.path) or opened(self, entry),
    )
    assert ids(made) == list(range(700, ROWS))
    assert names == ["part-00003.parquet"]


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_a_state_by_number_of_batches_is_that_of_workers_in_turn(
    stays: Dataset, reader_uri: str, workers: int, drop_last: bool
) -> None:
    """For who reads in other processes, whose places this one does not see."""

    def made() -> TrainingBatches:
        return TrainingBatches(
            stays, ["id"], batch_size=60, shuffle=True, buffer_rows=45, rank=1, ranks=2,
            drop_last=drop_last, keyring=reader_uri,
        )  # fmt: skip

    def in_turn(one: TrainingBatches) -> Iterator[list[int]]:
        state = one.state_dict(taken, workers) if taken else None
        streams = []
        for worker in range(workers):
            if state:
                one.load_state_dict(state)
            streams.append(one.record_batches(Share(1, 2, worker, workers)))
        while streams:
            for stream in tuple(streams):
                batch = next(stream, None)
                if batch is None:
                    streams.remove(stream)
                else:
                    yield batch["id"].to_pylist()

    taken = 0
    whole = list(in_turn(made()))
    for taken in range(1, len(whole) + 1):
        rest = list(in_turn(made()))
        assert sorted(n for batch in rest for n in batch) == sorted(
            n for batch in whole[taken:] for n in batch
        )


def test_even_ranks_get_the_same_number(stays: Dataset, reader_uri: str) -> None:
    """So that no rank of a job waits for another at the end of an epoch."""
    made = [
        TrainingBatches(stays, ["id"], even=True, rank=r, ranks=7, keyring=reader_uri)
        for r in range(7)
    ]
    assert {one.count_rows() for one in made} == {ROWS // 7}
    found = sorted(n for one in made for n in ids(one))
    assert found == list(range(ROWS - ROWS % 7))


OTHER: list[tuple[dict[str, Any], str]] = [
    ({"seed": 4}, "seed is 4 there and 0 here"),
    ({"batch_size": 10}, "batch_size is 10 there"),
    ({"shuffle": True}, "shuffle is True there"),
    ({"rank": 1, "ranks": 2}, "ranks is 2 there"),
    ({"filters": FILTER}, r"filtered_by is \['score'\] there and None here"),
    ({"buffer_rows": 9}, "buffer_rows is 9 there"),
]


@pytest.mark.parametrize(("settings", "what"), OTHER, ids=lambda one: str(one)[:30])
def test_a_state_of_other_settings_is_refused(
    stays: Dataset, reader_uri: str, settings: dict[str, Any], what: str
) -> None:
    """It would name other rows."""
    other = TrainingBatches(stays, ["id"], keyring=reader_uri, **settings)
    next(iter(other))
    with pytest.raises(ArgumentError, match=what):
        TrainingBatches(stays, ["id"], keyring=reader_uri).load_state_dict(other.state_dict())


def test_a_state_of_another_version_or_filter_is_refused(
    stays: Dataset, keyring: Keyring, reader_uri: str
) -> None:
    """A filter's values are in no state; that others pass is found in the buffer."""
    filtered = TrainingBatches(stays, ["id"], filters=FILTER, batch_size=9, keyring=reader_uri)
    next(iter(filtered))
    state = filtered.state_dict()
    assert "30" not in json.dumps(state)
    others = TrainingBatches(
        stays, ["id"], filters=[("score", ">", 31.0)], batch_size=9, keyring=reader_uri
    )
    others.load_state_dict(state)
    with pytest.raises(ArgumentError, match="state: was taken with other filters"):
        next(iter(others))
    publish(stays, keyring, table(5000))
    newer = TrainingBatches(stays, ["id"], filters=FILTER, batch_size=9, keyring=reader_uri)
    with pytest.raises(ArgumentError, match="version is 1 there and 2 here"):
        newer.load_state_dict(state)


@pytest.mark.parametrize(
    "state",
    [{}, {"batches": 1}, {"batches": -1, "workers": 1, "epoch": 0}, {"place": [0], "epoch": 0}],
    ids=str,
)
def test_what_is_no_state_is_refused(
    stays: Dataset, reader_uri: str, state: dict[str, Any]
) -> None:
    """By one message."""
    with pytest.raises(ArgumentError, match="is no state of this reader"):
        TrainingBatches(stays, ["id"], keyring=reader_uri).load_state_dict(state)


def test_a_state_of_rows_that_others_read_needs_their_number(
    stays: Dataset, reader_uri: str
) -> None:
    """Else it would say that nothing was read."""
    made = TrainingBatches(stays, ["id"], keyring=reader_uri)
    with pytest.raises(ArgumentError, match="nothing was iterated in this process"):
        made.state_dict()
    with pytest.raises(ArgumentError, match="give both batches and workers"):
        made.state_dict(3)
    filtered = TrainingBatches(stays, ["id"], filters=FILTER, keyring=reader_uri)
    with pytest.raises(ArgumentError, match="cannot be counted with filters"):
        filtered.state_dict(3, 1)


def test_a_state_of_other_workers_is_refused(stays: Dataset, reader_uri: str) -> None:
    """Their shares begin elsewhere."""
    made = TrainingBatches(stays, ["id"], batch_size=10, keyring=reader_uri)
    for state in (made.state_dict(2, 3), None):
        if state is None:
            next(made.record_batches(Share(0, 1, 1, 3)))
        made.load_state_dict(state or made.state_dict())
        with pytest.raises(ArgumentError, match=r"was taken (with 3 workers|by worker 1 of 3)"):
            next(iter(made))


def test_ranks_are_those_of_the_environment(
    stays: Dataset, reader_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As torchrun sets them, so that no process of a job reads all rows unnoticed; given ones count
    more.
    """
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "4")
    mine = TrainingBatches(stays, ["id"], keyring=reader_uri)
    assert (mine.rank, mine.ranks) == (1, 4)
    rows = [int(row) for batch in mine for row in batch["id"]]
    assert rows == list(range(ROWS // 4, ROWS // 2))
    whole = TrainingBatches(stays, ["id"], rank=0, ranks=1, keyring=reader_uri)
    assert whole.count_rows() == ROWS


@pytest.mark.parametrize(
    ("environment", "what"),
    [
        ({"RANK": "1"}, "RANK: is set without WORLD_SIZE; set both, or give rank= and ranks="),
        ({"WORLD_SIZE": "2"}, "WORLD_SIZE: is set without RANK"),
        ({"RANK": "one", "WORLD_SIZE": "2"}, "are no whole numbers"),
        ({"RANK": "2", "WORLD_SIZE": "2"}, "say rank 2 of 2, and ranks count from 0"),
    ],
    ids=str,
)
def test_an_environment_that_names_no_rank_is_refused(
    stays: Dataset,
    reader_uri: str,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    what: str,
) -> None:
    """It was meant to; all rows, or the first rank's, would be a silent default."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ArgumentError, match=what):
        TrainingBatches(stays, ["id"], keyring=reader_uri)


def test_an_empty_list_of_filters_keeps_all_rows(stays: Dataset, reader_uri: str) -> None:
    """Of its conditions all hold; it is no filter for ``even`` and states either."""
    plain = TrainingBatches(
        stays, ["id"], filters=[], even=True, ranks=1, rank=0, keyring=reader_uri
    )
    assert sum(len(batch["id"]) for batch in plain) == ROWS
    assert read(stays, ["id"], filters=[], keyring=reader_uri).num_rows == ROWS
    assert read(stays, ["id"], filters=(), keyring=reader_uri).num_rows == ROWS


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"ranks": 3}, "ranks: is given without rank; give both, or neither"),
        ({"rank": 1}, "rank: is given without ranks; give both, or neither"),
        ({"batch_size": 0}, "batch_size: is 0; give 1 or more"),
        ({"rank": 2, "ranks": 2}, "rank: is 2 of 2"),
        ({"seed": -1}, "seed: is -1"),
        ({"fill": {"agee": 0}}, "fill: names agee; columns that are read: id"),
        ({"even": True, "filters": FILTER}, "even: cannot be kept with filters"),
        ({"columns": "id"}, "columns: is of type str"),
    ],
    ids=str,
)
def test_wrong_settings_are_refused(
    stays: Dataset, reader_uri: str, settings: dict[str, Any], what: str
) -> None:
    """Before anything is read."""
    with pytest.raises(ArgumentError, match=what):
        TrainingBatches(stays, **{"columns": ["id"], "keyring": reader_uri, **settings})


def test_a_column_without_its_key_is_refused(stays: Dataset, reader_uri: str) -> None:
    """Read or filtered by; ``readable`` leaves it out."""
    for asked in ({"columns": ["notes"]}, {"columns": ["id"], "filters": [("notes", "=", "x")]}):
        with pytest.raises(KeysError, match="column notes: key 'clinical' is not in the keyring"):
            TrainingBatches(stays, keyring=reader_uri, **asked)  # type: ignore[arg-type]
    assert "notes" not in TrainingBatches(stays, "readable", keyring=reader_uri).schema.names


def test_a_pickle_holds_no_key(stays: Dataset, keyring: Keyring, reader_uri: str) -> None:
    """Another process opens the keyring by its address; one that is open is not sent."""
    made = TrainingBatches(stays, ["id"], shuffle=True, keyring=reader_uri)
    whole = ids(made)
    assert ids(pickle.loads(pickle.dumps(made))) == whole
    with pytest.raises(TypeError, match="keyrings are not pickled; send the URI"):
        pickle.dumps(TrainingBatches(stays, ["id"], keyring=open_keyring(reader_uri)))


def test_the_version_is_pinned(stays: Dataset, keyring: Keyring, reader_uri: str) -> None:
    """A publication during training changes no row; another dataset in its place is refused."""
    made = TrainingBatches(stays, ["id"], keyring=reader_uri)
    sent = pickle.dumps(made)
    publish(stays, keyring, table(5000))
    assert ids(made) == ids(pickle.loads(sent)) == list(range(ROWS))
    shutil.rmtree(stays.path)
    publish(stays, keyring, table(9000))
    with pytest.raises(DatasetError, match="version 1 is not the one that reading began with"):
        ids(pickle.loads(sent))


def test_a_part_is_checked_before_its_rows(stays: Dataset, reader_uri: str) -> None:
    """The rows of parts before it come."""
    part = stays.folder(1) / "part-00001.parquet"
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.write_bytes(data)
    made = TrainingBatches(stays, ["id"], buffer_rows=50, batch_size=50, keyring=reader_uri)
    batches = iter(made)
    assert ids(next(batches) for _ in range(4)) == list(range(200))
    with pytest.raises(AnonymizeError, match=r"part-00001.*its bytes are not those"):
        ids(batches)


def test_nothing_is_left_in_temporary_files(
    stays: Dataset, reader_uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text that is read is in memory alone, while it is read too."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    seen = 0
    for batch in TrainingBatches(stays, ["ward"], shuffle=True, batch_size=100, keyring=reader_uri):
        seen += sum(CANARY in ward for ward in batch["ward"] if ward)
        assert not list(folder.iterdir())
    assert seen == ROWS - ROWS // 50
