"""When characters are a device's address (IPv4, IPv6, hardware), and when a version or a hash."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

QUAD = re.compile(
    r"(?<![\w.+-])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:/(\d{1,2}))?(?![\w-]|\.\d|/\d)",
    re.ASCII,
)
HEX = re.compile(r"(?i)(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:/\d{1,3})?(?![\w:]|\.\d)")
MAC = re.compile(
    r"(?i)(?<![\w:-])(?:[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})(?![\w:-])"
)
BARE_MAC = re.compile(
    r"(?<![\w:.-])(?!0{6})(?=[0-9A-Fa-f]*[A-Fa-f])(?:[0-9a-f]{12}|[0-9A-F]{12})(?![\w:-]|\.\w)",
    re.ASCII,
)
"""Six bytes without marks, in one case; decimal digits alone are a number, and zeros in front a
count.
"""
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
    match = QUAD.fullmatch(address)
    return (
        match is not None
        and is_device(match)
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
    """Return whether ``text`` is a number that may be an IPv4 address: eight hexadecimal digits, or
    decimal ones.

    Only a header distinguishes these from other numbers.
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
    return bare.count(":") >= 2 and HEX.fullmatch(bare) is not None and is_given_out_v6(bare)


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


def is_device(match: re.Match[str]) -> bool:
    """Return whether a match of ``QUAD`` is an address of a device; a network is none."""
    numbers = match.groups()[:4]
    plain = all(int(one) <= 255 and (one == "0" or one[0] != "0") for one in numbers)
    return plain and numbers[0] != "0" and not is_network(match[0])


def is_given_out_v6(text: str) -> bool:
    """Return whether ``text`` is an IPv6 address of a range that is given out."""
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


_ASSIGNED, _OF_ONE_STATION = frozenset("048cC"), frozenset("02468aceACE")
"""The second digit of hardware addresses: of those that a maker gave out, and of all that name one
device (the low bits of the first byte; IEEE 802).
"""
_FEWEST_ASSIGNED, _FEWEST_OF_ONE = 8, 20
_BYTES_ASSIGNED, _BYTES_OF_ONE = 5, 12


def are_bare_macs(found: Sequence[str]) -> bool:
    """Return whether runs of twelve hexadecimal digits are hardware addresses, by the two bits that
    a maker does not choose.

    Of arbitrary digits a quarter, or a half, have them; all of eight, or twenty, have them once in
    65,000 columns, or a million. As many different first bytes show that it is no common beginning.
    """
    second, first = {one[1] for one in found}, {one[:2].lower() for one in found}
    if len(found) >= _FEWEST_ASSIGNED and len(first) >= _BYTES_ASSIGNED and second <= _ASSIGNED:
        return True
    return (
        len(found) >= _FEWEST_OF_ONE and len(first) >= _BYTES_OF_ONE and (second <= _OF_ONE_STATION)
    )


def is_mac(text: str) -> bool:
    """Return whether ``text`` is six bytes in pairs or fours with marks: neither all decimal digits
    nor all alike.
    """
    bare = text.strip()
    digits = re.sub(r"[:.-]", "", bare)
    return MAC.fullmatch(bare) is not None and not digits.isdigit() and len(set(digits.lower())) > 1
