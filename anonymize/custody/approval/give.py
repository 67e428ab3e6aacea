"""Agreeing to a request, with a signing key of one's own."""

from __future__ import annotations

import base64
from dataclasses import replace

from anonymize.arguments import checked
from anonymize.custody.approval.documents import SIGNED_APPROVAL, Approval, Request
from anonymize.dataset.canonical import canonical
from anonymize.dataset.when_and_who import now, who
from anonymize.errors import ArgumentError, KeysError
from anonymize.keys import Keyring, open_keyring
from anonymize.keys.keyring.public_keys import own_public_text


@checked
def approver_key(keyring: Keyring | str | None = None) -> str:
    """Return the public half of a keyring's signing key, for ``reveal: {approvers: …}``.

    Raises:
        KeysError: it is a reader's keyring, which cannot sign.
    """
    return own_public_text(open_keyring(keyring))


@checked
def approve(request: Request, keyring: Keyring | str | None = None) -> Approval:
    """Return the signed approval of a request.

    Signs what the request says, its signature included. Whether the request is genuine, of this
    state of the dataset and still open is checked by `reveal`, which has the dataset's keys; who
    approves needs none of them.

    Raises:
        ArgumentError: the request has ended.
        KeysError: it is a reader's keyring, or the one that signed the request.
    """
    opened, at = open_keyring(keyring), now()
    if at >= request.expires:
        raise ArgumentError(f"the request ended at {request.expires[:40]}; ask for another one")
    key_id, _ = opened.sign(b"may this keyring approve")
    if opened.fingerprint(key_id) == request.signature.get("fingerprint"):
        what = "this keyring signed the request: another person approves, with a keyring of theirs"
        raise KeysError(f"{what} (--keyring)", place=opened.place)
    unsigned = Approval(request, who(), at, own_public_text(opened), "")
    _, signature = opened.sign(SIGNED_APPROVAL + canonical(unsigned.body()))
    return replace(unsigned, signature=base64.b64encode(signature).decode())
