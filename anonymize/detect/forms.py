"""When characters are a telephone number, a card, a device's address, and when they are something
written alike.

One definition for columns, for prose and for the scan of the output. Digits alone prove little: a
version has the form of an address, a tenth of all long numbers pass Luhn's check, and most eight to
twelve digits are somewhere a telephone number. So each find has a weight: a valid check counts
once, a form needs a share of the cells or a word beside it that names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from anonymize.detect.network_addresses import (
    BARE_MAC,
    HEX,
    MAC,
    QUAD,
    is_device,
    is_given_out_v6,
    is_mac,
    plainly_an_address,
)
from anonymize.detect.text import check_digits

NEAR = 32
"""Code points before a find in which a word may name it."""
_ENOUGH = re.compile(
    r"(?:\d[^\d]*){8}|(?:\d+\.){3}\d|(?::.*){2}|(?:[0-9A-Fa-f]{2,4}[.-]){2}"
    r"|\b[0-9A-Fa-f]{12}\b",
    re.ASCII,
)
"""What the shortest of all that is looked for has: eight digits, three points between, two colons,
hex pairs.
"""


class Weight(IntEnum):
    """How much a single find counts as evidence."""

    DIGITS = 1
    """Counts only beside a word that names it: bare digits that some numbering plan knows."""
    FORM = 2
    """Written so: counts beside such a word, or where a share of the cells has it."""
    CHECK = 3
    """Passes a check that by chance one number in ten passes too: counts where most numbers of its
    form do.
    """
    PROOF = 4
    """Counts once: an e-mail address, an IBAN, a device's hardware address."""


@dataclass(frozen=True, slots=True)
class Find:
    """One place in a text."""

    entity: str
    start: int
    end: int
    weight: Weight


# Telephones
# --------------------------------------------------------------------------------------------------

_EXIT = (
    r"(?<![\w.+/:-])00[1-9]\d{0,2}(?:[ .\-/]\(?\d{1,5}\)?){2,6}(?![\w/:-]|[.,]\d)"
    r"|(?<![\w.+/:-])00[1-9]\d{8,13}(?![\w/:-]|[.,](?!0{1,2}(?![\w.,]))\d)"
)
_PLUS = r"(?<![\w+])\+\d{1,3}(?:[ .\-/]?\(?\d{1,5}\)?){1,6}(?!\w|[.,]\d)"
_AMERICAN = (
    r"(?<![\w.+-])(?:1[ .-])?(?:\(\d{3}\) ?\d{3}[ .-]?|[2-9]\d\d(["
    r" .-])\d{3}\1)\d{4}(?![\w-]|[.,]\d)"
)
_TRUNK = (
    r"(?<![\w.+/:-])(?:\(0\d{1,4}\) ?|0\d{1,4}[ /-])\d{2,8}(?:[ -]\d{2,5}){0,3}(?![\w/:-]|[.,]\d)"
)
_PAIRS = r"(?<![\w.+/:-])0[1-9](?:([ .-])\d\d)(?:\2\d\d){3}(?![\w/:-]|[.,]\d)"
PHONE = re.compile(rf"{_PLUS}|{_EXIT}|{_AMERICAN}|{_TRUNK}|{_PAIRS}", re.ASCII)
"""Numbers with a country's code behind ``+`` or ``00``, in North America's grouping, with an area's
code behind its 0, or in French pairs.
"""
PHONE_WORDS = re.compile(
    r"(?i)(?:phone|tel[eé]?f|\btel\b|mobil|m[oó]vil|\bcell\b|celular|\bfax|whatsapp|\bcall\b|rufnummer|handy|telefoon|\bdial"
    r"|\bsms\b|\bph\b|\bmob\b|\breach|\bring\b|hotline|appel|llam|ligue|anruf|chiam|bel\b|contact|电话|手机|電話|携帯|전화|फ़ोन|هاتف)"
)


def is_phone(text: str) -> bool:
    """Return whether ``text`` as a whole is written like a telephone number, with marks or a
    plus.
    """
    match = PHONE.fullmatch(text.strip())
    return match is not None and _of_a_phones_length(match[0])


def _of_a_phones_length(text: str) -> bool:
    digits = sum(map(str.isdigit, text))
    if text.startswith("00"):
        return 9 <= digits - 2 <= 15 and _is_called_from_abroad(text)
    return 9 <= digits <= 15 or (text.startswith("+") and 8 <= digits <= 15)


def _is_called_from_abroad(text: str) -> bool:
    """Return whether what stands behind ``00`` is a valid number of some country: article and
    customer numbers begin with zeros, too.
    """
    from anonymize.detect.text.phone_plans import taken_abroad

    return bool(taken_abroad("".join(filter(str.isdigit, text))[2:]))


def _phones(text: str) -> Iterator[Find]:
    for match in PHONE.finditer(text):
        if _of_a_phones_length(match[0]):
            yield Find("PHONE_NUMBER", match.start(), match.end(), Weight.FORM)


# Numbers that are given out
# -----------------------------------------------------------------------------------------

SSN = re.compile(
    r"(?<![\w.-])(?!000|666|9\d\d[- ](?![5789]|6[0-5])|9\d\d[- ](?:89|93))"
    r"\d{3}([- ])(?!00)\d\d\1(?!0000)\d{4}(?![\w-]|[.,]\d)",
    re.ASCII,
)
"""US social security and taxpayer numbers with their marks; the latter begin with 9 (groups 50-65,
70-88, 90-99).
"""
SSN_SHAPED = re.compile(r"(?<![\w.-])\d{3}([- ])\d\d\1\d{4}(?![\w-]|[.,]\d)", re.ASCII)
"""What is written alike, whether there are such numbers or not."""
SSN_WORDS = re.compile(r"(?i)\bssn\b|social security|\bss ?#|\bitin\b|taxpayer|\btax id")
_CARD = re.compile(
    r"(?<![\w.,+])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|\d{4}(["
    r" -])\d{6}\2\d{4,5})(?!\w|[.,](?!0{1,2}(?![\w.,]))\d)",
    re.ASCII,
)
"""Whole numbers, also where a table made decimals of them: ``4111111111111111.0``."""
_IBAN = re.compile(
    r"(?<!\w)(?:[A-Z]{2}\d\d(?: ?[A-Z0-9]){11,30}|[a-z]{2}\d\d(?: ?[a-z0-9]){11,30}"
    r"|[A-Za-z]{2}\d\d(?:([-.\u00a0\u202f])[A-Za-z0-9]{4})(?:\1[A-Za-z0-9]{4}){1,6}"
    r"(?:\1[A-Za-z0-9]{1,3})?)(?![\w])(?![-.]\w)"
)
"""In capitals or small letters, and in fours with another mark between them."""
_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO",
        16: "BE BI",
        18: "DK FO FI GL NL SD FK",
        19: "MK SI MN",
        20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV",
        22: "BG BH CR DE GB GE IE ME RS VA",
        23: "AE GI IL IQ OM TL SO",
        24: "AD CZ DZ ES MD PK RO SA SE SK TN VG",
        25: "AO CV LY MZ PT ST",
        26: "IS TR IR",
        27: "BF CF CG CM FR GR IT MC MR SM TD DJ",
        28: "AL AZ BJ BY CI CY DO GT GW HN HU LB MG ML NE NI PL SN TG SV",
        29: "BR EG PS QA UA",
        30: "JO KW KM MU YE",
        31: "MT SC",
        32: "LC",
        33: "RU",
    }.items()
    for country in countries.split()
}
"""How long each country's IBAN is (registry of ISO 13616): parcels' numbers begin with two letters
too.
"""
_IBAN_OF_DIGITS = frozenset(
    str.split(
        "AE AT BA BE CR CZ DE DK EE ES FI FO GL HR HU IL IS LT LY ME MN MR NO PL PT RS SD SE SI SK"
        " TL TN VA XK"
    )
)
"""Countries whose IBANs are digits behind the first two letters: hexadecimal codes begin with
``be``, ``de`` and ``ee``, too.
"""
CARD_WORDS = re.compile(
    r"(?i)\bcard|\bvisa\b|mastercard|\bamex\b|maestro|kreditkarte|\bkarte|tarjeta|carte|cartão|carta\b"
)


def is_card(text: str) -> bool:
    """Return whether ``text`` is a card number that networks give out today: length, first digits,
    Luhn's check.

    Thirteen digits are a trade item's number far more often than one of the cards that Visa no
    longer issues.
    """
    return check_digits.card(text) and len(check_digits.bare(text)) != 13


def _cards(text: str) -> Iterator[Find]:
    for match in _CARD.finditer(text):
        if check_digits.card(match[0]):
            weight = Weight.CHECK if is_card(match[0]) else Weight.DIGITS
            yield Find("CREDIT_CARD", match.start(), match.end(), weight)


def could_pass(entity: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield the numbers in ``text`` that could pass the check of ``entity`` by chance, start and
    end.

    Cards: those with a card's length and first digits. IPv6 addresses: all groups of hex digits
    between colons.
    """
    if entity == "CREDIT_CARD":
        yield from (
            match.span() for match in _CARD.finditer(text) if check_digits.card_shaped(match[0])
        )
    elif entity == "IP_ADDRESS":
        yield from (match.span() for match in HEX.finditer(text))


def _ibans(text: str) -> Iterator[Find]:
    for match in _IBAN.finditer(text):
        for end in _ends(match[0]):
            if is_iban(match[0][:end]):
                yield Find("IBAN_CODE", match.start(), match.start() + end, Weight.PROOF)
                break


def is_iban(text: str) -> bool:
    """Return whether ``text`` is an IBAN: a country that has them, its length, right check
    digits.
    """
    code = check_digits.bare(text)
    country = code[:2]
    if len(code) != _IBAN_LENGTHS.get(country) or not check_digits.iban(code):
        return False
    return country not in _IBAN_OF_DIGITS or code[2:].isdigit()


def _ends(text: str) -> Iterator[int]:
    """Yield the positions where an IBAN could end, longest first: words may follow it."""
    yield len(text)
    yield from (match.start() for match in reversed(list(re.finditer(" ", text))))


def _ssns(text: str) -> Iterator[Find]:
    for match in SSN.finditer(text):
        yield Find("US_SSN", match.start(), match.end(), Weight.FORM)


# Devices
# --------------------------------------------------------------------------------------------------

_AGENT = re.compile(r"[A-Za-z]/$|(?i:version|release|build|firmware|\bv|\brev)[ :.=]{0,2}$")
IP_WORDS = re.compile(
    r"(?i)\bips?\b|\bip(?:v4|v6|[_"
    r" ]?addr\w*)\b|\bhosts?\b|\bserver\b|\baddr(?:ess)?\b|adresse|gateway"
    r"|\bpeer\b|\bclient\b|\bsrc\b|\bdst\b"
    r"|\bfrom\b|\blogin\b|\bconnect\w*|\bping\b|://"
)
MAC_WORDS = re.compile(r"(?i)\bmac\b|\bbssid\b|\bhw ?addr|hardware addr|\bether\b")


def _addresses(text: str) -> Iterator[Find]:
    for match in QUAD.finditer(text):
        if not is_device(match) or _AGENT.search(text, max(0, match.start() - 12), match.start()):
            continue
        spread = plainly_an_address(tuple(map(int, match.groups()[:4])))
        yield Find(
            "IP_ADDRESS", match.start(), match.end(), Weight.FORM if spread else Weight.DIGITS
        )
    for match in HEX.finditer(text) if text.count(":") > 1 else ():
        if is_given_out_v6(match[0]):
            yield Find("IP_ADDRESS", match.start(), match.end(), Weight.CHECK)
    for match in MAC.finditer(text):
        if is_mac(match[0]):
            yield Find("MAC_ADDRESS", match.start(), match.end(), Weight.PROOF)
    for match in BARE_MAC.finditer(text):
        yield Find("MAC_ADDRESS", match.start(), match.end(), Weight.FORM)


# What is hidden, what is a mail
# -------------------------------------------------------------------------------------

_HIDDEN = re.compile(r"[*•·#×█▒]{2}|\*[\W_]\*")
_CROSSED_OUT = re.compile(r"(?i)(?:x[\W_]?){4}")
_RETINA = re.compile(r"@\dx?\.")


def is_masked(text: str) -> bool:
    """Return whether part of ``text`` is hidden behind a repeated mark: ``j***@example.org``,
    ``00:1A:**:**``.
    """
    return _HIDDEN.search(text) is not None or _CROSSED_OUT.search(text) is not None


def is_mail(text: str) -> bool:
    """Return whether what is written like an e-mail address is one: not half hidden, no file for a
    dense display.
    """
    return _HIDDEN.search(text.rpartition("@")[0]) is None and _RETINA.search(text) is None


_WORDS = {
    "PHONE_NUMBER": PHONE_WORDS,
    "US_SSN": SSN_WORDS,
    "CREDIT_CARD": CARD_WORDS,
    "IP_ADDRESS": IP_WORDS,
    "MAC_ADDRESS": MAC_WORDS,
}


def named(find: Find, text: str) -> bool:
    """Return whether a word shortly before a find names its kind."""
    words = _WORDS.get(find.entity)
    return (
        words is not None and words.search(text, max(0, find.start - NEAR), find.start) is not None
    )


def finds(text: str) -> list[Find]:
    """Return the telephone numbers, cards, IBANs, US numbers and addresses of devices in
    ``text``.
    """
    if not _ENOUGH.search(text):
        return []
    found = [*_phones(text), *_cards(text), *_ibans(text), *_ssns(text), *_addresses(text)]
    proven = [one for one in found if one.weight is Weight.PROOF]
    return [
        one
        for one in found
        if one.weight is Weight.PROOF or not any(_inside(one, other) for other in proven)
    ]


def _inside(one: Find, other: Find) -> bool:
    return other.start <= one.start and one.end <= other.end


def suspicious(text: str) -> bool:
    """Return whether a text could hold an identifier at all: an at sign, six digits, or colons
    between them.
    """
    return "@" in text or text.count(":") >= 2 or sum(map(str.isdigit, text)) >= 6
