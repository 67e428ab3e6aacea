"""Telephone numbers as the library finds them, without its parser."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from phonenumbers import phonenumbermatcher, phonenumberutil

from anonymize.detect.text.phone_numbers import PhoneFinder
from anonymize.detect.text.phone_plans import beginnings, calling_plan, region_plan, taken_abroad
from tests.detect.text.test_exactness import differing

REGIONS = ("US", "GB", "DE", "FR", "IL", "IN", "CA", "BR", "IT", "AR", "KZ")
ENDS = (
    "",
    "",
    " now",
    " x12",
    " ext. 5",
    "~7",
    "#3",
    "- 503#",
    "/2",
    "/x302",
    ",,3",
    "%",
    "é",
    ")",
    ":30",
    "€",
)
PREFIXES = ("", "0", "00", "000", "011", "1", "8", "06", "15", "90", "810", "0011")


def is_number(text: str, region: str) -> bool:
    """Return what the library's parser and its check of valid numbers say."""
    try:
        number = phonenumberutil.parse(text, region, keep_raw_input=True)
    except phonenumberutil.NumberParseException:
        return False
    return bool(phonenumbermatcher._verify(1, number, text, None))


def digits(dice: random.Random, region: str) -> str:
    """Return digits that are a number of ``region``, or nearly one."""
    example = phonenumbers.example_number_for_type(
        region, dice.randrange(11)
    ) or phonenumbers.example_number(region)
    code = dice.choice(("", "", str(example.country_code)))
    cells = list(dice.choice(PREFIXES) + code + phonenumbers.national_significant_number(example))
    for _ in range(dice.choice((0, 0, 1, 2))):
        cells[dice.randrange(len(cells))] = dice.choice("0123456789")
    return "".join(cells[: len(cells) - dice.choice((0, 0, 0, 1))])


@pytest.mark.parametrize("seed", range(2))
def test_bare_digits_are_a_number_where_the_library_says_so(seed: int) -> None:
    """Numbers of every region, dialled from it and from others, with prefixes, extensions and wrong
    digits.
    """
    dice, regions = random.Random(seed), sorted(phonenumbers.SUPPORTED_REGIONS)
    for _ in range(1500):
        dialled, home = dice.choice(regions), dice.choice(regions)
        bare, extension = (
            digits(dice, dialled if dice.random() < 0.7 else home),
            dice.choice(("", "", "12")),
        )
        expected = is_number(bare + (f"x{extension}" if extension else ""), dialled)
        assert region_plan(dialled).takes(bare, bare + extension) == expected, (
            dialled,
            bare,
            extension,
        )
        assert beginnings((dialled,), len(bare)).match(bare) or not expected or extension
        assert taken_abroad(bare) in (None, is_number(f"+{bare}", dialled))


def test_every_calling_code_has_a_plan() -> None:
    """No calling code of the library breaks, those that belong to no country among them."""
    assert all(
        calling_plan(code).national("12345678") for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    )


@pytest.mark.parametrize(
    "text", ["call 650-253-0000~5 now", "650 253 0000 ~ 12345678", "tel 0711 1234567~1"]
)
def test_an_extension_after_a_tilde_is_no_part_of_the_number(text: str) -> None:
    """A tilde begins an extension, as it does for Presidio."""
    assert differing([text], (), "en", 0.4, True) == []


def written(dice: random.Random) -> str:
    """Return up to three numbers as they are written, a character put in or left out, between odd
    neighbours.
    """
    numbers = []
    for _ in range(dice.randrange(1, 4)):
        number = phonenumbers.example_number_for_type(dice.choice(REGIONS), dice.randrange(2))
        cells = list(phonenumbers.format_number(number, dice.randrange(4)) + dice.choice(ENDS))
        for _ in range(dice.choice((0, 0, 1, 2))):
            at = dice.randrange(len(cells))
            cells[at : at + dice.randrange(2)] = dice.choice(
                ("", *"0189-/.()+~x[]", " - ", "\u00a0", "\uff0b")
            )
        numbers.append("".join(cells))
    return dice.choice(("", "call ", "x", "é", "$", "(")) + dice.choice(
        (" ", "/", ", ", " - ", "")
    ).join(numbers)


def test_numbers_as_they_are_written_are_presidios() -> None:
    """In all formats and from abroad, with extensions, beside letters and money, run together and
    cut short.
    """
    dice = random.Random(6)
    assert differing([written(dice) for _ in range(700)], (), "en", 0.4, True) == []


@pytest.mark.parametrize("leniency", [0, 1, 2, 3])
def test_every_leniency_gives_the_matchers_numbers(leniency: int) -> None:
    """Whatever counts as a number, the outermost spans are those that the library's matcher
    finds.
    """
    text = (
        "650 253 0000, (0)711/123456-7 or +49 711 1234567 x12; 3/10/2011 12.34.56.78 +0 12345 ++1"
        " 650-253-0000"
    )
    matches = phonenumbers.PhoneNumberMatcher(text, "DE", leniency=leniency)
    assert PhoneFinder(("DE",), leniency).find(text) == [
        (match.start, match.end) for match in matches
    ]
