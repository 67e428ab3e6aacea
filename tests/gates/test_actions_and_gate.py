"""What the actions make of the columns they are meant for is published under the default gates."""

from __future__ import annotations

import random

import pandas as pd
import pytest

import anonymize
from anonymize.errors import AnonymizeError
from tests.detect.identifying_values import card, iban
from tests.plan.helpers import policy_of

R = random.Random(9)
ROWS = 240
_FIRST = [
    "Olga",
    "Hiro",
    "Ines",
    "Tomas",
    "Aisha",
    "Bram",
    "Chloe",
    "Dmitri",
    "Esra",
    "Farid",
    "Gita",
    "Hana",
]
_LAST = [
    "Novak",
    "Sato",
    "Pires",
    "Kral",
    "Haddad",
    "Visser",
    "Morel",
    "Petrov",
    "Yilmaz",
    "Karimi",
    "Iyer",
    "Kim",
]


def _of(make: object) -> list[str]:
    return [make() for _ in range(ROWS)]  # type: ignore[operator]


COLUMNS: dict[str, list[str] | list[int] | list[float]] = {
    "ip": _of(lambda: ".".join(str(R.randint(1, 254)) for _ in range(4))),
    "private_ip": _of(lambda: f"10.{R.randint(0, 40)}.{R.randint(0, 255)}.{R.randint(1, 254)}"),
    "ip6": _of(
        lambda: f"2001:db8:{R.randint(1, 65535):x}:{R.randint(0, 65535):x}::{R.randint(1, 65535):x}"
    ),
    "born": _of(lambda: f"{R.randint(1940, 2005)}-{R.randint(1, 12):02}-{R.randint(1, 28):02}"),
    "lat": [round(R.uniform(40, 52), 5) for _ in range(ROWS)],
    "lon": [round(R.uniform(-5, 20), 5) for _ in range(ROWS)],
    "pos": _of(lambda: f"{R.uniform(40, 52):.5f}, {R.uniform(-5, 20):.5f}"),
    "phone": _of(lambda: f"+1 303-555-{R.randint(0, 9999):04}"),
    "phone_bare": _of(lambda: f"303555{R.randint(1000, 9999)}"),
    "card": _of(lambda: card(R)),
    "iban": _of(lambda: iban(R)),
    "mail": [
        f"{R.choice(_FIRST).lower()}.{R.choice(_LAST).lower()}{i}@example.org" for i in range(ROWS)
    ],
    "url": [
        f"https://www.example{R.randint(1, 40)}.com/u/{R.choice(_FIRST).lower()}{i}"
        for i in range(ROWS)
    ],
    "salary": [R.randint(20_000, 200_000) for _ in range(ROWS)],
    "large": [R.randint(10**9, 10**10) for _ in range(ROWS)],
    "account": _of(lambda: f"{R.randint(10**9, 10**10 - 1)}"),
    "zip": _of(lambda: f"{R.randint(501, 99950):05}"),
    "uk": _of(
        lambda: (
            f"{R.choice(['SW1A', 'EC1A', 'M1', 'B33'])}"
            f" {R.randint(1, 9)}{R.choice('ABD')}{R.choice('EFG')}"
        )
    ),
    "ssn": _of(lambda: f"{R.randint(101, 665)}-{R.randint(1, 99):02}-{R.randint(1, 9999):04}"),
    "name": _of(lambda: f"{R.choice(_FIRST)} {R.choice(_LAST)}"),
    "user": _of(lambda: f"{R.choice(_FIRST).lower()}_{R.choice(_LAST).lower()}{R.randint(1, 99)}"),
    "ts": _of(
        lambda: (
            f"2024-{R.randint(1, 12):02}-{R.randint(1, 28):02}"
            f"T{R.randint(0, 23):02}:{R.randint(0, 59):02}:00Z"
        )
    ),
    "order": _of(lambda: f"ORD-{R.randint(10**9, 10**10 - 1)}"),
    "mac": _of(lambda: ":".join(f"{R.randint(0, 255):02X}" for _ in range(6))),
    "memo": _of(
        lambda: (
            f"call {R.choice(_FIRST)} at 303-555-{R.randint(0, 9999):04} or"
            f" x{R.randint(0, 99)}@example.org"
        )
    ),
}
RULES: dict[str, list[str]] = {
    "ip": [
        "generalize, network: {}",
        "generalize, network: {v4: 16}",
        "generalize, network: {v4: 28}",
        "mask",
        "mask, keep_first: 3",
    ],
    "private_ip": [
        "generalize, network: {}",
        "mask, keep_first: 4",
        "fake, kind: ip",
        "pseudonymize",
    ],
    "ip6": ["generalize, network: {}", "generalize, network: {v6: 32}", "mask, keep_first: 8"],
    "born": [
        *(
            f"generalize, to: {unit}"
            for unit in ["day", "week", "month", "quarter", "year", "decade"]
        ),
        *("generalize, to: age, at: 2024-06-30", "shift_dates, within_days: 30, by: ip"),
    ],
    "lat": ["generalize, grid_metres: 1000, axis: latitude", "perturb, scale: 0.01"],
    "lon": ["generalize, grid_metres: 5000, axis: longitude, latitude: lat"],
    "pos": ["generalize, geohash: 5"],
    "phone": [
        *(
            "mask, keep_last: 2",
            "mask, keep_last: 4",
            "mask, keep_first: 4",
            "mask, char: X, keep_last: 3",
        ),
        *(
            "fake, kind: phone",
            "fake, kind: phone, locale: de_DE",
            "generalize, prefix: 6",
            "tokenize",
        ),
    ],
    "phone_bare": ["mask, keep_last: 4", "encrypt_format", "fake, kind: phone"],
    "card": [
        "mask, form: card",
        "mask, form: card, char: '#'",
        "encrypt_format, keep_last: 4, check: luhn",
        "fake, kind: card",
    ],
    "iban": [
        "fake, kind: iban",
        "mask, keep_first: 4",
        "mask, keep_last: 4",
        "generalize, prefix: 8",
    ],
    "mail": [
        "mask, form: email",
        "mask, form: email, char: x",
        "generalize, part: domain",
        "fake, kind: email",
        "mask, keep_first: 2",
    ],
    "url": ["generalize, part: host", "fake, kind: url"],
    "salary": [
        *("generalize, nearest: 1000", "generalize, significant: 2", "generalize, quantiles: 5"),
        *("generalize, band: 10000, top: 150000", "generalize, band: 5000", "perturb, scale: 500"),
    ],
    "large": [
        "generalize, band: 1000000",
        "generalize, quantiles: 20",
        "generalize, significant: 3",
        "perturb, scale: 90",
    ],
    "account": ["encrypt_format", "mask, keep_last: 4"],
    "zip": ["generalize, prefix: 3, width: 5", "generalize, postcode: US"],
    "uk": ["generalize, postcode: GB", "generalize, prefix: 2"],
    "ssn": [
        "mask, keep_last: 4",
        "encrypt_format",
        "fake, kind: national_id",
        "mask, hide: digits",
    ],
    "name": [
        "fake, kind: name",
        "mask, keep_first: 1",
        "mask, hide: letters",
        "generalize, prefix: 1",
    ],
    "user": ["fake, kind: user_name", "mask, keep_first: 2", "tokenize"],
    "ts": [
        "generalize, to: day",
        "generalize, to: month",
        "shift_dates, within_days: 10, by: ip",
        "keep",
    ],
    "order": [
        "encrypt_format, alphabet: by_class, separators: '-'",
        "generalize, prefix: 6",
        "mask, keep_last: 3",
    ],
    "mac": [
        "mask, keep_first: 6",
        "mask, char: x, keep_first: 6",
        "encrypt_format, alphabet: '0123456789ABCDEF', separators: ':'",
    ],
    "memo": [
        *(
            "free_text",
            "free_text, entities: {DEFAULT: label}",
            "free_text, entities: {PHONE_NUMBER: fake, EMAIL_ADDRESS: fake}",
        ),
        (
            "free_text, entities: {PHONE_NUMBER: {action: mask, keep_last: 2}, EMAIL_ADDRESS:"
            " pseudonymize}"
        ),
    ],
}
CASES = [(column, rule) for column, rules in RULES.items() for rule in rules]


@pytest.mark.parametrize(("column", "rule"), CASES)
def test_what_an_action_makes_is_published(column: str, rule: str, keyring_uri: str) -> None:
    """Nothing that a rule made of a column is taken for what the column was."""
    beside = {name: COLUMNS[name] for name in ("ip", "lat") if name != column and name in rule}
    if "lat" in beside and "latitude: lat" not in rule:
        del beside["lat"]
    rules = (
        "  lat: {action: generalize, grid_metres: 5000, axis: latitude}\n"
        if "latitude: lat" in rule
        else ""
    )
    policy = policy_of(f"{rules}  {column}: {{action: {rule}}}\n")
    try:
        out = anonymize.anonymize_frame(
            pd.DataFrame({**beside, column: COLUMNS[column]}), policy, keyring=keyring_uri
        )
    except AnonymizeError as error:
        pytest.fail(str(error))
    assert rule in ("keep", "generalize, to: day") or out[column].astype(str).tolist() != list(
        map(str, COLUMNS[column])
    )
