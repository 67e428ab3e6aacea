"""Identifiers in disguise: what folding finds again, per trick, and that clean text stays as it
is.
"""

from __future__ import annotations

import html
import random
from collections.abc import Callable

import pytest
from faker import Faker
from hypothesis import given
from hypothesis import strategies as st

from anonymize.detect import make_scanner
from anonymize.detect.text.disguises import fold_disguises
from tests.detect.text.corpus import prose, record

LOOK_ALIKE = str.maketrans("aeopcyxABEHOPCTX", "аеорсухАВЕНОРСТХ")
FULL_WIDTH = {i: i + 0xFEE0 for i in range(0x21, 0x7F)}


def mathematical(text: str) -> str:
    """Return ``text`` in mathematical bold letters and digits."""
    out = ""
    for c in text:
        if c.isdigit():
            out += chr(0x1D7CE + int(c))
        elif c.isascii() and c.isalpha():
            out += chr((0x1D41A if c.islower() else 0x1D400) + ord(c.lower()) - ord("a"))
        else:
            out += c
    return out


TRICKS: dict[str, tuple[Callable[[str], str], str, float]] = {
    "full-width": (lambda t: t.translate(FULL_WIDTH), "email card ssn", 1.0),
    "mathematical letters and digits": (mathematical, "email card ssn", 1.0),
    "look-alike letters": (lambda t: t.translate(LOOK_ALIKE), "email", 0.95),
    "zero-width characters": (lambda t: "\u200b".join(t), "email card ssn", 1.0),
    "soft hyphens": (lambda t: t[:3] + "\u00ad" + t[3:7] + "\u00ad" + t[7:], "email card ssn", 1.0),
    "combining marks": (lambda t: "".join(c + "\u0332" for c in t), "email card ssn", 1.0),
    "spaced-out": (" ".join, "email card ssn", 1.0),
    "dotted digits": (lambda t: ".".join(t.replace("-", "")), "card", 1.0),
    "(at) and dot": (lambda t: t.replace("@", " (at) ").replace(".", " dot "), "email", 1.0),
    "[at] and [dot]": (lambda t: t.replace("@", "[at]").replace(".", "[dot]"), "email", 1.0),
    "at and dot in words": (lambda t: t.replace("@", " at ").replace(".", " dot "), "email", 1.0),
    "percent-encoded": (lambda t: t.replace("@", "%40").replace(".", "%2E"), "email", 1.0),
    "HTML entities": (
        lambda t: "".join(f"&#{ord(c)};" if not c.isalnum() else html.escape(c) for c in t),
        "email ssn",
        1.0,
    ),
    "Arabic digits": (
        lambda t: "".join(chr(0x660 + int(c)) if c.isdigit() else c for c in t),
        "card ssn",
        1.0,
    ),
}
ENTITIES = {"email": "EMAIL_ADDRESS", "card": "CREDIT_CARD", "ssn": "US_SSN"}


def originals(kind: str, count: int) -> list[str]:
    """Return identifiers of one kind that are found undisguised."""
    fake = Faker()
    fake.seed_instance(4)
    make = {
        "email": fake.email,
        "card": lambda: fake.credit_card_number("visa16"),
        "ssn": fake.ssn,
    }[kind]
    return [make() for _ in range(count)]


@pytest.mark.parametrize("trick", TRICKS)
def test_disguised_identifiers_are_found_where_they_stand(trick: str) -> None:
    """Of each kind of disguise, at least the stated share is found, with a span that covers the
    disguise.
    """
    disguise, kinds, floor = TRICKS[trick]
    scanner = make_scanner(countries=["us"])
    for kind in kinds.split():
        found = 0
        for original in originals(kind, 25):
            hidden = disguise(original)
            spans = scanner.scan_text(f"write {hidden} soon")
            found += any(
                s <= 6 and e >= 6 + len(hidden) - 1
                for s, e, entity, *_ in spans
                if entity == ENTITIES[kind]
            )
        assert found >= floor * 25, f"{trick}: {found} of 25 {kind}"


def test_clean_text_is_left_alone() -> None:
    """Prose and plain records fold to themselves, or to nothing that is found anew."""
    dice, fakes = random.Random(3), [Faker("en_US"), Faker("en_GB")]
    plain, exact = make_scanner(own_kinds=False), make_scanner(fold=False)
    texts = [prose(dice, fakes) for _ in range(150)]
    fakes = [fakes[0]] * 14
    texts += [
        f"{fakes[0].name()}, {fakes[0].email()}, {fakes[0].street_address()}" for _ in range(100)
    ]
    assert all(plain.scan_text(t) == exact.scan_text(t) for t in texts)
    assert record is not None


@given(st.text(max_size=60))
def test_folding_maps_back_inside_the_original(text: str) -> None:
    """Every folded code point stands for a span of the original, in order."""
    folded = fold_disguises(text)
    if folded is not None:
        assert len(folded.text) == len(folded.starts) == len(folded.ends)
        assert all(0 <= s < e <= len(text) for s, e in zip(folded.starts, folded.ends, strict=True))
        assert list(folded.starts) == sorted(folded.starts)


@pytest.mark.parametrize(
    "text", ["Привет, мир", "Ελληνικά", "日本語のテキスト", "naïve café", "100 % at the dot"]
)
def test_other_scripts_are_no_disguise(text: str) -> None:
    """Words wholly of another script stay in it."""
    assert fold_disguises(text) is None
