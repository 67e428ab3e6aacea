"""What `tokenize` and `encrypt_format` made inside text turns back; what could not be told apart is
refused at plan.
"""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.reveal import reveal
from anonymize.dataset import Dataset, read
from anonymize.errors import ArgumentError, PlanError
from anonymize.keys import Keyring, init_keyring, open_keyring, rotate_key
from anonymize.policy import Policy, load_policy
from tests.conftest import NAMES
from tests.workplace import Workplace

MAILS = ["ana.castro@example.com", "bo@example.org"]
CARDS = ["4012888888881881", "5555555555554444"]
RULES = """version: 1
dataset: notes
purpose: test
subject: id
source: {{path: {source}}}
sink: {{path: {sink}}}
rows: {{order: source}}
detect: {{ner: off}}
columns:
  id: {{action: keep, accept: a number}}
  mail: {{{mail}}}
  card: {{{card}}}
  notes: {{action: free_text, {notes}}}
"""


@pytest.fixture
def own(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """Return a workplace with two notes, each with an e-mail address and a card number, and a
    keyring of its own.
    """
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{workplace.folder / 'vault.db'}")
    place = Workplace(workplace.folder, f"file:{workplace.folder / 'own.json'}")
    init_keyring(place.keyring_uri, NAMES)
    lines = ["id,mail,card,notes"]
    for number, (mail, card) in enumerate(zip(MAILS, CARDS, strict=True)):
        lines.append(
            f"{number},{MAILS[1 - number]},{CARDS[1 - number]},please write to {mail} about card"
            f" {card} today"
        )
    place.source.write_text("\n".join(lines) + "\n")
    return place


def _published(
    place: Workplace, notes: str, mail: str = "action: drop", card: str = "action: drop"
) -> tuple[Policy, list[str], Keyring]:
    """Run with these rules; return the policy, the published notes and the keyring."""
    path = place.folder / "notes.yaml"
    path.write_text(
        RULES.format(source=place.source, sink=place.sink, notes=notes, mail=mail, card=card)
    )
    anonymize.run(path, keyring=place.keyring_uri, accept_change=True)
    keyring = open_keyring(place.keyring_uri)
    return load_policy(path), read(place.sink, keyring=keyring)["notes"].to_pylist(), keyring


def _words(notes: list[str], pattern: str) -> pa.Array:
    return pa.array([found[1] for note in notes if (found := re.search(pattern, note))])


TOKEN, CARD = r"write to (\S+) about", r"card (\S+) today"
CARD_RULE = "CREDIT_CARD: {action: encrypt_format, check: luhn}"


@pytest.mark.parametrize("method", ["siv", "vault"])
@pytest.mark.parametrize("domain", ["", ", domain: email"])
def test_tokens_inside_text_turn_back(own: Workplace, method: str, domain: str) -> None:
    """Named as the policy names them, column and entity; the log says the same."""
    rule = f"entities: {{EMAIL_ADDRESS: {{action: tokenize, method: {method}{domain}}}}}"
    policy, notes, keyring = _published(own, rule)
    assert not any(mail in note for mail in MAILS for note in notes)
    opened = reveal(
        policy, "notes:EMAIL_ADDRESS", _words(notes, TOKEN), keyring, reason="ticket 12"
    )
    assert opened.values.to_pylist() == MAILS
    assert Dataset(own.sink).audit.entries()[-1].details["column"] == "notes:EMAIL_ADDRESS"


def test_formats_inside_text_turn_back_with_the_key_of_their_version(own: Workplace) -> None:
    """Each entity has a key of its own, and each version of the dataset one of its time."""
    policy, notes, _ = _published(own, f"entities: {{{CARD_RULE}, EMAIL_ADDRESS: tokenize}}")
    cards = _words(notes, CARD)
    assert not set(cards.to_pylist()) & set(CARDS)
    keyring = rotate_key("reveal", own.keyring_uri)
    anonymize.run(own.folder / "notes.yaml", keyring=own.keyring_uri)
    with pytest.raises(ArgumentError, match="--version"):
        reveal(policy, "notes:CREDIT_CARD", cards, keyring, reason="ticket 12")
    opened = reveal(policy, "notes:CREDIT_CARD", cards, keyring, reason="ticket 12", version=1)
    assert opened.values.to_pylist() == CARDS


def test_what_default_tokenized_turns_back_by_the_entity_or_by_default(own: Workplace) -> None:
    """It is one key; an entity with a rule of its own is not looked for there."""
    policy, notes, keyring = _published(own, "entities: {DEFAULT: tokenize, CREDIT_CARD: label}")
    tokens = _words(notes, TOKEN)
    for target in ("notes:DEFAULT", "notes:EMAIL_ADDRESS"):
        assert (
            reveal(policy, target, tokens, keyring, reason="ticket 12").values.to_pylist() == MAILS
        )
    with pytest.raises(ArgumentError, match="reversible are: notes:DEFAULT"):
        reveal(policy, "notes:CREDIT_CARD", tokens, keyring, reason="ticket 12")


def test_the_columns_name_alone_says_which_targets_there_are(own: Workplace) -> None:
    """As before it had no reversible rule, and now the error says how to ask."""
    policy, notes, keyring = _published(
        own, f"entities: {{EMAIL_ADDRESS: tokenize, {CARD_RULE}}}", "action: tokenize"
    )
    for target in ("notes", "notes:PERSON", "notes:EMAIL"):
        with pytest.raises(
            ArgumentError, match="reversible are: mail, notes:EMAIL_ADDRESS, notes:CREDIT_CARD"
        ):
            reveal(policy, target, _words(notes, TOKEN), keyring, reason="ticket 12")


def test_the_command_line_turns_them_back(own: Workplace) -> None:
    """By the same name."""
    _, notes, _ = _published(own, "entities: {EMAIL_ADDRESS: tokenize}")
    tokens = _words(notes, TOKEN).to_pylist()
    done = own.coatcheck(
        "reveal", "notes.yaml", "notes:EMAIL_ADDRESS", *tokens, "--reason", "ticket 12"
    )
    assert done.stdout.splitlines() == MAILS


def test_what_a_hunted_column_left_in_the_text_turns_back_under_the_columns_name(
    own: Workplace,
) -> None:
    """The row's own address bears its column's token, which the entity's key does not open."""
    lines = own.source.read_text().replace("ana.castro", "x.y").splitlines()
    hers = "1,zoe@example.org,1,please write to zoe@example.org about it"
    own.source.write_text("\n".join([*lines[:2], hers]) + "\n")
    rule = "same_row: [mail], entities: {EMAIL_ADDRESS: tokenize}"
    policy, notes, keyring = _published(own, rule, "action: tokenize")
    tokens = _words(notes, TOKEN)
    opened = reveal(policy, "notes:EMAIL_ADDRESS", tokens, keyring, reason="ticket 12")
    assert opened.bad.to_pylist() == [False, True]
    assert (
        reveal(policy, "mail", tokens, keyring, reason="ticket 12").values.to_pylist()[1]
        == "zoe@example.org"
    )


@pytest.mark.parametrize(
    ("card", "fine"),
    [
        ("action: encrypt_format, check: luhn", False),
        ("action: encrypt_format, check: luhn, keep_last: 4, domain: card", False),
        ("action: fake, kind: card", False),
        ("action: mask, keep_last: 4", True),
        ("action: drop", True),
        ("action: encrypt_format, check: luhn, domain: card", True),
    ],
)
def test_formats_that_could_not_be_told_apart_are_refused_at_plan(
    own: Workplace, card: str, fine: bool
) -> None:
    """A value that another key made turns back to a wrong one that looks right."""
    domain = ", domain: card" if "domain" in card else ""
    rule = (
        "same_row: [card], entities: {CREDIT_CARD: {action: encrypt_format, check:"
        f" luhn{domain}}}}}"
    )
    if fine:
        _published(own, rule, card=card)
        return
    with pytest.raises(PlanError, match="reveal cannot tell which is which"):
        _published(own, rule, card=card)
