"""When characters are a telephone number, a card, a device's address, and when they are something
written alike.

One definition for columns, for prose and for the scan of the output. Digits alone prove little: a
version has the form of an address, a tenth of all long numbers pass Luhn's check, and most eight to
twelve digits are somewhere a telephone number. So each find has a weight: a valid check counts
once, a form needs a share of the cells or a word beside it that names it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from anonymize.detect.text import checksums

NEAR = 32
"""Code points before a find in which a word may name it."""
_ENOUGH = re.compile(
    r"(?:\d[^\d]*){8}|(?:\d+\.){3}\d|(?::.*){2}|(?:[0-9A-Fa-f]{2,4}[.-]){2}", re.ASCII
)
"""What the shortest of all that is looked for has: eight digits, three points between, two colons,
hex pairs.
"""


class Weight(IntEnum):
    """How much one find says by itself."""

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

_PLUS = r"(?<![\w+])\+\d{1,3}(?:[ .\-/]?\(?\d{1,5}\)?){1,6}(?!\w|[.,]\d)"
_AMERICAN = (
    r"(?<![\w.+-])(?:1[ .-])?(?:\(\d{3}\) ?\d{3}[ .-]?|[2-9]\d\d(["
    r" .-])\d{3}\1)\d{4}(?![\w-]|[.,]\d)"
)
_TRUNK = (
    r"(?<![\w.+/:-])(?:\(0\d{1,4}\) ?|0\d{1,4}[ /-])\d{2,8}(?:[ -]\d{2,5}){0,3}(?![\w/:-]|[.,]\d)"
)
_PAIRS = r"(?<![\w.+/:-])0[1-9](?:([ .-])\d\d)(?:\2\d\d){3}(?![\w/:-]|[.,]\d)"
PHONE = re.compile(rf"{_PLUS}|{_AMERICAN}|{_TRUNK}|{_PAIRS}", re.ASCII)
"""Numbers with a country's code, in North America's grouping, with an area's code behind its 0, or
in French pairs.
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
    return 9 <= sum(map(str.isdigit, text)) <= 15 or (
        text.startswith("+") and 8 <= sum(map(str.isdigit, text)) <= 15
    )


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
    r" -])\d{6}\2\d{4,5})(?!\w|[.,]\d)",
    re.ASCII,
)
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d\d(?: ?[A-Z0-9]){11,30}(?!\w)")
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
CARD_WORDS = re.compile(
    r"(?i)\bcard|\bvisa\b|mastercard|\bamex\b|maestro|kreditkarte|\bkarte|tarjeta|carte|cartão|carta\b"
)


def is_card(text: str) -> bool:
    """Return whether ``text`` is a card number that networks give out today: length, first digits,
    Luhn's check.

    Thirteen digits are a trade item's number far more often than one of the cards that Visa no
    longer issues.
    """
    return checksums.card(text) and len(checksums.bare(text)) != 13


def _cards(text: str) -> Iterator[Find]:
    for match in _CARD.finditer(text):
        if checksums.card(match[0]):
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
            match.span() for match in _CARD.finditer(text) if checksums.card_shaped(match[0])
        )
    elif entity == "IP_ADDRESS":
        yield from (match.span() for match in _HEX.finditer(text))


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
    code = checksums.bare(text)
    return len(code) == _IBAN_LENGTHS.get(code[:2]) and checksums.iban(code)


def _ends(text: str) -> Iterator[int]:
    """Yield where an IBAN could end, the longest first: words in capitals may stand behind it."""
    yield len(text)
    yield from (match.start() for match in reversed(list(re.finditer(" ", text))))


def _ssns(text: str) -> Iterator[Find]:
    for match in SSN.finditer(text):
        yield Find("US_SSN", match.start(), match.end(), Weight.FORM)


# Devices
# --------------------------------------------------------------------------------------------------

_QUAD = re.compile(
    r"(?<![\w.+-])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:/(\d{1,2}))?(?![\w-]|\.\d|/\d)",
    re.ASCII,
)
_AGENT = re.compile(r"[A-Za-z]/$|(?i:version|release|build|firmware|\bv|\brev)[ :.=]{0,2}$")
_HEX = re.compile(r"(?i)(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:/\d{1,3})?(?![\w:]|\.\d)")
_MAC = re.compile(
    r"(?i)(?<![\w:-])(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:-])"
)
IP_WORDS = re.compile(
    r"(?i)\bips?\b|\bip(?:v4|v6|[_"
    r" ]?addr\w*)\b|\bhosts?\b|\bserver\b|\baddr(?:ess)?\b|adresse|gateway"
    r"|\bpeer\b|\bclient\b|\bsrc\b|\bdst\b"
    r"|\bfrom\b|\blogin\b|\bconnect\w*|\bping\b|://"
)
_GIVEN_OUT = tuple(
    map(
        ipaddress.ip_network,
        ("2001::/16", "2002::/15", "2400::/12", "2600::/12", "2610::/23", "2620::/23", "2630::/12"),
    )
) + tuple(
    map(ipaddress.ip_network, ("2800::/12", "2a00::/12", "2c00::/12", "fc00::/7", "fe80::/10"))
)
"""What IPv6 addresses begin with (IANA's allocations, the private ranges); other groups of hex
digits are hashes.
"""
_LEAST_BITS_OF_HOSTS = 2


def is_ipv4(text: str) -> bool:
    """Return whether ``text`` is the IPv4 address of a device, a port behind it or not; a network
    is none.
    """
    address, _, port = text.strip().partition(":")
    match = _QUAD.fullmatch(address)
    return (
        match is not None
        and _is_device(match)
        and (not port or (port.isdigit() and int(port) < 65_536))
    )


def is_padded_ipv4(text: str) -> bool:
    """Return whether ``text`` is the IPv4 address of a device, three digits for each number:
    ``192.168.001.010``.
    """
    numbers = text.strip().split(".")
    if len(numbers) != 4 or not all(
        len(one) == 3 and one.isascii() and one.isdigit() for one in numbers
    ):
        return False
    return all(int(one) <= 255 for one in numbers) and int(numbers[0]) > 0


def is_packed_ipv4(text: str) -> bool:
    """Return whether ``text`` is one number that may be an IPv4 address: eight hexadecimal digits,
    or decimal ones.

    Only a header tells these from other numbers.
    """
    return bool(packed_ipv4(text))


def packed_ipv4(text: str) -> frozenset[int]:
    """Return the IPv4 addresses that ``text`` may be as one number; eight digits are read both
    ways.
    """
    bare = text.strip().removeprefix("0x").removeprefix("0X").removesuffix(".0")
    found = {int(bare, 16)} if len(bare) == 8 and _EIGHT.fullmatch(bare) else set[int]()
    if bare.isascii() and bare.isdigit() and len(bare) <= 10 and 1 << 24 <= int(bare) < 1 << 32:
        found.add(int(bare))
    return frozenset(found)


_EIGHT = re.compile(r"[0-9A-Fa-f]{8}")


def is_ipv6(text: str) -> bool:
    """Return whether ``text`` is the IPv6 address of a device, of a range that is given out; a
    network is none.
    """
    bare = text.strip()
    return bare.count(":") >= 2 and _HEX.fullmatch(bare) is not None and _is_v6(bare)


def is_network(text: str) -> bool:
    """Return whether ``text`` is a network in CIDR form that holds several addresses: bits of
    hosts, all of them 0.
    """
    bare = text.strip()
    if "/" not in bare:
        return False
    try:
        network = ipaddress.ip_network(bare)
    except ValueError:
        return False
    return network.max_prefixlen - network.prefixlen >= _LEAST_BITS_OF_HOSTS


def _is_device(match: re.Match[str]) -> bool:
    numbers = match.groups()[:4]
    plain = all(int(one) <= 255 and (one == "0" or one[0] != "0") for one in numbers)
    return plain and numbers[0] != "0" and not is_network(match[0])


def _is_v6(text: str) -> bool:
    try:
        address = ipaddress.IPv6Address(text.partition("/")[0])
    except ValueError:
        return False
    return any(address in network for network in _GIVEN_OUT) and not is_network(text)


def plainly_an_address(numbers: tuple[int, ...]) -> bool:
    """Return whether four numbers are hardly a version: versions count up from nothing, addresses
    are spread.

    Of random addresses 96 in 100 have a number from 100 on, a second from 32 on, and no 0 at the
    end; so have the private 192.168 and 172.16, but not 10.0.0.5.
    """
    private = (
        numbers[0] == 127
        or numbers[:2] == (192, 168)
        or (numbers[0] == 172 and 16 <= numbers[1] < 32)
    )
    spread = sorted(numbers)[-1] >= 100 and sorted(numbers)[-2] >= 32
    return (spread or private) and numbers[3] not in (0, 255)


def quad(text: str) -> tuple[int, ...] | None:
    """Return the four numbers of ``text`` where it is a device's IPv4 address by its form."""
    if not is_ipv4(text):
        return None
    return tuple(int(one) for one in re.split(r"[.:/]", text.strip())[:4])


def _addresses(text: str) -> Iterator[Find]:
    for match in _QUAD.finditer(text):
        if not _is_device(match) or _AGENT.search(text, max(0, match.start() - 12), match.start()):
            continue
        spread = plainly_an_address(tuple(map(int, match.groups()[:4])))
        yield Find(
            "IP_ADDRESS", match.start(), match.end(), Weight.FORM if spread else Weight.DIGITS
        )
    for match in _HEX.finditer(text) if text.count(":") > 1 else ():
        if _is_v6(match[0]):
            yield Find("IP_ADDRESS", match.start(), match.end(), Weight.CHECK)
    for match in _MAC.finditer(text):
        if is_mac(match[0]):
            yield Find("MAC_ADDRESS", match.start(), match.end(), Weight.PROOF)


def is_mac(text: str) -> bool:
    """Return whether ``text`` is six bytes in pairs or fours with marks: neither all decimal digits
    nor all alike.
    """
    bare = text.strip()
    digits = re.sub(r"[:.-]", "", bare)
    return (
        _MAC.fullmatch(bare) is not None and not digits.isdigit() and len(set(digits.lower())) > 1
    )


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
}


def named(find: Find, text: str) -> bool:
    """Return whether a word shortly before a find says what it is."""
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
