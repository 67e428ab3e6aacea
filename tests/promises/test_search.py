"""The canary sweep can fail: a planted value is found in each encoding, at each offset, and in each
kind of place.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import os
import pickle
import random
import resource
import sqlite3
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.promises.encoded import ENCODINGS, LENGTH, WINDOW, EncodedCanaries, canary
from tests.promises.places import Watch, names_below, rows_of, unpacked

VALUE = canary(random.Random(1))
OTHERS = [canary(random.Random(seed)) for seed in range(2, 50)]
WRITTEN: Mapping[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "lower": lambda text: text.lower().encode(),
    "upper": lambda text: text.upper().encode(),
    "reversed": lambda text: text[::-1].encode(),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "utf-32-le": lambda text: text.encode("utf-32-le"),
    "hex": lambda text: text.encode().hex().encode(),
    "HEX": lambda text: text.encode().hex().upper().encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64+1": lambda text: base64.b64encode(b"-" + text.encode()),
    "base64+2": lambda text: base64.b64encode(b"--" + text.encode()),
    "\\u": lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text).encode(),
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()).encode(),
}
"""How others' code writes a text; the search has encoders of its own."""


@pytest.fixture(scope="module")
def canaries() -> EncodedCanaries:
    """Return a search for a few values."""
    return EncodedCanaries([VALUE, *OTHERS])


def test_fourteen_encodings_are_looked_for() -> None:
    """Each has its test below."""
    assert list(WRITTEN) == list(ENCODINGS)
    assert len(ENCODINGS) == 14


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_a_value_is_found_in_each_encoding_at_each_offset(
    canaries: EncodedCanaries, encoding: str
) -> None:
    """Whole, whatever stands before and after it."""
    for before in range(9):
        data = b"\x01" * before + WRITTEN[encoding](VALUE) + b"\x01"
        assert encoding in {name for _, name in canaries.found_in(data)}


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_eight_characters_of_a_value_are_found(canaries: EncodedCanaries, encoding: str) -> None:
    """Any eight that stand together; seven are not looked for."""
    for start in range(LENGTH - WINDOW + 1):
        piece = WRITTEN[encoding](VALUE[start : start + WINDOW])
        assert encoding in {name for _, name in canaries.found_in(piece)}
    assert not [*canaries.found_in(b"\x01".join([WRITTEN["utf-8"](VALUE[:7]), b"\x01" * 9]))]


def test_digests_and_pseudonyms_hold_no_value_by_chance() -> None:
    """Each window holds what hexadecimal and base32 do not have, in either case."""
    for value in (VALUE, *OTHERS):
        for start in range(LENGTH - WINDOW + 1):
            window = value[start : start + WINDOW].lower()
            assert not set(window) <= set("0123456789abcdef")
            assert not set(window) <= set("abcdefghijklmnopqrstuvwxyz234567")


def _zipped(data: bytes) -> bytes:
    with zipfile.ZipFile(made := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner", data)
    return made.getvalue()


def _parquet(data: bytes) -> bytes:
    pq.write_table(pa.table({"a": [data.decode()] * 9}), made := io.BytesIO(), compression="zstd")
    return made.getvalue()


def _arrow(data: bytes) -> bytes:
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    table = pa.table({"a": [data.decode()] * 9})
    with pa.ipc.new_file(made := io.BytesIO(), table.schema, options=options) as file:
        file.write_table(table)
    return made.getvalue()


TEXT = (VALUE + " ").encode() * 40
PACKED: Mapping[str, bytes] = {
    "a log": b"DEBUG " + TEXT,
    "gzip": gzip.compress(TEXT),
    "bz2": bz2.compress(TEXT),
    "zstd": bytes(pa.compress(TEXT, codec="zstd", asbytes=True)),
    "zlib": zlib.compress(TEXT),
    "zip": _zipped(TEXT),
    "Parquet": _parquet(TEXT),
    "Arrow": _arrow(TEXT),
    "a pickle": pickle.dumps({"error": ValueError(TEXT.decode())}),
    "a task's result": b'{"data": "' + base64.b64encode(zlib.compress(pickle.dumps(TEXT))) + b'"}',
    "gzip in zip": _zipped(gzip.compress(TEXT)),
}
"""Kinds of files that hold a value."""


@pytest.mark.parametrize("kind", list(PACKED))
def test_a_value_is_found_in_each_kind_of_file(canaries: EncodedCanaries, kind: str) -> None:
    """Compressed forms are opened."""
    assert {name for form in unpacked(PACKED[kind]) for _, name in canaries.found_in(form)} >= {
        "utf-8"
    }


def test_a_value_is_found_in_a_database(canaries: EncodedCanaries, tmp_path: Path) -> None:
    """In any encoding, also where it lies over the edge of a page."""
    path = tmp_path / "prefect.db"
    rows = [
        (name, b"\x01" * before + WRITTEN[name](VALUE))
        for name in ENCODINGS
        for before in range(4_000, 4_090, 9)
    ]
    with closing(sqlite3.connect(path)) as database:
        database.execute("create table log (encoding text, body blob)")
        database.executemany("insert into log values (?, ?)", rows)
        database.commit()
    named = list(rows_of(path))
    for encoding, body in zip(named[::2], named[1::2], strict=True):
        assert encoding.decode() in {name for _, name in canaries.found_in(body)}
    assert len(named) == 2 * len(rows)


def test_a_value_is_found_in_names(canaries: EncodedCanaries, tmp_path: Path) -> None:
    """Of files, folders and links, and in what links point to; planted ones are known."""
    (tmp_path / VALUE).mkdir()
    (tmp_path / VALUE / f"x{VALUE}.tmp").touch()
    (tmp_path / "link").symlink_to(VALUE)
    (tmp_path / OTHERS[0]).mkdir()
    (tmp_path / OTHERS[0] / "planted").touch()
    names = list(names_below(tmp_path, {tmp_path / OTHERS[0] / "planted"}))
    found = [piece.decode() for name in names for piece, _ in canaries.found_in(name)]
    assert len([piece for piece in found if piece in VALUE]) == 3 * (LENGTH - WINDOW + 1)
    assert not [piece for piece in found if piece in OTHERS[0]]


def test_a_value_is_found_in_a_file_that_was_removed(
    canaries: EncodedCanaries, tmp_path: Path
) -> None:
    """And in one that was replaced, or grew after it was first seen."""
    watch = Watch(tmp_path)
    removed, grown = tmp_path / "spilled.tmp", tmp_path / "log"
    removed.write_bytes(TEXT)
    grown.touch()
    watch.look()
    removed.unlink()
    removed.write_bytes(b"nothing")
    grown.write_bytes(TEXT)
    watch.start()
    held = watch.stop()
    found = {
        path.name: [bool([*canaries.found_in(data)]) for data in forms]
        for path, forms in held.items()
    }
    assert found == {"spilled.tmp": [True, False], "log": [True]}


def test_a_value_is_found_in_a_core(canaries: EncodedCanaries, tmp_path: Path) -> None:
    """Where this machine writes core files beside the process, one of a process that held a value
    shows it.
    """
    pattern = Path("/proc/sys/kernel/core_pattern")
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    if not pattern.exists() or pattern.read_text()[0] in "|/" or not hard:
        pytest.skip("this machine writes no core files beside a process")
    code = f"import os; held = {VALUE!r} * 2; os.abort()"
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)),
        check=False,
    )
    cores = [path for path in tmp_path.iterdir() if path.name.startswith("core")]
    assert len(cores) == 1
    assert "utf-8" in {name for _, name in canaries.found_in(cores[0].read_bytes())}


def test_noise_holds_nothing(canaries: EncodedCanaries) -> None:
    """What is random, and digests, are no find."""
    data = os.urandom(1 << 20)
    assert not [*canaries.found_in(data + data[: 1 << 18].hex().encode())]
    assert not [*canaries.found_in(b"short")]
