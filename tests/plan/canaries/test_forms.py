"""Invented texts have the prefixes, alphabets and signs of their column."""

from __future__ import annotations

import random
import re

import pyarrow as pa
import pytest

from anonymize.keys import Secret
from anonymize.keys.primitives.stream import KeyedStream
from anonymize.plan.canaries.forms import Forms
from anonymize.plan.canaries.look_alike import nearby
from anonymize.plan.canaries.originals import bits_of_original, other_digits, other_token
from anonymize.policy.actions import EncryptFormatRule


@pytest.fixture
def stream() -> KeyedStream:
    """Return a stream of a fixed key."""
    return KeyedStream(Secret(bytes(32)))


_DRAW = random.Random(3)
_COLUMNS = {
    r"SKU-\d{5}": [f"SKU-{_DRAW.randrange(100_000):05}" for _ in range(400)],
    r"[0-9a-f]{16}": [f"{_DRAW.getrandbits(64):016x}" for _ in range(400)],
    r"[а-т]{8}": ["".join(_DRAW.choices("абвгдежзиклмнопрст", k=8)) for _ in range(400)],
    r"(DE|FR)\d{4}-[XY]": [
        f"{_DRAW.choice(['DE', 'FR'])}{_DRAW.randrange(9_999):04}-{_DRAW.choice('XY')}"
        for _ in range(400)
    ],
}


@pytest.mark.parametrize("form", list(_COLUMNS))
def test_no_regular_expression_tells_them(stream: KeyedStream, form: str) -> None:
    """Letters are those of the place, and no value is a copy."""
    values = _COLUMNS[form]
    made = nearby(pa.array(values), list(range(200)), stream).to_pylist()
    if form.startswith("("):
        form = r"[DF][ER]\d{4}-[XY]"
    assert all(re.fullmatch(form, one) for one in made)
    assert not set(made) & set(values)


def test_a_dense_column_has_other_numbers(stream: KeyedStream) -> None:
    """Where numbers follow each other, the prefix stays, and most are nobody's."""
    values = [f"K-{at:04}" for at in range(2_000)]
    forms = Forms(values)
    made = [forms.like(one, stream) for one in values[:100]]
    assert all(re.fullmatch(r"K-\d{4}", one) for one in made)
    assert not set(made) & set(values)


def test_few_values_and_none(stream: KeyedStream) -> None:
    """Signs stay; nothing is made of nothing."""
    assert Forms(["a-1", None, ""]).like("a-1", stream)[1] == "-"
    assert Forms([]).like("", stream) == ""


def test_encrypted_numbers_are_drawn(stream: KeyedStream) -> None:
    """Of the same length, with the digits that the rule keeps, and another one each time."""
    rule = EncryptFormatRule(action="encrypt_format", keep_first=2, keep_last=1)
    made = {str(other_digits("12 345 678", rule, stream)) for _ in range(20)}
    assert len(made) == 20
    assert all(re.fullmatch(r"12 \d{3} \d\d8", one) for one in made)
    plain = EncryptFormatRule(action="encrypt_format")
    assert all(len(str(other_digits(1_234, plain, stream))) == 4 for _ in range(50))
    made = [str(other_digits("1234567", plain, stream)) for _ in range(200)]
    assert {one[0] for one in made} == set("123456789")
    assert all(str(other_digits("0234567", plain, stream))[0] == "0" for _ in range(20))


def test_short_tokens_are_drawn(stream: KeyedStream) -> None:
    """With their key's version and length; two of one original differ."""
    token = "AAGpk1vB1mTGZ4g_4xGJTQCjV6y9"
    made = [str(other_token(token, stream)) for _ in range(2)]
    assert len({token, *made}) == 3
    assert {(len(one), one[:2]) for one in made} == {(len(token), "AA")}


def test_few_originals_have_few_bits() -> None:
    """Two canaries of one original have one pseudonym."""
    bits = [bits_of_original(kind) for kind in (pa.int16(), pa.int64(), pa.date32(), pa.string())]
    assert bits == [15, 62, 15, 140]
