"""Reversing tokens is audited first, needs the reveal key, and refuses what was not asked
rightly.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.forget import forget
from anonymize.custody.reveal import reveal
from anonymize.custody.rotate_keys import destroy, rotate, unreadable_without
from anonymize.dataset import Dataset, read
from anonymize.errors import ArgumentError, DatasetError, GateError, KeysError, VaultError
from anonymize.keys import Keyring, open_keyring, rotate_key, share_keyring
from anonymize.pipeline.prepare import preview_plan
from anonymize.policy import Policy, load_policy
from anonymize.vault import open_vault
from tests.workplace import Workplace

EMAILS = ["ana.castro@example.com", "bo@example.org", "chen@example.net"]
SIV, FF1, VAULT = (
    "tokenize, domain: email",
    "encrypt_format, alphabet: alphanumeric, separators: '.@'",
    "tokenize, method: vault, domain: email",
)


@pytest.fixture
def own(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """Return the workplace with a keyring and vault that no other test shares."""
    from anonymize.keys import init_keyring
    from tests.conftest import NAMES

    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{workplace.folder / 'vault.db'}")
    uri = f"file:{workplace.folder / 'own.json'}"
    init_keyring(uri, NAMES)
    return Workplace(workplace.folder, uri)


def _published(place: Workplace, action: str = SIV) -> tuple[Policy, pa.Array, Keyring]:
    path = place.in_source_order("subject: visits")
    path.write_text(path.read_text().replace("pseudonymize, domain: email", action))
    anonymize.run(path, keyring=place.keyring_uri, accept_change=True)
    keyring = open_keyring(place.keyring_uri)
    return load_policy(path), read(place.sink, keyring=keyring)["email"].combine_chunks(), keyring


@pytest.mark.parametrize("action", [SIV, FF1, VAULT])
def test_tokens_turn_back(own: Workplace, action: str) -> None:
    """Every reversible action gives its originals to who holds the reveal key."""
    policy, tokens, keyring = _published(own, action)
    assert not set(tokens.to_pylist()) & set(EMAILS)
    assert reveal(policy, "email", tokens, keyring, reason="ticket 12").values.to_pylist() == EMAILS


@pytest.mark.parametrize("action", [SIV, FF1, VAULT])
def test_tokens_turn_back_after_the_reveal_key_was_rotated(own: Workplace, action: str) -> None:
    """Old versions stay for what they made."""
    policy, tokens, _ = _published(own, action)
    keyring = rotate_key("reveal", own.keyring_uri)
    assert reveal(policy, "email", tokens, keyring, reason="ticket 12").values.to_pylist() == EMAILS


def test_formats_of_different_keys_are_told_by_their_version(own: Workplace) -> None:
    """FF1 turns every value into some value: with the wrong key into a wrong one that looks
    right.
    """
    policy, tokens, _ = _published(own, FF1)
    keyring = rotate_key("reveal", own.keyring_uri)
    anonymize.run(own.folder / "people.yaml", keyring=own.keyring_uri)
    with pytest.raises(ArgumentError, match=r"version 1 reveal.1, version 2 reveal.2.*: --version"):
        reveal(policy, "email", tokens, keyring, reason="ticket 12")
    opened = reveal(policy, "email", tokens, keyring, reason="ticket 12", version=1)
    assert opened.values.to_pylist() == EMAILS


def test_a_run_after_rotation_keeps_vault_tokens(own: Workplace) -> None:
    """A vault's tokens do not change with the key that locks it."""
    _, before, _ = _published(own, VAULT)
    rotate_key("reveal", own.keyring_uri)
    _, after, _ = _published(own, VAULT)
    assert before.equals(after)


def test_the_audit_entry_comes_first_and_holds_no_value(own: Workplace) -> None:
    """Who, why, which column, how many; neither token nor original."""
    policy, tokens, keyring = _published(own)
    reveal(policy, "email", tokens, keyring, reason="ticket 12")
    entry = Dataset(own.sink).audit.entries()[-1]
    assert (entry.what, entry.why, entry.details["values"]) == ("reveal", "ticket 12", 3)
    assert not any(text in str(entry) for text in [*EMAILS, *tokens.to_pylist()])


def test_nothing_is_revealed_when_the_audit_entry_cannot_be_written(
    own: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk or a damaged log stops it."""
    policy, tokens, keyring = _published(own)
    (own.sink / "audit.jsonl").write_bytes(b"{}\n")
    with pytest.raises(DatasetError):
        reveal(policy, "email", tokens, keyring, reason="ticket 12")


def test_a_reason_is_required(own: Workplace) -> None:
    """An empty one is none."""
    policy, tokens, keyring = _published(own)
    with pytest.raises(ArgumentError, match="a reason of at least 3 characters is required"):
        reveal(policy, "email", tokens, keyring, reason=" ")


def test_many_values_need_bulk(own: Workplace) -> None:
    """More than a hundred are refused unless said."""
    policy, tokens, keyring = _published(own)
    many = pa.concat_arrays([tokens] * 40)
    with pytest.raises(ArgumentError, match="--bulk"):
        reveal(policy, "email", many, keyring, reason="ticket 12")
    assert len(reveal(policy, "email", many, keyring, reason="ticket 12", bulk=True).values) == 120


def test_tokens_of_some_rows_turn_back(own: Workplace) -> None:
    """Those that `otherwise:` made, too; two rules that could have made them are not told apart."""
    rest = "when: [[visits, '>', 9]], otherwise: {action: tokenize, domain: email}"
    policy, tokens, keyring = _published(own, f"redact, {rest}")
    opened = reveal(policy, "email", tokens, keyring, reason="ticket 12")
    assert opened.values.to_pylist()[1:] == EMAILS[1:]
    policy, tokens, keyring = _published(own, f"tokenize, domain: other, {rest}")
    with pytest.raises(ArgumentError, match="has 2 reversible rules"):
        reveal(policy, "email", tokens, keyring, reason="ticket 12")


def test_a_column_that_is_not_reversible_names_those_that_are(own: Workplace) -> None:
    """Pseudonyms and fakes have no way back."""
    policy, tokens, keyring = _published(own)
    with pytest.raises(ArgumentError, match="reversible are: email"):
        reveal(policy, "name", tokens, keyring, reason="ticket 12")


def test_a_readers_keyring_reveals_nothing(own: Workplace) -> None:
    """The reveal key is not one that readers hold."""
    policy, tokens, _ = _published(own)
    reader = share_keyring(["training"], own.folder / "reader.json", own.keyring_uri)
    with pytest.raises(KeysError, match="key 'reveal'"):
        reveal(policy, "email", tokens, reader, reason="ticket 12")


def test_a_damaged_token_is_bad_and_the_others_open(own: Workplace) -> None:
    """One wrong token does not hide the rest."""
    policy, tokens, keyring = _published(own)
    words = tokens.to_pylist()
    changed = words[1][:-3] + ("A" if words[1][-3] != "A" else "B") + words[1][-2:]
    found = reveal(policy, "email", pa.array([words[0], changed, "x"]), keyring, reason="ticket 12")
    assert found.values.to_pylist() == [EMAILS[0], None, None]
    assert found.bad.to_pylist() == [False, True, True]


def test_a_forgotten_subjects_tokens_are_meaningless(own: Workplace) -> None:
    """``forget`` erases the subject's entries and nobody else's."""
    policy, tokens, keyring = _published(own, VAULT)
    assert forget(policy, "7", keyring, reason="erasure request") == 1
    found = reveal(policy, "email", tokens, keyring, reason="ticket 12")
    assert found.values.to_pylist() == [EMAILS[0], None, EMAILS[2]]


@pytest.mark.parametrize(
    "action",
    [
        "free_text, entities: {EMAIL_ADDRESS: {action: tokenize, method: vault}}",
        "redact, when: [[visits, '>', 100]], otherwise: {action: tokenize, method: vault}",
    ],
    ids=["in text", "under a condition"],
)
def test_forgetting_reaches_tokens_inside_other_rules(own: Workplace, action: str) -> None:
    """A subject's values in running text and under conditions are erased too."""
    policy, tokens, keyring = _published(own, action)
    assert not set(tokens.to_pylist()) & set(EMAILS)
    assert forget(policy, "7", keyring, reason="erasure request") == 1
    with pytest.raises(GateError, match="nothing was erased"):
        forget(policy, "7", keyring, reason="erasure request")


def test_rotation_rewraps_without_touching_data(own: Workplace) -> None:
    """Parts keep their bytes; the old key version is no longer needed to read them."""
    _published(own)
    part = next(own.sink.rglob("part-00000.parquet"))
    before = part.read_bytes()
    assert rotate("training", [own.sink], own.keyring_uri).rewrapped == {str(own.sink): 1}
    destroy("training", 1, [own.sink], reason="rotated", keyring=own.keyring_uri)
    assert part.read_bytes() == before
    assert len(read(own.sink, keyring=open_keyring(own.keyring_uri))) == 3


@pytest.mark.parametrize("column", ["email", "e/mail", "inside"])
def test_rotation_locks_the_vault_anew(own: Workplace, column: str) -> None:
    """The old version can be destroyed: tokens stay, turn back, and runs go on; also of spans
    inside text.
    """
    path, source = own.in_source_order(), own.source
    inner = "free_text, scan: true, entities: {EMAIL_ADDRESS: {action: tokenize, method: vault}}"
    action = inner if column == "inside" else "tokenize, method: vault"
    path.write_text(
        path.read_text().replace(
            "email: {action: pseudonymize, domain: email", f"{column}: {{action: {action}"
        )
    )
    source.write_text(source.read_text().replace("name,email", f"name,{column}"))
    anonymize.run(path, keyring=own.keyring_uri)
    assert rotate("reveal", [], own.keyring_uri).relocked == 1
    destroy("reveal", 1, [own.sink], reason="rotated", keyring=own.keyring_uri)
    anonymize.run(path, keyring=own.keyring_uri)
    keyring = open_keyring(own.keyring_uri)
    assert read(own.sink, version=1, keyring=keyring).equals(read(own.sink, keyring=keyring))


def test_destroying_says_which_tokens_of_the_vault_are_lost(own: Workplace) -> None:
    """A key that locks the vault takes its tokens with it."""
    _, _, keyring = _published(own, VAULT)
    lost = unreadable_without(keyring.current("reveal"), [own.sink], keyring)
    assert lost == ("the vault's tokens of domain email",)


def test_a_mistyped_dataset_stops_rotation_and_destruction(own: Workplace) -> None:
    """Nothing is said to be readable, rotated, destroyed or made in a folder that holds no
    dataset.
    """
    _, _, keyring = _published(own)
    typo = own.folder / "oot"
    for act in (
        lambda: rotate("training", [own.sink, typo], own.keyring_uri),
        lambda: unreadable_without(keyring.current("training"), [typo], keyring),
        lambda: destroy("training", 1, [typo], reason="test", keyring=own.keyring_uri),
    ):
        with pytest.raises(DatasetError, match="oot: no such dataset; nothing was changed"):
            act()
    assert not typo.exists()
    assert open_keyring(own.keyring_uri).current("training") == "training.1"


def test_looking_at_a_plan_leaves_no_one_in_the_vault(own: Workplace) -> None:
    """The example's token is drawn for the example; the vault is not even made."""
    path = own.policy("subject: visits")
    path.write_text(path.read_text().replace("pseudonymize, domain: email", VAULT))
    assert " → " in preview_plan(path, own.keyring_uri).examples["email"]
    assert not (own.folder / "vault.db").exists()


def test_the_plan_shows_no_original_that_its_action_leaves_as_it_is(own: Workplace) -> None:
    """A day of a date is the date; `otherwise:` may keep."""
    path = own.policy()
    rules = (
        "{action: mask, keep_last: 1, when: [[visits, '>', 99]], otherwise: {action: keep, accept:"
        " a test}}"
    )
    text = (
        path.read_text()
        .replace("to: year", "to: day")
        .replace("{action: pseudonymize, domain: email}", rules)
    )
    path.write_text(text)
    shown = preview_plan(path, own.keyring_uri).examples
    assert (shown["born"], shown["email"]) == (
        "9999-99-99 → 9999-99-99",
        "xxx.xxxxxx@xxxxxxx.xxx → xxx.xxxxxx@xxxxxxx.xxx",
    )


def test_the_plan_says_that_a_rotated_key_changes_what_it_makes(own: Workplace) -> None:
    """Pseudonyms of the next version will not join the last one's; the manifest says which key made
    those.
    """
    _published(own)
    path = own.folder / "people.yaml"
    assert preview_plan(path, own.keyring_uri).changes.found == ()
    keyring = rotate_key("pseudonym", own.keyring_uri)
    (sentence,) = map(str, preview_plan(path, own.keyring_uri).changes.found)
    assert sentence.startswith("pseudonym.2 makes the next version, pseudonym.1 made the last")
    assert "pseudonym.1" in Dataset(own.sink).manifest(keyring=keyring).keys


def test_destroying_says_first_what_becomes_unreadable(own: Workplace) -> None:
    """Crypto-shredding: the version is named before, unreadable after, and the log knows."""
    _, _, keyring = _published(own)
    assert unreadable_without(keyring.current("training"), [own.sink], keyring) == (
        f"{own.sink} version 1",
    )
    destroy("training", 1, [own.sink], reason="retention over", keyring=own.keyring_uri)
    with pytest.raises(KeysError, match="key 'training'"):
        read(own.sink, keyring=open_keyring(own.keyring_uri))
    assert Dataset(own.sink).audit.entries()[-1].what == "destroy key"


def test_numbers_turn_back(own: Workplace) -> None:
    """From the text that a person copies; they were turned into other numbers before."""
    path = own.in_source_order()
    text = path.read_text().replace(
        "visits: {action: keep}", "visits: {action: encrypt_format, small_domains: permute}"
    )
    path.write_text(text)
    anonymize.run(path, keyring=own.keyring_uri)
    keyring = open_keyring(own.keyring_uri)
    column = read(own.sink, keyring=keyring)["visits"].combine_chunks()
    found = reveal(
        load_policy(path), "visits", column.cast(pa.string()), keyring, reason="ticket 12"
    )
    assert found.values.to_pylist() == ["12", "7", "3"]


def test_forgetting_without_the_vault_is_refused_and_not_logged(
    own: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A new, empty vault erased nothing, and the log said it had."""
    policy, tokens, keyring = _published(own, VAULT)
    before = len(Dataset(own.sink).audit.entries())
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / 'other.db'}")
    with pytest.raises(VaultError, match="no token vault"):
        forget(policy, "7", keyring, reason="erasure request")
    with pytest.raises(VaultError, match="no token vault"):
        reveal(policy, "email", tokens, keyring, reason="ticket 12")
    assert not (tmp_path / "other.db").exists()
    open_vault(f"sqlite:{tmp_path / 'other.db'}")
    with pytest.raises(
        VaultError, match=r"version 1 was made with token vault .*, and there is vault"
    ):
        forget(policy, "7", keyring, reason="erasure request")
    assert len(Dataset(own.sink).audit.entries()) == before
    assert any(
        "version 1 was made with token vault" in str(told)
        for told in preview_plan(own.folder / "people.yaml", own.keyring_uri).changes.found
    )


def test_the_command_line_asks_reveals_and_refuses(own: Workplace) -> None:
    """Stdout holds the originals alone; a refusal says what is missing."""
    _, tokens, _ = _published(own)
    words = tokens.to_pylist()
    env = {"COATCHECK_VAULT": f"sqlite:{own.folder / 'vault.db'}"}
    done = own.coatcheck("reveal", "people.yaml", "email", *words, "--reason", "ticket 12", **env)
    assert done.stdout.splitlines() == EMAILS
    assert own.coatcheck("reveal", "people.yaml", "email", *words).returncode == 2
    assert (
        own.coatcheck(
            "keys", "destroy", "training", "out", "--version", "1", "--reason", "test"
        ).returncode
        != 0
    )
    assert own.coatcheck("verify", "out").returncode == 0


@pytest.mark.parametrize("action", [SIV, FF1, VAULT])
@pytest.mark.parametrize(
    "kind", [pa.string_view(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())]
)
def test_tokens_turn_back_in_any_layout_of_text(
    own: Workplace, action: str, kind: pa.DataType
) -> None:
    """Readers hold what was published as views, as large text, coded, or in chunks."""
    policy, tokens, keyring = _published(own, action)
    held = tokens.cast(kind)
    for asked in (held, pa.chunked_array([held.slice(0, 1), held.slice(1)])):
        assert (
            reveal(policy, "email", asked, keyring, reason="ticket 12").values.to_pylist() == EMAILS
        )


def test_old_versions_are_removed_by_command(own: Workplace) -> None:
    """What only Python could do, with a reason in the log."""
    for _ in range(3):
        _published(own)
    assert own.coatcheck("expire", "out", "--keep", "1", "--reason", "x").returncode == 2
    done = own.coatcheck("expire", "out", "--keep", "1", "--reason", "storage limit")
    assert (done.returncode, done.stdout) == (0, "out: versions removed: 1, 2\n")
    assert [path.name for path in (own.sink / "versions").iterdir()] == ["000003"]


def test_a_rotation_that_was_left_half_done_is_completed_by_command(own: Workplace) -> None:
    """A dataset that it did not name, and the vault, come to the current version; no further one is
    made.
    """
    _published(own, VAULT)
    rotate_key("training", own.keyring_uri)
    rotate_key("reveal", own.keyring_uri)
    env = {"COATCHECK_VAULT": f"sqlite:{own.folder / 'vault.db'}"}
    done = own.coatcheck("keys", "relock", "training", "out", **env)
    assert done.stdout.startswith("out: 1 files re-wrapped by training.2")
    assert (
        own.coatcheck("keys", "relock", "reveal", **env).stdout
        == "1 vault namespaces locked by reveal.2\n"
    )
    keyring = open_keyring(own.keyring_uri)
    assert unreadable_without(keyring.require("training.1").id, [own.sink], keyring) == ()
    assert open_vault().key_ids() == {"domain\x1femail": "reveal.2"}
