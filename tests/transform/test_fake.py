"""Invented values: the same everywhere, coherent within a person, apart where asked, and
nobody's.
"""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from anonymize.names import ColumnName
from anonymize.plan.bind.registry import transform_for
from anonymize.plan.bind.rule_context import RuleError
from anonymize.transform import Fake, LocaleError, Row, UnfitError, pool
from anonymize.transform.fake.persons import LOCALE_OF_COUNTRY
from tests.transform.conftest import RULE, Context, purpose_key

LOCALES = (
    "en_US en_GB de_DE fr_FR es_ES it_IT nl_NL pl_PL pt_BR sv_SE cs_CZ tr_TR uk_UA ru_RU el_GR"
    " ja_JP zh_CN ko_KR ar_SA he_IL hi_IN th_TH vi_VN hu_HU"
)
KINDS = ("name", "email", "street", "phone", "city", "company")
SCRIPTS = {
    "ja_JP": "CJK",
    "ar_SA": "ARABIC",
    "uk_UA": "CYRILLIC",
    "hi_IN": "DEVANAGARI",
    "el_GR": "GREEK",
}
PEOPLE = pa.array([f"Person {number}" for number in range(2000)])


@pytest.mark.parametrize("locale", LOCALES.split())
def test_a_locale_invents_names_streets_phones_and_mails(locale: str) -> None:
    """Names are of the locale's script; e-mails are plain and at a reserved domain."""
    made = {kind: Fake(kind, locale, purpose_key())(PEOPLE) for kind in KINDS}
    assert all(len(set(values.to_pylist())) >= 10 for values in made.values())
    assert all(
        mail.isascii() and mail.endswith("@example.com") for mail in made["email"].to_pylist()
    )
    if locale in SCRIPTS:
        assert SCRIPTS[locale] in unicodedata.name(made["name"][0].as_py()[0])


def test_phones_are_of_ranges_kept_for_fiction() -> None:
    """American ones are 555-01XX, British ones Ofcom's, others in blocks of zeros."""
    us, gb, ua = (
        Fake("phone", locale, purpose_key())(PEOPLE).to_pylist()
        for locale in ("en_US", "en_GB", "uk_UA")
    )
    assert all("-555-01" in phone for phone in us)
    assert all(
        phone.startswith(("+44 7700 900", "+44 20 7946 0", "+44 161 496 0", "+44 131 496 0"))
        for phone in gb
    )
    assert all(phone.startswith("+380 000 ") for phone in ua)


def test_cards_and_accounts_have_right_check_digits_and_wrong_issuers() -> None:
    """Luhn and mod 97 hold; no card range 999999 and no bank of zeros exists."""
    for card in Fake("card", "en_US", purpose_key())(PEOPLE).to_pylist():
        digits = [int(digit) for digit in card]
        assert sum(digits[1::2] + [2 * digit - 9 * (digit > 4) for digit in digits[::2]]) % 10 == 0
        assert card.startswith("999999")
    for iban in Fake("iban", "de_DE", purpose_key())(PEOPLE).to_pylist():
        assert int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97 == 1
        assert iban[4:12] == "00000000"


def test_spellings_of_one_value_get_one_invention() -> None:
    """Case and spacing do not matter unless the rule says so."""
    spellings = pa.array(["Jane Doe", " jane  DOE", "JANE DOE "])
    assert len(set(Fake("name", "en_US", purpose_key())(spellings).to_pylist())) == 1
    assert len(set(Fake("name", "en_US", purpose_key(), "exact")(spellings).to_pylist())) == 3


@pytest.mark.soak
def test_another_process_invents_the_same() -> None:
    """Pools and choices depend on key, value and Faker's version alone."""
    code = (
        "import pyarrow as pa; from anonymize.transform import Fake; from tests.transform.conftest"
        " import purpose_key;print(Fake('name', 'de_DE', purpose_key())(pa.array(['a', 'b',"
        " 'c'])).to_pylist())"
    )
    there = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert there == str(Fake("name", "de_DE", purpose_key())(pa.array(["a", "b", "c"])).to_pylist())


def person_columns(**rules: Any) -> dict[str, list[str | None]]:
    """Return the columns of invented persons for four rows."""
    before = {
        ColumnName("id"): pa.array(["1", "2", "3", None]),
        ColumnName("gender"): pa.array(["F", "m", None, "F"]),
        ColumnName("country"): pa.array(["US", "ua", "JP", None]),
    }
    context = Context(rules, subject="id")
    made = {}
    for name, rule in context.rules.items():
        transform: Any = transform_for(rule, ColumnName(name), pa.string(), context)
        made[name] = transform(pa.array(["x", "y", "z", "w"]), Row(before)).to_pylist()
    return made


def test_columns_of_one_person_agree() -> None:
    """Name, e-mail, title and user name are one person's, of the row's gender and country."""
    person = {"name": "customer", "gender": "gender", "country": "country"}
    made = person_columns(
        full={"action": "fake", "kind": "name", "person": person},
        first={"action": "fake", "kind": "first_name", "person": "customer"},
        last={"action": "fake", "kind": "last_name", "person": "customer"},
        mail={"action": "fake", "kind": "email", "person": "customer"},
        title={"action": "fake", "kind": "title", "person": "customer"},
    )
    assert made["full"][0] == f"{made['first'][0]} {made['last'][0]}"
    assert made["full"][2] == f"{made['last'][2]} {made['first'][2]}"
    assert made["mail"][0].startswith(f"{made['first'][0]}.{made['last'][0]}".lower())  # type: ignore[union-attr]
    assert made["title"][:2] == ["Ms.", "Mr."]
    assert made["first"][0] in pool("first_name_female", "en_US").values.to_pylist()
    assert made["first"][1] in pool("first_name_male", "uk_UA").values.to_pylist()


def test_rules_that_disagree_about_a_person_are_refused() -> None:
    """One person cannot have two gender columns."""
    with pytest.raises(RuleError, match="person customer: gender: is both a and b"):
        person_columns(
            full={"action": "fake", "kind": "name", "person": {"name": "customer", "gender": "a"}},
            mail={"action": "fake", "kind": "email", "person": {"name": "customer", "gender": "b"}},
        )


COUNTS = [
    ("name", "ja_JP", 2500),
    ("street", "en_US", 20_000),
    ("city", "de_DE", 300),
    ("phone", "en_US", 100),
]


@pytest.mark.parametrize("kind,locale,count", COUNTS)
def test_unique_inventions_are_unique_whatever_the_batches(
    kind: str, locale: str, count: int
) -> None:
    """Batches measured apart and merged in any order give one invention per original."""
    rule = RULE.validate_python({"action": "fake", "kind": kind, "locale": locale, "unique": True})
    unfitted: Any = transform_for(rule, ColumnName("c"), pa.string(), Context())
    column = pa.array([f"v{number}" for number in range(count)])
    first, second = unfitted.measure(column.slice(0, 70)), unfitted.measure(column.slice(50))
    made = unfitted.fitted(first.merge(second))(column).to_pylist()
    assert len(set(made)) == count
    assert unfitted.fitted(second.merge(first))(column.slice(60, 5)).to_pylist() == made[60:65]


@pytest.mark.parametrize(
    "locale,count", [("en_US", 50_000), ("en_GB", 4000), ("sv_SE", 400), ("uk_UA", 100_000)]
)
def test_as_many_people_get_phones_of_their_own_as_a_country_has_for_fiction(
    locale: str, count: int
) -> None:
    """Not a hundred everywhere: a column of customers is larger."""
    rule = RULE.validate_python(
        {"action": "fake", "kind": "phone", "locale": locale, "unique": True}
    )
    unfitted: Any = transform_for(rule, ColumnName("c"), pa.string(), Context())
    column = pa.array(np.arange(count)).cast(pa.string())
    assert len(unfitted.fitted(unfitted.measure(column))(column).unique()) == count


def test_a_person_of_a_country_without_ids_gets_one_of_the_rule_s_own_locale() -> None:
    """A row's country never stops the run."""
    rule = {
        "action": "fake",
        "kind": "national_id",
        "person": {"name": "p", "country": "country", "by": "id"},
    }
    transform: Any = transform_for(
        RULE.validate_python(rule), ColumnName("c"), pa.string(), Context()
    )
    row = Row({ColumnName("id"): pa.array([1, 2]), ColumnName("country"): pa.array(["DE", "GB"])})
    made = transform(pa.array(["x", "y"]), row).to_pylist()
    assert made[0].startswith("9")
    assert made[1].startswith("QQ ")


GENDERS = [
    ("weiblich", "female"),
    ("Mujer", "female"),
    ("ж", "female"),
    ("女", "female"),
    ("Mr.", "male"),
]


@pytest.mark.parametrize("said,pool_of", GENDERS)
def test_a_gender_is_read_in_the_languages_of_its_locales(said: str, pool_of: str) -> None:
    """An invented Ms. for a Frau."""
    rule = {
        "action": "fake",
        "kind": "first_name",
        "person": {"name": "p", "gender": "g", "by": "id"},
    }
    transform: Any = transform_for(
        RULE.validate_python(rule), ColumnName("c"), pa.string(), Context()
    )
    row = Row({ColumnName("id"): pa.array(range(50)), ColumnName("g"): pa.array([said] * 50)})
    made = transform(pa.array(["x"] * 50), row).to_pylist()
    assert set(made) <= set(pool(f"first_name_{pool_of}", "en_US").values.to_pylist())


def test_a_locale_with_too_few_inventions_is_refused() -> None:
    """A pool that cannot hold the column says so, with the numbers."""
    rule = RULE.validate_python(
        {"action": "fake", "kind": "city", "locale": "cs_CZ", "unique": True}
    )
    unfitted: Any = transform_for(rule, ColumnName("c"), pa.string(), Context())
    with pytest.raises(UnfitError, match="20000 different values, and cs_CZ has"):
        unfitted.fitted(unfitted.measure(pa.array([f"v{number}" for number in range(20_000)])))


def test_unique_mails_need_no_first_pass_and_stay_apart() -> None:
    """A keyed suffix keeps 200,000 e-mails apart."""
    column = pa.array(np.arange(200_000)).cast(pa.string())
    made = Fake("email", "ja_JP", purpose_key(), unique=True)(column)
    assert len(made.unique()) == 200_000


@pytest.mark.parametrize(
    "rule", [{"kind": "name", "locale": "xx_XX"}, {"kind": "national_id", "locale": "de_DE"}]
)
def test_what_faker_cannot_invent_is_refused_before_the_first_row(rule: dict[str, str]) -> None:
    """An unknown locale, or a kind without a form in it, is a plan error."""
    with pytest.raises(LocaleError, match="know"):
        transform_for(
            RULE.validate_python({"action": "fake", **rule}),
            ColumnName("c"),
            pa.string(),
            Context(),
        )


def test_every_country_s_locale_is_one_that_faker_has() -> None:
    """A country column cannot lead to a locale that is missing."""
    from faker.config import AVAILABLE_LOCALES

    assert set(LOCALE_OF_COUNTRY.values()) <= set(AVAILABLE_LOCALES)


DRAWN_IN_THREADS = """
import sys
from concurrent.futures import ThreadPoolExecutor
from anonymize.transform.fake.faker_pools import pool

sys.setswitchinterval(1e-5)
kinds = ["city", "company", "street_name", "postcode", "user_agent"]
with ThreadPoolExecutor(int(sys.argv[1])) as threads:
    print([made.digest for made in threads.map(lambda kind: pool(kind, "en_US"), kinds)])
"""


@pytest.mark.soak
def test_pools_do_not_depend_on_what_is_invented_beside_them() -> None:
    """Columns are worked on in threads: another column's draws must not change this one's pool."""
    said = [
        subprocess.run(
            [sys.executable, "-c", DRAWN_IN_THREADS, threads],
            capture_output=True,
            text=True,
            check=True,
        )
        for threads in ("1", "5")
    ]
    assert said[0].stdout == said[1].stdout
