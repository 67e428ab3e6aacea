"""Writes the vectors of FORMAT.md and ``tests/vectors/keyring_1.json`` anew: for a format that has
changed on purpose.

``python tests/keys/write_vectors.py``; what it writes is checked by ``test_format.py``, which
follows FORMAT.md's text with other libraries. The keyring vector gets fresh random secrets, used
nowhere else.
"""

from __future__ import annotations

import base64
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import anonymize.keys
from anonymize.keys import (
    FormatSpec,
    PurposeKey,
    Secret,
    destroy_key,
    ff1_encrypt,
    init_keyring,
    prf_uint64,
    pseudonyms,
    rotate_key,
    siv_seal,
)
from anonymize.keys.primitives.derive import FORMAT, encode_parts, hkdf
from anonymize.names import KeyId, KeyName

TEXT = Path(anonymize.keys.__file__).parent / "FORMAT.md"
KEYRING = Path(__file__).parents[1] / "vectors" / "keyring_1.json"
LABEL = FORMAT.partition("/")[0].encode()


def purpose_key(master: bytes, case: dict[str, Any], key_id: str) -> PurposeKey:
    """Return the purpose key that a vector names."""
    return PurposeKey(
        KeyId(key_id), Secret(master), domain=case["domain"], entity="", action=case["action"]
    )


def renew_format(vectors: dict[str, Any]) -> None:
    """Fill in the results of FORMAT.md's cases."""
    master = bytes.fromhex(vectors["master"])
    case = vectors["purpose"]
    info = encode_parts(FORMAT, "purpose", case["domain"], "", case["action"])
    case["info"], case["key"] = (
        info.hex(),
        hkdf(Secret(master), info=info, length=32).reveal().hex(),
    )
    key = purpose_key(master, case, "pseudonym.1")
    case["pseudonym_subkey"] = key.derive("pseudonym", length=32).reveal().hex()
    for name, made in (("pseudonyms", pseudonyms), ("numbers", prf_uint64)):
        values = [*vectors[name]]
        vectors[name] = dict(zip(values, made(key, pa.array(values)).tolist(), strict=True))
    tokens, formats = vectors["tokens"], vectors["formats"]
    values = [*tokens["values"]]
    sealed = siv_seal(purpose_key(master, tokens, tokens["key"]), pa.array(values)).to_pylist()
    tokens["values"] = dict(zip(values, sealed, strict=True))
    used = purpose_key(master, formats, formats["key"])
    for one in formats["cases"]:
        one["result"] = ff1_encrypt(
            used, pa.array([one["value"]]), FormatSpec(**one["spec"])
        ).values.to_pylist()[0]
    wrapped = vectors["wrapped"]
    wrapped["aad"] = LABEL.hex()
    secret = hkdf(Secret(master), info=encode_parts(FORMAT, "wrap", wrapped["key"]), length=32)
    aad = encode_parts(FORMAT, wrapped["key"], bytes.fromhex(wrapped["aad"]))
    nonce = bytes(12)
    text = nonce + AESGCM(secret.reveal()).encrypt(nonce, bytes.fromhex(wrapped["dek"]), aad)
    wrapped["wrapped"] = (
        f"ck1:{wrapped['key']}:{base64.urlsafe_b64encode(text).decode().rstrip('=')}"
    )


def renew_keyring(case: dict[str, Any]) -> None:
    """Make the keyring of the vector anew, with the entries it has."""
    os.environ["COATCHECK_PASSPHRASE"] = case["passphrase"]
    with tempfile.TemporaryDirectory() as folder:
        uri = f"file:{folder}/keyring.json"
        training = KeyName("training")
        init_keyring(uri, [KeyName("pseudonym"), training])
        for _ in range(2):
            rotate_key(training, uri)
        keyring = destroy_key(training, 2, uri)
        case["file"] = json.loads(Path(folder, "keyring.json").read_text())
        case["entries"] = [[entry.id, entry.state] for entry in keyring.entries()]
        case["aad"] = LABEL.hex()
        case["wrapped"] = keyring.wrap(KeyName("training"), bytes.fromhex(case["dek"]), LABEL)
        case["signature"] = keyring.sign(bytes.fromhex(case["signed"]))[1].hex()


def main() -> None:
    """Rewrite both files."""
    text = TEXT.read_text()
    start, end = [*re.finditer(r"```json\n(.*?)```", text, re.DOTALL)][-1].span(1)
    vectors = json.loads(text[start:end])
    renew_format(vectors)
    TEXT.write_text(
        text[:start] + json.dumps(vectors, indent=1, ensure_ascii=False) + "\n" + text[end:]
    )
    case = json.loads(KEYRING.read_text())
    renew_keyring(case)
    KEYRING.write_text(json.dumps(case, indent=1) + "\n")


if __name__ == "__main__":
    main()
