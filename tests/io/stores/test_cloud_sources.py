"""Sources in Google Cloud Storage and Azure Blob Storage: read as the same bytes on disk are, found
as files are. Against gcp-storage-emulator and Azurite, which are stand-ins.
"""

from __future__ import annotations

import gzip
import io
import itertools
import pickle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from anonymize.errors import SourceError
from anonymize.io import Partition, open_source
from anonymize.io.sources import pieces, record_ends
from anonymize.io.stores import objects, ranges
from anonymize.io.stores.listing import find_objects
from anonymize.policy.addresses import address_of
from tests.cloud_stores import Azure, Cloud, azure, cloud, gcs  # noqa: F401
from tests.io.stores.test_s3_sources import CSV, everything, table

JSONL = b"".join(b'{"id": %d, "city": "town %d"}\n' % (n, n) for n in range(500))
QUOTED = "n,name\n" + "".join(f'{n},"town\n{n}"\n' for n in range(300))


@pytest.mark.parametrize(
    "name, data",
    [("t.csv", CSV), ("t.csv.gz", gzip.compress(CSV)), ("ä b+%#;.csv", CSV), ("t.jsonl", JSONL)],
)
def test_an_object_is_read_as_its_bytes_on_disk(
    cloud: Cloud, tmp_path: Path, name: str, data: bytes
) -> None:
    """Schema, rows and the fingerprint's digest are those of a file, whatever its name."""
    (tmp_path / name).write_bytes(data)
    cloud.put(f"raw/{name}", data)
    there, here = open_source(cloud.at(f"raw/{name}")), open_source(str(tmp_path / name))
    assert table(there.path).equals(table(here.path))
    assert there.fingerprint()["sha256"] == here.fingerprint()["sha256"]
    assert there.spread().total_rows == here.spread().total_rows


def test_parquet_is_read_by_ranges(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every type comes back, over blocks far smaller than the file, also a few columns alone."""
    monkeypatch.setattr(ranges, "BLOCK_BYTES", 8000)
    monkeypatch.setattr(ranges, "PIECE_BYTES", 300)
    file = io.BytesIO()
    pq.write_table(everything(), file, row_group_size=700)
    cloud.put("t.parquet", file.getvalue())
    source = open_source(cloud.at("t.parquet"))
    assert pa.Table.from_batches(list(source.batches())).equals(everything())
    some = pa.Table.from_batches(list(source.batches(["day", "id"])))
    assert some["id"].equals(everything()["id"])


def test_a_prefix_and_a_glob_find_what_a_folder_would(cloud: Cloud) -> None:
    """Hidden names and other formats are skipped; a wildcard stops at slashes."""
    for key in ["d/b.csv", "d/a.csv", "d/_tmp/c.csv", "d/.x.csv", "d/readme.md", "d/e/f.csv"]:
        cloud.put(key, b"id\n1\n2\n")
    cloud.put("data/z.csv", b"id\n1\n")

    def names(path: str) -> list[str]:
        return [str(file.place) for file in open_source(cloud.at(path)).files]

    assert names("d/") == [cloud.at(f"d/{n}") for n in ("a.csv", "b.csv", "e/f.csv")]
    assert names("d") == names("d/")
    assert names("d/*.csv") == [cloud.at(f"d/{n}") for n in ("a.csv", "b.csv")]
    assert names("d/[a]*.csv") == [cloud.at("d/a.csv")]
    assert names("**/f.csv") == [cloud.at("d/e/f.csv")]
    assert len(names("")) == 4


def test_folders_of_a_store_are_columns_whose_values_no_error_shows(cloud: Cloud) -> None:
    """As on disk: the keys are read, and a file is told without its folders."""
    cloud.put("years/who=Ann/year=2024/a.csv", b"id\n1\n")
    cloud.put("years/who=Bo/year=2025/b.csv", b"id\n2\n")
    assert table(cloud.at("years/")).to_pylist() == [
        {"id": 1, "who": "Ann", "year": 2024},
        {"id": 2, "who": "Bo", "year": 2025},
    ]
    source = open_source(cloud.at("years/"))
    cloud.delete("years/who=Ann/year=2024/a.csv")
    with pytest.raises(SourceError, match="changed while it was read") as caught:
        source.fingerprint()
    assert "Ann" not in str(caught.value)
    with pytest.raises(SourceError, match="there is no such object") as caught:
        source.files[0].inner.place.state()
    assert "Ann" not in str(caught.value)


@pytest.mark.soak
@pytest.mark.parametrize("fixture, page", [("gcs", 1000), ("azure", 5000)])
def test_more_objects_than_one_page_are_found(
    request: pytest.FixtureRequest, fixture: str, page: int
) -> None:
    """The first page of a listing is not taken for the whole."""
    from concurrent.futures import ThreadPoolExecutor

    store: Cloud = request.getfixturevalue(fixture)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.put(f"p/{n:04}.csv", b"id\n1\n"), range(page + 5)))
    address = address_of(store.at("p/"))
    assert address is not None
    assert len({one.key for one in find_objects(address)[0]}) == page + 5


@pytest.mark.parametrize(
    "path, said",
    [
        ("none.csv", "there is no such object, nor any below it"),
        ("d/*.csv", "matches no object"),
        ("empty.csv", "is empty"),
        ("folder/", "holds no CSV"),
    ],
)
def test_what_is_not_there_is_refused(cloud: Cloud, path: str, said: str) -> None:
    """One clear error for each."""
    cloud.put("empty.csv", b"")
    cloud.put("folder/x.md", b"x")
    with pytest.raises(SourceError, match=said) as caught:
        open_source(cloud.at(path))
    assert cloud.at("") in str(caught.value)


def test_a_missing_bucket_is_said(cloud: Any) -> None:
    """Not as a missing object."""
    with pytest.raises(SourceError, match=cloud.missing):
        open_source(f"{cloud.scheme}://no-such-bucket-here/a.csv")


@pytest.mark.parametrize("key", ["a/../b.csv", "..", "a/./b.csv"])
def test_a_key_that_libraries_take_for_another_is_refused(azure: Azure, key: str) -> None:
    """``a/../b.csv`` would be asked for as ``b.csv``, and another blob be read."""
    azure.put("b.csv", CSV)
    azure.put("a/b.csv", CSV)
    with pytest.raises(SourceError, match=r"has a part '\.' or '\.\.'"):
        open_source(azure.at(key))


def test_a_folder_of_an_account_with_a_hierarchy_is_no_object(azure: Azure) -> None:
    """It is listed as an empty blob with a mark, also if it is called like a file."""
    for folder in ("out", "out/part.csv"):
        azure.put(folder, b"", **{"x-ms-meta-hdi_isfolder": "true"})
    azure.put("out/part.csv/0.csv", CSV)
    found = [str(file.place) for file in open_source(azure.at("out")).files]
    assert found == [azure.at("out/part.csv/0.csv")]
    assert table(azure.at("out/part.csv")).num_rows == 2000


def test_an_object_replaced_while_it_is_read_is_noticed(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads ask for the object that was opened; no mixture of two is read."""
    monkeypatch.setattr(ranges, "BLOCK_BYTES", 4096)
    monkeypatch.setattr("anonymize.io.sources.csv_files.BLOCK_BYTES", 4096)
    body = CSV * 4
    cloud.put("a.csv", body)
    source = open_source(cloud.at("a.csv"), header=False)
    batches = source.files[0].batches()
    next(batches)
    cloud.put("a.csv", body.swapcase())
    with pytest.raises(SourceError, match="changed while it was read"):
        list(batches)
    with pytest.raises(SourceError, match="changed while it was read"):
        source.check_unchanged()


def test_the_same_bytes_written_again_are_another_object(cloud: Cloud) -> None:
    """Told by the generation or the ETag, not by a digest of the content."""
    cloud.put("a.csv", CSV)
    source = open_source(cloud.at("a.csv"))
    before = source.partitions()[0].mark()
    cloud.put("a.csv", CSV)
    with pytest.raises(SourceError, match="changed while it was read"):
        source.check_unchanged()
    assert open_source(cloud.at("a.csv")).partitions()[0].mark() != before


def test_an_object_that_is_removed_is_noticed(cloud: Cloud) -> None:
    """As a change."""
    cloud.put("a.csv", CSV)
    source = open_source(cloud.at("a.csv"))
    cloud.delete("a.csv")
    with pytest.raises(SourceError, match="changed while it was read"):
        source.fingerprint()


def test_places_can_be_sent_to_other_processes(cloud: Any) -> None:
    """A partition pickles without a client, and holds no credentials."""
    cloud.put("a.csv", CSV)
    data = pickle.dumps(open_source(cloud.at("a.csv")).partitions())
    assert cloud.secret.encode() not in data
    assert sum(b.num_rows for b in pickle.loads(data)[0].batches()) == 2000


def _rows(parts: tuple[Partition, ...]) -> list[dict[str, object]]:
    return [row for one in parts for batch in one.batches() for row in batch.to_pylist()]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pieces be of 1,500 bytes, and requests of 700."""
    monkeypatch.setattr(pieces, "SMALLEST_BYTES", 1500)
    monkeypatch.setattr(pieces, "MOST_PIECES", 1 << 40)
    monkeypatch.setattr(record_ends, "CHUNK_BYTES", 300)
    for module in (ranges, objects):
        monkeypatch.setattr(module, "BLOCK_BYTES", 700)
    monkeypatch.setattr(ranges, "PIECE_BYTES", 100)


@pytest.mark.parametrize("name, data", [("a.csv", QUOTED.encode()), ("a.jsonl", JSONL)])
def test_text_is_read_in_pieces_of_its_own_bytes(
    cloud: Any, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes
) -> None:
    """As the same file is; a piece asks for what it holds, once and in order."""
    (tmp_path / name).write_bytes(data)
    cloud.put(name, data)
    here = open_source(tmp_path / name).pieces()
    monkeypatch.setattr(objects, "KEPT_BYTES", 0)
    there = pickle.loads(pickle.dumps(open_source(cloud.at(name)).pieces()))
    assert [one.span for one in there] == [one.span for one in here]
    assert len(there) > 2
    assert _rows(there) == _rows(here)
    kind, asked = type(there[1].place), list[tuple[int, int]]()
    before = kind._asked
    monkeypatch.setattr(
        kind, "_asked", lambda self, *span: (asked.append(span), before(self, *span))[1]
    )
    _rows(there[1:2])
    assert (asked[0][0], asked[-1][1]) == (there[1].span.first, there[1].span.end)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(asked))


def test_an_object_that_is_replaced_after_it_was_divided_is_refused(
    cloud: Cloud, small: None
) -> None:
    """By its address."""
    cloud.put("a.csv", QUOTED.encode())
    found = open_source(cloud.at("a.csv")).pieces()
    cloud.put("a.csv", QUOTED.replace("town", "city").encode())
    with pytest.raises(SourceError, match=rf"{cloud.at('a')}\.csv: changed"):
        _rows(found[1:2])
