"""Numbers of vehicles and addresses of devices under headers that say nothing."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Sequence

import pyarrow as pa
import pytest

from anonymize.detect import inspect_samples, sample_columns
from anonymize.detect.columns.vins import is_vin
from anonymize.detect.interface import DIRECT_IDENTIFIERS, Finding
from anonymize.detect.text.checksums import vin

DRAW = random.Random(4)
SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
ROWS = range(60)
ANY = [DRAW.randrange(1 << 24, 1 << 32) for _ in ROWS]


def findings(**columns: Sequence[object]) -> tuple[Finding, ...]:
    """Return what inspect says of a table."""
    return inspect_samples(sample_columns([pa.record_batch(columns)]))


def numbered(begin: str, *, checked: bool) -> str:
    """Return a number of that maker, its check digit right or wrong."""
    front = begin + "".join(DRAW.choice(SIGNS) for _ in range(11 - len(begin)))
    code = front[:8] + "{}" + front[9] + "X" + f"{DRAW.randrange(10**6):06d}"
    return next(full for digit in "0123456789X" if vin(full := code.format(digit)) is checked)


MAKERS = {
    "of North America": ["1HGCM", "2T1BU", "5YJSA"],
    "of Europe": ["WVWZZZ", "VF1BA", "ZFA312A"],
}


@pytest.mark.parametrize("checked", ["of North America", "of Europe", "of both"])
def test_vehicles_are_found_by_check_digit_or_by_maker_and_form(checked: str) -> None:
    """A column of both is one of vehicles as well."""
    both = [
        numbered(DRAW.choice(MAKERS["of North America"]), checked=True)
        if checked == "of North America" or (checked == "of both" and n % 2)
        else numbered(DRAW.choice(MAKERS["of Europe"]), checked=False)
        for n in ROWS
    ]
    (found,) = findings(column_1=both)
    assert (found.verdict, found.device) == ("RECORD_ID", True)


@pytest.mark.parametrize(
    "text",
    [
        "WDB20240101000123",  # an order: no letter describes it
        "XYZ1A2B3C4D5E6789",  # no maker
        "WVWZZZ1JZ3W38675A",  # no number at the end
        "WVWZZZ1JZ3W38675",
        "IVWZZZ1JZ3W386752",
    ],
)
def test_other_codes_of_that_length_are_none(text: str) -> None:
    """Each lacks one of what tells a vehicle's."""
    assert not is_vin(text)


@pytest.mark.parametrize("written", [str, "{:08x}".format, "0x{:08X}".format])
def test_addresses_as_numbers_are_found_beside_themselves(written: object) -> None:
    """In decimal and hexadecimal digits; the dotted column says what they are."""
    dotted = [str(ipaddress.ip_address(number)) for number in ANY]
    packed, _ = findings(a=[written(number) for number in ANY], b=dotted)  # type: ignore[operator]
    assert packed.verdict == "IP_ADDRESS"
    packed, _ = findings(a=ANY, b=dotted)
    assert packed.verdict == "IP_ADDRESS"


@pytest.mark.parametrize("network", ["192.168.0.0/16", "172.16.0.0/12"])
def test_addresses_of_private_networks_are_found_alone(network: str) -> None:
    """All of a column lie in a part of the numbers that nothing else fills."""
    inside = ipaddress.ip_network(network)
    first, size = int(inside.network_address), inside.num_addresses
    (found,) = findings(c=[first + DRAW.randrange(size) for _ in ROWS])
    assert found.verdict == "IP_ADDRESS"


@pytest.mark.parametrize(
    "columns",
    [
        {"a": ANY},
        {"a": [f"{number:08x}" for number in ANY]},
        {"a": [167_772_160 + 1000 * n for n in ROWS]},
        {"a": ANY, "b": [f"10.0.0.{n}" for n in ROWS]},
    ],
    ids=["numbers", "hexadecimal digits", "of 10.0.0.0/8", "beside other addresses"],
)
def test_numbers_that_may_be_anything_are_no_addresses(columns: dict[str, list[object]]) -> None:
    """``docs/detection.md`` says that they are not looked for."""
    assert findings(**columns)[0].verdict not in DIRECT_IDENTIFIERS
