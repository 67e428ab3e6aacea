"""A row's own values are found in its text in the forms people write."""

from __future__ import annotations

import pytest

from anonymize.names import ColumnName
from anonymize.transform import RowValue
from anonymize.transform.free_text.same_row.hunt import hits_of
from anonymize.transform.free_text.spans import rewritten
from anonymize.transform.words import fold, latin_forms, one_edit_apart

NAME, EMAIL, PHONE, ID = (
    RowValue(ColumnName(kind), kind, entity)
    for kind, entity in (
        ("name", "PERSON"),
        ("email", "EMAIL_ADDRESS"),
        ("phone", "PHONE_NUMBER"),
        ("id", "ID"),
    )
)


def told(
    text: str, name: str = "Jane Whitcombe", email: str = "", phone: str = "", number: str = ""
) -> str:
    """Return ``text`` with the values of its row replaced: Maria Lopez, her e-mail, phone and
    id.
    """
    originals, results = (
        (name, email, phone, number),
        ("Maria Lopez", "maria@example.com", "+1 0", "#9"),
    )
    values = [
        value
        for value in zip((NAME, EMAIL, PHONE, ID), originals, results, strict=True)
        if value[1]
    ]
    return rewritten(text, hits_of(text, values))


@pytest.mark.parametrize(
    "text,expected",
    [
        ("Jane Whitcombe called", "Maria Lopez called"),
        ("JANE WHITCOMBE called", "Maria Lopez called"),
        ("Hi jane, it is late", "Hi Maria, it is late"),
        ("Ms Whitcombe's order", "Ms Lopez's order"),
        ("Whitcombe, Jane", "Lopez, Maria"),
        ("Whitcombe Jane", "Lopez Maria"),
        ("J. Whitcombe wrote", "M. Lopez wrote"),
        ("Jane W. wrote", "Maria L. wrote"),
        ("Jane Whitcobme wrote", "Maria Lopez wrote"),
        ("Jane Whitcombbe wrote", "Maria Lopez wrote"),
        ("JaneWhitcombe@work", "MariaLopez@work"),
        ("a janitor and white combs", "a janitor and white combs"),
    ],
)
def test_a_name_is_found_in_any_form_and_its_parts_get_their_parts(
    text: str, expected: str
) -> None:
    """First name for first name, surname for surname, initial for initial."""
    assert told(text) == expected


@pytest.mark.parametrize(
    "name,text,expected",
    [
        ("Zoë Müller", "zoe mueller und Zoe Muller", "Maria Lopez und Maria Lopez"),
        ("Łukasz Żmijewicz", "lukasz zmijewicz", "Maria Lopez"),
        ("Тарас Довгошия", "Taras Dovhoshyia called", "Maria Lopez called"),
        ("Diederik van 't Wout", "D. van 't Wout", "M. Lopez"),
        ("Siobhán O'Hara", "Ms OHara! S. O'Hara", "Ms Lopez! M. Lopez"),
        ("Rose Will", "Thanks, Will. A rose will bloom", "Thanks, Lopez. A rose will bloom"),
        ("제갈민서", "민서 here, 제갈민서", "Maria here, Maria Lopez"),
        ("Jean-Baptiste Saint-Michel", "Jean-Baptiste came", "Maria came"),
    ],
)
def test_names_of_other_languages_and_names_that_are_words(
    name: str, text: str, expected: str
) -> None:
    """Accents, particles, scripts; and a word is only a name with a capital."""
    assert told(text, name) == expected


@pytest.mark.parametrize(
    "text",
    ["(303) 555-0142", "303.555.0142", "+1 303 555 0142", "3035550142", "001-303-555-0142"],
)
def test_a_phone_is_found_in_any_format(text: str) -> None:
    """Country code and punctuation do not matter."""
    assert told(f"call {text} now", phone="303-555-0142") == "call +1 0 now"


@pytest.mark.parametrize(
    "original,text",
    [
        ("+91 (0)22 2000 0060", "0091 22 2000 0060"),
        ("+380322005984", "0322005984"),
        ("0044 131 496 0771", "+441314960771"),
    ],
)
def test_international_phones_lose_their_zeros(original: str, text: str) -> None:
    """Trunk zeros and 00 for + do not matter."""
    assert told(f"({text})", phone=original) == "(+1 0)"


def test_other_numbers_stay() -> None:
    """An order number is not a phone, nor is another phone."""
    text = "order 458972 of 2024-03-01, call 303-555-0143"
    assert told(text, phone="303-555-0142") == text


@pytest.mark.parametrize(
    "text,expected",
    [
        ("JANE.W77@Mail.com!", "maria@example.com!"),
        ("jane.w77 (at) mail.com", "maria@example.com"),
        ("jane.w77 at mail dot com", "maria@example.com"),
        ("login jane.w77", "login maria"),
        ("jane.w77@other.com", "jane.w77@other.com"),
    ],
)
def test_an_email_is_found_spelled_out_and_by_its_local_part(text: str, expected: str) -> None:
    """Another address with the same local part is not the same address."""
    assert told(text, name="Bo Xu", email="jane.w77@mail.com") == expected


@pytest.mark.parametrize("text", ["CUS-001002", "cus 001002", "CUS001002"])
def test_an_id_is_found_with_or_without_separators(text: str) -> None:
    """Only the letters and digits count."""
    assert told(f"no {text}.", number="CUS-001002") == "no #9."


def test_a_dropped_column_s_values_are_found_without_a_replacement() -> None:
    """The span then gets what its entity gets."""
    (hit,) = hits_of("Jane Whitcombe", [(NAME, "Jane Whitcombe", None)])
    assert (hit.entity, hit.replacement) == ("PERSON", None)


def test_one_edit_is_insertion_omission_change_or_swap() -> None:
    """Nothing else is, and equal words are not."""
    near = ["witcombe", "whitcommbe", "whitcompe", "whticombe"]
    assert all(one_edit_apart(word, "whitcombe") for word in near)
    assert not any(
        one_edit_apart(word, "whitcombe") for word in ("whitcombe", "wihtcmobe", "whitcom", "jane")
    )


def test_folding_and_latin_letters() -> None:
    """Accents go, letters of other scripts stay, and Cyrillic has the spellings of passports."""
    assert fold("Żółć") == "zolc"
    assert fold("शेखावत") == "शेखावत"
    assert "dovhoshyia" in latin_forms("Довгошия")


@pytest.mark.parametrize(
    "name,text,expected",
    [
        ("राजेश Mukhopadhyaya", "Rajesh Mukhopadhyaya wrote", "Maria Lopez wrote"),
        ("Suresh शेखावत", "Mr Shekhawat", "Mr Lopez"),
        ("عبد الرحمن أبو زيد", "Abdelrahman said", "Maria said"),
        ("제갈민서", "Min-seo Jegal", "Maria Lopez"),
        ("Anneke 't Hooft", "Mr 't Hooft", "Mr Lopez"),
    ],
)
def test_names_are_known_by_their_sound_in_latin_letters(
    name: str, text: str, expected: str
) -> None:
    """Devanagari, Arabic and Korean names as their bearers write them in English."""
    assert told(text, name) == expected


@pytest.mark.parametrize(
    "text",
    [
        "1939-06-24",
        "24/06/1939",
        "6/24/1939",
        "24.6.39",
        "June 24, 1939",
        "24th of June 1939",
        "24 jun 1939",
    ],
)
def test_a_date_is_found_in_figures_and_words(text: str) -> None:
    """Day first or month first; and gets what the column got."""
    born = RowValue(ColumnName("born"), "date", "DATE_TIME")
    hits = hits_of(f"born {text}, order 19390624001", [(born, "1939-06-24", "1939")])
    assert rewritten(f"born {text}, order 19390624001", hits) == "born 1939, order 19390624001"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("call 555-0142", "call +1 0"),
        ("call 5550142 now", "call +1 0 now"),
        ("order 555014 came", "order 555014 came"),
        ("nr 555-01423", "nr 555-01423"),
    ],
)
def test_a_phone_is_found_without_its_area_code(text: str, left: str) -> None:
    """As it is dialled at home, alone and not within a longer number."""
    assert told(text, phone="(303) 555-0142") == left


def test_the_groups_of_a_number_say_what_its_area_code_is() -> None:
    """Ten digits in a row are North American; elsewhere the first group goes."""
    assert told("ruf 901820 an", phone="+49 30 901820") == "ruf +1 0 an"
    assert told("ruf 1820 an", phone="+49 30901820") == "ruf 1820 an"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("card 4000 0566 5566 5557 x", "4000 0566 5566 5557"),
        ("card 4000056655665565", "4000056655665565"),
        ("paid 12 4000-0566-5566-5566", "4000-0566-5566-5566"),
    ],
)
def test_an_id_with_one_wrong_digit_is_the_rows(text: str, gone: str) -> None:
    """It gets a label: the id's own result would say that both are one."""
    (hit,) = hits_of(text, [(ID, "4000 0566 5566 5556", "#9")])
    assert (text[hit.start : hit.end], hit.replacement) == (gone, None)


@pytest.mark.parametrize("text", ["order 4000 0566 12", "4000 0566 5566 1234", "40000566556655561"])
def test_other_numbers_are_not_the_rows(text: str) -> None:
    """Two wrong digits, or another length."""
    assert hits_of(text, [(ID, "4000 0566 5566 5556", "#9")]) == []


@pytest.mark.parametrize(
    "written",
    [
        "3rd of March 1961",
        "the third of March, 1961",
        "March the 3rd, 1961",
        "3.III.1961",
        "03MAR1961",
        "1961년 3월 3일",
        "3 de marzo del 1961",
        "3° marzo 1961",
        "3 marca 1961",
    ],
)
def test_a_written_date_of_the_row_goes(written: str) -> None:
    """In words, in Roman figures, run together, in other scripts."""
    born = RowValue(ColumnName("born"), "date", "DATE_TIME")
    left = rewritten(
        f"born {written}.", hits_of(f"born {written}.", [(born, "1961-03-03", "1961")])
    )
    assert left.removeprefix("born ").removeprefix("the ") == "1961."


@pytest.mark.parametrize(
    "escape",
    [
        "\\n",
        "\\t",
        "\\r\\n",
        "\\\\n",
        "\\u00a0",
        "\\u000a",
        "\\x0a",
        "%20",
        "%0A",
        "_x000D_",
        "=0A",
    ],
)
@pytest.mark.parametrize(
    "name", ["Jane Whitcombe", "Ng Vo", "Nora Tull", "Тарас Довгошия", "Anna Reed"]
)
def test_values_behind_written_out_white_space_are_found(escape: str, name: str) -> None:
    """Many exports write a line end as a backslash and an n, which is no part of the word behind
    it.
    """
    text = f"Regards{escape}{name}{escape}kq9zu.vw@mail2.com"
    assert (
        told(text, name, "kq9zu.vw@mail2.com")
        == f"Regards{escape}Maria Lopez{escape}maria@example.com"
    )


def test_a_word_behind_a_backslash_is_still_a_word() -> None:
    """A log-in behind its domain may begin with an n."""
    assert told("CORP\\nora called", "Nora Tull") == "CORP\\Maria called"


@pytest.mark.parametrize(
    "written", ["02.05.", "2.5.", "2. Mai", "May 2nd", "2 mai", "02/05", "05/02", "2 мая"]
)
def test_a_date_of_the_row_goes_without_its_year(written: str) -> None:
    """A note beside a date says the day alone, and that day beside the shifted column tells the
    shift.
    """
    seen = RowValue(ColumnName("seen"), "date", "DATE_TIME")
    text = f"Termin am {written} abgesagt"
    assert (
        rewritten(text, hits_of(text, [(seen, "2023-05-02", "2023-05-09")]))
        == "Termin am 2023-05-09 abgesagt"
    )


@pytest.mark.parametrize(
    "text", ["2.5.1 came", "v12.5.", "2.5.2022", "1/02/05", "May 21", "2 maids", "2.5 mg", "3.5."]
)
def test_what_is_another_date_or_number_stays(text: str) -> None:
    """A longer number, another year, another day."""
    seen = RowValue(ColumnName("seen"), "date", "DATE_TIME")
    assert hits_of(text, [(seen, "2023-05-02", "2023-05-09")]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sent Jane_Eric.jpg", "sent Maria.jpg"),
        ("IMG_Whitcombe_Eric (2).pdf", "Lopez (2).pdf"),
        ("Jane_Whitcombe_2023.png", "Maria Lopez.png"),
        ("Jane_Eric_Whitcombe.png", "Maria_Lopez.png"),
        ("Jane_4711_Eric.pdf", "Maria_#9_Maria.pdf"),
        ("Jane sent x_Eric.jpg", "Maria sent x_Eric.jpg"),
    ],
)
def test_a_name_in_a_files_name_takes_its_stem(text: str, expected: str) -> None:
    """Half of it would be left; an identifier in it stays its column's."""
    assert told(text, number="4711") == expected
