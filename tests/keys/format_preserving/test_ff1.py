"""FF1 agrees with published vectors and is a permutation; formats stay, and nothing passes
through.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.keys import FormatSpec, KeyLengthError, Secret, ff1_decrypt, ff1_encrypt
from anonymize.keys.format_preserving import ff1 as ff1_module
from anonymize.keys.format_preserving.checkdigits import iban_check_digits, luhn_remainder
from anonymize.keys.format_preserving.ff1 import Ff1
from anonymize.keys.format_preserving.format_numbers import number_type
from anonymize.keys.format_preserving.formats import is_number
from anonymize.keys.format_preserving.permutation import Permutation
from tests.keys.keys_known import purpose, vectors, wycheproof

BY_CLASS = FormatSpec(alphabet=None)
PERMUTE = FormatSpec(small_domains="permute")


def numeral(text: str, alphabet: str) -> np.ndarray:
    """Return one row of digit values; ValueError for a foreign character."""
    return np.array([[alphabet.index(letter) for letter in text]], np.uint8).reshape(1, -1)


def there_and_back(column: pa.Array, spec: FormatSpec | None = None) -> pa.Array:
    """Return the encrypted column; check that it has the type, nothing is bad, and it decrypts to
    the column.
    """
    made = ff1_encrypt(purpose(), column, spec)
    back = ff1_decrypt(purpose(), made.values, spec)
    assert made.values.type == (number_type(column.type) if is_number(column.type) else column.type)
    assert not any(made.bad.to_pylist() + back.bad.to_pylist())
    assert back.values.equals(column.cast(made.values.type))
    return made.values


@pytest.mark.parametrize(
    "case", vectors("nist_ff1.json")["vectors"], ids=lambda case: f"sample {case['sample']}"
)
def test_ff1_agrees_with_nist(case: dict[str, str]) -> None:
    """The nine samples of SP 800-38G, there and back."""
    alphabet = vectors("nist_ff1.json")["alphabet"]
    ff1 = Ff1(Secret(bytes.fromhex(case["key"])), int(case["radix"]), bytes.fromhex(case["tweak"]))
    plain, made = numeral(case["pt"], alphabet), numeral(case["ct"], alphabet)
    assert (ff1.encrypt(plain) == made).all()
    assert (ff1.decrypt(made) == plain).all()


@pytest.mark.parametrize("base", [10, 36, 62])
@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.soak)])
def test_ff1_agrees_with_wycheproof(base: int, step: int) -> None:
    """There and back; foreign characters, key sizes and domains under 10^6 are refused. All cases
    in the soak run.
    """
    for case in wycheproof(f"wycheproof_aes_ff1_base{base}.json")[::step]:
        key, tweak = Secret(bytes.fromhex(case["key"])), bytes.fromhex(case["tweak"])
        if case["result"] == "invalid" or "SmallMessageSize" in case["flags"]:
            with pytest.raises((ValueError, KeyLengthError)):
                Ff1(key, case["radix"], tweak).encrypt(numeral(case["msg"], case["alphabet"]))
            continue
        plain, made = numeral(case["msg"], case["alphabet"]), numeral(case["ct"], case["alphabet"])
        assert (Ff1(key, case["radix"], tweak).encrypt(plain) == made).all(), case["tcId"]
        assert (Ff1(key, case["radix"], tweak).decrypt(made) == plain).all(), case["tcId"]


def test_ff1_agrees_with_wycheproof_below_our_minimum(monkeypatch: pytest.MonkeyPatch) -> None:
    """The arithmetic of short numerals is right too; we only do not offer it."""
    monkeypatch.setattr(ff1_module, "MIN_DOMAIN", 100)
    for case in wycheproof("wycheproof_aes_ff1_base10.json"):
        if "SmallMessageSize" in case["flags"]:
            ff1 = Ff1(Secret(bytes.fromhex(case["key"])), 10, bytes.fromhex(case["tweak"]))
            assert (
                ff1.encrypt(numeral(case["msg"], "0123456789")) == numeral(case["ct"], "0123456789")
            ).all()


@given(
    st.integers(2, 62),
    st.integers(6, 80),
    st.binary(max_size=40),
    st.integers(0, 20),
    st.integers(0, 2**32),
)
def test_ff1_goes_there_and_back(
    radix: int, length: int, tweak: bytes, tail: int, seed: int
) -> None:
    """Any radix, length, tweak and per-row tweak; a row alone gives what it gives among others."""
    rng = np.random.default_rng(seed)
    length = max(length, int(np.ceil(6 / np.log10(radix))) + 1)
    rows, tails = (
        rng.integers(0, radix, (5, length)).astype(np.uint8),
        rng.integers(0, 256, (5, tail)).astype(np.uint8),
    )
    ff1 = Ff1(Secret(b"k" * 32), radix, tweak)
    made = ff1.encrypt(rows, tails)
    assert (ff1.decrypt(made, tails) == rows).all()
    assert (ff1.encrypt(rows[2:3], tails[2:3]) == made[2:3]).all()
    assert (
        ff1.encrypt(rows[:1])
        == Ff1(Secret(b"k" * 32), radix, tweak + b"").encrypt(rows[:1], tails[:1, :0])
    ).all()


def test_a_per_row_tweak_equals_the_same_common_tweak() -> None:
    """Where the tweak's bytes come from does not matter."""
    rows, tails = (
        np.arange(10, dtype=np.uint8).reshape(1, 10) % 10,
        np.frombuffer(b"tail", np.uint8).reshape(1, 4),
    )
    for head in (b"", b"h", b"h" * 13, b"h" * 16, b"h" * 30):
        apart = Ff1(Secret(b"k" * 16), 10, head).encrypt(rows, tails)
        assert (apart == Ff1(Secret(b"k" * 16), 10, head + b"tail").encrypt(rows)).all()


@pytest.mark.parametrize("size", [2, 10, 97, 1000, 73_049])
def test_a_small_permutation_is_one(size: int) -> None:
    """Every number once, back again, not the identity, another per key and tweak."""
    numbers = [np.arange(size, dtype=np.uint64)]
    permutation = Permutation(purpose(), size, b"t")
    moved = permutation.encrypt(numbers)
    assert (np.sort(moved[0]) == numbers[0]).all()
    assert (permutation.decrypt(moved)[0] == numbers[0]).all()
    if size > 90:
        assert (moved[0] != numbers[0]).any()
        assert (Permutation(purpose(), size, b"u").encrypt(numbers)[0] != moved[0]).any()
        assert (Permutation(purpose("x"), size, b"t").encrypt(numbers)[0] != moved[0]).any()


def test_a_walked_permutation_is_one() -> None:
    """All 1,000,003 numbers of a domain that is no power of two."""
    numbers = [np.arange(1_000_003, dtype=np.uint64)]
    moved = Permutation(purpose(), 1_000_003, b"").encrypt(numbers)
    assert (np.sort(moved[0]) == numbers[0]).all()


@given(
    st.lists(st.none() | st.from_regex(r"[0-9]{7,21}\Z", fullmatch=True), max_size=20),
    st.integers(0, 5),
    st.integers(0, 9),
)
def test_digits_stay_digits_however_sliced(texts: list[str | None], at: int, n: int) -> None:
    """Length and nulls stay; slices, chunks, dictionaries and large types agree."""
    column = pa.array(texts, pa.string())
    made = there_and_back(column)
    assert [len(text) for text in made.to_pylist() if text] == [len(text) for text in texts if text]
    assert all(text.isdigit() for text in made.to_pylist() if text)
    assert ff1_encrypt(purpose(), column.slice(at, n)).values.equals(made.slice(at, n))
    assert ff1_encrypt(purpose(), column.dictionary_encode()).values.equals(made)
    assert ff1_encrypt(
        purpose(), pa.chunked_array([column.slice(at), column.slice(0, at)])
    ).values.equals(pa.concat_arrays([made.slice(at), made.slice(0, at)]))
    there_and_back(column.cast(pa.large_string()))
    there_and_back(column.cast(pa.string_view()))


def test_separators_stay_and_do_not_matter() -> None:
    """One card, written in three ways, is one card, written in the same three ways."""
    cards = [
        "4111 1111 1111 1234",
        "4111-1111-1111-1234",
        "4111111111111234",
        "+(41)11.111/1111 11234",
    ]
    made = there_and_back(pa.array(cards)).to_pylist()
    assert len({"".join(filter(str.isdigit, text)) for text in made}) == 1
    assert ["".join("d" if c.isdigit() else c for c in text) for text in made] == [
        "".join("d" if c.isdigit() else c for c in text) for text in cards
    ]


@given(st.integers(0, 4), st.integers(0, 4), st.from_regex(r"[0-9]{14,19}", fullmatch=True))
def test_kept_characters_stay(first: int, last: int, text: str) -> None:
    """And what lies between is encrypted in dependence on them."""
    made = there_and_back(pa.array([text]), FormatSpec(keep_first=first, keep_last=last))[0].as_py()
    assert made[:first] == text[:first]
    assert made[len(text) - last :] == text[len(text) - last :]
    assert made != text or first + last > 7


def test_kept_characters_tweak_the_rest() -> None:
    """Equal middles under other heads do not show as equal."""
    made = there_and_back(
        pa.array(["1112345678", "2222345678"]), FormatSpec(keep_first=3)
    ).to_pylist()
    assert made[0][3:] != made[1][3:]


@given(
    st.lists(
        st.from_regex(r"[A-Z]{2}-[0-9]{4,6}-[a-z]{1,30}", fullmatch=True), min_size=1, max_size=10
    )
)
def test_classes_stay(texts: list[str]) -> None:
    """Capitals stay capitals, small letters small, digits digits: AB-1234-x."""
    made = there_and_back(pa.array(texts), BY_CLASS).to_pylist()
    for before, after in zip(texts, made, strict=True):
        assert [(c.isupper(), c.islower(), c.isdigit()) for c in before] == [
            (c.isupper(), c.islower(), c.isdigit()) for c in after
        ]


def luhn(body: str) -> str:
    """Return ``body`` with its Luhn digit."""
    return next(
        body + d for d in "0123456789" if not luhn_remainder(numeral(body + d, "0123456789"))[0]
    )


@given(
    st.from_regex(r"[0-9]{13,18}", fullmatch=True),
    st.sampled_from([(0, 0), (0, 4), (4, 0), (3, 3), (1, 1)]),
)
def test_luhn_numbers_stay_luhn_numbers(body: str, keep: tuple[int, int]) -> None:
    """With and without kept ends, whose last digit is the old check digit."""
    card = luhn(body)
    made = there_and_back(
        pa.array([card]), FormatSpec(check="luhn", keep_first=keep[0], keep_last=keep[1])
    )[0].as_py()
    assert luhn_remainder(numeral(made, "0123456789"))[0] == 0
    assert made.endswith(card[len(card) - keep[1] :] if keep[1] else "")


def test_luhn_is_that_of_known_cards() -> None:
    """Published test card numbers are valid, their neighbours are not."""
    cards = ["4111111111111111", "5555555555554444", "3530111333300000"]
    assert [int(luhn_remainder(numeral(card, "0123456789"))[0]) for card in cards] == [0, 0, 0]
    wrong = ff1_encrypt(purpose(), pa.array(["4111111111111112"]), FormatSpec(check="luhn"))
    assert wrong.bad.to_pylist() == [True]


IBANS = [
    "DE89370400440532013000",
    "GB29NWBK60161331926819",
    "FR1420041010050500013M02606",
    "NO9386011117947",
]


def test_ibans_stay_ibans() -> None:
    """The country stays, the check digits fit; spaces stay where they are."""
    spec = FormatSpec(alphabet=None, check="iban")
    made = there_and_back(pa.array([*IBANS, "DE89 3704 0044 0532 0130 00"]), spec).to_pylist()
    assert [text[:2] for text in made] == ["DE", "GB", "FR", "NO", "DE"]
    for text in made:
        row = np.frombuffer(text.replace(" ", "").encode(), np.uint8).reshape(1, -1)
        assert (iban_check_digits(row) == row[:, 2:4]).all()
    assert made[4].replace(" ", "") == made[0]


@pytest.mark.parametrize(
    "iban", ["DE88370400440532013000", "DE89", "de89370400440532013000", "1289370400440532013000"]
)
def test_what_is_not_an_iban_is_refused(iban: str) -> None:
    """Wrong check digits, no account, no country."""
    assert ff1_encrypt(
        purpose(), pa.array([iban]), FormatSpec(alphabet=None, check="iban")
    ).bad.to_pylist() == [True]


BAD = [
    "",
    "-",
    "12345",
    "123456x",
    "１２３４５６７",
    "123456é",
    "12345678\n",
    "x",
    "1" * 520,
    "12 345",
    "\x00" * 9,
]


@pytest.mark.parametrize("spec", [FormatSpec(), FormatSpec(keep_first=2), FormatSpec(check="luhn")])
def test_a_bad_value_never_passes_through(spec: FormatSpec) -> None:
    """Foreign characters, too short, too long: null, marked, and no byte of it under the null."""
    made = ff1_encrypt(purpose(), pa.array(BAD), spec)
    assert made.bad.to_pylist() == [True] * len(BAD)
    assert made.values.null_count == len(BAD)
    assert not made.values.buffers()[2] or set(made.values.buffers()[2].to_pybytes()) <= {0}


def test_a_small_domain_is_refused_unless_accepted() -> None:
    """Postcodes: five digits are 100,000 values."""
    column = pa.array(["12345", "00000", "99999"])
    assert ff1_encrypt(purpose(), column).bad.to_pylist() == [True] * 3
    assert len(set(there_and_back(column, PERMUTE).to_pylist())) == 3


def test_a_small_domain_is_permuted_whole() -> None:
    """All thousand three-digit texts become all thousand."""
    column = pa.array([f"{i:03d}" for i in range(1000)])
    assert sorted(there_and_back(column, PERMUTE).to_pylist()) == column.to_pylist()
    pairs = pa.array([a + d for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for d in "0123456789"])
    spec = FormatSpec(alphabet=None, small_domains="permute")
    assert sorted(there_and_back(pairs, spec).to_pylist()) == sorted(pairs.to_pylist())


@pytest.mark.parametrize(
    "kind", [pa.int8(), pa.uint8(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64()]
)
def test_integers_keep_type_sign_and_number_of_digits(kind: pa.DataType) -> None:
    """To the ends of each type, which nothing overflows."""
    top = 2 ** (kind.bit_width - (kind in (pa.int8(), pa.int32(), pa.int64()))) - 1
    numbers = [
        0,
        1,
        9,
        10,
        99,
        100,
        top,
        top - 1,
        None,
        *([-1, -9, -10, -top] if top in (127, 2**31 - 1, 2**63 - 1) else []),
    ]
    made = there_and_back(pa.array(numbers, kind), PERMUTE).to_pylist()
    assert [len(str(n)) for n in made] == [len(str(n)) for n in numbers]


NUMBER_TYPES = [
    pa.int32(),
    pa.uint32(),
    pa.int64(),
    pa.uint64(),
    pa.float64(),
    pa.decimal128(20, 0),
    pa.decimal256(40, 0),
    pa.string(),
    pa.large_string(),
    pa.string_view(),
    pa.dictionary(pa.int32(), pa.string()),
]


@given(
    st.lists(st.integers(0, 2**31 - 1) | st.none(), min_size=1, max_size=12),
    st.sampled_from(NUMBER_TYPES),
)
def test_digits_are_the_same_digits_in_every_type(
    numbers: list[int | None], kind: pa.DataType
) -> None:
    """A table that was read as integers joins one that was read as text, floats or decimals; fails
    if types matter.
    """
    column = pa.array(numbers, pa.int64())
    other = (
        column.cast(kind)
        if not pa.types.is_dictionary(kind)
        else column.cast(pa.string()).dictionary_encode()
    )
    made = ff1_encrypt(purpose(), other, PERMUTE).values
    made = (
        made.cast(pa.string())
        if not pa.types.is_dictionary(made.type)
        else made.dictionary_decode()
    )
    assert made.equals(ff1_encrypt(purpose(), column, PERMUTE).values.cast(pa.string()))


@given(st.from_regex(r"0{0,3}[1-9][0-9]{6,20}\Z", fullmatch=True))
def test_a_number_in_text_keeps_its_leading_zero_and_gets_none(text: str) -> None:
    """So that one code with a zero in the next file changes no other one."""
    made = there_and_back(pa.array([text]))[0].as_py()
    assert (made[0] == "0") == (text[0] == "0")


@pytest.mark.soak
@given(st.integers(-(2**63) + 1, 2**63 - 1), st.integers(2**63, 2**64 - 1))
def test_numbers_stay_in_reach_of_their_type(signed: int, unsigned: int) -> None:
    """As text, too, so that 19 digits that are a signed integer stay one."""
    made = there_and_back(pa.array([signed]), PERMUTE)
    assert made.cast(pa.string()).equals(there_and_back(pa.array([str(signed)]), PERMUTE))
    there_and_back(pa.array([unsigned], pa.uint64()), PERMUTE)
    assert there_and_back(pa.array([str(unsigned)]), PERMUTE).cast(pa.uint64())


def test_the_sign_stays_and_does_not_matter() -> None:
    """Digits are digits, in text and in numbers."""
    made = there_and_back(pa.array([1234567, -1234567])).to_pylist()
    assert made[0] == -made[1]
    assert there_and_back(pa.array(["-1234567"]))[0].as_py() == str(made[1])


def test_floats_that_are_no_whole_numbers_are_bad() -> None:
    """And NaN is missing."""
    made = ff1_encrypt(
        purpose(), pa.array([1234567.0, 1234567.5, float("nan"), float("inf"), 2.0**53, None])
    )
    assert made.bad.to_pylist() == [False, True, False, True, True, False]
    assert made.values.null_count == 5


@pytest.mark.parametrize(("size", "spec"), [(7, FormatSpec()), (3, PERMUTE)])
def test_numbers_without_a_leading_zero_are_permuted_whole(size: int, spec: FormatSpec) -> None:
    """No two of them become one."""
    some = pa.array(np.arange(10 ** (size - 1), min(10**size, 10 ** (size - 1) + 20_000)))
    made = there_and_back(some, spec)
    assert len(made.unique()) == len(some)


def test_integers_with_few_digits_are_refused() -> None:
    """Six digits are 900,000 numbers; the lowest of a signed type has no counterpart."""
    made = ff1_encrypt(purpose(), pa.array([999_999, 1_000_000, None, -(2**63)]))
    assert made.bad.to_pylist() == [True, False, False, True]


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()])
def test_dates_stay_dates_within_the_span(kind: pa.DataType) -> None:
    """The whole span is permuted; days outside it are bad."""
    days = pa.array([date(1900, 1, 1), date(1980, 2, 29), None, date(2099, 12, 31)]).cast(kind)
    for day in there_and_back(days, PERMUTE).to_pylist():
        assert day is None or 1900 <= day.year <= 2099
    outside = pa.array([date(1899, 12, 31), date(2100, 1, 1)]).cast(kind)
    assert ff1_encrypt(purpose(), outside, PERMUTE).bad.to_pylist() == [True, True]
    assert ff1_encrypt(purpose(), days).bad.to_pylist() == [True, True, False, True]


@pytest.mark.parametrize(
    "kind", [pa.timestamp("s"), pa.timestamp("ms", "UTC"), pa.timestamp("ns", "Europe/Rome")]
)
def test_timestamps_stay_timestamps(kind: pa.DataType) -> None:
    """Any unit, with and without a zone."""
    spec = FormatSpec(earliest=date(1990, 1, 1), latest=date(2030, 1, 1))
    made = there_and_back(
        pa.array([datetime(2001, 2, 3, 4, 5, 6), None, datetime(1990, 1, 1)]).cast(kind), spec
    )
    assert all(
        moment is None or 1989 < moment.year < 2031
        for moment in made.cast(pa.timestamp("s"), safe=False).to_pylist()
    )


@pytest.mark.parametrize(
    "parts",
    [
        {"alphabet": "a"},
        {"alphabet": "aa"},
        {"alphabet": "aé"},
        {"alphabet": "01 "},
        {"alphabet": ""},
        {"alphabet": None, "separators": "x"},
        {"separators": "–"},
        {"keep_first": -1},
        {"check": "luhn", "alphabet": "0123456789abcdef"},
        {"check": "iban"},
        {"earliest": date(2000, 1, 1), "latest": date(2000, 1, 1)},
    ],
)
def test_a_contradictory_format_is_refused(parts: dict[str, object]) -> None:
    """Before any value is seen."""
    with pytest.raises(ValueError):
        FormatSpec(**parts)  # type: ignore[arg-type]


def test_types_without_a_format_are_refused() -> None:
    """Bytes and fractions have no alphabet; numbers have no kept ends, and no other alphabet than
    digits.
    """
    for column in (pa.array([Decimal("1.5")]), pa.array([b"1"]), pa.array([True]), pa.array([[1]])):
        with pytest.raises(TypeError):
            ff1_encrypt(purpose(), column)
    with pytest.raises(ValueError, match="are for text"):
        ff1_encrypt(purpose(), pa.array([1234567]), FormatSpec(keep_last=2))
    with pytest.raises(ValueError, match="alphabet of digits"):
        ff1_encrypt(purpose(), pa.array([1234567]), BY_CLASS)


def test_domains_formats_and_keys_do_not_join() -> None:
    """One number is another one in each."""
    column = pa.array(["1234567890123456"])
    keys = [purpose(), purpose("phone"), purpose(action="x"), purpose(master=b"n" * 32)]
    made = [ff1_encrypt(key, column).values[0].as_py() for key in keys]
    made += [
        ff1_encrypt(purpose(), column, spec).values[0].as_py()
        for spec in (BY_CLASS, FormatSpec("9876543210"))
    ]
    assert len(set(made)) == 6


def test_null_and_empty_columns_are_fine() -> None:
    """No rows, only nulls, the null type."""
    for column in (
        pa.array([], pa.string()),
        pa.nulls(3, pa.string()),
        pa.nulls(2),
        pa.nulls(2, pa.int64()),
    ):
        assert ff1_encrypt(purpose(), column).values.equals(column)
