"""One definition of a telephone number, a card, an address: what is one, and what is written
alike.
"""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.detect import forms, network_addresses
from anonymize.detect.forms import Weight, finds
from tests.detect.identifying_values import IDENTIFYING, Draw


def seen(text: str) -> set[str]:
    """Return the entities of more weight than bare digits."""
    return {find.entity for find in finds(text) if find.weight > Weight.DIGITS}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "+1 303-555-0123",
            "(303) 555-0123",
            "303-555-0123",
            "303.555.0123",
            "+44 20 7946 0181",
            "020 7946 0181",
        ),
        *(
            "06 12 34 56 78",
            "+4915112345678",
            "0171-2345678",
            "(030) 1234567",
            "+81 3-1234-5678",
            "1-303-555-0123",
        ),
    ],
)
def test_telephone_numbers(text: str) -> None:
    """Alone in a cell, and in a sentence."""
    assert forms.is_phone(text)
    assert seen(f"she said {text}, twice") == {"PHONE_NUMBER"}


@pytest.mark.parametrize(
    "text",
    [
        *(
            "4.2.7.1",
            "10.0.19045.3086",
            "1.234.567,89",
            "$1,234,567.89",
            "20000-29999",
            "1712345678",
            "7732-18-5",
        ),
        *(
            "8471.30.01.00",
            "978-3-16-148410-0",
            "2024-03-01 12:30:45",
            "01:23:45",
            "412345 5123456",
            "0.123456789012",
        ),
        *(
            "203.0.113.0/24",
            "2001:db8::/48",
            "Chrome/120.0.6099.109",
            "INV-2024-000123",
            "ORD-1234567890",
            "+01:00",
        ),
    ],
)
def test_what_is_written_alike_is_none(text: str) -> None:
    """Neither alone nor in a sentence."""
    assert seen(text) == seen(f"set to {text} again") == set()


@given(st.sampled_from(sorted(IDENTIFYING)), st.integers(0, 2**32))
def test_columns_and_cells_agree(entity: str, seed: int) -> None:
    """What a column's predicate takes is found in a sentence too."""
    value = IDENTIFYING[entity](Draw(seed))
    alone = {
        "PHONE_NUMBER": forms.is_phone,
        "CREDIT_CARD": forms.is_card,
        "IBAN_CODE": forms.is_iban,
        "IP_ADDRESS": network_addresses.is_ipv4,
        "MAC_ADDRESS": network_addresses.is_mac,
        "EMAIL_ADDRESS": forms.is_mail,
        "US_SSN": lambda text: forms.SSN.fullmatch(text) is not None,
    }[entity]
    assert alone(value)
    assert entity == "EMAIL_ADDRESS" or entity in seen(f"it is {value} now")


@given(st.ip_addresses(v=4), st.integers(8, 30))
def test_a_network_is_no_device_and_a_device_in_it_is_one(
    address: ipaddress.IPv4Address, bits: int
) -> None:
    """The bits of hosts decide, whatever is written behind the slash."""
    network = ipaddress.ip_network((address, bits), strict=False)
    assert network_addresses.is_network(str(network))
    assert not network_addresses.is_ipv4(str(network))
    assert not network_addresses.is_network(f"{network[1]}/{bits}")


@given(st.ip_addresses(v=4, network="203.0.113.0/24"))
def test_a_device_is_found_with_its_port(address: ipaddress.IPv4Address) -> None:
    """In a column and in a line of a log."""
    assert network_addresses.is_ipv4(f"{address}:8080")
    assert "IP_ADDRESS" in {find.entity for find in finds(f"from {address} port 22")}


def test_half_hidden_addresses_are_hidden() -> None:
    """What a mask leaves of an e-mail address is none."""
    assert not forms.is_mail("j***@example.org")
    assert forms.is_mail("jane@example.org")
    assert not forms.is_mail("logo@2x.png")


@pytest.mark.parametrize("number", ["4111111111111111", "4111 1111 1111 1111", "378282246310005"])
def test_a_card_needs_its_length_its_first_digits_and_its_check(number: str) -> None:
    """One digit more, less or changed is no card; nor are the places behind a decimal point."""
    assert forms.is_card(number)
    assert not any(
        map(
            forms.is_card,
            (number[:-1], f"{number}0", number[:-1] + str((int(number[-1]) + 1) % 10)),
        )
    )
    assert seen(f"0.{number}") == set()


def test_an_iban_needs_its_countrys_length() -> None:
    """Parcel numbers begin with two letters too."""
    assert forms.is_iban("DE89 3704 0044 0532 0130 00")
    assert not forms.is_iban("JD779716969395087119")
