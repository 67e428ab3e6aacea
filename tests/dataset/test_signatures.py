"""Each check of a signature, a head and an entry by itself: what one of them alone refuses.

Whole datasets, in `test_forged`, are refused by several checks at once, so that one that is missing
would not show.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anonymize.dataset import AuditEntry, AuditLog
from anonymize.dataset.canonical import canonical
from anonymize.dataset.entry import Head, _hash
from anonymize.dataset.refusing import judged
from anonymize.dataset.signing import check_signature, opened_keyring, signed
from anonymize.errors import DatasetError, KeysError, RefusedError
from anonymize.keys import Keyring, init_keyring, open_keyring, revoke_key, rotate_key
from anonymize.names import KeyId, KeyName

KIND, CONTENT = b"kind 1\n", b"content"
Signature = dict[str, Any]


def check(signature: Signature | None, keyring: Keyring, **said: Any) -> None:
    """Check a signature of ``CONTENT``."""
    words = {"what": "the entry", "place": "audit.jsonl:1", "at": "2026-11-30T00:00:00Z"} | said
    content = words.pop("content", CONTENT)
    kind = words.pop("kind", KIND)
    check_signature(signature, keyring, kind, content, **words)


@pytest.fixture
def own(tmp_path: Path) -> Keyring:
    """A keyring of this test's own, which it may revoke keys of."""
    uri = f"file:{tmp_path / 'own.json'}"
    init_keyring(uri, [KeyName("training")])
    return open_keyring(uri)


CHANGES: dict[str, Callable[[Signature], Signature]] = {
    "a field more": lambda s: s | {"note": "x"},
    "a field less": lambda s: {name: s[name] for name in s if name != "algorithm"},
    "another algorithm": lambda s: s | {"algorithm": "none"},
    "a fingerprint that is a text": lambda s: s | {"fingerprint": "Zuqo Kaxi, Lumi."},
    "a fingerprint that is short": lambda s: s | {"fingerprint": s["fingerprint"][:8]},
    "a key that is a text": lambda s: s | {"key": "Zuqo Kaxi"},
    "a key of another name": lambda s: s | {"key": "training.1"},
    "base64 that is loose": lambda s: s | {"value": s["value"] + "\n"},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_signature_of_another_form_is_damaged(keyring: Keyring, change: str) -> None:
    """Nothing signs these fields, so their form is all that is checked; none of it is quoted."""
    with pytest.raises(DatasetError, match=r"the signature of the entry is damaged$") as refused:
        check(CHANGES[change](signed(keyring, KIND, CONTENT)), keyring)
    assert "Zuqo" not in str(refused.value)


def test_none_is_not_signed(keyring: Keyring) -> None:
    """And the right one is taken."""
    with pytest.raises(DatasetError, match="the entry is not signed"):
        check(None, keyring)
    check(signed(keyring, KIND, CONTENT), keyring)


@pytest.mark.parametrize("said", [{"content": b"changed"}, {"kind": b"kind 2\n"}])
def test_other_content_or_another_kind_is_not_what_was_signed(
    keyring: Keyring, said: dict[str, bytes]
) -> None:
    """Also behind a check of the right one, whose result is kept."""
    signature = signed(keyring, KIND, CONTENT)
    check(signature, keyring)
    with pytest.raises(DatasetError, match="the signature is not right"):
        check(signature, keyring, **said)


def test_another_keyring_is_told_by_its_fingerprint(keyring: Keyring, own: Keyring) -> None:
    """It is no tampering. All of the fingerprint counts."""
    theirs = signed(own, KIND, CONTENT)
    with pytest.raises(KeysError, match="of another keyring"):
        check(theirs, keyring)
    ours = keyring.fingerprint(KeyId("signing.1"))
    near = ours[:12] + ("0000" if ours[12:] != "0000" else "1111")
    with pytest.raises(KeysError, match="of another keyring"):
        check(theirs | {"fingerprint": near}, keyring)


def test_a_right_signature_under_another_fingerprint_was_changed(keyring: Keyring) -> None:
    """The keyring is the right one: it says so, not that another is needed."""
    changed = signed(keyring, KIND, CONTENT) | {"fingerprint": "0" * 16}
    with pytest.raises(DatasetError, match="names another key than made it"):
        check(changed, keyring)


def test_a_signature_of_one_key_is_none_of_the_next(own: Keyring) -> None:
    """Though both are held, and the first was checked before."""
    data = b"some bytes"
    first, value = own.sign(data)
    own.verify(first, data, value)
    newer = rotate_key(KeyName("signing"), own)
    second, _ = newer.sign(data)
    assert second != first
    with pytest.raises(KeysError, match="is not that of key"):
        newer.verify(second, data, value)
    with pytest.raises(KeysError, match="is not that of key"):
        newer.verify(first, data + b".", value)


@pytest.mark.parametrize(
    ("at", "refuses"),
    [("2026-03-02T00:00:00Z", True), ("2026-03-01T23:59:59Z", False), ("", True)],
)
def test_a_revocation_refuses_from_its_second_on(tmp_path: Path, at: str, refuses: bool) -> None:
    """And a signature without a time."""
    uri = f"file:{tmp_path / 'own.json'}"
    old = init_keyring(uri, [KeyName("training")])
    key, value = old.sign(b"x")
    held = revoke_key(KeyName("signing"), 1, "2026-03-02T00:00:00Z", old)
    if refuses:
        with pytest.raises(KeysError, match="was revoked from"):
            held.verify(key, b"x", value, at=at)
    else:
        held.verify(key, b"x", value, at=at)


def log_of(folder: Path, keyring: Keyring, count: int = 3) -> AuditLog:
    """Return a log with publications."""
    folder.mkdir(exist_ok=True)
    log = AuditLog(folder)
    for number in range(1, count + 1):
        log.append(
            "publish", keyring=keyring, version=number, details={"manifest_sha256": "0" * 64}
        )
    return log


def resigned(keyring: Keyring, **body: Any) -> AuditEntry:
    """Return an entry that is rightly signed, whatever it says."""
    return AuditEntry.made(keyring, **body)


BODY: dict[str, Any] = {
    "index": 0, "at": "2026-11-30T00:00:00Z", "who": "me", "what": "reveal", "why": "",
    "version": None, "details": {}, "previous": "",
}  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        *({"index": True}, {"details": []}, {"version": "1"}, {"version": True}),
        *({"at": 5}, {"who": None}, {"what": ["publish"]}, {"why": {}}, {"previous": None}),
    ],
)
def test_an_entry_of_other_types_is_none(keyring: Keyring, said: dict[str, Any]) -> None:
    """Its hash is right and its signature, too."""
    body = BODY | said
    line = canonical(
        body | {"hash": _hash(body), "signature": signed(keyring, b"coatcheck audit 1\n", b"")}
    )
    with pytest.raises(DatasetError, match="was changed"):
        AuditEntry.parsed(line, "x")


@pytest.mark.parametrize("at", [0, 7, 31, 63])
def test_every_digit_of_an_entrys_hash_counts(keyring: Keyring, at: int) -> None:
    """The first and the last."""
    entry = resigned(keyring, **BODY)
    digit = "0" if entry.hash[at] != "0" else "1"
    line = replace(entry, hash=entry.hash[:at] + digit + entry.hash[at + 1 :]).line()[:-1]
    with pytest.raises(DatasetError, match="was changed"):
        AuditEntry.parsed(line, "x")
    assert AuditEntry.parsed(entry.line()[:-1], "x") == entry


@pytest.mark.parametrize(
    "said",
    [
        *({"act": 4}, {"act": -1}, {"entries": -1, "act": -1}, {"act": True}),
        *({"hash": "x"}, {"hash": "A" * 64}, {"act_hash": "0" * 63}, {"act_hash": None}),
    ],
)
def test_a_head_of_another_form_is_damaged(said: dict[str, Any]) -> None:
    """Before its signature is looked at."""
    head = {"entries": 3, "hash": "0" * 64, "act": 2, "act_hash": "1" * 64, "signature": {}}
    Head.parsed(canonical(head), "x")
    with pytest.raises(DatasetError, match="is damaged"):
        Head.parsed(canonical(head | said), "x")


def test_a_rewrap_of_one_version_is_none_of_another(keyring: Keyring) -> None:
    """Its digests belong to the parts of its own."""
    told = {"sidecars": {"part-00000.parquet": "0" * 64}}
    entry = resigned(keyring, **BODY | {"what": "rewrap", "version": 2, "details": told})
    assert (entry.sidecars_of(2), entry.sidecars_of(1)) == (told["sidecars"], {})


def test_details_written_as_pairs_are_a_changed_line(keyring: Keyring) -> None:
    """Python makes the same mapping of them, and so the same hash."""
    entry = resigned(keyring, **BODY | {"details": {"column": "email"}})
    line = json.loads(entry.line()) | {"details": [["column", "email"]]}
    with pytest.raises(DatasetError, match="was changed"):
        AuditEntry.parsed(canonical(line), "x")


def changed_line(log: AuditLog, number: int, **said: Any) -> None:
    """Change fields of one line of a log, and leave the rest."""
    lines = log.path.read_bytes().splitlines(keepends=True)
    entry = json.loads(lines[number]) | said
    lines[number] = canonical(entry) + b"\n"
    log.path.write_bytes(b"".join(lines))


def refuses(log: AuditLog, keyring: Keyring, version: int | None = None) -> bool:
    """Return whether readers, `entries` and `verify` all refuse a log."""
    with pytest.raises((DatasetError, KeysError)):
        log.entries(keyring)
    with pytest.raises((DatasetError, KeysError)):
        log.standing(keyring, version)
    return bool(log.verify(keyring))


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("said", [{"signature": None}, {"why": "another"}, {"hash": "0" * 64}])
def test_a_changed_line_is_refused_by_everybody(
    tmp_path: Path, keyring: Keyring, number: int, said: dict[str, Any]
) -> None:
    """The first is read where the version that it published is."""
    log = log_of(tmp_path, keyring)
    changed_line(log, number, **said)
    assert refuses(log, keyring, number + 1)
    if number == 2:  # the last move, whichever version is asked for
        with pytest.raises(DatasetError):
            log.standing(keyring)


def test_a_rollback_without_its_signature_is_no_move(tmp_path: Path, keyring: Keyring) -> None:
    """The publication that it names is signed."""
    log = log_of(tmp_path, keyring)
    log.append("rollback", keyring=keyring, version=1)
    changed_line(log, 3, signature=None)
    with pytest.raises(DatasetError, match="is not signed"):
        log.standing(keyring)


def test_the_heads_own_signature_counts(tmp_path: Path, keyring: Keyring) -> None:
    """Everything that it names is right."""
    log = log_of(tmp_path, keyring)
    head = json.loads(log.head_path.read_bytes())
    for changed in (head["signature"] | {"value": signed(keyring, KIND, b"")["value"]}, {}):
        log.head_path.write_bytes(canonical(head | {"signature": changed}))
        assert refuses(log, keyring)
        with pytest.raises((DatasetError, KeysError)):
            log.append("reveal", keyring=keyring)


@pytest.mark.parametrize("kept", [1, 2])
def test_a_log_shorter_or_longer_than_its_head_is_refused(
    tmp_path: Path, keyring: Keyring, kept: int
) -> None:
    """One entry more may be a crash, two are none; one less never is."""
    log = log_of(tmp_path, keyring)
    lines = log.path.read_bytes().splitlines(keepends=True)
    whole = log.head_path.read_bytes()
    log.path.write_bytes(b"".join(lines[:kept]))
    assert refuses(log, keyring)
    log.path.write_bytes(b"".join(lines))
    log.head_path.write_bytes(Head.made(keyring, log.entries()[:1]).data())
    assert refuses(log, keyring)
    log.head_path.write_bytes(whole)
    assert log.entries(keyring)


def test_one_entry_without_a_head_is_no_crash(tmp_path: Path, keyring: Keyring) -> None:
    """A head of no entries is there before the first."""
    log = log_of(tmp_path, keyring, 1)
    log.head_path.unlink()
    assert refuses(log, keyring)


def test_an_entry_that_a_crash_left_beyond_the_head_is_signed_and_follows(
    tmp_path: Path, keyring: Keyring
) -> None:
    """It is read, a changed one is not, and the next act completes the head."""
    log = log_of(tmp_path, keyring)
    entries, lines = log.entries(), log.path.read_bytes().splitlines(keepends=True)
    log.head_path.write_bytes(Head.made(keyring, entries[:2]).data())
    found = log.standing(keyring)
    assert found is not None
    assert found.version == 3
    changed_line(log, 2, signature=None)
    assert refuses(log, keyring, 3)
    with pytest.raises(DatasetError, match="is not signed"):
        log.append("reveal", keyring=keyring)  # the next head would vouch for it
    alien = resigned(keyring, **entries[2].body() | {"previous": "0" * 64})
    log.path.write_bytes(b"".join([*lines[:2], alien.line()]))
    assert refuses(log, keyring, 3)
    log.path.write_bytes(b"".join(lines))
    log.append("reveal", keyring=keyring)
    assert [entry.what for entry in log.entries(keyring)] == ["publish"] * 3 + ["reveal"]


def test_a_head_that_names_another_act_is_refused(tmp_path: Path, keyring: Keyring) -> None:
    """Readers begin at the act that it names."""
    log = log_of(tmp_path, keyring)
    entries = log.entries()
    for said in (
        {"act": 2, "act_hash": entries[2].hash},
        {"act_hash": entries[0].hash},
        {"hash": entries[0].hash},
    ):
        plain = replace(Head.made(keyring, entries), **said)
        signature = signed(keyring, b"coatcheck audit head 1\n", canonical(plain.body()))
        log.head_path.write_bytes(replace(plain, signature=signature).data())
        assert refuses(log, keyring)


def test_lines_by_the_million_are_refused_before_they_are_split(
    tmp_path: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty lines cost a hundred times their size, once they are objects."""
    log = log_of(tmp_path, keyring)
    log.path.write_bytes(b"\n" * 5_000)
    read = []
    monkeypatch.setattr(AuditEntry, "parsed", lambda *_: read.append(1))
    with pytest.raises(DatasetError, match="was changed"):
        log.entries()
    assert not read


def test_a_time_that_goes_back_does_not_help_a_revoked_key(own: Keyring, tmp_path: Path) -> None:
    """An entry of before its revocation, by its own word, behind one of after it."""
    times = ("2026-03-01T00:00:00Z", "2026-03-05T00:00:00Z", "2026-03-01T12:00:00Z")
    entries: list[AuditEntry] = []
    for index, at in enumerate(times):
        previous = entries[-1].hash if entries else ""
        body = BODY | {"index": index, "at": at, "previous": previous}
        entries.append(resigned(own, **body))
    newer = revoke_key(KeyName("signing"), 1, "2026-03-02T00:00:00Z", own)
    with pytest.raises(RefusedError):
        judged(entries, newer, tmp_path)
    last = BODY | {"index": 3, "at": "2026-03-09T00:00:00Z", "previous": entries[-1].hash}
    found = judged([*entries, resigned(newer, **last)], newer, tmp_path)
    assert [entry.what for entry in found] == ["reveal", *["refused reveal"] * 2, "reveal"]


def test_a_keyring_is_taken_as_it_is_given(
    keyring: Keyring, keyring_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opened already, or by its URI, or the one that the environment names."""
    monkeypatch.setenv("COATCHECK_KEYRING", keyring_uri)
    assert opened_keyring(keyring) is keyring
    assert opened_keyring(keyring_uri).key_ids() == keyring.key_ids()
    assert opened_keyring(None).key_ids() == keyring.key_ids()
