"""Values in the place of names are refused, and told by position: names are written in the
clear.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.detect import ColumnSampler, inspect_samples
from anonymize.detect.columns.headings import is_heading, is_persons_name
from anonymize.errors import SourceError
from anonymize.io import Source, open_source
from anonymize.io.sources.csv_header import is_row_of_data
from anonymize.nested.raw_names import counted, is_value, keys_are_data, told_path
from anonymize.pipeline.opening import open_spec, refuse_persons_for_names
from anonymize.policy import SourceSpec

Open = Callable[..., Source]
SYLLABLES = st.lists(
    st.sampled_from(["ka", "lu", "mi", "bo", "ze", "ga"]), min_size=2, max_size=4
).map("".join)
PERSON = st.builds("{} {}".format, SYLLABLES.map(str.capitalize), SYLLABLES.map(str.capitalize))


def _names(count: int, seed: int = 1) -> list[str]:
    """Return invented names that no dictionary holds."""
    rng = random.Random(seed)
    words = [
        "".join(rng.choice("bdgklmz") + rng.choice("aeiou") for _ in range(3)).capitalize()
        for _ in range(2 * count)
    ]
    return [f"{one} {other}" for one, other in zip(words[::2], words[1::2], strict=True)]


@given(
    rows=st.lists(
        st.tuples(PERSON, st.sampled_from(["Bonn", "Köln"]), st.integers(1, 999)),
        min_size=2,
        max_size=30,
    )
)
def test_a_row_of_data_is_known_among_its_like(rows: list[tuple[str, str, int]]) -> None:
    """Whatever the people are called; and a row of names above them is none."""
    cells = [[str(cell) for cell in row] for row in rows]
    assert is_row_of_data(cells[0], cells[1:], is_heading)
    assert is_row_of_data([cells[0][0]], [[row[0]] for row in cells[1:]], is_heading)
    for heads in (["full_name", "city", "visits"], ["Name", "City", "Visits"], ["a", "b", "c"]):
        assert not is_row_of_data(heads, cells, is_heading)


@pytest.mark.parametrize(
    "first, rows",
    [
        ("Name,City", ["Anna,Berlin", "Bo,Rom"]),
        ("country,2019,2020,2021", ["Chad,1,2,3", "Peru,4,5,6"]),
        ("0,1,2", ["5,6,9", "7,8,1"]),
        ("id,note", ["1,", "2,"]),
        ("word,lang", ["hello,en", "oui,fr"]),
        ("Datum,Betrag", ["2024-01-31,12", "2024-02-01,13"]),
        ("имя,город", ["Анна,Омск", "Борис,Тула"]),
    ],
)
def test_names_over_all_kinds_of_rows_are_names(first: str, rows: list[str]) -> None:
    """Years, numbered columns, capitals, other languages."""
    assert not is_row_of_data(first.split(","), [row.split(",") for row in rows], is_heading)


@pytest.mark.parametrize(
    "rows",
    [
        ["1,25,7", "2,35,8", "9,15,3"],
        ["C-17,1984-02-01,DE", "C-18,1990-01-01,FR"],
        ["17,Ostheim,N/A", "18,Westheim,3", "19,Bergen,4"],
    ],
)
def test_numbers_dates_and_codes_over_their_like_are_data(source: Open, rows: list[str]) -> None:
    """Without any vocabulary."""
    with pytest.raises(
        SourceError, match=r"is like the rows below it.*header: false, else header: true"
    ) as error:
        source("\n".join(rows))
    assert not [cell for cell in ("1984", "Ostheim", "C-17") if cell in str(error.value)]
    assert source("\n".join(rows), header=False).schema.names == [
        "column_1",
        "column_2",
        "column_3",
    ]
    assert source("\n".join(rows), header=True).schema.names == rows[0].split(",")


def test_names_that_occur_twice_are_told_by_position(source: Open, tmp_path: Path) -> None:
    """In CSV and Parquet: such a name may be a cell of a file without names."""
    with pytest.raises(SourceError, match="columns 1 and 3 have one name") as error:
        source("Zuqo Kaxi,b,Zuqo Kaxi\nx,1,y\n")
    assert "Zuqo" not in str(error.value)
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["Zuqo Kaxi", "Zuqo Kaxi"])
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(SourceError, match="columns 1 and 2 have one name") as error:
        open_source(str(tmp_path / "a.parquet"))
    assert "Zuqo" not in str(error.value)


def test_columns_that_files_lack_or_add_are_told_by_position(tmp_path: Path) -> None:
    """One of the two first rows may be data."""
    (tmp_path / "1.csv").write_text("name,city\nBo,Bonn\n")
    (tmp_path / "2.csv").write_text("name,Zuqo Kaxi\nBo,1\n")
    with pytest.raises(SourceError, match="lacks column 2 of that; adds column 2") as error:
        open_source(str(tmp_path))
    assert "Zuqo" not in str(error.value)


def _keyed(place: str, key: str) -> dict[str, Any]:
    inside: Any = {key: {"v": 1}}
    return (
        {"scores": inside}
        if place == "scores"
        else {"x": [{"by": inside}]}
        if place == "x[].by"
        else inside
    )


@pytest.mark.parametrize("place", ["scores", "x[].by", ""])
@pytest.mark.parametrize("logins", [False, True])
def test_objects_keyed_by_people_are_refused(source: Open, place: str, logins: bool) -> None:
    """By how few objects have each key, whether those look like names of people or like those of
    fields.
    """
    if logins and not place:
        return  # rows with many fields that are often empty are ordinary
    keys = [name.replace(" ", "").lower() if logins else name for name in _names(20)]
    rows = [{"id": at, **_keyed(place, keys[at * 7 % 20])} for at in range(100)]
    where = f"column {place.replace('[', chr(92) + '[')}: " if place else ""
    with pytest.raises(SourceError, match=rf"{where}2\d keys look like data") as error:
        source("\n".join(map(json.dumps, rows)), "data.jsonl")
    assert not [key for key in keys if key in str(error.value)]


def test_the_remedy_works(source: Open) -> None:
    """Objects taken as text, as the message says, are one column without a place inside."""
    rows = "\n".join(
        json.dumps({"id": at, "x": [{"by": {_names(20)[at % 20]: 1}}]}) for at in range(60)
    )
    with pytest.raises(SourceError, match=r'say types: \{"x\[\]\.by": string\}'):
        source(rows, "data.jsonl")
    opened = source(rows, "data.jsonl", types={"x[].by": "string"})
    assert str(opened.schema.field("x").type) == "list<item: struct<by: string>>"


def test_structs_keyed_by_people_are_refused(tmp_path: Path) -> None:
    """Parquet says of each struct what all rows have; a map is read."""
    names = _names(12)
    kind = pa.struct([(name, pa.int64()) for name in names])
    pq.write_table(
        pa.table({"s": pa.array([{names[n % 12]: n} for n in range(60)], kind)}),
        tmp_path / "a.parquet",
    )
    with pytest.raises(
        SourceError, match=r"column s: 12 keys look like data.*write it as a map"
    ) as error:
        open_source(str(tmp_path / "a.parquet"))
    assert not [name for name in names if name in str(error.value)]
    maps = pa.array([[(names[n % 12], n)] for n in range(60)], pa.map_(pa.string(), pa.int64()))
    pq.write_table(pa.table({"s": maps}), tmp_path / "b.parquet")
    assert open_source(str(tmp_path / "b.parquet")).schema.names == ["s"]


def test_records_with_fields_that_are_often_empty_are_none_of_that(source: Open) -> None:
    """Events of several kinds: their fields are of several types, or there are few of them."""
    kinds = [
        {"page": "a", "ms": 3},
        {"sku": "x", "count": 2, "gift": True},
        {"error_code": "e", "retry": False},
    ]
    rows = [
        {
            "id": at,
            "event": kinds[at % 3],
            "note": {"text": "x", **({"lang": "en"} if at % 9 else {})},
        }
        for at in range(90)
    ]
    assert source("\n".join(map(json.dumps, rows)), "data.jsonl").schema.names == [
        "id",
        "event",
        "note",
    ]


@pytest.mark.parametrize(
    "rows",
    [
        ({"s": {"Zuqo Kaxi": 1}}, {"s": {"Zuqo Kaxi": "x"}}),
        ({"s": {"Zuqo Kaxi": {"a": 1}}}, {"s": {"Zuqo Kaxi": {"a": []}}}),
    ],
)
def test_errors_end_their_paths_above_keys_that_may_be_people(
    source: Open, rows: tuple[Any, Any]
) -> None:
    """And say of the object above what would be right, which then works."""
    text = "\n".join(map(json.dumps, rows))
    with pytest.raises(SourceError, match=r"column s: .*say types: \{s: string\}") as error:
        source(text, "data.jsonl")
    assert "Zuqo" not in str(error.value)
    assert str(source(text, "data.jsonl", types={"s": "string"}).schema.field("s").type) == "string"


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_columns_called_like_people_are_refused(tmp_path: Path, suffix: str) -> None:
    """By position; every command and flow opens its source this way."""
    table = pa.table(
        {"day": ["2024-01-01", "2024-01-02"], "Anna Meier": [1, 2], "Hans Schmidt": [3, 4]}
    )
    path = tmp_path / f"data.{suffix}"
    if suffix == "parquet":
        pq.write_table(table, path)
    elif suffix == "csv":
        path.write_text("day,Anna Meier,Hans Schmidt\n2024-01-01,1,3\n")
    else:
        path.write_text("\n".join(map(json.dumps, table.to_pylist())))
    with pytest.raises(SourceError, match=r"columns 2 and 3 are called like people") as error:
        open_spec(SourceSpec(path=str(path)))
    assert "Meier" not in str(error.value)


@pytest.mark.parametrize(
    "name", ["Date of Birth", "First Name", "New York", "Virginia Beach", "Gross Margin", "Anna"]
)
def test_headings_and_places_are_not_people(name: str) -> None:
    """Two capitals make no person."""
    assert not is_persons_name(name)


HELD = (
    *("approved by Anna Meier", "Meier, Anna", "Note Frau Meier", "Anna Meier (Std.)"),
    *("seen by Sean Brennan?", "S. Brennan", "山田太郎", "Mail an a.meier@acme.org"),
    *("call +49 171 2345678", "Tel 0171 2345678", "IBAN DE89370400440532013000"),
)
"""Names of columns that hold a person, an address or a number among other words."""
ORDINARY = (
    *("first_name", "st.name", "address.city", "user.email", "a.b", "Frau", "Mr Price"),
    *("Last Name, First Name", "Unit Price", "Santa Clara, CA", "A. Total", "0-30 days"),
    *("2024-01-01 2024-02-01", "DE12 3456 7890 1234", "Grant Date", "petal.length", "電話番号"),
)


def test_columns_that_hold_a_person_among_other_words_are_refused() -> None:
    """Each of them, by position."""
    for name in HELD:
        with pytest.raises(SourceError, match="column 2 is called like people") as error:
            refuse_persons_for_names(pa.schema([("day", pa.string()), (name, pa.int64())]), "x.csv")
        assert name not in str(error.value)


def test_columns_called_like_logins_are_refused_where_there_are_two() -> None:
    """``first.last`` and ``hours_first_last`` by both words; one alone may be a product."""
    logins = ["anna.meier", "hours_sean_brennan", "first.name"]
    schema = pa.schema([(name, pa.int64()) for name in logins])
    with pytest.raises(SourceError, match="columns 1 and 2 are called like people"):
        refuse_persons_for_names(schema, "x.csv")
    refuse_persons_for_names(pa.schema([("anna.meier", pa.int64()), ("b", pa.int64())]), "x.csv")


def test_ordinary_names_are_not_refused() -> None:
    """Paths, phrases with commas, places, spans of days."""
    schema = pa.schema([(name, pa.int64()) for name in ORDINARY])
    refuse_persons_for_names(schema, "x.csv")


def test_few_keys_that_are_logins_are_seen(tmp_path: Path) -> None:
    """In the objects of a JSON Lines file, and in JSON kept as text."""
    keys = ["anna-meier", "chidi-okafor", "sean-brennan", "elif-demirci"]
    rows = [{"id": at, "hours": {keys[at % 4]: at, keys[(at + 1) % 4]: 2}} for at in range(40)]
    path = tmp_path / "k.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)))
    with pytest.raises(SourceError, match=r"hours: 2 fields are called like people") as error:
        open_spec(SourceSpec(path=str(path)))
    assert "meier" not in str(error.value)
    texts = pa.record_batch({"top": [json.dumps(row["hours"]) for row in rows]})
    sampler = ColumnSampler(texts.schema, len(rows))
    sampler.add(texts)
    assert inspect_samples(sampler.samples())[0].verdict == "FREE_TEXT_PII"


@pytest.mark.parametrize(
    "name",
    ["+1 303 555 0142", "(303) 555-0142", "a@b.org", "a.b@mail.intern", "C-00017", "90017345"],
)
def test_values_are_no_names(name: str) -> None:
    """Addresses, telephone numbers, numbers of records."""
    assert is_value(name)


@pytest.mark.parametrize(
    "name", ["2024-01-31", "2019", "q1_2024", "cost_2024", "address_line_1", "x1", "f0001"]
)
def test_names_with_digits_are_names(name: str) -> None:
    """Years, days, numbered fields."""
    assert not is_value(name)


@given(count=st.integers(1, 60), objects=st.integers(1, 200))
def test_keys_that_all_objects_have_are_names(count: int, objects: int) -> None:
    """However many, and whatever they look like; but for addresses and numbers."""
    assert (
        not keys_are_data(
            objects, {f"Field Number{at}": objects for at in range(count)}, one_kind=True
        )
        or objects == 1
    )


def test_positions_and_paths_in_words() -> None:
    """Few are listed, many counted; below a key that may be a person nothing is told."""
    assert counted([3]) == "column 3"
    assert counted([3, 7]) == "columns 3 and 7"
    assert counted(range(1, 41)) == "columns 1, 2, 3, 4, 5, … (40 in all)"
    assert told_path("a.b_c[].dE.Anna Meier.x") == "a.b_c[].dE"
    assert told_path("a@b.org") == ""


@pytest.mark.parametrize(
    ("names", "people"),
    [
        (("day", "Anna", "Peter"), "columns 2 and 3 are"),
        (("week", "Brennan", "Kowalski", "Castro"), "columns 2, 3 and 4 are"),
        (("day", "김민준", "이서연"), "columns 2 and 3 are"),
        (("day", "Смирнов А.Н."), "column 2 is"),
        (("day", "Brennan S.M."), "column 2 is"),
    ],
)
def test_columns_of_single_and_of_abbreviated_names_are_refused(
    names: tuple[str, ...], people: str
) -> None:
    """Two given names where no other column is left, three names of any kind, one with initials."""
    schema = pa.schema([(name, pa.int64()) for name in names])
    with pytest.raises(SourceError, match=f"{people} called like people") as error:
        refuse_persons_for_names(schema, "x.csv")
    assert names[-1] not in str(error.value)


@pytest.mark.parametrize(
    "names",
    [
        *("day Brennan", "depth Anna velocity Peter viscosity", "Petal Sepal Species"),
        *("Age Sex Fare", "January April May June", "Jan Feb Mar Jun", "day Ford Honda"),
        *("Paris London Berlin Rome", "Iris Lily Rose", "Alpha Beta Gamma", "Monday Friday"),
        *("Iris Lily Rose Daisy", "Open High Low Close", "Mercury Venus Earth", "Ruby Julia Java"),
        *("Type Brand Model Color Grade Mason", "Region Sales Amazon Apple", "Wheat Rice Rye"),
        *("고객명 주소 금액", "Houston Dallas Austin", "Carbon Iron Zinc"),
    ],
)  # fmt: skip
def test_single_words_that_are_names_too_are_not_refused(names: str) -> None:
    """One of them, months, towns, makes, plants, planets, or too few among others."""
    schema = pa.schema([(name, pa.int64()) for name in names.split()])
    refuse_persons_for_names(schema, "x.csv")
