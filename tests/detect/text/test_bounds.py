"""Findings begin and end where tokens do: found whole, or not at all; where that is not what
Presidio finds.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.detect import CustomRecognizer, PresidioScanner, make_scanner
from anonymize.detect.text.disguises import fold_disguises
from anonymize.detect.text.links import is_link
from anonymize.detect.text.number_context import is_number
from tests.detect.text.corpus import texts
from tests.examples import examples

COUNTRIES = ("us", "uk", "de")
LETTERS = {
    "Han": "联系请谢电话邮箱号码查看",
    "Kana": "ください電話カードへです",
    "Hangul": "메일으로보내세요전화",
    "Thai": "ติดต่อนะครับ",
    "Arabic": "راسلنيشكرا",
    "Hebrew": "תודהשלחו",
    "Devanagari": "संपर्ककरें",
    "Bengali": "যোগাযোগ",
}
"""Letters of scripts without capitals, marks and vowel signs among them."""
CASED = {"Cyrillic": "звонитепочта", "Greek": "καλέστε"}
WHOLE = {
    "EMAIL_ADDRESS": (
        "alice@example.org",
        "x.y-z+1@mail.example.co.uk",
        "rquackenbush@corp.internal",
        "ops@mail01",
    ),
    "CREDIT_CARD": ("4111111111111111", "4111 1111 1111 1111", "5500-0055-5555-5559"),
    "IP_ADDRESS": ("10.20.30.40", "2001:db8::ff00:42:8329"),
    "MAC_ADDRESS": ("00:1A:2B:3C:4D:5E", "00-1a-2b-3c-4d-5e"),
    "IBAN_CODE": ("DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19"),
    "PHONE_NUMBER": ("+49 30 901820", "+1 212 555 1234", "2125551234"),
    "URL": ("https://example.org/user/alice", "www.example.org"),
    "US_SSN": ("536-22-8726",),
}
NUMERIC = ("CREDIT_CARD", "IP_ADDRESS", "PHONE_NUMBER", "US_SSN")


def covered(scanner: PresidioScanner, text: str) -> set[int]:
    """Return the places of ``text`` that lie in a finding."""
    return {at for start, end, *_ in scanner.scan_text(text) for at in range(start, end)}


@lru_cache(maxsize=2)
def scanner(fold: bool = True) -> PresidioScanner:
    """Return the scanner as runs use it, or the one that gives Presidio's findings and no more."""
    return make_scanner(countries=COUNTRIES, fold=fold, own_kinds=False)


def found(text: str, *, fold: bool = True) -> set[tuple[str, str]]:
    """Return (entity, surface) of everything found in ``text``."""
    return {(entity, text[start:end]) for start, end, entity, *_ in scanner(fold).scan_text(text)}


def glued(scripts: dict[str, str]) -> st.SearchStrategy[str]:
    """Return up to eight letters of one script."""
    return st.sampled_from(list(scripts.values())).flatmap(
        lambda of: st.text(st.sampled_from(of), max_size=8)
    )


IDENTIFIERS = [(kind, one) for kind, several in WHOLE.items() for one in several]
BESIDE = st.sampled_from(("", "see 7, ", ' "', "¿", "。", "\n", "“"))


@settings(max_examples=examples(80), deadline=None)
@given(st.sampled_from(IDENTIFIERS), BESIDE, glued(LETTERS), glued(LETTERS))
def test_an_identifier_glued_to_letters_of_another_script_goes_whole(
    identifier: tuple[str, str], lead: str, before: str, behind: str
) -> None:
    """Exactly the identifier goes and nothing beside it; a URL's path may take the letters behind
    it along.
    """
    kind, value = identifier
    start = len(lead + before)
    spans = {span[:3] for span in scanner().scan_text(lead + before + value + behind)}
    if kind == "URL":
        assert any(
            e == kind and low == start and high >= start + len(value) for low, high, e in spans
        )
    else:
        assert (start, start + len(value), kind) in spans
        assert all(start <= low and high <= start + len(value) for low, high, _ in spans)


@settings(max_examples=examples(60), deadline=None)
@given(
    st.sampled_from([one for one in IDENTIFIERS if one[0] in NUMERIC]), glued(CASED), glued(CASED)
)
def test_a_number_glued_to_cyrillic_or_greek_goes_exactly(
    identifier: tuple[str, str], before: str, behind: str
) -> None:
    """Digits end where letters of a script with capitals begin."""
    assert identifier in found(before + identifier[1] + behind)


@settings(max_examples=examples(80), deadline=None)
@given(
    st.sampled_from(IDENTIFIERS),
    glued(LETTERS | CASED),
    glued(LETTERS | CASED),
    st.sampled_from("-_.@/:,;#'\"=7a"),
)
def test_no_part_of_an_identifier_is_left(
    identifier: tuple[str, str], before: str, behind: str, mark: str
) -> None:
    """Whatever mark, digit or letter stands beside it: it is found with all it has, or it is no
    identifier.
    """
    text = before + mark + identifier[1] + mark + behind
    start = len(before) + 1
    inside = set(range(start, start + len(identifier[1])))
    taken = {at for low, high, *_ in scanner().scan_text(text) for at in range(low, high)} & inside
    assert taken in (set(), inside) or all(
        not identifier[1][at - start].isalnum() for at in inside - taken
    )


SAME = [
    ("labels and words", "Passport X1234567, flight LH 400, room 12"),
    ("a card", "card 4111 1111 1111 1111."),
    ("a dotted phone", "call 212.555.1234 or (212) 555-1234 x12"),
    ("an address in a URL", "see https://example.org/a_b.py?x=1(2)"),
    ("a site", "buy at example.org, Example.com or www.example.pl!"),
    ("an IP", "login from 10.20.30.40, host 192.168.1.1:8080, 10.0.0.0/8"),
    ("an IP beside a version", "nginx on 10.0.0.5 speaks version 2"),
    ("a date", "on 2024-01-02 and 3/4/2021"),
    ("prose", "The order was late again. He asked for a refund, and got one."),
]
DIFFERENT: list[tuple[str, str, set[tuple[str, str]], set[tuple[str, str]]]] = [
    (
        "glued letters",
        "联系alice@example.org谢谢",
        {("URL", "example.org")},
        {("EMAIL_ADDRESS", "alice@example.org")},
    ),
    ("glued letters", "服务器10.20.30.40已停机", set(), {("IP_ADDRESS", "10.20.30.40")}),
    (
        "glued letters",
        "联系alice@example.org",
        {("EMAIL_ADDRESS", "联系alice@example.org")},
        {("EMAIL_ADDRESS", "alice@example.org")},
    ),
    (
        "any host",
        "ask rq@corp.internal",
        {("URL", "corp.int")},
        {("EMAIL_ADDRESS", "rq@corp.internal")},
    ),
    ("any host", "from rquackenbush@mail01", set(), {("EMAIL_ADDRESS", "rquackenbush@mail01")}),
    (
        "any host",
        "alice@example.org_2024",
        {("URL", "example.org")},
        {("EMAIL_ADDRESS", "alice@example.org_2024")},
    ),
    (
        "whole number",
        "driver license D123-4567-8901",
        {("US_DRIVER_LICENSE", "D123")},
        {("US_DRIVER_LICENSE", "D123-4567-8901")},
    ),
    (
        "whole number",
        "driver license S530 4600 2410",
        {("US_DRIVER_LICENSE", "S530")},
        {("US_DRIVER_LICENSE", "S530 4600 2410")},
    ),
    ("decimal", "confidence: 0.4111111111111111", {("CREDIT_CARD", "4111111111111111")}, set()),
    ("decimal", "lat 51.4111111111111111", {("CREDIT_CARD", "4111111111111111")}, set()),
    ("decimal", "1712345678.00 -0.73", {("PHONE_NUMBER", "1712345678")}, set()),
    ("amount", "USD 2125551234 was paid", {("PHONE_NUMBER", "2125551234")}, set()),
    ("moment", "updated_at 1741996800", {("PHONE_NUMBER", "1741996800")}, set()),
    ("moment", "due 03-12-2023 14:30", {("PHONE_NUMBER", "03-12-2023 14")}, set()),
    ("version", "version 4.2.7.1 is out", {("IP_ADDRESS", "4.2.7.1")}, set()),
    ("version", "see section 4.2.7.1", {("IP_ADDRESS", "4.2.7.1")}, set()),
    ("version", "Chrome/120.0.0.0 Safari", {("IP_ADDRESS", "120.0.0.0")}, set()),
    ("version", "OID 1.3.6.1.4.1 is it", {("IP_ADDRESS", "1.3.6.1")}, set()),
    ("code", "df = pd.read_csv(x)", {("URL", "pd.re")}, set()),
    (
        "code",
        "at org.acme.core.CarbonHelper.run(CarbonHelper.java:42)",
        {("URL", "org.acme.core.CarbonHelper.run")},
        set(),
    ),
    ("code", "see README.md and setup.py", {("URL", "README.md"), ("URL", "setup.py")}, set()),
    ("code", '{"user.name": 1}', {("URL", '"user.name"')}, set()),
]
"""Kind of the table in docs/detection.md, text, what Presidio finds, what we find."""


@pytest.mark.parametrize("text", [text for _, text in SAME], ids=[kind for kind, _ in SAME])
def test_ordinary_findings_are_presidios(text: str) -> None:
    """Where no row of the table applies, both find the same."""
    assert scanner().scan_text(text) == scanner(False).scan_text(text)


@pytest.mark.parametrize(
    ("kind", "text", "theirs", "ours"), DIFFERENT, ids=[text for _, text, *_ in DIFFERENT]
)
def test_what_the_table_names_differs(
    kind: str, text: str, theirs: set[tuple[str, str]], ours: set[tuple[str, str]]
) -> None:
    """Presidio finds what the table says it does, and we find what the table says we do instead."""
    exact, mended = found(text, fold=False), found(text)
    assert theirs <= exact
    assert ours <= mended
    assert not (theirs - ours) & mended or kind in ("glued letters", "any host")


@pytest.mark.parametrize("kind", sorted({kind for kind, *_ in DIFFERENT}))
def test_every_kind_of_difference_is_in_the_docs(kind: str) -> None:
    """The table has a row for it."""
    page = (Path(__file__).parents[3] / "docs" / "detection.md").read_text(encoding="utf-8")
    assert f"| {kind} |" in page


def test_nothing_else_differs() -> None:
    """On plain ASCII every finding of Presidio's that is gone is no number or link, or lies in a
    wider one of its kind.

    And every new one holds one of Presidio's of its kind, or is an address at some host.
    """
    for text in texts(400, 31):
        if not text.isascii() or fold_disguises(text) is not None:
            continue
        exact, mended = ({s[:3] for s in scanner(fold).scan_text(text)} for fold in (False, True))
        for start, end, entity in exact - mended:
            wider = any(e == entity and low <= start and end <= high for low, high, e in mended)
            none = (
                not is_link(text, start, end)
                if entity == "URL"
                else not is_number(entity, text, start, end)
            )
            mail = any(
                e == "EMAIL_ADDRESS" and low < end and start < high for low, high, e in mended
            )
            assert (
                wider
                or none
                or (mail and entity in ("URL", "EMAIL_ADDRESS"))
                or entity == "MEDICAL_LICENSE"
            )
        for start, end, entity in mended - exact:
            assert entity == "EMAIL_ADDRESS" or any(
                e == entity and start <= low and high <= end for low, high, e in exact
            )


@pytest.mark.parametrize(
    "text",
    [
        "Phone: 2125551234.0",
        "phone 2125551234.00 (from a spreadsheet)",
        "SSN......536-22-8726",
        "card 4111111111111111.0",
        "login from 10.0.0.1 after the update",
        "the table was updated from 10.0.0.7",
        "node1/10.0.0.1:9092 is down",
        "IP version 4 address 10.0.0.1",
        "agent 2.1 on server 203.0.113.77",
        "row 17,4111111111111111,x",
        "tel.2125551234",
        "john.smith@x.org(home)",
    ],
)
def test_what_only_looks_like_a_difference_is_found(text: str) -> None:
    """A whole number that a spreadsheet gave a point, an address beside versions, a list of
    numbers: they go.
    """
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "npm i react@18.2.0 lodash@latest @babel/core@7.0",
        "java.lang.Object@4e25154f",
        "docker pull nginx@sha256:0f1e2d3c",
        "meet @ 5 pm, 3@4, p@ssword",
        "import numpy as np; np.testing.assert_allclose(x, y)",
        'File "/usr/lib/python3.11/site-packages/pandas/io/parsers.py", line 12, in read_csv',
        "com.example.app.Main: started in 3.2 s",
        "self.assertEqual(a.id, b.co)",
        "upgraded from 4.2.7.0 to 4.2.7.1",
        "HTS 8471.30.0100",
        "elapsed 12.345678901 s",
    ],
)
def test_code_and_numbers_are_left_alone(text: str) -> None:
    """Nothing in a line of code, of a log, of numbers is personal."""
    assert not found(text)


def test_a_policys_own_recognizer_matches_what_its_author_wrote() -> None:
    """Neither widened nor dropped."""
    own = make_scanner(custom=[CustomRecognizer("badge", "BADGE", (r"B\d{3}",))])
    assert [(s[0], s[1]) for s in own.scan_text("0.B123-4567") if s[2] == "BADGE"] == [(2, 6)]


def test_only_what_is_asked_for_is_found() -> None:
    """Addresses at any host are e-mail addresses: not where only cards are asked for, not where
    they are allowed.
    """
    assert not make_scanner(entities=["CREDIT_CARD"]).scan_text("ask rq@corp.internal")
    assert not make_scanner(allow=["rq@corp.internal"]).scan_text("ask rq@corp.internal")
