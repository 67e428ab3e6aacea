"""AES-SIV tokens agree with published vectors, open to what was sealed, and refuse everything
else.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from anonymize.keys import KeyLengthError, Secret, siv_open, siv_seal, token_versions
from anonymize.keys.primitives.siv import Siv
from tests.keys.keys_known import purpose, vectors, wycheproof

TEXTS = st.lists(st.none() | st.text(max_size=40), max_size=30)


def sealed(key: bytes, associated_data: list[bytes], message: bytes) -> bytes:
    """Return IV and ciphertext of one message."""
    iv, text = Siv(Secret(key), associated_data).seal(
        np.frombuffer(message, np.uint8).reshape(1, -1)
    )
    return iv.tobytes() + text.tobytes()


def opened(key: bytes, associated_data: list[bytes], token: bytes) -> bytes | None:
    """Return the message, or None where it is refused."""
    raw = np.frombuffer(token, np.uint8).reshape(1, -1)
    message, bad = Siv(Secret(key), associated_data).open(raw[:, :16], raw[:, 16:])
    return None if bad[0] else message.tobytes()


@pytest.mark.parametrize(
    "case", vectors("rfc5297_aes_siv.json")["vectors"], ids=lambda case: case["name"]
)
def test_siv_agrees_with_rfc_5297(case: dict[str, str]) -> None:
    """Appendix A, both examples, sealed and opened."""
    key, message, token = (bytes.fromhex(case[name]) for name in ("key", "pt", "out"))
    data = [bytes.fromhex(part) for part in case["ad"]]
    assert sealed(key, data, message) == token
    assert opened(key, data, token) == message


def test_siv_agrees_with_wycheproof() -> None:
    """All key sizes; invalid tokens are refused."""
    for case in wycheproof("wycheproof_aes_siv_cmac.json"):
        key, data, message, token = (
            bytes.fromhex(case[name]) for name in ("key", "aad", "msg", "ct")
        )
        if case["result"] == "valid":
            assert sealed(key, [data], message) == token, case["tcId"]
            assert opened(key, [data], token) == message, case["tcId"]
        else:
            assert opened(key, [data], token) is None, case["tcId"]


def test_siv_agrees_with_cryptography_on_random_values() -> None:
    """100,000 messages of 1 to 80 bytes and long ones, as rows of one length."""
    rng, key = np.random.default_rng(5297), b"k" * 64
    siv, theirs = Siv(Secret(key), [b"one", b""]), AESSIV(key)
    for length, n in [
        *((length, 1250) for length in range(1, 81)),
        (2048, 3),
        (2049, 3),
        (1 << 20, 1),
    ]:
        rows = rng.integers(0, 256, (n, length), np.uint8)
        ours = np.concatenate(siv.seal(rows), axis=1)
        assert [row.tobytes() for row in ours] == [
            theirs.encrypt(row.tobytes(), [b"one", b""]) for row in rows
        ]


@given(TEXTS, st.integers(0, 5), st.integers(0, 30))
def test_open_gives_back_what_was_sealed_however_sliced(
    texts: list[str | None], at: int, n: int
) -> None:
    """Nulls, empty strings, all of Unicode; slices, chunks, dictionaries, large types."""
    column, key = pa.array(texts, pa.string()), purpose()
    tokens = siv_seal(key, column)
    back = siv_open(key, tokens)
    assert back.values.equals(column)
    assert not any(back.bad.to_pylist())
    assert siv_seal(key, column.slice(at, n)).equals(tokens.slice(at, n))
    assert siv_open(key, tokens.slice(at, n)).values.equals(column.slice(at, n))
    assert siv_seal(key, pa.chunked_array([column.slice(0, at), column.slice(at)])).equals(tokens)
    assert siv_seal(key, column.dictionary_encode()).equals(tokens)
    assert siv_open(key, tokens.dictionary_encode()).values.equals(column)
    assert siv_open(key, siv_seal(key, column.cast(pa.large_string()))).values.equals(
        column.cast(pa.large_string())
    )


@given(st.lists(st.text(max_size=8), unique=True))
def test_other_values_give_other_tokens(texts: list[str]) -> None:
    """Tokens are injective, byte for byte: nothing is normalised."""
    assert len(set(siv_seal(purpose(), pa.array(texts, pa.string())).to_pylist())) == len(texts)


def test_a_long_value_goes_there_and_back() -> None:
    """1 MB in one cell beside short ones."""
    column = pa.array(["x" * 1_000_000, "short", "é" * 1500])
    assert siv_open(purpose(), siv_seal(purpose(), column)).values.equals(column)


def refused(tokens: list[str], **how: object) -> list[bool]:
    """Return which tokens are bad; check that nothing of a bad one comes out."""
    result = siv_open(how.pop("key", purpose()), pa.array(tokens), **how)  # type: ignore[arg-type]
    assert all(
        value is None
        for value, bad in zip(result.values.to_pylist(), result.bad.to_pylist(), strict=True)
        if bad
    )
    return list(result.bad.to_pylist())


def test_every_flipped_bit_of_a_token_is_refused() -> None:
    """Each of its characters' bits, also those that base64 leaves over."""
    for value in ("", "a", "ab", "abc", "ann@example.com"):
        token = siv_seal(purpose(), pa.array([value]))[0].as_py().encode()
        flips = [
            (int.from_bytes(token, "big") ^ 1 << bit).to_bytes(len(token), "big")
            for bit in range(8 * len(token))
        ]
        result = siv_open(purpose(), pa.array(flips, pa.binary()), kind=pa.binary())
        assert all(result.bad.to_pylist())
        assert result.values.null_count == len(flips)


def test_every_truncation_and_extension_is_refused() -> None:
    """From nothing to one character less, and one more."""
    token = siv_seal(purpose(), pa.array(["ann@example.com"]))[0].as_py()
    assert all(
        refused(
            [
                *(token[:at] for at in range(len(token))),
                token + "A",
                token + "=",
                token + "AA",
                " " + token,
            ]
        )
    )


def test_foreign_tokens_are_refused() -> None:
    """Of another domain, action, master key, key version or associated data."""
    tokens = siv_seal(purpose(), pa.array(["x", "yy"])).to_pylist()
    for key in (
        purpose("phone"),
        purpose(action="other"),
        purpose(master=b"n" * 32),
        purpose(version=2),
    ):
        assert all(refused(tokens, key=key))
    assert all(refused(tokens, associated_data=b"other"))
    assert not any(refused(tokens))


def test_good_tokens_between_bad_ones_open() -> None:
    """The mask says which is which, and nulls are not bad."""
    token = siv_seal(purpose(), pa.array(["x"]))[0].as_py()
    result = siv_open(purpose(), pa.array([token, "junk", None, token]))
    assert result.values.to_pylist() == ["x", None, None, "x"]
    assert result.bad.to_pylist() == [False, True, False, False]


def test_types_other_than_text_come_back_as_asked() -> None:
    """Integers and dates are sealed as their text; bytes as they are; what does not read as asked
    is bad.
    """
    key = purpose()
    for column in (
        pa.array([1, None, -7]),
        pa.array([7, None], pa.date32()),
        pa.array([b"\xff\x00", None]),
    ):
        assert siv_open(key, siv_seal(key, column), kind=column.type).values.equals(column)
    assert siv_open(
        key, siv_seal(key, pa.array(["7", "x"])), kind=pa.int64()
    ).values.to_pylist() == [7, None]
    assert siv_open(key, siv_seal(key, pa.array([b"\xff"]))).bad.to_pylist() == [True]


def test_a_token_names_its_key_version() -> None:
    """So that reveal can pick the key; what is not a token has version 0."""
    tokens = [siv_seal(purpose(version=v), pa.array(["x"]))[0].as_py() for v in (1, 300, 65535)]
    assert token_versions(pa.array([*tokens, None, "junk", "!" * 30])).tolist() == [
        1,
        300,
        65535,
        0,
        0,
        0,
    ]


@pytest.mark.parametrize("length", [0, 16, 31, 33, 63, 128])
def test_a_wrong_key_length_is_refused(length: int) -> None:
    """AES-SIV keys have 32, 48 or 64 bytes."""
    with pytest.raises(KeyLengthError):
        Siv(Secret(bytes(length)))
