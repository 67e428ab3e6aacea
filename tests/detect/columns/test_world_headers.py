"""Column names in many languages and scripts are heard, as far as the values fit."""

from __future__ import annotations

import pytest

from tests.detect.columns.test_verdicts import verdicts

PEOPLE = ["Ana", "Boris", "Chen", "Dilek", "Ewa", "Ferenc"]
BIRTHS = ["1984-02-01", "1990-11-23", "2001-07-30", "1975-05-05", "1968-12-12", "1999-09-09"]
PHONES = ["0150 555010", "0150 555011", "0150 555012", "0150 555013", "0150 555014", "0150 555015"]
CODES = ["AA 100 200", "AB 100 201", "AC 100 202", "AD 100 203", "AE 100 204", "AF 100 205"]
AGES = [31, 42, 57, 28, 63, 19]


@pytest.mark.parametrize(
    ("name", "values", "verdict"),
    [
        ("Фамилия", PEOPLE, "PERSON_NAME"),
        ("Дата рождения", BIRTHS, "DATE_OF_BIRTH"),
        ("Номер телефона (моб)", PHONES, "PHONE_NUMBER"),
        ("Паспорт (серия, номер)", CODES, "NATIONAL_ID"),
        ("data_urodzenia", BIRTHS, "DATE_OF_BIRTH"),
        ("Imię i nazwisko", [f"{name} Xq" for name in PEOPLE], "PERSON_NAME"),
        ("doğum_tarihi", BIRTHS, "DATE_OF_BIRTH"),
        ("Yaş", AGES, "AGE"),
        ("vârsta", AGES, "AGE"),
        ("Födelsedatum", BIRTHS, "DATE_OF_BIRTH"),
        ("syntymäaika", BIRTHS, "DATE_OF_BIRTH"),
        ("születési dátum", BIRTHS, "DATE_OF_BIRTH"),
        ("Tanggal Lahir", BIRTHS, "DATE_OF_BIRTH"),
        ("nomor_telepon", PHONES, "PHONE_NUMBER"),
        ("出生日期", BIRTHS, "DATE_OF_BIRTH"),
        ("客户姓名", PEOPLE, "PERSON_NAME"),
        ("電話番号", PHONES, "PHONE_NUMBER"),
        ("생년월일", BIRTHS, "DATE_OF_BIRTH"),
        ("تاريخ الميلاد", BIRTHS, "DATE_OF_BIRTH"),
        ("ηλικία", AGES, "AGE"),
    ],
)
def test_names_of_columns_are_heard_in_many_languages(
    name: str, values: list[object], verdict: str
) -> None:
    """A header in Russian, Polish, Turkish, Romanian, Swedish, Finnish, … says what a header in
    English says.
    """
    assert verdicts({name: values})[name] == verdict


@pytest.mark.parametrize(
    "name", ["nazwa_produktu", "ürün_adı", "nama_barang", "название товара", "produkt_namn"]
)
def test_the_name_of_a_thing_is_no_person_in_any_language(name: str) -> None:
    """*Product name* holds no person, whatever language says it."""
    assert (
        verdicts({name: ["Lampe Nova", "Stol Ergo", "Bord Fix", "Skap Max", "Hylle Uno"]})[name]
        == "NONE"
    )


@pytest.mark.parametrize(
    ("men", "women"),
    [
        ("М", "Ж"),
        ("мужской", "женский"),
        ("Erkek", "Kadın"),
        ("Laki-laki", "Perempuan"),
        ("男", "女"),
    ],
)
def test_genders_are_known_by_their_words_in_many_languages(men: str, women: str) -> None:
    """Two words for a gender are enough where the name says nothing."""
    assert verdicts({"c4": [men, women] * 20})["c4"] == "GENDER"


@pytest.mark.parametrize(
    "companies",
    [
        ["ООО «Ладога»", "АО «Вектор-Х»", "ПАО «Синева»", "ООО «Перо»"],
        ["Lumar Sp. z o.o.", "Krotex Sp. z o.o.", "Bialpol S.A.", "Zefir Sp. z o.o."],
        ["PT Maju Sentosa Abadi", "PT Laut Biru", "CV Sumber Padi", "PT Karya Dua"],
        ["株式会社みどり", "青空株式会社", "有限会社やま", "株式会社かわ"],
    ],
)
def test_companies_are_known_by_the_legal_forms_of_many_countries(companies: list[str]) -> None:
    """A legal form in most values makes a column one of organizations."""
    assert verdicts({"c2": companies * 3})["c2"] == "ORGANIZATION"
