"""What single actions promise beyond their page: exact intervals, bounded noise, whole encryption,
random tokens.
"""

from __future__ import annotations

import importlib.metadata
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import DataError
from anonymize.keys import ff1_decrypt, siv_open
from anonymize.names import ColumnName
from anonymize.plan import explain
from anonymize.plan.bind.registry import transform_for
from anonymize.plan.bind.rule_context import RuleError
from anonymize.transform import (
    BadValuesError,
    CustomActionError,
    Row,
    UnsupportedTypeError,
    read_hierarchy,
)
from anonymize.transform.columns import over_distinct
from anonymize.transform.generalize.places import geohash
from anonymize.transform.normalize import normalized
from anonymize.transform.simple import custom
from tests.examples import examples
from tests.plan.helpers import plan_of
from tests.transform.conftest import RULE, Context, purpose_key

Make = Callable[..., Any]


def shifted(column: pa.Array, subjects: pa.Array, days: int = 30, **said: str) -> pa.Array:
    """Return dates moved per subject."""
    rule = RULE.validate_python(
        {"action": "shift_dates", "within_days": days, "domain": "d", **said}
    )
    transform: Any = transform_for(rule, ColumnName("c"), column.type, Context(subject="id"))
    return transform(column, Row({ColumnName("id"): subjects}))


@settings(max_examples=examples(50), deadline=None)
@given(
    st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)), min_size=2, max_size=2),
    st.text().map("p{}".format),
)
def test_intervals_of_a_subject_stay_exact_over_leap_days_and_zones(
    moments: list[datetime], subject: str
) -> None:
    """To the microsecond, in every zone; and the shift is neither zero nor beyond its bound."""
    column = pa.array(
        [moment.replace(tzinfo=UTC) for moment in moments], pa.timestamp("us", "Europe/Kyiv")
    )
    moved = shifted(column, pa.array([subject, subject]))
    before, after = (np.asarray(values.cast(pa.int64())) for values in (column, moved))
    day = 86_400_000_000
    assert after[1] - after[0] == before[1] - before[0]
    assert (after[0] - before[0]) % day == 0
    assert 1 <= abs(after[0] - before[0]) // day <= 30


def test_dates_timestamps_and_text_of_one_subject_move_alike() -> None:
    """Whatever the column's type, and text keeps its time of day."""
    subject = pa.array(["p1"])
    day = shifted(pa.array([date(2024, 2, 28)]), subject)[0].as_py()
    text = shifted(pa.array(["2024-02-28T23:59:59+02:00"]), subject)[0].as_py()
    assert text == f"{day.isoformat()}T23:59:59+02:00"
    moment = shifted(pa.array([datetime(2024, 2, 28, 7)]), subject)[0].as_py()
    assert moment == datetime(day.year, day.month, day.day, 7)


def test_a_date_without_a_subject_is_bad_and_loses_no_other_row() -> None:
    """The row is named, the rest is done."""
    with pytest.raises(BadValuesError, match="has no subject") as caught:
        shifted(pa.array([date(2024, 1, 1), date(2024, 1, 1), None]), pa.array([None, "a", None]))
    assert caught.value.where.to_pylist() == [True, False, False]
    assert caught.value.values[1].as_py() is not None


def test_shifts_spread_over_the_whole_range() -> None:
    """Over 20,000 subjects every shift but zero occurs about equally often."""
    subjects = pa.array(np.arange(20_000))
    column = pa.repeat(pa.scalar(date(2024, 1, 1)), 20_000)
    days = pc.subtract(shifted(column, subjects, 5).cast(pa.int32()), column.cast(pa.int32()))
    counts = {item["values"]: item["counts"] for item in pc.value_counts(days).to_pylist()}
    assert set(counts) == {-5, -4, -3, -2, -1, 1, 2, 3, 4, 5}
    assert max(counts.values()) < 1.15 * min(counts.values())


@pytest.mark.parametrize(
    "noise,spread", [("laplace", 2**0.5), ("gaussian", 1), ("uniform", 3**-0.5)]
)
def test_noise_has_the_spread_it_says_and_is_new_each_time(
    noise: str, spread: float, transform: Make
) -> None:
    """Mean zero, standard deviation as the shape gives it, within 2 %."""
    perturb = transform(pa.float64(), action="perturb", noise=noise, scale=10)
    zeros = pa.array(np.zeros(200_000))
    first, second = (np.asarray(perturb(zeros)) for _ in range(2))
    assert abs(first.mean()) < 0.2
    assert first.std() == pytest.approx(10 * spread, rel=0.02)
    assert not np.array_equal(first, second)


def test_noise_keeps_integers_whole_and_within_bounds(transform: Make) -> None:
    """Clamped to the rule's range and to the type's."""
    made = transform(pa.int8(), action="perturb", scale=1000)(pa.array([100] * 1000, pa.int8()))
    assert made.type == pa.int8()
    bounded = transform(pa.int64(), action="perturb", scale=50, lowest=0, highest=9)(
        pa.array([5] * 1000)
    )
    assert set(bounded.to_pylist()) <= set(range(10))


def test_tokens_and_formats_open_again_with_their_key(transform: Make) -> None:
    """What reveal does, for text and for numbers kept as text."""
    column = pa.array(["jane", "0", None, "Ü"])
    tokens = transform(action="tokenize", domain="d")(column)
    assert siv_open(purpose_key("tokenize", "d"), tokens).values.to_pylist() == column.to_pylist()
    cards = pa.array(["4000 0001 3965 2632"])
    sealed = transform(action="encrypt_format", domain="d")(cards)
    assert (
        ff1_decrypt(purpose_key("encrypt_format", "d"), sealed).values.to_pylist()
        == cards.to_pylist()
    )


def test_vault_tokens_are_noted_with_their_subject() -> None:
    """So that a subject can be forgotten; equal values still get one token."""
    context = Context(subject="id")
    rule = RULE.validate_python({"action": "tokenize", "method": "vault", "domain": "d"})
    transform: Any = transform_for(rule, ColumnName("c"), pa.string(), context)
    row = Row({ColumnName("id"): pa.array([1, 2, 1])})
    tokens = transform(pa.array(["a", "b", "a"]), row)
    assert tokens[0] == tokens[2] != tokens[1]
    vault, key = context.vault(rule), purpose_key("tokenize", "d")
    assert vault.forget_subjects(key, pa.array(["1"])) == 1
    assert vault.reveal(key, tokens).values.to_pylist() == [None, "b", None]


def test_a_subject_or_a_column_is_needed_where_rows_belong_to_somebody() -> None:
    """The refusal says both ways out."""
    rule = RULE.validate_python({"action": "shift_dates", "within_days": 3})
    with pytest.raises(RuleError, match=r"needs by:, .* or a subject:"):
        transform_for(rule, ColumnName("c"), pa.date32(), Context())


def test_a_hierarchy_is_read_and_must_hold_every_value(tmp_path: Any, transform: Make) -> None:
    """A value that is not listed is bad, a level that is not there is refused."""
    path = tmp_path / "education.csv"
    path.write_text("Bachelors;Undergraduate;Higher\n11th;High School;Secondary\n")
    grouped = transform(action="generalize", hierarchy=str(path), level=2)
    assert grouped(pa.array(["11th", None, " Bachelors"])).to_pylist() == [
        "Secondary",
        None,
        "Higher",
    ]
    with pytest.raises(BadValuesError, match="is not in the hierarchy"):
        grouped(pa.array(["12th"]))
    with pytest.raises(ValueError, match="has 2 levels"):
        read_hierarchy(str(path), 3)


def test_a_hierarchy_puts_a_value_into_one_group(tmp_path: Any) -> None:
    """Two lines may not disagree; a byte order mark, as spreadsheets write it, is no part of the
    first value.
    """
    path = tmp_path / "education.csv"
    path.write_text("\ufeff11th;School;Low\n12th;School;Low\n11th;College;Low\n", encoding="utf-8")
    assert read_hierarchy(str(path), 2)["11th"] == "Low"
    with pytest.raises(ValueError, match="line 3's value into two groups of level 1"):
        read_hierarchy(str(path), 1)


def test_values_that_a_filter_left_out_are_not_looked_at() -> None:
    """A filtered column's dictionary still holds them, and a vault would remember people whom
    nobody asked for.
    """
    seen: list[str] = []

    def upper(values: pa.Array) -> pa.Array:
        seen.extend(values.to_pylist())
        return pc.utf8_upper(values)

    column = (
        pa.array(["in", "out", "in", None])
        .dictionary_encode()
        .filter(pa.array([True, False, True, True]))
    )
    assert over_distinct(column, upper).to_pylist() == ["IN", "IN", None]
    assert seen == ["in"]


@pytest.mark.parametrize("rule", [{"action": "redact"}, {"action": "constant", "value": "x"}])
def test_a_null_within_a_dictionary_is_a_null(rule: Any) -> None:
    """Where values are missing shows, whether the index or the value is null."""
    column = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    transform: Any = transform_for(
        RULE.validate_python(rule), ColumnName("c"), column.type, Context()
    )
    assert transform(column).is_valid().to_pylist() == [True, False, False]


def test_geohashes_are_those_of_the_published_examples() -> None:
    """Source: geohash.org's own examples."""
    hashes = geohash(np.array([57.64911, 42.6]), np.array([10.40744, -5.6]), 5)
    assert hashes.to_pylist() == ["u4pru", "ezs42"]


def test_grid_cells_are_as_wide_at_every_latitude() -> None:
    """A kilometre east at 60° north is twice as many degrees as at the equator, and cells keep
    positions within it.
    """
    rule = RULE.validate_python(
        {"action": "generalize", "grid_metres": 1000, "axis": "longitude", "latitude": "lat"}
    )
    transform: Any = transform_for(rule, ColumnName("lon"), pa.float64(), Context())
    east, north = (
        np.random.default_rng(2).uniform(-180, 180, 1000),
        np.random.default_rng(3).uniform(-80, 80, 1000),
    )
    made = np.asarray(transform(pa.array(east), Row({ColumnName("lat"): pa.array(north)})))
    metres = np.abs(made - east) * 111_195 * np.cos(np.radians(north))
    assert metres.max() < 560


@pytest.mark.parametrize(
    "rule,kind,words",
    [
        ({"action": "mask"}, pa.list_(pa.string()), "text, numbers"),
        ({"action": "generalize", "to": "year"}, pa.int64(), "dates, timestamps and text"),
        ({"action": "generalize", "band": 5}, pa.date32(), "integers, floats"),
        ({"action": "generalize", "prefix": 3}, pa.int64(), "say width:"),
        ({"action": "encrypt_format", "keep_last": 4}, pa.int64(), "text, where keep_first:"),
        ({"action": "pseudonymize"}, pa.binary(), "text, numbers"),
        ({"action": "perturb", "scale": 1}, pa.bool_(), "integers, floats"),
    ],
)
def test_a_type_that_an_action_cannot_take_is_refused_with_those_it_can(
    rule: Any, kind: Any, words: str
) -> None:
    """Before the first row."""
    with pytest.raises(UnsupportedTypeError, match=words):
        transform_for(RULE.validate_python(rule), ColumnName("c"), kind, Context(subject="id"))


def test_codes_read_as_integers_get_their_zeros_back(transform: Make) -> None:
    """A postcode 02139 read as 2139 is of area 021."""
    area = transform(pa.int64(), action="generalize", prefix=3, width=5)
    assert area(pa.array([2139, 80267])).to_pylist() == ["021", "802"]


@pytest.mark.parametrize("way", [{"prefix": 3}, {"postcode": "US"}])
@pytest.mark.parametrize(
    "kind", [pa.int32(), pa.int64(), pa.float64(), pa.decimal128(21, 1), pa.string()]
)
def test_postcodes_that_lost_their_zeros_are_widened(
    transform: Make, way: dict[str, Any], kind: pa.DataType
) -> None:
    """However they were read; floats were refused before, and 7030.0 in text was a bad value."""
    area = transform(kind, action="generalize", width=5, **way)
    codes = (
        pa.array(["7030.0", "501", "80267", None])
        if kind == pa.string()
        else pa.array([7030, 501, 80267, None])
    )
    row = Row({}, {})
    made = area(codes.cast(kind), row) if way.get("postcode") else area(codes.cast(kind))
    assert made.to_pylist() == ["070", "005", "802", None]


def test_postcodes_without_zeros_name_what_mends_them(transform: Make) -> None:
    """One hint for both: read as numbers, and as text beside other texts."""
    for way in ({"prefix": 3}, {"postcode": "US"}):
        with pytest.raises(UnsupportedTypeError, match="say width:"):
            transform(pa.int64(), action="generalize", **way)
    with pytest.raises(BadValuesError, match="say width:"):
        transform(pa.string(), action="generalize", prefix=3)(pa.array(["501", "80267"]))


def test_a_postcode_of_too_many_digits_is_bad(transform: Make) -> None:
    """And so is a fraction."""
    area = transform(pa.float64(), action="generalize", prefix=3, width=5)
    with pytest.raises(BadValuesError) as caught:
        area(pa.array([123456.0, 7030.5, 7030.0]))
    assert caught.value.where.to_pylist() == [True, True, False]


@dataclass(frozen=True)
class Reversed:
    """A custom action: texts backwards."""

    times: int = 1

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the texts."""
        return input_type

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the texts backwards."""
        return pc.utf8_reverse(column) if self.times % 2 else column


@pytest.fixture
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    point = importlib.metadata.EntryPoint("reverse", f"{__name__}:Reversed", custom.GROUP)
    monkeypatch.setattr(custom, "entry_points", lambda group: [point])
    custom.custom_actions.cache_clear()
    monkeypatch.setattr(custom, "custom_actions", custom.custom_actions.__wrapped__)


@pytest.mark.usefixtures("_installed")
def test_a_custom_action_is_run_with_its_parameters(transform: Make) -> None:
    """An entry point's frozen dataclass is an action like any other."""
    assert transform(action="custom", name="reverse")(pa.array(["ab"])).to_pylist() == ["ba"]
    assert transform(action="custom", name="reverse", parameters={"times": 2})(
        pa.array(["ab"])
    ).to_pylist() == ["ab"]


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize(
    "name,parameters,words",
    [
        ("reverse", {"times": "often"}, "times: input should be a valid integer"),
        ("reverse", {"tiems": 1}, "unknown parameters tiems; it has times"),
        ("invert", {}, "no custom action 'invert' is installed .*reverse"),
    ],
)
def test_a_custom_action_s_mistakes_are_refused(
    name: str, parameters: Any, words: str, transform: Make
) -> None:
    """By name, with what is installed."""
    with pytest.raises(CustomActionError, match=words):
        transform(action="custom", name=name, parameters=parameters)


def test_every_space_of_unicode_folds_to_one() -> None:
    """Runs of spaces too, beside letters of any length in UTF-8; slices look at their own values
    only.
    """
    spaces = [
        chr(code) for code in range(0x11000) if unicodedata.category(chr(code)).startswith("Z")
    ] + list("\t\n\r\f")
    for space in [*spaces, "  "]:
        for letter in "aé日":
            column = pa.array([None, "x\t\ty", f"{letter}{space}B", "z"])
            assert normalized(column[2:], "fold").to_pylist() == [f"{letter} b", "z"]
    assert normalized(pa.array(["", " ", None]), "fold").to_pylist() == ["", "", None]


@dataclass(frozen=True)
class Wrong:
    """A custom action that does not keep its promise."""

    how: str

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return what ``how`` says instead of as many texts."""
        if self.how == "raises":
            raise ValueError(f"cannot take {column[0].as_py()}")
        if self.how == "calls it bad":
            raise BadValuesError(pc.equal(column, "Jane Doe"), column, "is Jane Doe")
        return {
            "is shorter": column.slice(1),
            "has a type": pa.array([1, 2]),
            "is no array": ["a", "b"],
        }[self.how]


@pytest.fixture
def _wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    point = importlib.metadata.EntryPoint("wrong", f"{__name__}:Wrong", custom.GROUP)
    monkeypatch.setattr(custom, "entry_points", lambda group: [point])
    custom.custom_actions.cache_clear()
    monkeypatch.setattr(custom, "custom_actions", custom.custom_actions.__wrapped__)


@pytest.mark.usefixtures("_wrong")
@pytest.mark.parametrize("how", ["raises", "is shorter", "has a type", "is no array"])
def test_a_custom_action_that_goes_wrong_mixes_no_rows_and_quotes_nothing(
    how: str, transform: Make
) -> None:
    """Fewer values would move every later row up; its errors may hold values."""
    with pytest.raises(DataError, match="custom action 'wrong'") as caught:
        transform(action="custom", name="wrong", parameters={"how": how})(
            pa.array(["Jane Doe", "Bo"])
        )
    assert "Jane" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.usefixtures("_wrong")
def test_a_custom_action_s_reason_is_put_in_our_words(transform: Make) -> None:
    """It goes into quarantine and messages, where no value may stand."""
    with pytest.raises(BadValuesError, match="is bad to custom action 'wrong'") as caught:
        transform(action="custom", name="wrong", parameters={"how": "calls it bad"})(
            pa.array(["Jane Doe", "Bo"])
        )
    assert caught.value.values.to_pylist() == [None, "Bo"]


@pytest.mark.usefixtures("_wrong")
def test_the_plan_names_the_package_of_a_custom_action() -> None:
    """With its version, for columns and for spans in text."""
    rule = "{action: custom, name: wrong, parameters: {how: raises}}"
    columns = f"  a: {rule}\n  b: {{action: free_text, entities: {{PERSON: {rule}}}}}\n"
    lines = explain(plan_of(pa.table({"a": ["x"], "b": ["y"]}), columns))
    assert [line.note for line in lines] == ["wrong is of unknown 0"] * 2


CLOCKS = [("second", 1, "T08:31:59Z"), ("minute", 60, "T08:31:00Z"), ("hour", 3600, "T08:00:00Z")]


@pytest.mark.parametrize(("clock", "seconds", "text"), CLOCKS)
def test_the_time_of_day_stays_as_far_as_asked(clock: str, seconds: int, text: str) -> None:
    """In timestamps and in text; by default all of it."""
    moments = pa.array([1_709_022_719_123_456, None, -1], pa.timestamp("us"))
    subjects, span = pa.array(["a", "a", "b"]), seconds * 1_000_000
    exact, coarse = (
        np.asarray(shifted(moments, subjects, **said).cast(pa.int64()).fill_null(0))
        for said in ({}, {"clock": clock})
    )
    assert np.array_equal(coarse, exact // span * span)
    written = shifted(pa.array(["2024-02-27T08:31:59.123456Z"] * 3), subjects, clock=clock)
    assert written[0].as_py().endswith(text)


def test_the_plan_says_that_times_of_day_pass() -> None:
    """A time to the microsecond tells one event from all others."""
    table = pa.table({"id": ["a"], "at": pa.array([1], pa.timestamp("us"))})
    for said, note in (("", "keeps the time of day"), (", clock: minute", "")):
        plan = plan_of(table, f"  at: {{action: shift_dates, within_days: 3, by: id{said}}}\n")
        assert explain(plan)[0].note == note
