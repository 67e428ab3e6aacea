"""Texts as they come: names run together, in other scripts, beside the words that look like
them.
"""

from __future__ import annotations

import time

import pytest

from anonymize.names import ColumnName
from anonymize.transform import RowValue
from anonymize.transform.free_text.same_row.everyday_words import common, everyday
from anonymize.transform.free_text.same_row.hunt import hits_of
from anonymize.transform.free_text.spans import rewritten
from tests.transform.test_row_values import told

O_HARA = "Jane O'Hara"


def changed(text: str, **values: str) -> str:
    """Return ``text`` with the row's values, by their kinds, replaced by their kinds in
    brackets.
    """
    said = [
        (RowValue(ColumnName(name), name.partition("_")[0], name.upper()), value, f"[{name}]")
        for name, value in values.items()
    ]
    return rewritten(text, hits_of(text, said))


@pytest.mark.parametrize(
    "name,text,expected",
    [
        (O_HARA, "@janeohara, u/jane_ohara", "@marialopez, u/Maria Lopez"),
        (O_HARA, "JaneOHara and johara", "MariaLopez and marialopez"),
        ("Jan van der Berg", "VanderBerg paid", "MariaLopez paid"),
        (O_HARA, "Janes Konto", "Maria Konto"),
        (O_HARA, "Ja\u200bne and J\u00adane called", "Maria and Maria called"),
        (O_HARA, "请联系Jane O'Hara先生", "请联系Maria Lopez先生"),
        ("Al McDonald", "Mr Mc Donald", "Mr Lopez"),
        ("John Doe", "Jon Doe and Doe Jhon", "Maria Lopez and Lopez Maria"),
        ("Олена Шевченко", "дзвоніть Олені, з Оленою Шевченка", "дзвоніть Maria, з Maria Lopez"),
        ("Иван Петров", "Петровой и Ивану", "Lopez и Maria"),
        ("محمد العلي", "قال ومحمد", "قال Maria"),
        ("יעקב כהן", "שלחתי ליעקב", "שלחתי Maria"),
        ("राहुल शर्मा", "राहुलजी ने, Rahul Sharma", "Maria ने, Maria Lopez"),
        ("สมชาย ใจดี", "คุณสมชายโทรมา", "คุณMariaโทรมา"),
        ("王小明", "小明来了,王先生", "Maria来了,Lopez先生"),
        ("佐藤太郎", "太郎さんと佐藤様", "MariaさんとLopez様"),
        ("田中健", "田中様", "Maria Lopez様"),
    ],
)
def test_a_name_is_found_however_it_is_written_together(
    name: str, text: str, expected: str
) -> None:
    """In one word, with endings, between letters of another script, with signs that nobody sees."""
    assert told(text, name) == expected


@pytest.mark.parametrize(
    "name,text",
    [
        ("Anna Wright", "that is right, all right"),
        ("Bo Knight", "last night and at night"),
        ("Steven Walker", "I walked seven miles"),
        ("Ann Brooks", "two books on cooking"),
        ("Ed Waters", "a glass of water"),
        ("Kim Harper", "work harder"),
        ("Anna Hall", "in the hall, in that case"),
        ("Tom Case", "in any case"),
        ("Joe Holmes", "their homes"),
        ("Hans Doe", "the doe has gone"),
        ("Wes Hall", "she shall go"),
        ("Unknown", "Unknown error, unknown host"),
        ("None", "None of it"),
    ],
)
def test_words_that_are_nearly_names_stay(name: str, text: str) -> None:
    """A word of everyday language is no misspelled name, and a placeholder is nobody's."""
    assert told(text, name) == text.replace("doe", "Lopez")


@pytest.mark.parametrize(
    "name,text,expected",
    [
        ("Will Smith", "will smith will pay", "Maria Lopez will pay"),
        ("Mark King", "ask mark king or king mark", "ask Maria Lopez or Lopez Maria"),
        ("Rose Will", "a rose will bloom", "a rose will bloom"),
        (O_HARA, "<Jane> [O'Hara] {jane}", "<Maria> [Lopez] {Maria}"),
    ],
)
def test_a_name_of_everyday_words_in_small_letters(name: str, text: str, expected: str) -> None:
    """In full it is found where one of its words is mostly a name; what stands twice is a word the
    second time.
    """
    assert told(text, name) == expected


def test_names_in_two_columns_are_found_in_one_word() -> None:
    """First name and surname make a user name together."""
    values = {"name_first": "Jane", "name_last": "O'Hara"}
    assert changed("janeohara, jane", **values) == "[name_first][name_last], [name_first]"


@pytest.mark.parametrize(
    "local,text,expected",
    [("moonpie", "moonpie said", "[email] said"), ("marketing", "our marketing", None)],
)
def test_a_local_part_is_hunted_where_it_is_somebody_s(
    local: str, text: str, expected: str | None
) -> None:
    """A nickname is, an office's address is not."""
    assert changed(text, email=f"{local}@mail.com") == (expected or text)


@pytest.mark.parametrize(
    "text,expected",
    [
        ("303 · 555 · 0142", "[phone]"),
        ("303_555_0142, ３０３５５５０１４２", "[phone], [phone]"),
        ("303\u200b5550142", "[phone]"),
        ("order 1303555014299", "order 1303555014299"),
        ("303 555 0142 12:30", "[phone] 12:30"),
    ],
)
def test_a_phone_is_the_whole_number(text: str, expected: str) -> None:
    """Any sign may stand between its digits, and no digit may be glued to it."""
    assert changed(text, phone="(303) 555-0142") == expected


@pytest.mark.parametrize(
    "value,text,expected",
    [
        ("CUS-001002", "xx:CUS-001002x, #001002", "xx:[id]x, #[id]"),
        ("CUS-001002", "订单CUS-001002已发货", "订单[id]已发货"),
        ("12345", "ID12345, 12,345", "ID[id], [id]"),
        ("12345", "123456, ID123456", "123456, ID123456"),
        ("(.*)[1]+", "(.*)[1]+", "(.*)[1]+"),
    ],
)
def test_an_id_is_found_glued_to_other_letters(value: str, text: str, expected: str) -> None:
    """But not within a longer number."""
    assert changed(text, id=value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3-Mar-1980",
        "Mar. 3, 80",
        "3. März 1980",
        "3 de marzo de 1980",
        "3 mars 1980",
        "3 березня 1980",
        "80-03-03",
        "1980年3月3日",
    ],
)
@pytest.mark.parametrize("original", ["1980-03-03", "03/03/1980", "3.3.1980"])
def test_a_date_is_found_in_other_languages_and_from_figures(text: str, original: str) -> None:
    """Also where the column holds text that is not ISO 8601."""
    assert changed(f"born {text}.", date=original) == "born [date]."


def test_a_date_that_could_be_two_is_hunted_as_both() -> None:
    """4/3 is the fourth of March or the third of April."""
    assert changed("3 April 1980, 4 March 1980", date="04/03/1980") == "[date], [date]"


def test_everyday_words_are_told_from_names_once() -> None:
    """Each stands in one of the two lists, folded."""
    assert not common() & everyday()
    assert all(word == word.casefold() for word in common() | everyday())


@pytest.mark.parametrize(
    "text", ["1" * 50_000, "1-" * 50_000, "(+" * 50_000, "Jane " * 20_000, "a.b@" * 20_000]
)
def test_huge_texts_take_no_more_than_their_length(text: str) -> None:
    """Nothing looks at every pair of places."""
    values = {
        "name": O_HARA,
        "phone": "(303) 555-0142",
        "id": "CUS-001002",
        "date": "1980-03-03",
        "email": "j.ohara@mail.com",
    }
    started = time.process_time()
    changed(text, **values)
    assert time.process_time() - started < 5
