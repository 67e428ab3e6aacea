"""Which rules a text is given to: never too few, and few."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import regex

from anonymize.detect import make_scanner
from anonymize.detect.text import prefilter, scanner
from anonymize.detect.text.prefilter import Probe, make_prefilter
from anonymize.detect.text.presidio_engine import CustomRecognizer
from anonymize.detect.text.widened_patterns import widen
from tests.detect.text.test_exactness import differing

BEHIND = (
    "rx",
    "Prescription",
    "CLAIM",
    "medical  claim",
    "infusion referral",
    "pre-auth",
    "provider tin",
    "tax",
)
BETWEEN = (
    " ",
    ": ",
    "#",
    " no. ",
    " id : ",
    "number ",
    "\u00a0#\u2003",
    "\n",
    "",
    " é ",
    "\u017f ",
)
FEW = ("EMAIL_ADDRESS", "CREDIT_CARD", "STAFF", "DENY_LISTED")
"""With digits and without, with words beside them, a policy's: all kinds take 5 s to compile."""
AFTER_RX = r"(?<=\brx(?:\s*#\s*|\s+))(?:RX-?)?\d{6,12}\b"


@pytest.mark.parametrize("hyperscan", [True, False])
@pytest.mark.parametrize("text", ["rx 123456", "the rx#1234567 of é", "RX  RX-123456"])
def test_what_stands_before_a_match_is_looked_for_too(text: str, hyperscan: bool) -> None:
    """A pattern that begins by looking back is asked for where what it looks back for is there."""
    probe = Probe(1, widen(AFTER_RX, regex.IGNORECASE))
    assert regex.search(AFTER_RX, text, regex.IGNORECASE)
    assert make_prefilter([probe], hyperscan=hyperscan).ask(text) & 1


@pytest.mark.parametrize("text", ["123456", "no 123456", "rx 12345", "é 123456"])
def test_a_number_alone_does_not_wake_what_looks_back(text: str) -> None:
    """Without what the pattern looks back for, its rule does not run."""
    assert (
        make_prefilter([Probe(1, widen(AFTER_RX, regex.IGNORECASE))], hyperscan=True).ask(text) == 0
    )


@pytest.mark.parametrize("hyperscan", [True, False])
def test_a_text_without_digits_is_asked_for_less_and_misses_nothing(hyperscan: bool) -> None:
    """Probes that need a digit are left out where there is none; the others answer as ever."""
    probes = [
        Probe(1, widen(r"\d{3}", 0)),
        Probe(2, widen(r"[a-f]{2}:[0-9a-f]{2}", regex.IGNORECASE)),
    ]
    made = make_prefilter(probes, hyperscan=hyperscan)
    assert [made.ask(text) for text in ("ab:cd", "é ab:cd", "ab:12 345", "345")] == [2, 2, 3, 1]


@pytest.mark.parametrize("hyperscan", [True, False])
def test_numbers_behind_words_are_presidios(hyperscan: bool) -> None:
    """Numbers that only the words before them make a finding, with marks, blanks and letters of all
    kinds between.
    """
    dice, lead = random.Random(3), ("", "x", "the ", "é", "-", "1 ")
    parts = [
        lead,
        BEHIND,
        BETWEEN,
        ("", "RX-", "PA", "ref-"),
        ("12345", "123456", "12-3456789"),
        ("", "7", "x"),
    ]
    texts = ["".join(map(dice.choice, parts)) for _ in range(400)]
    assert differing(texts, ("us",), "en", 0.0, hyperscan) == []
    assert differing(texts, ("us",), "en", 0.4, hyperscan) == []


@pytest.mark.parametrize("text", ["an ascii text 12", "über 12", "no digits", "ohne Zähler"])
def test_what_a_policy_looks_for_is_in_no_cache(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Denied words are people's names as often as not: neither they nor a digest of them are
    written.
    """
    monkeypatch.setenv("COATCHECK_CACHE", str(tmp_path))
    custom = CustomRecognizer(
        "staff", "STAFF", patterns=("Okonkwo-[0-9]+",), context=("Balanchine",), deny=("Brynhild",)
    )
    for wanted in ((), ("Jane Featherstonehaugh",)):
        scanner._rules.cache_clear()
        prefilter._database.cache_clear()
        made = make_scanner(
            entities=FEW, custom=[custom] if wanted else [], deny=wanted, hyperscan=True
        )
        made.scan_text(text)
        made._rule_sets[0]._context_words.ask(text)  # a rule that always runs asks for them, too
        names = {path.name for path in tmp_path.iterdir()}
        held = b"".join(path.read_bytes() for path in tmp_path.iterdir()).lower()
        if not wanted:
            without = names
    assert without
    assert names == without
    assert not [
        word
        for word in (b"okonkwo", b"balanchine", b"brynhild", b"featherstonehaugh")
        if word in held
    ]
    found = make_scanner(entities=FEW, custom=[custom], deny=wanted, hyperscan=True).scan_text(
        "Jane Featherstonehaugh, Brynhild"
    )
    assert {span[2] for span in found} >= {"DENY_LISTED", "STAFF"}
