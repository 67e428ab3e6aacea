"""AES-CMAC over columns agrees with published vectors, with cryptography, and with itself however
sliced.
"""

from __future__ import annotations

import base64
import unicodedata

import numpy as np
import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from anonymize.keys import KeyLengthError, cmac, prf_uint64, pseudonyms
from anonymize.keys.primitives.byte_columns import as_nfc
from tests.keys.keys_known import purpose, vectors, wycheproof

TEXTS = st.lists(st.none() | st.text(max_size=40), max_size=30)


def reference(key: bytes, message: bytes) -> bytes:
    """Return the tag that cryptography computes."""
    mac = CMAC(AES(key))
    mac.update(message)
    return mac.finalize()


def test_cmac_agrees_with_rfc_4493() -> None:
    """The four messages of section 4, in one column."""
    rfc = vectors("rfc4493_aes_cmac.json")
    message = bytes.fromhex(rfc["msg"])
    column = pa.array([message[: case["len"]] for case in rfc["vectors"]], pa.binary())
    tags = cmac(bytes.fromhex(rfc["key"]), column)
    assert [tag.tobytes().hex() for tag in tags] == [case["tag"] for case in rfc["vectors"]]


def test_cmac_agrees_with_wycheproof() -> None:
    """Valid tags are ours, modified ones are not, bad key sizes are refused."""
    for case in wycheproof("wycheproof_aes_cmac.json"):
        key, message = (
            bytes.fromhex(case["key"]),
            pa.array([bytes.fromhex(case["msg"])], pa.binary()),
        )
        if "InvalidKeySize" in case["flags"]:
            with pytest.raises(KeyLengthError):
                cmac(key, message)
        else:
            ours = cmac(key, message)[0].tobytes().hex()[: case["tagSize"] // 4]
            assert (ours == case["tag"]) == (case["result"] == "valid"), case["tcId"]


def test_cmac_agrees_with_cryptography_on_random_values() -> None:
    """100,000 values of 0 to 99 bytes, and a few long ones."""
    rng = np.random.default_rng(4493)
    lengths = [*rng.integers(0, 100, 100_000), 2047, 2048, 2049, 5000, 1 << 20]
    messages = [rng.bytes(int(length)) for length in lengths]
    tags = cmac(b"k" * 16, pa.array(messages, pa.binary()))
    assert all(
        tag.tobytes() == reference(b"k" * 16, message)
        for tag, message in zip(tags, messages, strict=True)
    )


@given(TEXTS, st.integers(0, 5), st.integers(0, 30))
def test_pseudonyms_do_not_depend_on_slicing_chunking_or_encoding(
    texts: list[str | None], at: int, n: int
) -> None:
    """A slice, chunks, a dictionary and a large or view type give the same pseudonyms."""
    column, key = pa.array(texts, pa.string()), purpose()
    whole = pseudonyms(key, column)
    assert pseudonyms(key, column.slice(at, n)).equals(whole.slice(at, n))
    assert pseudonyms(key, pa.chunked_array([column.slice(0, at), column.slice(at)])).equals(whole)
    assert pseudonyms(key, column.dictionary_encode()).equals(whole)
    for kind in (pa.large_string(), pa.string_view()):
        assert pseudonyms(key, column.cast(kind)).cast(pa.string()).equals(whole)


@given(TEXTS)
def test_pseudonyms_are_equal_exactly_where_values_are(texts: list[str | None]) -> None:
    """Null stays null; equality is that of NFC text; 26 characters of a-z2-7."""
    made = pseudonyms(purpose(), pa.array(texts, pa.string())).to_pylist()
    normal = [None if text is None else unicodedata.normalize("NFC", text) for text in texts]
    assert [(a == b) for a in made for b in made] == [(a == b) for a in normal for b in normal]
    assert all(
        name is None
        or (len(name) == 26 and not set(name) - set("abcdefghijklmnopqrstuvwxyz234567"))
        for name in made
    )


def test_a_pseudonym_is_the_base32_of_the_tag() -> None:
    """Against the standard library's encoder."""
    key, column = purpose(), pa.array(["", "a", "ü" * 9, "x" * 3000])
    tags = cmac(key.derive("pseudonym", length=32), column)
    assert pseudonyms(key, column).to_pylist() == [
        base64.b32encode(tag.tobytes()).decode().lower().rstrip("=") for tag in tags
    ]


def test_domains_actions_and_keys_do_not_join() -> None:
    """One value has unrelated pseudonyms in each."""
    keys = [purpose(), purpose("phone"), purpose(action="other"), purpose(master=b"n" * 32)]
    assert len({pseudonyms(key, pa.array(["x"]))[0].as_py() for key in keys}) == 4


def test_integers_and_dates_join_with_their_text() -> None:
    """A number column in one table joins with a text column in another."""
    key = purpose()
    assert pseudonyms(key, pa.array([42, None])).equals(pseudonyms(key, pa.array(["42", None])))
    days = pa.array([7], pa.date32())
    assert pseudonyms(key, days).equals(pseudonyms(key, pa.array(["1970-01-08"])))


def test_floats_have_no_one_text_and_are_refused() -> None:
    """The caller decides how a float is written."""
    with pytest.raises(TypeError, match="not double"):
        pseudonyms(purpose(), pa.array([1.5]))


def test_keyed_numbers_follow_values_and_nulls_are_zero() -> None:
    """The same for equal values, for every encoding; spread over 64 bits."""
    numbers = prf_uint64(purpose(), pa.array(["a", None, "b", "a"]).dictionary_encode())
    assert numbers[0] == numbers[3] != numbers[2]
    assert numbers[1] == 0
    many = prf_uint64(purpose(), pa.array([str(i) for i in range(10_000)]))
    assert len(np.unique(many)) == 10_000
    assert abs(float((many >> np.uint64(63)).mean()) - 0.5) < 0.03


@pytest.mark.parametrize("length", [0, 15, 17, 31, 33])
def test_a_wrong_key_length_is_refused(length: int) -> None:
    """AES keys have 16, 24 or 32 bytes."""
    with pytest.raises(KeyLengthError, match=f"not {length}"):
        cmac(bytes(length), pa.array(["a"]))


def test_empty_and_null_columns_are_fine() -> None:
    """No rows, only nulls, the null type, a chunked array without chunks."""
    key = purpose()
    assert pseudonyms(key, pa.array([], pa.string())).to_pylist() == []
    assert pseudonyms(key, pa.nulls(2)).to_pylist() == [None, None]
    assert pseudonyms(key, pa.chunked_array([], pa.string())).to_pylist() == []
    assert pseudonyms(key, pa.array([None], pa.dictionary(pa.int8(), pa.string()))).to_pylist() == [
        None
    ]


def test_text_below_the_first_combining_mark_is_in_normal_form() -> None:
    """The shortcut that skips normalising Latin text holds for each of its characters, and stops
    before U+0300.
    """
    below = [chr(code) for code in range(0x300)]
    assert all(unicodedata.normalize("NFC", a + b) == a + b for a in below for b in "aÅé")
    for texts in ([*below, None], ["e", "e\u0301"], ["\u1100\u1161", "x"]):
        column = pa.array(["\u0301", *texts])[1:]
        normal = [None if text is None else unicodedata.normalize("NFC", text) for text in texts]
        assert as_nfc(column).to_pylist() == normal
