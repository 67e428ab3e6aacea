"""FORMAT.md says what the code does: its vectors hold, and plain libraries that follow its text
agree.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

import anonymize.keys
from anonymize.errors import KeysError
from anonymize.keys import (
    FormatSpec,
    PurposeKey,
    Secret,
    ff1_decrypt,
    ff1_encrypt,
    forget_opened_keyrings,
    open_keyring,
    prf_uint64,
    pseudonyms,
    siv_open,
    siv_seal,
)
from anonymize.keys.keyring.wrapping import unwrap
from anonymize.names import KeyId
from tests.keys.keys_known import vectors

TEXT = (Path(anonymize.keys.__file__).parent / "FORMAT.md").read_text()
VECTORS: dict[str, Any] = json.loads(re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)[-1])
MASTER = bytes.fromhex(VECTORS["master"])


def key(case: dict[str, Any], key_id: str) -> PurposeKey:
    """Return the purpose key that a vector names."""
    return PurposeKey(
        KeyId(key_id), Secret(MASTER), domain=case["domain"], entity="", action=case["action"]
    )


def parts(*given: str | bytes) -> bytes:
    """Return parts as section 1 says."""
    raw = [
        part if isinstance(part, bytes) else unicodedata.normalize("NFC", part).encode()
        for part in given
    ]
    return b"".join(len(part).to_bytes(4, "big") + part for part in raw)


def expand(secret: bytes, info: bytes, length: int) -> bytes:
    """Return HKDF-Expand with the standard library alone."""
    out, block = b"", b""
    for number in range(1, 256):
        if len(out) >= length:
            break
        block = hmac.digest(secret, block + info + bytes([number]), "sha256")
        out += block
    return out[:length]


def hkdf(secret: bytes, info: bytes, length: int) -> bytes:
    """Return HKDF with an empty salt with the standard library alone."""
    return expand(hmac.digest(bytes(32), secret, "sha256"), info, length)


def purpose(case: dict[str, Any]) -> bytes:
    """Return a purpose key as section 2 says."""
    return hkdf(MASTER, parts("coatcheck/1", "purpose", case["domain"], "", case["action"]), 32)


def test_purpose_keys_follow_section_2() -> None:
    """By the code and by the text."""
    case = VECTORS["purpose"]
    assert purpose(case).hex() == case["key"]
    assert expand(purpose(case), parts("pseudonym"), 32).hex() == case["pseudonym_subkey"]
    assert (
        key(case, "pseudonym.1").derive("pseudonym", length=32).reveal().hex()
        == case["pseudonym_subkey"]
    )


def test_pseudonyms_and_numbers_follow_section_3() -> None:
    """CMAC and base32 of other libraries give the same."""
    case, secret = VECTORS["purpose"], purpose(VECTORS["purpose"])
    for value, expected in VECTORS["pseudonyms"].items():
        mac = CMAC(AES(expand(secret, parts("pseudonym"), 32)))
        mac.update(unicodedata.normalize("NFC", value).encode())
        assert base64.b32encode(mac.finalize()).decode().lower().rstrip("=") == expected
    made = pseudonyms(key(case, "pseudonym.1"), pa.array(VECTORS["pseudonyms"]))
    assert made.to_pylist() == [*VECTORS["pseudonyms"].values()]
    numbers = prf_uint64(key(case, "pseudonym.1"), pa.array(VECTORS["numbers"]))
    assert numbers.tolist() == [*VECTORS["numbers"].values()]


def test_tokens_follow_section_4() -> None:
    """AESSIV of cryptography gives the same, and they open."""
    case = VECTORS["tokens"]
    values, expected = pa.array(case["values"]), [*case["values"].values()]
    assert siv_seal(key(case, case["key"]), values).to_pylist() == expected
    assert siv_open(key(case, case["key"]), pa.array(expected)).values.equals(values)
    theirs = AESSIV(expand(purpose(case), parts("siv"), 64))
    for value, token in case["values"].items():
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        assert raw[:2] == b"\0\2"
        assert theirs.decrypt(raw[2:], [parts("token", case["key"]), b""]) == value.encode()


@pytest.mark.parametrize("case", VECTORS["formats"]["cases"], ids=lambda case: str(case["value"]))
def test_formats_follow_section_5(case: dict[str, Any]) -> None:
    """There and back."""
    used, spec = key(VECTORS["formats"], VECTORS["formats"]["key"]), FormatSpec(**case["spec"])
    assert ff1_encrypt(used, pa.array([case["value"]]), spec).values.to_pylist() == [case["result"]]
    assert ff1_decrypt(used, pa.array([case["result"]]), spec).values.to_pylist() == [case["value"]]


def table(size: int) -> list[int]:
    """Return the permutation of the numbers below ``size`` under the tweak of digits, built from
    the text.
    """
    tweak = hashlib.sha256(
        parts("format", "card", "text", "0123456789", "none", "0", "0")
    ).digest()[:16]
    inner = hashlib.sha256(parts("permutation", tweak, str(size))).digest()[:16]
    secret = expand(purpose(VECTORS["formats"]), parts("permutation", inner.hex()), 32)

    def tag(number: int) -> bytes:
        mac = CMAC(AES(secret))
        mac.update(number.to_bytes(8, "big"))
        return mac.finalize()[:8]

    return sorted(range(size), key=tag)


def test_small_numbers_follow_section_5() -> None:
    """Five digits are moved until they have no leading zero; behind one, four digits are moved."""
    cases = [
        case for case in VECTORS["formats"]["cases"] if case["spec"] == {"small_domains": "permute"}
    ]
    made = {case["value"]: case["result"] for case in cases}
    order, number = table(100_000), table(100_000)[12345]
    while number < 10_000:
        number = order[number]
    assert made == {"12345": str(number), "01234": f"0{table(10_000)[1234]:04d}"}


def test_numbers_of_any_type_follow_section_5() -> None:
    """One vector as text, one as a number: the same digits."""
    made = {str(case["value"]): str(case["result"]) for case in VECTORS["formats"]["cases"]}
    typed = [
        (case["value"], case["result"])
        for case in VECTORS["formats"]["cases"]
        if case["spec"] == {}
    ]
    assert {type(value) for value, _ in typed if str(value) == "1234567"} == {str, int}
    assert all(str(result) == made[str(value)] for value, result in typed)


def test_wrapped_keys_follow_section_6() -> None:
    """AESGCM of cryptography opens them."""
    case = VECTORS["wrapped"]
    _, key_id, text = case["wrapped"].split(":")
    sealed, aad = (
        base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)),
        bytes.fromhex(case["aad"]),
    )
    opener = AESGCM(hkdf(MASTER, parts("coatcheck/1", "wrap", key_id), 32))
    assert (
        opener.decrypt(sealed[:12], sealed[12:], parts("coatcheck/1", key_id, aad)).hex()
        == case["dek"]
    )
    assert unwrap(KeyId(key_id), Secret(MASTER), case["wrapped"], aad).hex() == case["dek"]


def test_a_keyring_file_of_format_1_opens(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Written once, and readable for as long as the format is."""
    case = vectors("keyring_1.json")
    path = Path(uri.removeprefix("file:"))
    path.touch(0o600)
    path.write_text(json.dumps(case["file"]))
    monkeypatch.setenv("COATCHECK_PASSPHRASE", case["passphrase"])
    forget_opened_keyrings()
    keyring = open_keyring(uri)
    assert [[entry.id, entry.state] for entry in keyring.entries()] == case["entries"]
    assert keyring.unwrap(case["wrapped"], bytes.fromhex(case["aad"])).hex() == case["dek"]
    keyring.verify(
        KeyId("signing.1"), bytes.fromhex(case["signed"]), bytes.fromhex(case["signature"])
    )


def test_a_keyring_of_another_format_is_not_called_damaged(
    uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes from a newer version learns that."""
    case = vectors("keyring_1.json")
    path = Path(uri.removeprefix("file:"))
    path.touch(0o600)
    path.write_text(json.dumps({**case["file"], "format": "coatcheck keyring 2"}))
    monkeypatch.setenv("COATCHECK_PASSPHRASE", case["passphrase"])
    with pytest.raises(KeysError, match="written by another version of coatcheck"):
        open_keyring(uri)
