"""Secrets, written dates, handles, ages, titles, labelled telephones and cards in text; near misses
stay.
"""

from __future__ import annotations

import pytest

from tests.detect.text.test_own_kinds import found, kinds

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLW5vdC1yZWFs"
BASE64 = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6"
SECRETS = [
    (f"export KEY=sk-ant-api03-{BASE64}", f"sk-ant-api03-{BASE64}"),
    (f"Authorization: Bearer {JWT}", JWT),
    ("Authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA=="),
    ("aws_access_key_id = AKIAZZ7EXAMPLEKEY2Q3", "AKIAZZ7EXAMPLEKEY2Q3"),
    (
        "aws_secret_access_key=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",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEX4MPLEKEY",
    ),
    (
        "token ghp_abcdefghijklmnopqrstuvwxyz0123456789 leaked",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    ),
    ("glpat-abcdEFGH1234ijklMNOP", "glpat-abcdEFGH1234ijklMNOP"),
    ("使用xoxb-123456789012-abcdefGHIJKL谢谢", "xoxb-123456789012-abcdefGHIJKL"),
    (f"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={BASE64}==;", f"{BASE64}=="),
    ("password: Tr0ub4dor&3x", "Tr0ub4dor&3x"),
    ("Passwort: geheim123", "geheim123"),
    ("contraseña: MiPerro99", "MiPerro99"),
    ("mot de passe : soleil2020", "soleil2020"),
    ("密码：abc12345", "abc12345"),
    ('{"password": "open sesame 1"}', "open sesame 1"),
    ("DB_PASSWORD='p@ss'", "p@ss"),
    ("my password is hunter2", "hunter2"),
    ("postgres://app:s3cr3tpw@db.internal.example:5432/prod", "s3cr3tpw"),
    ("CVV 123", "123"),
    ("PIN: 4711", "4711"),
    ("-----BEGIN EC PRIVATE KEY-----\nMIIE+/=\n-----END EC PRIVATE KEY-----", None),
]
NO_SECRETS = """password reset mail sent
Password: required
password is required
the password expired yesterday
Your password must be at least 8 characters
password: str
password = os.environ["X"]
password=${DB_PASSWORD}
password: ********
token: str = None
token expired
the basic problem is authentication
Bearer of good news everybody
the secret is out
passwords are hashed with sha256
Password policy v2.1 applies
mot de passe oublié
pass: 3 of 4
Reset password 2 times
PIN reset
PIN 560001
https://example.org:8080/a@b
session token count: 12
-----BEGIN PUBLIC KEY-----"""
DATES = """4th of July 1976|2 October 1998|Oct 2, 1998|1976年7月4日|1976년 7월 4일|2. Oktober 1998
3 mars 2001
3 de marzo de 2001|March 3|3 March|14 and 27 July 1999|December 1997|fourth of July 1976
1er janvier 2000
5 marca 1999|2 октября 1998|昭和51年7月4日|02-Oct-98|4. 7. 1976|12 JUN 2020
15 अगस्त 1947|24 يناير 1990|3 februari 1990
1 tammikuuta 1990|5. června 1985|2. september 1999""".replace("\n", "|").split("|")
NO_DATES = """you may 5 times|May be 1998|march 5 miles|version 3.2.1|in march 20 people
Mark 5 of 7|Sep 5.5 mm
May 2,000 people|3 mar azul|April May June|I was born|2019 units|first of all|chapter 3. 4. of
CAS 50-00-0""".replace("\n", "|").split("|")
USERNAMES = [
    ("ask @jane_doe about it", "@jane_doe"),
    ("(@jane.doe)", "@jane.doe"),
    ("u/throwaway123 said", "u/throwaway123"),
    ("by @anna@mastodon.social today", "@anna@mastodon.social"),
    ("username: anna42", "anna42"),
    ("联系@wang_li谢谢", "@wang_li"),
    ("Discord: max#1234", "max#1234"),
]
NO_USERNAMES = """@media print|@Override public|@app.route('/')|mail a@b.com|@types/node
@example.com|r/python
@staticmethod|git@github.com:x/y|username: required|@param name|2 @ 5 EUR|us/uk
twitter: the feed""".replace("\n", "|").split("|")
AGES = """aged 47|a 47-year-old man|47 y/o|47 Jahre alt|eine 47-jährige Frau|il a 47 ans|47 años
47 anni|47岁|47歳|47세
ему 47 лет|Age: 47|she is 47.|Alter: 47|47 lat|47-vuotias""".replace("\n", "|").split("|")
NO_AGES = """page 47|aged 3 days|usage 47|depuis 47 ans|47 ans d'expérience|hace 47 años
last 47 years|version is 47.
in 47 Jahren|47 years warranty|stage 47|average 47|за 47 лет""".replace("\n", "|").split("|")
PHONES = """Phone: 5550134|Mobile: 0612 345 678|Tel. 030/1234567|call 555 0134|WhatsApp 98765 43210
Telefon: 0151 234567
teléfono 612 34 56 78|电话：13800138000|phone number is 4471234|Handy 0170-1234567""".replace(
    "\n", "|"
).split("|")
NO_PHONES = """Tel: 2024-05-01|phone 12.50|call 20240501|text 123456 items|Telefon 1|phone 1.500
call 12.05.2024
microphone 5550134|phone costs 1200 EUR""".replace("\n", "|").split("|")
CARDS = ["630495060000", "6304 9506 0000", "4000000000000000006", "5893804115457289"]
NO_CARDS = [
    "order 630495060000",
    "EAN 4006381333931",
    "630495060001",
    "0.630495060000",
    "1741996800000",
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_goes_and_what_says_so_stays(text: str, secret: str | None) -> None:
    """The finding is the secret alone."""
    assert ("SECRET", secret or text) in found(text)


@pytest.mark.parametrize("text", NO_SECRETS.splitlines())
def test_text_about_secrets_stays(text: str) -> None:
    """It holds none."""
    assert "SECRET" not in kinds(text)


@pytest.mark.parametrize("date", DATES)
def test_a_written_date_is_found_whole(date: str) -> None:
    """Alone and in a sentence."""
    assert ("DATE_TIME", date) in found(date)
    assert ("DATE_TIME", date) in found(f"on {date}, he")


@pytest.mark.parametrize("text", NO_DATES)
def test_words_and_numbers_are_no_dates(text: str) -> None:
    """Months that are words too need a year or a capital."""
    assert "DATE_TIME" not in kinds(text)


@pytest.mark.parametrize(("text", "name"), USERNAMES)
def test_a_handle_is_found_whole(text: str, name: str) -> None:
    """With its sign."""
    assert ("USERNAME", name) in found(text)


@pytest.mark.parametrize("text", NO_USERNAMES)
def test_code_and_addresses_are_no_handles(text: str) -> None:
    """Rules of style sheets, decorators, packages, hosts."""
    assert "USERNAME" not in kinds(text)


@pytest.mark.parametrize("text", AGES)
def test_an_age_is_its_number(text: str) -> None:
    """So that it can be made a band."""
    assert ("AGE", "47") in found(text)


@pytest.mark.parametrize("text", NO_AGES)
def test_other_years_are_no_ages(text: str) -> None:
    """Durations, pages, versions."""
    assert "AGE" not in kinds(text)


@pytest.mark.parametrize(
    "text", ["Dr. Anna Schmidt", "Prof. Dr. Müller", "Frau Meyer", "Mr Smith", "Mme Dupont"]
)
def test_a_title_is_one_before_a_name(text: str) -> None:
    """Alone it is a street or a word."""
    assert ("TITLE", text.removesuffix(" Schmidt").rpartition(" ")[0]) in found(text)
    assert "TITLE" not in kinds(f"{text.split()[0]} ")


@pytest.mark.parametrize("text", PHONES)
def test_behind_a_word_for_it_every_national_form_is_a_telephone(text: str) -> None:
    """Valid or not in the plan of a country."""
    assert "PHONE_NUMBER" in kinds(text)


@pytest.mark.parametrize("text", NO_PHONES)
def test_dates_amounts_and_counts_are_no_telephones(text: str) -> None:
    """Whatever word stands before."""
    assert "PHONE_NUMBER" not in kinds(text)


@pytest.mark.parametrize("number", CARDS)
def test_cards_of_twelve_to_nineteen_digits_are_found(number: str) -> None:
    """Bare or in groups."""
    assert ("CREDIT_CARD", number) in found(f"card {number} ok")


@pytest.mark.parametrize("text", NO_CARDS)
def test_orders_articles_and_decimals_are_no_cards(text: str) -> None:
    """Nor is one with a slip."""
    assert "CREDIT_CARD" not in kinds(text)


def test_the_number_of_an_application_is_found() -> None:
    """Behind its word."""
    assert ("ID", "36244/06") in found("an application (no. 36244/06) against")
    assert "ID" not in kinds("case 3/4 done")
