"""Columns of which a third of the cells are somebody's: refused under ``keep``, as whole columns of
them are, however the identifiers are written.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Callable, Sequence

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.detect import DIRECT_IDENTIFIERS, inspect_samples, sample_columns
from anonymize.errors import AnonymizeError
from tests.detect.identifying_values import card, iban
from tests.plan.helpers import policy_of

Draw = random.Random
ROWS = 200
GIVEN = str.split("Anna Peter Maria James Olivia Lucas Emma Noah Sofia Daniel Laura Thomas Julia")
FAMILY = str.split("Castro Brennan Kowalski Rossi Moreau Novak Okafor Tanaka Herrera Jensen Dubois")
RUSSIAN = str.split("Смирнов Иванов Кузнецова Попова Соколов Лебедева Козлов Ковальчук Шевченко")
SYLLABLES = str.split("민준 지민 서연 지훈 수빈 하은")
MAKERS = str.split("001a2b 3c5ab4 a45e60 f0d1a9 b827eb d8cb8a 48a472 8c8590 e4ce8f 7085c2")


def _fours(text: str, mark: str) -> str:
    return mark.join(text[at : at + 4] for at in range(0, len(text), 4))


def _plain_iban(r: Draw) -> str:
    return iban(r).replace(" ", "")


def _digits(r: Draw, n: int) -> str:
    return "".join(r.choices("123456789", k=n))


PERSONAL: dict[str, Callable[[Draw], str]] = {
    "an IBAN in small letters": lambda r: _plain_iban(r).lower(),
    "an IBAN in small letters and fours": lambda r: _fours(_plain_iban(r).lower(), " "),
    "an IBAN with dashes": lambda r: _fours(_plain_iban(r), "-"),
    "a card that was a float": lambda r: f"{card(r)}.0",
    "a German number with 00": lambda r: f"0049{r.choice(('170', '151', '160'))}{_digits(r, 7)}",
    "a French number with 00": lambda r: f"0033 6 {_fours(_digits(r, 8), ' ')}",
    "a British number with 00": lambda r: f"00447{_digits(r, 9)}",
    "a name in small letters": lambda r: f"{r.choice(GIVEN)} {r.choice(FAMILY)}".lower(),
    "the same, turned": lambda r: f"{r.choice(FAMILY)}, {r.choice(GIVEN)}".lower(),
    "an initial before": lambda r: f"{r.choice(GIVEN)[0]}. {r.choice(FAMILY)}",
    "an initial behind": lambda r: f"{r.choice(FAMILY)}, {r.choice(GIVEN)[0]}.",
    "two initials": lambda r: f"{r.choice(FAMILY)} {r.choice(GIVEN)[0]}.{r.choice(GIVEN)[0]}.",
    "Cyrillic initials": lambda r: f"{r.choice(RUSSIAN)} {r.choice('АБВГДЕИК')}.{r.choice('АН')}.",
    "Cyrillic, turned": lambda r: f"{r.choice('АБВГДЕИК')}. {r.choice('АН')}. {r.choice(RUSSIAN)}",
    "a Korean name": lambda r: f"{r.choice('김이박최정')}{r.choice(SYLLABLES)}",
    "a bare hardware address": lambda r: (
        f"{r.choice(MAKERS)}{''.join(r.choices('0123456789abcdef', k=6))}"
    ),
    "the same in capitals": lambda r: (
        f"{r.choice(MAKERS)}{''.join(r.choices('0123456789abcdef', k=6))}".upper()
    ),
}
BESIDE: dict[str, Callable[[int], str]] = {
    "products": lambda at: f"{('Oak', 'Steel', 'Glass')[at % 3]} {('Lamp', 'Desk')[at % 2]} {at}",
    "notes": lambda at: f"checked the {('pump', 'valve', 'motor')[at % 3]} {at} again",
    "codes": lambda at: f"QX-{at:04}",
}


def third(kind: str, beside: str) -> list[str]:
    """Return a column of which 30 cells in a hundred are personal."""
    draw = Draw(kind)
    return [PERSONAL[kind](draw) if at % 10 < 3 else BESIDE[beside](at) for at in range(ROWS)]


def inspected(values: Sequence[object] | pa.Array, header: str = "c1", **asked: object) -> str:
    """Return the verdict on one column."""
    samples = sample_columns([pa.record_batch({header: values})])
    return str(inspect_samples(samples, **asked)[0].verdict)  # type: ignore[arg-type]


@pytest.mark.parametrize("beside", BESIDE)
@pytest.mark.parametrize("kind", PERSONAL)
def test_a_third_of_the_cells_is_enough(kind: str, beside: str) -> None:
    """In ``inspect``, whatever stands in the other cells."""
    assert inspected(third(kind, beside)) in DIRECT_IDENTIFIERS


@pytest.mark.parametrize("kind", PERSONAL)
def test_such_a_column_is_not_published_under_keep(kind: str) -> None:
    """Under default gates, and the error quotes no cell."""
    values = third(kind, "products")
    with pytest.raises(AnonymizeError) as refused:
        anonymize.anonymize_frame(pd.DataFrame({"c": values}), policy_of("  c: {action: keep}\n"))
    assert not [value for value in set(values) if value in str(refused.value)]


def _hex(at: int, length: int) -> str:
    return hashlib.sha256(f"x{at}".encode()).hexdigest()[:length]


HARMLESS: dict[str, Callable[[int], str]] = {
    "short hashes of twelve digits": lambda at: _hex(at, 12),
    "the same behind one beginning": lambda at: f"a0{_hex(at, 10)}",
    "hexadecimal counters": lambda at: f"{0x1A2B000000 + at:012x}",
    "hashes as long as IBANs": lambda at: f"be{_hex(at, 14)}",
    "UUIDs": lambda at: str(uuid.uuid5(uuid.NAMESPACE_OID, str(at))),
    "numbers with zeros in front": lambda at: f"00{20_000_000 + 37 * at}",
    "longer ones": lambda at: f"00{1_000_000_000 + 7919 * at}",
    "sixteen digits with decimals": lambda at: f"{4_000_000_000_000_000 + 9973 * at}.25",
    "streets with points of the compass": lambda at: (
        f"{'NSEW'[at % 4]}. {('Lincoln', 'Jackson', 'Brennan', 'Castro')[at // 4 % 4]}"
    ),
    "pairs of colours": lambda at: (
        f"{('olive', 'amber', 'rose', 'ruby', 'jade')[at % 5]}"
        f" {('green', 'gray', 'brown', 'black', 'gold')[at // 5 % 5]}"
    ),
    "species, shortened": lambda at: (
        f"{'QSAPC'[at % 5]}. {('alba', 'rubra', 'nigra', 'montana', 'minor')[at // 5 % 5]}"
    ),
    "articles and sections in Russian": lambda at: f"Статья {at} п. {'АБВГ'[at % 4]}.",
    "Korean words": lambda at: ("고객명", "서비스", "이메일", "정확도", "전화기")[at % 5],
}


LIKE_NAMES = ("streets with points of the compass", "pairs of colours")


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_is_written_alike_is_kept(kind: str) -> None:
    """As a third of a column, and as all of it unless whole columns of it are names by other
    rules; without a header that says what it is.
    """
    for rows in (40, 300):
        whole = [HARMLESS[kind](at) for at in range(rows)]
        some = [cell if at % 10 < 3 else BESIDE["codes"](at) for at, cell in enumerate(whole)]
        assert inspected(some) not in DIRECT_IDENTIFIERS
        assert kind in LIKE_NAMES or inspected(whole) not in DIRECT_IDENTIFIERS


def test_a_header_tells_twelve_digits_from_hashes() -> None:
    """Whatever their bits."""
    values = [_hex(at, 12) if at % 3 else f"item {at}" for at in range(ROWS)]
    assert inspected(values) not in DIRECT_IDENTIFIERS
    assert inspected(values, "mac") in DIRECT_IDENTIFIERS


def _egn(draw: Draw, years: tuple[int, int], months: int = 0) -> str:
    """Return a Bulgarian civil number; people born from 2000 on have 40 added to their month."""
    body = f"{draw.randint(*years):02}{draw.randint(1, 12) + months:02}{draw.randint(1, 28):02}"
    body += f"{draw.randrange(1000):03}"
    weights = (2, 4, 8, 5, 10, 9, 7, 3, 6)
    check = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return f"{body}{check % 11 % 10}"


@pytest.mark.parametrize(("years", "months"), [((50, 99), 0), ((0, 9), 40), ((0, 0), 40)])
def test_official_numbers_that_a_table_holds_as_numbers_are_found(
    years: tuple[int, int], months: int
) -> None:
    """Also with the zeros in front that they lost, where their country is named."""
    draw = Draw("egn")
    numbers = pa.array([int(_egn(draw, years, months)) for _ in range(ROWS)])
    assert inspected(numbers, countries=("bg",)) in DIRECT_IDENTIFIERS
    arbitrary = pa.array([draw.randrange(10**9, 10**10) for _ in range(ROWS)])
    assert inspected(arbitrary, countries=("bg",)) not in DIRECT_IDENTIFIERS


def test_numbers_with_decimals_and_a_third_of_official_ones_are_found_in_a_policy() -> None:
    """The gate reads them like ``inspect``."""
    draw = Draw("floats")
    values = [float(_egn(draw, (50, 99))) if at % 10 < 6 else at * 1.5 for at in range(ROWS)]
    policy = policy_of("  c: {action: keep}\n", extra="detect: {countries: [bg]}\n")
    with pytest.raises(AnonymizeError, match="BG_EGN"):
        anonymize.anonymize_frame(pd.DataFrame({"c": values}), policy)


@pytest.mark.parametrize("header", ["sha256", "etag", "checksum", "commit", "file_md5", "git_sha"])
def test_digests_of_files_beside_their_author_are_no_passwords(header: str) -> None:
    """The header says of what they are."""
    draw = Draw("authors")
    authors = [f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}" for _ in range(ROWS)]
    table = pa.record_batch({"author": authors, header: [_hex(at, 64) for at in range(ROWS)]})
    author, digest = inspect_samples(sample_columns([table]))
    assert (author.verdict, digest.verdict in DIRECT_IDENTIFIERS) == ("PERSON_NAME", False)


@pytest.mark.parametrize("header", ["password", "email_sha256", "pw_hash", "credential", "c2"])
def test_other_digests_beside_people_are_secrets(header: str) -> None:
    """Of a password, or of somebody's address."""
    draw = Draw("authors")
    authors = [f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}" for _ in range(ROWS)]
    table = pa.record_batch({"author": authors, header: [_hex(at, 64) for at in range(ROWS)]})
    assert inspect_samples(sample_columns([table]))[1].verdict in {"SECRET", "EMAIL_ADDRESS"}


def test_part_numbers_written_like_social_security_numbers_are_parts() -> None:
    """One in ten begins with 9, as no such number does; a column of numbers that all could be some
    is refused.
    """
    draw = Draw("parts")
    parts = [
        f"{draw.randrange(1000):03}-{draw.randrange(100):02}-{draw.randrange(10**4):04}"
        for _ in range(ROWS)
    ]
    people = [
        f"{draw.randint(100, 665)}-{draw.randint(10, 99)}-{draw.randint(1000, 9999)}"
        for _ in range(ROWS)
    ]
    for header in ("part", "Teil", "part_no", "item"):
        assert inspected(parts, header) not in DIRECT_IDENTIFIERS
        assert inspected(people, header) in DIRECT_IDENTIFIERS
    assert inspected(parts, "ssn") == "NATIONAL_ID"
