"""JSON documents: arrays, records inside objects, and fields whose values are of several types."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import SourceError
from anonymize.io import Source, open_source
from anonymize.io.sources import json_scan

Open = Callable[..., Source]
ITEMS = [
    {"id": 1, "who": 'A "quoted", \\ name [x]', "in": {"n": [1, 2], "t": "}{"}},
    {"id": 2, "who": "line\nbreak", "in": {"n": [], "t": ","}},
    {"id": 3, "who": None, "in": None},
]


def rows(source: Source) -> list[dict[str, Any]]:
    """Return all rows."""
    return [row for batch in source.batches() for row in batch.to_pylist()]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("path", ["", "data", "result.page.items"])
def test_an_array_of_objects_is_its_rows(source: Open, indent: int | None, path: str) -> None:
    """Alone, or inside objects, where it is found and said; other values around it do not
    matter.
    """
    document: Any = ITEMS
    for key in reversed(path.split(".") if path else ()):
        document = {"count": 3, "tags": ["a", "}"], key: document, "next": {"x": [1, [2]]}}
    opened = source(json.dumps(document, indent=indent), "d.json")
    assert rows(opened) == ITEMS
    assert opened.settings == ({"records": path} if path else {})
    assert rows(open_source(opened.path, **opened.settings)) == ITEMS


@given(
    st.lists(
        st.fixed_dictionaries({"t": st.text(st.sampled_from('a"\\[]{},\n é'), max_size=9)}),
        min_size=1,
        max_size=12,
    ),
    st.integers(1, 40),
    st.booleans(),
)
@settings(deadline=None, max_examples=150)
def test_texts_full_of_brackets_in_chunks_of_any_length(
    tmp_path_factory: pytest.TempPathFactory, items: list[dict[str, str]], size: int, wrapped: bool
) -> None:
    """Where a chunk ends does not matter: in a string, behind a backslash, between items."""
    path = tmp_path_factory.mktemp("json") / "d.json"
    path.write_text(json.dumps({"k": {"z": items}} if wrapped else items, ensure_ascii=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_scan, "CHUNK_BYTES", size)
        patch.setattr("anonymize.io.sources.json_records.CHUNK_BYTES", size)
        read = rows(open_source(str(path), types={"t": "string"}))
    assert read == items


def test_several_arrays_need_a_choice(source: Open) -> None:
    """The paths are named; one that is none is refused."""
    document = json.dumps({"people": ITEMS, "log": {"events": [{"a": 1}]}}, indent=1)
    with pytest.raises(
        SourceError, match=r"2 arrays of objects \(log.events, people\); say records"
    ):
        source(document, "d.json")
    assert rows(source(document, "d.json", records="log.events")) == [{"a": 1}]
    for path in ("log", "log.event", "peoples", "people.id"):
        with pytest.raises(SourceError, match="records: there is no array at this path"):
            source(document, "d.json", records=path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a": 1}, {"a": 2}', "not closed"),
        ('[{"a": 1}, {"a": "x', "not closed"),
        ('{"d": [{"a": 1}, {"a": 2}]', "one whole object|not valid JSON|one object a line"),
        ('[{"a": 1}][{"a": 2}]', "several documents"),
        ('[{"a": 1}] x', "several documents"),
        ('[{"a": 1}, 5]', "one object a line"),
        ("[[1, 2], [3, 4]]", "a row is an object"),
        ("[1, 2]", "a row is an object"),
        ("[]", "holds no JSON object"),
        ('[{"a": 1}, {"a": ]', "not closed|not valid JSON"),
    ],
)
def test_documents_that_are_no_table_are_refused(source: Open, text: str, words: str) -> None:
    """Cut short, two of them, or not of objects."""
    with pytest.raises(SourceError, match=words):
        rows(source(text, "d.json"))


def test_every_truncation_of_a_document_is_refused(tmp_path: Path) -> None:
    """Also behind the array, inside the object around it."""
    path = tmp_path / "d.json"
    whole = json.dumps({"data": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}], "n": [1, 2]})
    for length in range(2, len(whole)):
        path.write_text(whole[:length])
        with pytest.raises(SourceError):
            rows(open_source(str(path), records="data"))


def test_many_items_are_read_in_bounded_pieces(source: Open) -> None:
    """The rows are numbered through the document."""
    items = [{"id": at, "t": "x" * 50} for at in range(60_000)]
    assert rows(source(json.dumps(items), "d.json")) == items
    items[40_000]["id"] = {"no": 1}  # type: ignore[dict-item]
    with pytest.raises(SourceError, match="column id: row 40001: holds object where"):
        rows(source(json.dumps(items), "d.json"))


LINES = ['{"a": 1, "b": {"c": "x"}}', '{"a": "07", "b": {"c": 1.10}}', '{"a": null, "b": null}']


def test_fields_of_several_types_are_text_and_said(source: Open) -> None:
    """Numbers keep their digits; nothing becomes null."""
    text = "\n".join([*LINES, '{"a": true, "b": {"c": 12345678901234567890}}'])
    opened = source(text, "d.jsonl", guess=True)
    assert rows(opened) == [
        {"a": "1", "b": {"c": "x"}},
        {"a": "07", "b": {"c": "1.10"}},
        {"a": None, "b": None},
        {"a": "true", "b": {"c": "12345678901234567890"}},
    ]
    assert opened.settings == {"types": {"a": "string", "b.c": "string"}}
    assert [note[:8] for note in opened.notes] == ["column a", "column b"]
    assert rows(open_source(opened.path, **opened.settings)) == rows(opened)
    with pytest.raises(SourceError, match=r"say types: \{a: string\}"):
        source(text, "d.jsonl")


def test_types_that_change_between_blocks_are_text_too(
    source: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks are read by several threads, each with its own types."""
    monkeypatch.setattr("anonymize.io.sources.jsonl_files.BLOCK_BYTES", 400)
    lines = [json.dumps({"a": at if at < 500 else "2024-01-02", "b": at}) for at in range(1000)]
    opened = source("\n".join(lines), "d.jsonl", guess=True)
    assert opened.schema == pa.schema([("a", pa.string()), ("b", pa.int64())])
    assert [row["a"] for row in rows(opened)] == [str(at) for at in range(500)] + (
        ["2024-01-02"] * 500
    )


def test_objects_and_values_in_one_field_are_refused(source: Open) -> None:
    """They are no mistake of typing; ``types:`` reads them as JSON in text."""
    text = '{"a": {"b": 1}}\n{"a": 2}\n'
    with pytest.raises(SourceError, match=r"say types: \{a: string\}"):
        source(text, "d.jsonl", guess=True)


def test_fields_are_renamed(source: Open) -> None:
    """By name; types are those of the new names."""
    opened = source(
        '{"a": 1, "b": {"c": "x"}}\n', "d.jsonl", rename={"a": "id", "b": "who"},
        types={"id": "string"},
    )  # fmt: skip
    assert rows(opened) == [{"id": "1", "who": {"c": "x"}}]
    some = pa.Table.from_batches(opened.batches(["who.c"]))
    assert some.to_pylist() == [{"who": {"c": "x"}}]
    assert opened.spread().batch().to_pylist() == rows(opened)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[["id", "town"], [1, "Bern"]]', "d.json"),
        ("[1, 2, 3]", "d.json"),
        ('["Ana Castro"]', "d.json"),
        ('["id", "town"]\n[1, "Bern"]\n', "d.jsonl"),
    ],
)
def test_rows_that_are_no_objects_are_named_with_what_a_row_is(
    source: Open, text: str, name: str
) -> None:
    """Arrays of arrays were called a document that is cut short."""
    with pytest.raises(SourceError, match="a row is an object that names its columns") as told:
        source(text, name)
    assert "Castro" not in str(told.value)


def test_one_object_is_one_row_which_is_said(source: Open) -> None:
    """Columns and arrays of values, as some libraries write tables, are no rows."""
    opened = source('{"columns": ["a", "b"], "data": [[1, 2], [3, 4]]}', "d.json")
    assert any("read as one row" in note for note in opened.notes)


@pytest.mark.parametrize("first", [True, False])
def test_fields_of_several_types_stay_where_they_are(source: Open, first: bool) -> None:
    """Whether they are found or stated, on the top and inside."""
    lines = [{"id": i, "v": i if i % 2 else "x", "w": {"a": 1, "b": 1 if i % 2 else "t", "c": 2}}
             for i in range(6)]  # fmt: skip
    text = "\n".join(map(json.dumps, lines))
    stated = {"guess": True} if first else {"types": {"v": "string", "w.b": "string"}}
    opened = source(text, "d.jsonl", **stated)
    assert opened.schema.names == ["id", "v", "w"]
    assert [field.name for field in opened.schema.field("w").type] == ["a", "b", "c"]


def test_json_is_among_the_formats_that_are_named(source: Open) -> None:
    """It may be stated, so it is said."""
    for said in ({}, {"format": "xml"}):
        with pytest.raises(SourceError, match="one of csv, fixed, jsonl, json, parquet"):
            source('[{"id": 1}]', "d.data", **said)
    assert rows(source('[{"id": 1}]', "d.data", format="json")) == [{"id": 1}]
