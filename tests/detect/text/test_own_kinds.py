"""What text is looked through for beside Presidio's recognizers: positives, and near misses that
stay.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.detect import known_countries, make_scanner
from anonymize.detect.text.ids_by_country import _IDS, ID_ENTITIES, OTHER_THINGS, _shapes
from anonymize.detect.text.own_kinds import own_rules
from anonymize.detect.text.own_rules import OwnRule
from anonymize.policy.entity_names import KNOWN_COUNTRIES, known_entities

LOW = 0.35


def found(text: str, *countries: str) -> list[tuple[str, str]]:
    """Return entity and text of what our own rules find, by place."""
    spans = {one for rule in own_rules(countries, None, LOW) for one in rule.find(text, rule.parts)}
    return [(entity, text[start:end]) for start, end, entity, _ in sorted(spans)]


def kinds(text: str, *countries: str) -> set[str]:
    """Return the entities that our own rules find."""
    return {entity for entity, _ in found(text, *countries)}


NUMBERS = [
    ("br", "BR_CPF", "529.982.247-25", "529.982.247-24"),
    ("br", "BR_CNPJ", "11.222.333/0001-81", "11.222.333/0001-82"),
    ("nl", "NL_BSN", "111222333", "111222334"),
    ("cl", "CL_RUT", "12.345.678-5", "12.345.678-6"),
    ("mx", "MX_CURP", "GODE561231HDFABC09", "GODE561231ZDFABC09"),
    ("fr", "FR_NIR", "1 85 05 78 006 084 91", "1 85 05 78 006 084 36"),
    ("ch", "CH_AHV", "756.9217.0769.85", "756.9217.0769.84"),
    ("cn", "CN_RESIDENT_ID", "11010519491231002X", "110105194912310021"),
    ("es", "ES_NIF", "12345678Z", "12345678A"),
    ("es", "ES_NIE", "X1234567L", "X1234567A"),
    ("pl", "PL_PESEL", "44051401458", "44051401459"),
    ("gb", "UK_NINO", "AB123456C", "AB123456E"),
    ("it", "IT_FISCAL_CODE", "RSSMRA85T10A562S", "RSSMRA85T10A562T"),
    ("se", "SE_PERSONNUMMER", "811218-9876", "811218-9875"),
    ("dk", "DK_CPR", "211062-5629", "211362-5629"),
    ("no", "NO_FODSELSNUMMER", "15108695088", "15108695089"),
    ("fi", "FI_PERSONAL_IDENTITY_CODE", "131052-308T", "131052-308U"),
    ("ca", "CA_SIN", "130 692 544", "130 692 545"),
    ("in", "IN_AADHAAR", "2341 2341 2346", "2341 2341 2347"),
    ("jp", "JP_MY_NUMBER", "1234 5678 9018", "1234 5678 9017"),
    ("kr", "KR_RRN", "800101-1234567", "801301-1234567"),
    ("de", "DE_TAX_ID", "36574261809", "36574261890"),
    ("be", "BE_NRN", "85.07.30-033.28", "85.07.30-033.29"),
    ("at", "AT_SVNR", "1237 010180", "1238 010180"),
    ("il", "IL_ID", "123456782", "123456783"),
    ("za", "ZA_ID_NUMBER", "8001015009087", "8001015009088"),
    ("ro", "RO_CNP", "1630615123457", "1630615123458"),
    ("hr", "HR_OIB", "33392005961", "33392005962"),
    ("hk", "HK_HKID", "A123456(3)", "A123456(4)"),
    ("tw", "TW_NATIONAL_ID", "A123456789", "A123456788"),
    ("ie", "IE_PPS", "6433435F", "6433435G"),
    ("pt", "PT_NIF", "501964843", "501964844"),
    ("ee", "EE_ISIKUKOOD", "36805280109", "36805280108"),
    ("ar", "AR_CUIT", "20-05536168-2", "20-05536168-3"),
    ("ru", "RU_SNILS", "112-233-445 95", "112-233-445 96"),
]


@pytest.mark.parametrize(
    ("country", "entity", "right", "wrong"), NUMBERS, ids=[n[1] for n in NUMBERS]
)
def test_a_number_is_found_where_its_country_is_named(
    country: str, entity: str, right: str, wrong: str
) -> None:
    """Whole, between any marks and beside letters of other scripts; without its country, or with a
    slip, it stays.
    """
    for text in (right, f"nr. {right}, ok", f"({right}).", f"号{right}。"):
        assert (entity, right) in found(text, country), text
    assert entity not in kinds(f"it is {wrong} here", country)
    assert entity not in kinds(right)
    assert entity not in kinds(f"7{right}", country) | kinds(f"0.{right}1", country)


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("nl", "order 111222333 shipped"),
        ("nl", "amount 111 222 333 EUR"),
        ("nl", "version 1112.22.333"),
        ("il", "Invoice no. 123456782"),
        ("pt", "total: 501964843"),
        ("de", "Bestellung 36574261809"),
        ("in", "tracking 234123412346"),
    ],
)
def test_digits_that_pass_by_chance_stay_behind_a_word_for_another_thing(
    country: str, text: str
) -> None:
    """One in ten numbers passes one check digit."""
    assert not kinds(text, country) & {*ID_ENTITIES[country]}


@pytest.mark.parametrize(
    ("country", "text", "entity"),
    [
        ("fr", "NIR 1 85 05 78 006 084 36", "FR_NIR"),
        ("uk", "NINO QQ 12 34 56 C", "UK_NINO"),
        ("us", "SSN: 123456789", "US_SSN"),
        ("pe", "DNI 45678912", "PE_DNI"),
        ("nl", "BSN: 111222334", "NL_BSN"),
        ("cn", "身份证号码：110105194912310021", "CN_RESIDENT_ID"),
    ],
)
def test_behind_its_own_name_the_form_counts(country: str, text: str, entity: str) -> None:
    """A number with a slip is still somebody's."""
    assert entity in kinds(text, country)


@settings(deadline=None)
@given(st.data())
def test_the_prefilter_lets_every_number_of_a_form_through(data: st.DataObject) -> None:
    """What is asked before a pattern runs matches wherever the pattern does."""
    shapes = [
        (c, s) for c, some in sorted(_IDS.items()) for s in some if "(?P<value>" not in s.pattern
    ]
    country, shape = data.draw(st.sampled_from(shapes))
    form = re.compile(re.sub(r"\(\?!.*\)$", "", shape.pattern), re.ASCII | re.IGNORECASE)
    number = data.draw(st.from_regex(form, fullmatch=True).filter(str.isascii))
    text = data.draw(
        st.sampled_from(["it is {} now", "({}).", "{}", "a\n{}\n", "CPF {}", "BSN: {}"])
    ).format(number)
    rule = OwnRule("one", _shapes(country))
    for part in rule.parts:
        if rule.find(text, [part]):
            assert part.widened is not None
            assert re.search(part.widened.ascii, text, re.IGNORECASE)
            assert part.widened.needs.length <= len(text)
            assert part.widened.needs.digits <= sum(map(str.isdecimal, text))
            assert part.widened.needs.marks <= set(text)


def test_countries_and_entities_that_policies_may_name_are_those_that_are_found() -> None:
    """The list that policies are compared with leaves none out and names none that nothing
    finds.
    """
    assert {*known_countries(), "gb"} == {*KNOWN_COUNTRIES}
    scanner = make_scanner(countries=known_countries(), score_threshold=0.0)
    rules = scanner._rule_sets[0].rules
    own = {part.shape.entity for rule in rules if isinstance(rule, OwnRule) for part in rule.parts}  # type: ignore[attr-defined]
    presidio = {
        e
        for rule in rules
        if not isinstance(rule, OwnRule)
        for e in rule.recognizer.supported_entities
    }
    assert own | presidio <= known_entities()


def test_every_own_pattern_is_behind_the_prefilter() -> None:
    """None runs on every text."""
    rules = own_rules(known_countries(), None, 0.0)
    assert [part for rule in rules for part in rule.parts if part.widened is None] == []


def test_words_for_other_things_are_no_bare_letters() -> None:
    """``po 5`` is an order, ``Apo 5`` none."""
    assert re.search(rf"(?:{OTHER_THINGS})\Z", "po ")
    assert not re.search(rf"(?:{OTHER_THINGS})\Z", "Apo ")
