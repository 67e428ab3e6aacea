"""HKDF agrees with its published vectors, and secrets stay out of sight."""

from __future__ import annotations

import copy

import pytest

from anonymize.keys import Secret
from anonymize.keys.primitives.derive import encode_parts, hkdf
from tests.keys.keys_known import purpose, vectors, wycheproof


@pytest.mark.parametrize("case", vectors("rfc5869_hkdf_sha256.json")["vectors"])
def test_hkdf_agrees_with_rfc_5869(case: dict[str, str]) -> None:
    """Appendix A, cases 1 to 3."""
    ikm, salt, info = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info"))
    assert (
        hkdf(Secret(ikm), salt=salt, info=info, length=int(case["length"])).reveal().hex()
        == case["okm"]
    )


def test_hkdf_agrees_with_wycheproof() -> None:
    """Every case; outputs over the limit are refused."""
    for case in wycheproof("wycheproof_hkdf_sha256.json"):
        ikm, salt, info = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info"))
        if case["result"] == "invalid":
            with pytest.raises(ValueError):
                hkdf(Secret(ikm), salt=salt, info=info, length=case["size"])
        else:
            assert (
                hkdf(Secret(ikm), salt=salt, info=info, length=case["size"]).reveal().hex()
                == case["okm"]
            )


def test_encoded_parts_never_run_together() -> None:
    """Moving a character across a border gives other bytes."""
    assert (
        len(
            {
                encode_parts("ab", "c"),
                encode_parts("a", "bc"),
                encode_parts("abc"),
                encode_parts("abc", ""),
            }
        )
        == 4
    )


def test_a_domain_is_the_same_in_every_unicode_spelling() -> None:
    """Two policies that write é differently still join."""
    composed, decomposed = purpose("caf\u00e9"), purpose("cafe\u0301")
    assert composed.derive("x", length=16) == decomposed.derive("x", length=16)


def test_a_purpose_key_does_not_change_and_is_not_copied() -> None:
    """Frozen, no deepcopy, no hash."""
    key = purpose()
    with pytest.raises(AttributeError):
        key.id = "other.1"  # type: ignore[misc,assignment]
    with pytest.raises(TypeError):
        copy.deepcopy(key)
    with pytest.raises(TypeError):
        hash(Secret(b""))
    for held in (b"", b"x"):
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(Secret(held))
