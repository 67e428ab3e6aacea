"""A reveal that needs a second person gets one: another one, of exactly this, once, in time."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.approval import (
    Approval,
    ApprovalError,
    approve,
    approver_key,
    parsed_approval,
    parsed_request,
    request_approval,
)
from anonymize.custody.reveal import reveal
from anonymize.dataset import Dataset, read
from anonymize.dataset.history import history
from anonymize.errors import ArgumentError, DatasetError, KeysError, PolicyError
from anonymize.keys import Keyring, init_keyring, open_keyring, revoke_key, share_keyring
from anonymize.names import KeyName
from anonymize.policy import load_policy
from tests.conftest import NAMES
from tests.workplace import Workplace

EMAILS = ["ana.castro@example.com", "bo@example.org", "chen@example.net"]
WHY = "ticket 12"
LATER = datetime.now(UTC) + timedelta(days=2)


class Desk:
    """A dataset whose reveals need a second person, and that person's keyring."""

    def __init__(self, place: Workplace, rule: str) -> None:
        """Publish a version by a policy with ``rule``."""
        self.place = place
        init_keyring(place.keyring_uri, NAMES)
        self.other = init_keyring(f"file:{place.folder / 'other.json'}", [KeyName("own")])
        self.rule = rule.replace("WHO", f"approvers: {{anna: '{approver_key(self.other)}'}}")
        self.path = self.written(self.rule)
        anonymize.run(self.path, keyring=place.keyring_uri)
        self.keyring: Keyring = open_keyring(place.keyring_uri)
        self.tokens = read(place.sink, keyring=self.keyring)["email"].combine_chunks()

    def written(self, rule: str) -> Path:
        """Write the policy with a rule."""
        path = self.place.in_source_order(rule)
        text = path.read_text().replace("pseudonymize, domain: email", "tokenize, domain: email")
        path.write_text(text)
        return path

    def approved(self, tokens: pa.Array | None = None, by: Keyring | None = None) -> Approval:
        """Return an approval of the tokens by the other person."""
        asked = request_approval(self.path, "email", self._or_all(tokens), self.keyring, reason=WHY)
        return approve(asked, by or self.other)

    def reveal(
        self, approval: Approval | None, tokens: pa.Array | None = None, reason: str = WHY
    ) -> list[Any]:
        """Return what is revealed."""
        found = reveal(
            self.path, "email", self._or_all(tokens), self.keyring, reason=reason, bulk=True,
            approval=approval,
        )  # fmt: skip
        return list(found.values.to_pylist())

    def _or_all(self, tokens: pa.Array | None) -> pa.Array:
        return self.tokens if tokens is None else tokens

    def log(self) -> list[str]:
        """Return the acts in the log."""
        return [entry.what for entry in Dataset(self.place.sink).audit.entries(self.keyring)]


def _desk(workplace: Workplace, rule: str) -> Desk:
    own = f"file:{workplace.folder / 'own.json'}"
    return Desk(Workplace(workplace.folder, own), f"reveal: {{{rule}}}")


@pytest.fixture
def two(workplace: Workplace) -> Desk:
    """Return a desk where each reveal needs two people."""
    return _desk(workplace, "approvals: 2, WHO")


def test_without_an_approval_nothing_is_revealed_or_logged(two: Desk) -> None:
    """The error says which commands lead on."""
    with pytest.raises(ApprovalError, match=r"coatcheck approval request.*--approval FILE") as no:
        two.reveal(None)
    assert no.value.exit_code == 1
    assert two.log() == ["publish"]


def test_with_an_approval_tokens_turn_back_and_the_log_has_both(two: Desk) -> None:
    """Request and approval whole, with who is meant; no token and no value."""
    approval = two.approved()
    assert two.reveal(approval) == EMAILS
    entry = Dataset(two.place.sink).audit.entries(two.keyring)[-1]
    kept = entry.details["approval"]
    assert kept == {"approver": "anna", **approval.as_json()}
    text = str(entry) + json.dumps(approval.as_json())
    assert not any(word in text for word in [*EMAILS, *two.tokens.to_pylist()])
    assert history(two.place.sink, two.keyring)[-1].approved_by == "anna"


def test_an_approval_is_taken_once(two: Desk) -> None:
    """A copy of the file is not another approval."""
    approval = two.approved()
    two.reveal(approval)
    with pytest.raises(ApprovalError, match="was used already"):
        two.reveal(parsed_approval(json.dumps(approval.as_json()).encode(), "copy"))


def test_a_used_approval_stays_used_when_the_signing_key_is_revoked(two: Desk) -> None:
    """The revocation takes the entry of the reveal out of effect, not what was shown."""
    from anonymize.custody.revocation import revoke

    approval = two.approved()
    two.reveal(approval)
    revoke(KeyName("signing"), 1, LATER.strftime("%Y-%m-%d"), [two.place.sink],
           two.place.keyring_uri)  # fmt: skip
    two.keyring = open_keyring(two.place.keyring_uri)
    with pytest.raises(ApprovalError, match="was used already"):
        two.reveal(approval)


def test_of_two_processes_with_one_approval_one_is_refused(
    two: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked before either had written; the log's order decides."""
    from anonymize.custody import reveal as module

    approval, before = two.approved(), module.permitted

    def meanwhile(*asked: Any) -> dict[str, Any]:
        found = before(*asked)
        monkeypatch.setattr(module, "permitted", before)
        assert two.reveal(approval) == EMAILS
        return found

    monkeypatch.setattr(module, "permitted", meanwhile)
    with pytest.raises(ApprovalError, match="at the same time; nothing was revealed"):
        two.reveal(approval)


def test_an_approval_is_of_these_tokens_reason_column_and_dataset(two: Desk) -> None:
    """Another person's token of the same column is another request."""
    first, second = two.tokens[:1], two.tokens[1:2]
    approval = two.approved(first)
    for found, says in (
        (lambda: two.reveal(approval, second), "other tokens than were approved"),
        (lambda: two.reveal(approval), "the number of values is another"),
        (lambda: two.reveal(approval, first, "because"), "the reason is another"),
    ):
        with pytest.raises(ApprovalError, match=says):
            found()
    assert two.reveal(approval, first) == EMAILS[:1]


def test_the_one_who_asks_does_not_approve(two: Desk) -> None:
    """Not by the command, and not by hand with the key that signed the request."""
    asked = request_approval(two.path, "email", two.tokens, two.keyring, reason=WHY)
    with pytest.raises(KeysError, match="this keyring signed the request"):
        approve(asked, two.keyring)
    forged = replace(asked, signature={**asked.signature, "fingerprint": "0" * 16})
    own = replace(approve(forged, two.keyring), request=asked)
    with pytest.raises(ApprovalError, match="key of who asked: another person approves"):
        two.reveal(own)


def test_a_key_that_the_policy_does_not_name_does_not_approve(two: Desk) -> None:
    """Anybody can make a keyring; the error names who may."""
    stranger = init_keyring(f"file:{two.place.folder / 'stranger.json'}", [KeyName("own")])
    with pytest.raises(ApprovalError, match=r"signed by nobody who may approve.*name anna"):
        two.reveal(two.approved(by=stranger))


def test_an_approval_ends(two: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the time that the request names, for who approves and for who reveals."""
    approval, late = two.approved(), LATER.strftime("%Y-%m-%dT%H:%M:%SZ")
    for name in ("check", "give"):
        monkeypatch.setattr(f"anonymize.custody.approval.{name}.now", lambda: late)
    with pytest.raises(ApprovalError, match="ended at"):
        two.reveal(approval)
    with pytest.raises(ArgumentError, match="the request ended"):
        approve(approval.request, two.other)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("request.values", 2),
        ("request.expires", "2099-01-01T00:00:00Z"),
        ("request.id", "0" * 32),
        ("request.reason", "another"),
        ("request.log_hash", "0" * 64),
        ("signature.value", "A" * 86 + "=="),
        ("approval.at", "2020-01-01T00:00:00Z"),
        ("approval.key", "ed25519:" + "A" * 43 + "="),
        ("approval.request_sha256", "0" * 64),
        ("approved", "A" * 86 + "=="),
    ],
)
def test_a_changed_approval_is_refused(two: Desk, place: str, value: object) -> None:
    """Whatever is changed of request, approval or signatures."""
    content = two.approved().as_json()
    outer, _, name = place.rpartition(".")
    (content[outer] if outer else content)[name] = value
    with pytest.raises((ApprovalError, ArgumentError)):
        two.reveal(parsed_approval(json.dumps(content).encode(), "approval.json"))
    assert two.log() == ["publish"]


def test_a_file_that_says_a_thing_twice_is_neither_request_nor_approval(two: Desk) -> None:
    """Who reads it sees the first, Python takes the last."""
    approval = two.approved()
    for said, parsed in ((approval, parsed_approval), (approval.request, parsed_request)):
        text = json.dumps(said.as_json())
        parsed(text.encode(), "file.json")
        twice = text.replace('"reason": ', '"reason": "another one", "reason": ', 1)
        with pytest.raises(ArgumentError, match="damaged, or another file"):
            parsed(twice.encode(), "file.json")


def test_a_request_of_a_log_that_was_put_back_is_refused(two: Desk) -> None:
    """The approval names entries that the log no longer has."""
    files = {name: (two.place.sink / name).read_bytes() for name in ("audit.jsonl", "audit.head")}
    two.reveal(two.approved())
    approval = two.approved()
    for name, data in files.items():
        (two.place.sink / name).write_bytes(data)
    with pytest.raises(ApprovalError, match="is not the one that it was asked for"):
        two.reveal(approval)


def test_an_edited_policy_lowers_nothing(two: Desk) -> None:
    """What the last publication was made with counts, in the signed log; a publication is seen."""
    rule, two.path = two.rule, two.written("")
    with pytest.raises(ApprovalError, match="approvals: 2"):
        two.reveal(None)
    stranger = init_keyring(f"file:{two.place.folder / 'stranger.json'}", [KeyName("own")])
    two.path = two.written(
        f"reveal: {{approvals: 2, approvers: {{me: '{approver_key(stranger)}'}}}}"
    )
    with pytest.raises(ApprovalError, match="name nobody"):
        two.reveal(two.approved(by=stranger))
    two.path = two.written(rule)
    assert two.reveal(two.approved()) == EMAILS


def test_a_publication_with_a_softer_rule_shows(two: Desk) -> None:
    """In the comparison of the two versions, which reads what was signed."""
    two.path = two.written("")
    anonymize.run(two.path, keyring=two.keyring)
    found = Dataset(two.place.sink).diff(1, 2, keyring=two.keyring)
    assert [(one.before, one.after) for one in found if one.name == "reveal"] == [
        ("approvals 2, by anna", "")
    ]
    assert two.reveal(None) == EMAILS


def test_a_rule_that_no_publication_had_yet_counts(workplace: Workplace) -> None:
    """A stricter policy holds at once."""
    desk = _desk(workplace, "approvals: 1")
    assert desk.reveal(None) == EMAILS
    key = approver_key(desk.other)
    desk.path = desk.written(f"reveal: {{approvals: 2, approvers: {{anna: '{key}'}}}}")
    with pytest.raises(ApprovalError):
        desk.reveal(None)


def test_a_number_above_which_it_is_asked_is_counted_over_a_day(workplace: Workplace) -> None:
    """Many small reveals are one large one; what was approved does not count."""
    desk = _desk(workplace, "above: 4, WHO")
    assert desk.reveal(desk.approved()) == EMAILS
    assert desk.reveal(None) == EMAILS
    with pytest.raises(ApprovalError, match=r"3 values after 3 within 24 hours .*\{above: 4\}"):
        desk.reveal(None)
    assert desk.reveal(None, desk.tokens[:1]) == EMAILS[:1]
    with pytest.raises(ApprovalError, match="1 values after 4"):
        desk.reveal(None, desk.tokens[:1])
    assert desk.reveal(desk.approved()) == EMAILS


def test_two_processes_do_not_go_over_the_number_together(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The later one is refused, and its attempt stays in the log."""
    from anonymize.custody import reveal as module

    desk, before = _desk(workplace, "above: 4, WHO"), module.permitted

    def meanwhile(*asked: Any) -> dict[str, Any]:
        found = before(*asked)
        monkeypatch.setattr(module, "permitted", before)
        assert desk.reveal(None) == EMAILS
        return found

    monkeypatch.setattr(module, "permitted", meanwhile)
    with pytest.raises(ApprovalError, match=r"3 values after 3.*the log has the entry"):
        desk.reveal(None)
    assert desk.log() == ["publish", "reveal", "reveal"]


def test_a_policy_needs_somebody_who_may_approve(workplace: Workplace) -> None:
    """And not two settings of one thing."""
    key = "ed25519:" + "A" * 43 + "="
    for rule, says in (
        ("{approvals: 2}", "name who may approve"),
        (f"{{approvals: 2, above: 3, approvers: {{a: '{key}'}}}}", "above: has no effect"),
        ("{above: 3, approvers: {a: short}}", "approvers"),
    ):
        with pytest.raises(PolicyError, match=says):
            load_policy(workplace.policy(f"reveal: {rule}"))


def test_readers_neither_ask_nor_approve(two: Desk) -> None:
    """Their keyrings cannot sign."""
    reader = share_keyring([KeyName("training")], two.place.folder / "r.json", two.keyring)
    with pytest.raises(KeysError):
        request_approval(two.path, "email", two.tokens, reader, reason=WHY)
    with pytest.raises(KeysError):
        two.approved(by=reader)


def test_a_request_says_why_and_until_when(two: Desk) -> None:
    """No reason, no tokens and a year are refused."""
    for tokens, more, says in (
        (two.tokens, {"reason": " "}, "a reason"),
        (two.tokens[:0], {"reason": WHY}, "no tokens"),
        (two.tokens, {"reason": WHY, "valid_for": timedelta(days=365)}, "30 days"),
    ):
        with pytest.raises(ArgumentError, match=says):
            request_approval(two.path, "email", tokens, two.keyring, **more)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"request": 1}', b"\xff", b"[" * 90_000])
def test_what_is_no_request_is_one_error(data: bytes) -> None:
    """Also what is deep, large or binary."""
    for parsed in (parsed_request, parsed_approval):
        with pytest.raises(ArgumentError, match="damaged"):
            parsed(data, "file")


def test_a_revoked_signing_key_asks_for_nothing(two: Desk) -> None:
    """Its requests from before the revocation count only if they are dated before it."""
    approval = two.approved()
    revoke_key(KeyName("signing"), 1, "2026-01-01", two.place.keyring_uri)
    two.keyring = open_keyring(two.place.keyring_uri)
    with pytest.raises((ApprovalError, DatasetError), match="revoked"):
        two.reveal(approval)


def test_the_commands_go_from_the_request_to_the_values(two: Desk) -> None:
    """Data on stdout, talk on stderr; files for their owner alone, never written over."""
    word, place = two.tokens.to_pylist()[0], two.place
    refused = place.coatcheck("reveal", "people.yaml", "email", word, "--reason", WHY)
    assert (refused.returncode, refused.stdout) == (1, "")
    asked = ("approval", "request", "people.yaml", "email", word, "--reason", WHY)
    assert place.coatcheck(*asked, "-o", "request.json").returncode == 0
    assert place.coatcheck(*asked, "-o", "request.json").returncode == 2
    assert os.stat(place.folder / "request.json").st_mode & 0o777 == 0o600
    other = ("--keyring", "file:other.json")
    given = place.coatcheck("approval", "give", "request.json", "-o", "a.json", "--yes", *other)
    assert (given.returncode, given.stdout) == (0, "")
    assert f"because: {WHY}" in given.stderr
    key = place.coatcheck("approval", "key", *other).stdout.strip()
    assert key == approver_key(two.other)
    shown = place.coatcheck("reveal", "people.yaml", "email", word, "--approval", "a.json")
    assert (shown.returncode, shown.stdout) == (0, f"{EMAILS[0]}\n")
    assert "approved by anna" in place.coatcheck("history", "out").stdout
