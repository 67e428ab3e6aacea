"""Family names with initials in Cyrillic letters, and account numbers in small letters."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect import make_scanner


def found(text: str, entity: str) -> list[str]:
    """Return what is found of ``entity``, without what lies in another find."""
    spans = [
        (span["start"], span["end"])
        for span in make_scanner().scan(pa.array([text])).to_pylist()
        if span["entity"] == entity
    ]
    return [text[start:end] for start, end in sorted(spans)]


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Директор Смирнов А.Н. подписал", ["Смирнов А.Н."]),
        ("Приказ А.Н. Смирнова от мая", ["А.Н. Смирнова"]),
        ("Истец Иванов И. И., ответчик Ли-Попова О.С.", ["Иванов И. И.", "Ли-Попова О.С."]),
        ("встреча с А. П. Чеховым", ["А. П. Чеховым"]),
        ("СМИРНОВ А.Н.", ["СМИРНОВ А.Н."]),
        ("позвонить: О. Ковальчук", ["О. Ковальчук"]),
        ("Т.Г.Шевченко и Попов,\u00a0Л.\u00a0М.", ["Т.Г.Шевченко", "Попов,\u00a0Л.\u00a0М."]),
    ],
)  # fmt: skip
def test_names_with_initials_are_found(text: str, people: list[str]) -> None:
    """Before the name or behind it, and the word beside them stays."""
    assert found(text, "PERSON") == people


@pytest.mark.parametrize(
    "text",
    [
        *("Приложение А. Таблица 5", "г. Москва, ул. Ленина, д. 5", "и т.д. и т.п. Россия"),
        *("см. п. А. Кодекса", "США и РФ", "Витамин В. Принимать", "Гепатит Б. Лечение"),
    ],
)
def test_other_letters_with_dots_are_no_initials(text: str) -> None:
    """Sections, streets, shortened words."""
    assert found(text, "PERSON") == []


def test_names_of_a_list_without_commas_are_all_covered() -> None:
    """Each initial and each name lies in a find."""
    text = "Смирнов А.Н. Иванов Б.В. присутствовали"
    people = found(text, "PERSON")
    assert all(any(part in one for one in people) for part in ("Смирнов", "Иванов", "Б.В."))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("IBAN: de89370400440532013000", "de89370400440532013000"),
        ("iban de89 3704 0044 0532 0130 00 please", "de89 3704 0044 0532 0130 00"),
        ("pay to IBAN nl91abna0417164300.", "nl91abna0417164300"),
        ("from gb82 west 1234 5698 7654 32 to us", "gb82 west 1234 5698 7654 32"),
        ("Iban FR14-2004-1010-0505-0001-3M02-606", "FR14-2004-1010-0505-0001-3M02-606"),
    ],
)
def test_account_numbers_are_found_however_they_are_written(text: str, number: str) -> None:
    """In small letters, with dashes, and the words behind are none of them."""
    assert found(text, "IBAN_CODE") == [number]


@pytest.mark.parametrize(
    "text",
    [
        *("IBAN de89370400440532013001", "be71096123456769f0", "id de12abcd34ef56ab78cd90"),
        *("see aa00 1234 5678 9012 3456", "sku ab12-3456-7890-1234"),
    ],
)
def test_other_codes_are_no_account_numbers(text: str) -> None:
    """Wrong check digits, wrong lengths, letters where a country has digits."""
    assert found(text, "IBAN_CODE") == []
