"""Parquet, Arrow, ORC and Avro: every type there and back, other names and types, bad files."""

from __future__ import annotations

import datetime as dt
import pickle
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import fastavro
import pyarrow as pa
import pyarrow.feather
import pyarrow.orc
import pyarrow.parquet as pq
import pytest

from anonymize.errors import SourceError
from anonymize.io import Source, open_source

UTC = dt.UTC
FLAT: dict[str, pa.Array] = {
    "flag": pa.array([True, None, False]),
    "i8": pa.array([1, None, -3], pa.int8()),
    "i64": pa.array([2**62, None, -5], pa.int64()),
    "f32": pa.array([1.5, None, -2.5], pa.float32()),
    "f64": pa.array([1e300, None, float("inf")], pa.float64()),
    "text": pa.array(["é", None, ""]),
    "bytes": pa.array([b"\xff\x00", None, b""], pa.binary()),
    "day": pa.array([dt.date(1, 1, 1), None, dt.date(9999, 12, 31)]),
    "money": pa.array(
        [Decimal("12345678901234567890.12"), None, Decimal("-0.01")], pa.decimal128(30, 2)
    ),
    "at_ns": pa.array([1704164645123456789, None, 5], pa.timestamp("ns")),
}
NESTED: dict[str, pa.Array] = {
    "list": pa.array([["a", None], None, []], pa.list_(pa.string())),
    "struct": pa.array([{"x": 1, "y": {"z": "q"}}, None, {"x": None, "y": None}]),
    "structs": pa.array([[{"k": 1}], None, []], pa.list_(pa.struct([("k", pa.int64())]))),
    "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int64())),
}
ARROW_ONLY: dict[str, pa.Array] = {
    "u8": pa.array([255, None, 0], pa.uint8()),
    "u64": pa.array([2**64 - 1, None, 0], pa.uint64()),
    "f16": pa.array([1.5, None, 2.0], pa.float16()),
    "fixed": pa.array([b"ab", None, b"cd"], pa.binary(2)),
    "clock32": pa.array([5, None, 6], pa.time32("ms")),
    "clock_us": pa.array([5, None, 6], pa.time64("us")),
    "clock_ns": pa.array([5, None, 6], pa.time64("ns")),
    "took": pa.array([5, None, 6], pa.duration("us")),
    "at_ms": pa.array([5, None, 6], pa.timestamp("ms")),
    "at_zone": pa.array([5, None, 6], pa.timestamp("us", "Europe/Paris")),
    "big_money": pa.array([Decimal("1e40"), None, Decimal("2")], pa.decimal256(60, 2)),
    "dictionary": pa.array(["a", None, "a"]).dictionary_encode(),
    "large": pa.array(["a", None, "b"], pa.large_string()),
    "view": pa.array(["a", None, "b"], pa.string_view()),
    "pair": pa.array([[1, 2], None, [3, 4]], pa.list_(pa.int64(), 2)),
    "nothing": pa.nulls(3),
}
WRITERS: dict[str, Callable[[pa.Table, Path], None]] = {
    "parquet": pq.write_table,
    "feather": pa.feather.write_feather,
    "orc": pa.orc.write_table,
}


def _stream(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_stream(str(path), table.schema) as out:
        out.write_table(table)


WRITERS["arrows"] = _stream


def read(source: Source) -> pa.Table:
    """Return all rows."""
    return pa.Table.from_batches(source.batches())


@pytest.mark.parametrize("ending", WRITERS)
def test_every_type_there_and_back(tmp_path: Path, ending: str) -> None:
    """All values; the types are Arrow's plain ones."""
    columns = {**FLAT, **NESTED, **({} if ending == "orc" else ARROW_ONLY)}
    table, path = pa.table(columns), tmp_path / f"d.{ending}"
    WRITERS[ending](table, path)
    back = read(open_source(str(path)))
    assert back.to_pydict() == table.to_pydict()
    plain = {"dictionary": "string", "large": "string", "view": "string", "nothing": "string"}
    if ending == "parquet":
        plain["clock32"] = "time32[ms]"
    for field in back.schema:
        assert str(field.type) == plain.get(field.name, str(table.schema.field(field.name).type))


@pytest.mark.parametrize("ending", WRITERS)
def test_columns_and_leaves_are_chosen(tmp_path: Path, ending: str) -> None:
    """In the order of the file, and in another process."""
    path = tmp_path / f"d.{ending}"
    WRITERS[ending](pa.table({**FLAT, **NESTED}), path)
    source = open_source(str(path), rename={"struct": "s", 1: "first"})
    part = pickle.loads(pickle.dumps(source.partitions()[0]))
    some = pa.Table.from_batches(part.batches(["s.y.z", "first", "structs[].k"]))
    assert some.to_pydict() == {
        "first": [True, None, False],
        "s": [{"y": {"z": "q"}}, None, {"y": None}],
        "structs": [[{"k": 1}], None, []],
    }
    spread = source.spread().batch()
    assert spread.schema.names[0] == "first"
    assert spread.to_pydict() == read(source).to_pydict()


@pytest.mark.parametrize("ending", WRITERS)
def test_types_can_be_declared(tmp_path: Path, ending: str) -> None:
    """Text kept as bytes, numbers kept as text, and back; what would change a value is refused."""
    table = pa.table(
        {
            "code": pa.array([b"007", None], pa.binary()),
            "n": ["12", "-3"],
            "day": ["2024-01-02", None],
            "id": [17, 18],
            "half": [1.5, 2.0],
        }
    )
    path = tmp_path / f"d.{ending}"
    WRITERS[ending](table, path)
    types = {"code": "string", "n": "integer", "day": "date", "id": "string"}
    back = read(open_source(str(path), types=types)).to_pydict()
    assert back == {
        "code": ["007", None],
        "n": [12, -3],
        "day": [dt.date(2024, 1, 2), None],
        "id": ["17", "18"],
        "half": [1.5, 2.0],
    }
    for column, word in (("half", "integer"), ("day", "float"), ("id", "boolean")):
        with pytest.raises(SourceError, match=f"column {column}: ") as caught:
            read(open_source(str(path), types={column: word}))
        assert "2024" not in str(caught.value)
    with pytest.raises(SourceError, match="no column 'dya'; did you mean 'day'"):
        open_source(str(path), types={"dya": "date"})


@pytest.mark.parametrize("ending", ["parquet", "feather", "arrows"])
def test_columns_with_the_same_name_or_none_need_one(tmp_path: Path, ending: str) -> None:
    """By their positions; with a name each all values are there."""
    columns = [pa.array([1]), pa.array(["x"]), pa.array([2.5]), pa.array(["y"])]
    table = pa.Table.from_arrays(columns, names=["a", "a", "", "b"])
    path = tmp_path / f"d.{ending}"
    WRITERS[ending](table, path)
    with pytest.raises(SourceError, match=r"column 3 has no name; say rename: \{3: NAME\}"):
        open_source(str(path))
    with pytest.raises(SourceError, match=r"columns 1 and 2 have one name; say rename: \{2: NAME"):
        open_source(str(path), rename={3: "c"})
    source = open_source(str(path), rename={3: "c", 2: "t"})
    assert read(source).to_pydict() == {"a": [1], "t": ["x"], "c": [2.5], "b": ["y"]}
    some = pa.Table.from_batches(source.batches(["b", "t"]))
    assert some.to_pydict() == {"t": ["x"], "b": ["y"]}


DECIMAL = {"logicalType": "decimal", "precision": 12, "scale": 2}
INSIDE = [{"name": "n", "type": "string"}, {"name": "again", "type": ["null", "c"]}]
ITSELF = {"type": "record", "name": "n", "fields": [{"name": "n", "type": ["null", "n"]}]}
AVRO = {
    "type": "record",
    "name": "row",
    "fields": [
        {"name": "flag", "type": ["null", "boolean"]},
        {"name": "i", "type": "int"},
        {"name": "l", "type": ["null", "long"]},
        {"name": "f", "type": "float"},
        {"name": "d", "type": "double"},
        {"name": "b", "type": "bytes"},
        {"name": "s", "type": ["string", "null"]},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "clock", "type": {"type": "int", "logicalType": "time-millis"}},
        {"name": "clock6", "type": {"type": "long", "logicalType": "time-micros"}},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "at3", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "here", "type": {"type": "long", "logicalType": "local-timestamp-micros"}},
        {"name": "money", "type": {"type": "bytes", **DECIMAL}},
        {"name": "uid", "type": {"type": "string", "logicalType": "uuid"}},
        {"name": "color", "type": {"type": "enum", "name": "c", "symbols": ["RED", "BLUE"]}},
        {"name": "four", "type": {"type": "fixed", "name": "f4", "size": 4}},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "counts", "type": {"type": "map", "values": "long"}},
        {"name": "who", "type": {"type": "record", "name": "p", "fields": INSIDE}},
    ],
}  # fmt: skip
AVRO_ROW = {
    "flag": None, "i": -7, "l": 2**40, "f": 1.5, "d": 2.5, "b": b"\xff", "s": "é",
    "day": dt.date(2024, 1, 2), "clock": dt.time(1, 2, 3, 4000), "clock6": dt.time(1, 2, 3, 5),
    "at": dt.datetime(2024, 1, 2, 3, 4, 5, 6, UTC), "at3": dt.datetime(2024, 1, 2, tzinfo=UTC),
    "here": dt.datetime(2024, 1, 2, 3, 4, 5, 6), "money": Decimal("-12.34"),
    "uid": str(uuid.UUID(int=5)), "color": "BLUE", "four": b"abcd", "tags": ["a", "b"],
    "counts": {"k": 1}, "who": {"n": "Ana", "again": "RED"},
}  # fmt: skip


def avro(path: Path, schema: object, rows: list[dict[str, object]], codec: str = "null") -> Path:
    """Write an Avro file."""
    with path.open("wb") as out:
        fastavro.writer(out, fastavro.parse_schema(schema), rows, codec=codec)
    return path


@pytest.mark.parametrize("codec", ["null", "deflate"])
def test_every_type_of_avro(tmp_path: Path, codec: str) -> None:
    """Logical types too; a name that is used again means the same."""
    path = avro(tmp_path / "d.avro", AVRO, [AVRO_ROW] * 9000, codec)
    table = read(open_source(str(path)))
    assert table.num_rows == 9000
    assert table.slice(8999).to_pylist() == [{**AVRO_ROW, "counts": [("k", 1)]}]
    assert str(table.schema.field("money").type) == "decimal128(12, 2)"
    assert str(table.schema.field("at").type) == "timestamp[us, tz=UTC]"
    source = open_source(str(path), rename={"who": "p"}, types={"i": "string"})
    some = pa.Table.from_batches(source.batches(["p.n", "i"]))
    assert some.slice(0, 1).to_pylist() == [{"i": "-7", "p": {"n": "Ana"}}]


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        (["null", "int", "string"], "column a: is a union of 2 types"),
        (ITSELF, "column a.n"),
    ],
)
def test_types_that_no_table_has_are_refused(tmp_path: Path, type_: object, words: str) -> None:
    """Unions and records inside themselves."""
    schema = {"type": "record", "name": "r", "fields": [{"name": "a", "type": type_}]}
    path = avro(tmp_path / "d.avro", schema, [{"a": None}] if isinstance(type_, list) else [])
    with pytest.raises(SourceError, match=words):
        open_source(str(path))


def _written(path: Path) -> bytes:
    table = pa.table({"id": list(range(3000)), "who": ["Ana Castro"] * 3000})
    if path.suffix == ".avro":
        fields = [{"name": "id", "type": "long"}, {"name": "who", "type": "string"}]
        avro(path, {"type": "record", "name": "r", "fields": fields}, table.to_pylist())
    else:
        WRITERS[path.suffix[1:]](table, path)
    return path.read_bytes()


@pytest.mark.parametrize("ending", [*WRITERS, "avro"])
def test_bad_files_are_refused(tmp_path: Path, ending: str) -> None:
    """Empty, cut short, of another format, and changed while it was read; without a value."""
    path = tmp_path / f"d.{ending}"
    whole = _written(path)
    source = open_source(str(path))
    contents = [
        b"id,who\n1,Ana Castro\n",
        *(whole[:n] for n in (9, len(whole) // 2, len(whole) - 9)),
    ]
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(SourceError, match="damaged or cut short") as caught:
            read(open_source(str(path)))
        assert "Ana" not in str(caught.value)
    with pytest.raises(SourceError, match="changed while it was read"):
        read(source)
    path.write_bytes(b"")
    with pytest.raises(SourceError, match="is empty"):
        open_source(str(path))


@pytest.mark.parametrize("ending", ["feather", "orc", "avro"])
def test_files_that_differ_and_files_without_rows_are_refused(tmp_path: Path, ending: str) -> None:
    """As for every format."""
    _written(tmp_path / f"a.{ending}")
    if ending == "avro":
        schema = {"type": "record", "name": "r", "fields": [{"name": "id", "type": "long"}]}
        avro(tmp_path / "b.avro", schema, [])
    else:
        WRITERS[ending](pa.table({"id": pa.array([], pa.int64())}), tmp_path / f"b.{ending}")
    with pytest.raises(SourceError, match="other columns or types than"):
        open_source(str(tmp_path / f"*.{ending}"))
    with pytest.raises(SourceError, match="holds column names and no rows"):
        open_source(str(tmp_path / f"b.{ending}"))


def test_wrong_offsets_in_an_arrow_file_are_refused(tmp_path: Path) -> None:
    """They would be read beyond the file's end."""
    path = tmp_path / "d.arrow"
    texts = ["abcde", "fghijkl", "m"]
    pa.feather.write_feather(pa.table({"t": texts}), path, compression="uncompressed")
    offsets = b"".join(at.to_bytes(4, "little") for at in (0, 5, 12, 13))
    data = path.read_bytes()
    assert data.count(offsets) == 1
    path.write_bytes(data.replace(offsets, offsets[:4] + b"\x5a\0\0\0" + offsets[8:]))
    with pytest.raises(SourceError, match="damaged or cut short"):
        read(open_source(str(path)))
