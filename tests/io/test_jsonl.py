"""JSON Lines: nested, of any block size, with the schema of all lines."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import SourceError
from anonymize.io import Source, open_source
from anonymize.io.sources.text_types import INSTANT, TIMESTAMP
from tests.examples import examples

Open = Callable[..., Source]
SECRET = "ada.lovelace@example.org"


def lines(*rows: object) -> str:
    """Return the rows as JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)


def read(source: Source, columns: list[str] | None = None) -> pa.Table:
    """Return all rows."""
    return pa.Table.from_batches(list(source.batches(columns)))


@pytest.fixture
def tiny_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block for every line or two."""
    monkeypatch.setattr("anonymize.io.sources.jsonl_files.BLOCK_BYTES", 32)


@pytest.mark.usefixtures("tiny_blocks")
def test_fields_that_appear_late_are_columns(source: Open) -> None:
    """At the top, inside objects, inside lists of objects."""
    text = lines(
        {"a": 1},
        {"a": 2, "b": {"c": "x"}},
        {"b": {"d": 1}},
        {"e": [{"f": 1}]},
        {"e": [{"g": "y"}]},
        {"a": 2.5},
    )
    opened = source(text, "d.jsonl")
    assert opened.schema.names == ["a", "b", "e"]
    assert opened.schema.field("a").type == pa.float64()
    rows = read(opened).to_pylist()
    assert rows[3] == {"a": None, "b": None, "e": [{"f": 1, "g": None}]}
    assert rows[2]["b"] == {"c": None, "d": 1}


@pytest.mark.usefixtures("tiny_blocks")
def test_columns_keep_the_order_of_the_first_lines(source: Open) -> None:
    """Also when some are dates, which are read another way."""
    text = lines(*[{"z": 1, "when": "2024-01-31", "a": {"y": "2024-01-31T10:00:00Z", "b": 1}}] * 9)
    schema = source(text, "d.jsonl").schema
    assert schema.names == ["z", "when", "a"]
    assert [field.name for field in schema.field("a").type] == ["y", "b"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["2024-01-31", "2023-02-01"], pa.date32()),
        (["2024-01-31T10:00:00", "2024-01-31 10:00:00.5"], TIMESTAMP),
        (["2024-01-31T10:00:00Z", "2024-01-31T10:00:00+02:00", None], INSTANT),
        (["2024-01-31", "2024-01-31T10:00:00"], pa.string()),
        (["2024-01-31T10:00:00", "2024-01-31T10:00:00Z"], pa.string()),
        (["2024-01-31", "soon"], pa.string()),
        (["2024-01-31", ""], pa.string()),
        (["02139", "1.5"], pa.string()),
        ([None, None], pa.string()),
        ([1, None], pa.int64()),
        ([True, None], pa.bool_()),
    ],
)
@pytest.mark.usefixtures("tiny_blocks")
def test_strings_are_dates_only_where_all_are(
    source: Open, values: list[object], kind: pa.DataType
) -> None:
    """At the top, in objects and in lists; JSON's own types are kept."""
    opened = source(
        lines(*({"v": v, "o": {"v": v}, "l": [{"v": v}]} for v in values * 3)), "d.jsonl"
    )
    field = opened.schema.field
    assert [field("v").type, field("o").type[0].type, field("l").type.value_type[0].type] == [
        kind
    ] * 3
    back = read(opened).column("v").to_pylist()
    assert [v is None for v in back] == [v is None for v in values * 3]
    if pa.types.is_string(kind):
        assert back == values * 3


def test_a_named_type_wins(source: Open) -> None:
    """A date kept as text, below a list."""
    opened = source(lines({"l": [{"at": "2024-01-31"}]}), "d.jsonl", types={"l[].at": "string"})
    assert read(opened).to_pylist() == [{"l": [{"at": "2024-01-31"}]}]


@pytest.mark.usefixtures("tiny_blocks")
@pytest.mark.parametrize(
    "rows", [[{"a": 1}, {"a": SECRET}], [{"a": {"b": 1}}, {"a": [1]}], [{"a": True}, {"a": 1}]]
)
def test_mixed_types_are_refused_or_read_as_text(
    source: Open, rows: list[dict[str, object]]
) -> None:
    """Within a block or across blocks; ``types:`` makes text of both."""
    for text in (lines(*rows), lines(*rows[:1] * 9, *rows[1:] * 9)):
        with pytest.raises(SourceError, match=r"column a.* types: \{a: string\}") as error:
            source(text, "d.jsonl")
        assert SECRET not in str(error.value)
        back = read(source(text, "d.jsonl", types={"a": "string"})).column("a").to_pylist()
        assert back[0] in ("1", '{"b": 1}', "true")


def test_long_whole_numbers_beside_fractions_are_refused_or_kept_as_text(source: Open) -> None:
    """A float would round them in silence."""
    text = '{"id":12345678901234567890}\n{"id":5}\n'
    with pytest.raises(SourceError, match="too long to keep exactly"):
        source(text, "d.jsonl")
    back = read(source(text, "d.jsonl", types={"id": "string"}))
    assert back.column("id").to_pylist() == ["12345678901234567890", "5"]
    assert read(source('{"id":1234567890123456789}\n', "d.jsonl")).column("id").to_pylist() == [
        1234567890123456789
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[1, 2]\n", "one object a line"),
        ("5\n", "one object a line"),
        ("null\n", "one object a line"),
        ('"' + SECRET + '"\n', "one object a line"),
        ('{"a": 1}\nnull\n', "one"),
        ("{}\nnull\n", "one"),
        ('{"a": 1}{"a": 2}\n', "one whole object on each line"),
        ('{\n"a": "' + SECRET + '"\n}\n', "one"),
        ('{"a": 1}\n{"a": ' + SECRET + "}\n", "row 2: not valid JSON"),
        ('{"a": 1}\n{"a": "' + SECRET, "row 2: not valid JSON"),
        ('{"a": 1, "a": 2}\n', "row 1: the same object names this field twice"),
        ('{"a": 007}\n', "row 1: not valid JSON"),
        ("\n \n", "holds no JSON object"),
        ("{}\n{}\n", "holds no field"),
    ],
)
def test_what_is_not_one_object_a_line_is_refused(source: Open, text: str, words: str) -> None:
    """Arrow alone would end the process on some of these, and take others for rows."""
    with pytest.raises(SourceError, match=words) as error:
        read(source(text, "d.jsonl"))
    assert SECRET not in str(error.value)


def test_rows_are_numbered_through_the_file(source: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not from the beginning of a block."""
    monkeypatch.setattr("anonymize.io.sources.jsonl_files.BLOCK_BYTES", 100)
    with pytest.raises(SourceError, match="row 78: not valid JSON"):
        source('{"a":1}\n' * 77 + "{'a':1}\n" + '{"a":1}\n' * 77, "d.jsonl")


def test_bytes_that_are_not_utf8_are_found(source: Open) -> None:
    """Arrow's reader would hand them on."""
    with pytest.raises(SourceError, match="not UTF-8 at byte 14"):
        source(b'{"a":1}\n{"a":"\xff"}\n', "d.jsonl")
    assert read(source('{"a":"é"}\n'.encode("latin-1"), "d.jsonl", encoding="latin-1")).column(
        "a"
    ).to_pylist() == ["é"]


def test_nested_leaves_are_projected(source: Open) -> None:
    """Minimization reaches into objects and lists."""
    opened = source(
        lines({"p": {"email": "x", "age": 1}, "e": [{"ip": "y", "at": 2}], "z": 1}), "d.jsonl"
    )
    assert read(opened, ["p.email", "e[].ip"]).to_pylist() == [
        {"p": {"email": "x"}, "e": [{"ip": "y"}]}
    ]
    with pytest.raises(SourceError, match=r"no column 'p.mail'; did you mean 'p.email'"):
        read(opened, ["p.mail"])


def test_empty_objects_and_lists_do_not_break_the_schema(source: Open) -> None:
    """A field that never holds anything but ``{}`` cannot be a Parquet column and is left out."""
    opened = source(lines({"a": 1, "o": {}, "l": [], "d": {"x": {}, "y": 1}}), "d.jsonl")
    assert opened.schema.names == ["a", "l", "d"]
    assert read(opened).to_pylist() == [{"a": 1, "l": [], "d": {"y": 1}}]


LEAF = st.one_of(st.none(), st.text(max_size=5), st.just("2024-01-31"))
ROW = st.fixed_dictionaries(
    {},
    optional={
        "a": LEAF,
        "n": st.integers(-(2**50), 2**50),
        "o": st.fixed_dictionaries({"x": LEAF, "l": st.lists(LEAF, max_size=3)}),
    },
)


@settings(deadline=None, max_examples=examples(50))
@given(st.lists(ROW, min_size=1, max_size=15))
def test_every_value_comes_back_as_pythons_json_reads_it(rows: list[dict[str, object]]) -> None:
    """In blocks of any size; dates as ISO text again."""
    with (
        tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file,
        pytest.MonkeyPatch.context() as patch,
    ):
        file.write(lines({"a": "x", "n": 0, "o": {"x": "x", "l": ["x"]}}, *rows))
        file.flush()
        for size in (16 << 20, 64, 9):
            patch.setattr("anonymize.io.sources.jsonl_files.BLOCK_BYTES", size)
            back = read(open_source(file.name)).to_pylist()[1:]
            assert back == [
                {"a": row.get("a"), "n": row.get("n"), "o": row.get("o")} for row in rows
            ]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ({"by": {"ana.castro@example.com": 1, "x": 2}}, "column by: 1 key looks"),
        (
            {"a": [{"by": {"+1 303 555 0142": 1, "+1 303 555 0143": 2}}]},
            "column a[].by: 2 keys look",
        ),
        ({"ana.castro@example.com": 1}, "1 key looks"),
        ({"by": {"6f1c1a52-0c1e-4f2e-9d9b-1a2b3c4d5e6f": 1}}, "column by: 1 key looks"),
    ],
)
def test_objects_keyed_by_values_are_refused_without_them(
    source: Open, row: object, column: str
) -> None:
    """Keys become columns, which manifests tell to everybody."""
    with pytest.raises(SourceError, match="like data") as refused:
        source(lines(row), "d.jsonl")
    assert column in str(refused.value)
    assert not [word for word in ("castro", "555", "6f1c") if word in str(refused.value)]


def test_objects_keyed_by_values_can_be_taken_as_text(source: Open) -> None:
    """As the refusal says."""
    opened = source(lines({"by": {"ana.castro@example.com": 1}}), "d.jsonl", types={"by": "string"})
    assert read(opened).to_pylist() == [{"by": '{"ana.castro@example.com": 1}'}]


def test_a_field_that_changes_type_below_a_key_that_is_data_is_told_by_what_is_above(
    source: Open,
) -> None:
    """Arrow's path ends where data begins."""
    with pytest.raises(SourceError, match="column by: row 2: holds string") as refused:
        source(
            lines({"by": {"ana@example.com": {"n": 1}}}, {"by": {"ana@example.com": {"n": "x"}}}),
            "d.jsonl",
        )
    assert "ana@" not in str(refused.value)


def test_days_versions_and_marks_are_names(source: Open) -> None:
    """What people do call fields stays."""
    row = {"2024-01-31": 1, "3.11": 2, "2024": 3, "@type": {"$oid": "x"}, "size (mm)": 4, "404": 5}
    assert read(source(lines(row), "d.jsonl")).to_pylist() == [row]
