"""What values say by themselves, name or no name: one function per family, each adding its evidence to the case."""

from __future__ import annotations

import re
from statistics import median

import pyarrow.types as pt

from anonymize.detect.case import Case, of
from anonymize.detect.clues_people import closed_sets, organizations, persons, places


def machine_shapes(case: Case) -> None:
    """E-mail, URL, IP, MAC, UUID, secrets with a form of their own."""
    v = case.values
    if v.numeric:
        return
    if (s := v.share("email")) > 0.15:
        case.add("EMAIL_ADDRESS", 0.99 if s > 0.6 else 0.3 + s, of(case, s, "are e-mail addresses"), share=s, hard=True)
        return
    if (s := v.share("url")) > 0.4:
        case.add("URL", 0.97 * s, of(case, s, "are web addresses"), share=s, hard=True)
    if (s := v.share("ipv4")) > 0.4:
        wide = v.share_of(lambda t: t.split(".", 1)[0].isdigit() and int(t.split(".", 1)[0]) > 9)
        case.add(
            "IP_ADDRESS", (0.95 if wide > 0.3 else 0.3) * s, of(case, s, "are IPv4 addresses"), share=s, hard=wide > 0.3
        )
    if (s := v.share("mac")) > 0.5:
        case.add("MAC_ADDRESS", 0.96 * s, of(case, s, "are MAC addresses"), share=s, hard=True)
    elif (s := v.share("ipv6")) > 0.5 and v.date_share < 0.2:
        case.add("IP_ADDRESS", 0.95 * s, of(case, s, "are IPv6 addresses"), share=s, hard=True)
    if (s := v.share("uuid")) > 0.5:
        case.add("RECORD_ID", 0.93 * s, of(case, s, "are UUIDs"), share=s, hard=True)
    if (s := max(v.share("bcrypt"), v.share("token"))) > 0.4:
        case.add("SECRET", 0.95 * s, of(case, s, "are password hashes or access tokens"), share=s, hard=True)
    if (s := v.share("handle")) > 0.7:
        case.add("USERNAME", 0.85 * s, of(case, s, "start with @"), share=s)


def account_numbers(case: Case) -> None:
    """Payment cards, IBANs, national ids: what a checksum or an official form proves."""
    v = case.values
    if v.date_share > 0.7 or v.share("email") > 0.5:
        return
    if (s := v.passing("iban")) > 0.4:
        case.add("BANK_ACCOUNT", 0.98 * s, of(case, s, "are IBANs with right check digits"), share=s, hard=True)
    if (s := v.passing("card")) > 0.3 and v.passing("imei") < 0.5:
        shaped = v.share_of(lambda t: 12 <= sum(c.isdigit() for c in t) <= 19)
        case.add(
            "CREDIT_CARD",
            min(0.98, 0.4 + 0.6 * s) if shaped > 0.6 else 0.3,
            of(case, s, "pass the Luhn check with a card network's first digits"),
            share=s,
            hard=True,
        )
    name, s = v.national_id
    if s > 0.5 and not case.scores.get("CREDIT_CARD"):
        sure = s if v.n >= 10 else s * 0.85
        case.add("NATIONAL_ID", 0.93 * sure, of(case, s, f"have the form of a {name} number"), share=s, hard=sure > 0.8)
    if (s := v.passing("vin")) > 0.6:
        case.add("RECORD_ID", 0.85 * s, of(case, s, "are vehicle identification numbers"), share=s)


def phones(case: Case) -> None:
    """Telephone numbers: digits with a leading plus, brackets or blanks, never dates, numbers or national ids."""
    v = case.values
    if (s := v.share_of(lambda t: _ISBN.fullmatch(t) is not None)) > 0.8 and v.n >= 3:
        case.add("RECORD_ID", 0.7 * s, of(case, s, "are numbers of books"), share=s)
        return
    if (
        v.date_share > 0.4
        or v.share("ipv4") > 0.3
        or case.scores.get("NATIONAL_ID", 0) > 0.7
        or case.scores.get("CREDIT_CARD", 0) > 0.6
    ):
        return
    plus = v.share("plus_phone")

    def separated(text: str) -> bool:
        digits = sum(c.isdigit() for c in text)
        return (
            7 <= digits <= 20
            and any(c in " -()+." for c in text)
            and not text.replace(".", "", 1).replace("-", "", 1).isdigit()
        )

    if plus > 0.5 and v.share_of(lambda t: t.startswith("+")) > 0.5:
        case.add("PHONE_NUMBER", 0.9 * plus, of(case, plus, "are international telephone numbers"), share=plus)
        return
    if v.share("decimal") > 0.3 or v.numeric:
        _ten_digits(case)
        _partly_international(case)
        return
    if (s := v.share_of(lambda t: _TRUNK.fullmatch(t) is not None)) > 0.7:
        case.add("PHONE_NUMBER", 0.88 * s, of(case, s, "are an area code with its 0 and a number"), share=s)
        return
    shaped = v.share("phone")
    written = v.share_of(separated)
    if shaped > 0.5 and written > 0.4 and not _one_code(case):
        strength = 0.93 if plus > 0.3 or v.share_of(lambda t: "(" in t) > 0.2 else 0.85
        case.add(
            "PHONE_NUMBER",
            strength * min(shaped, 1.0),
            of(case, shaped, "are written like telephone numbers"),
            share=shaped,
        )
    elif plus > 0.5:
        case.add("PHONE_NUMBER", 0.9 * plus, of(case, plus, "are international telephone numbers"), share=plus)


def _ten_digits(case: Case) -> None:
    """Bare ten-digit numbers: all in the North American form, or all with a mobile prefix, by chance is unlikely."""
    v = case.values
    ten = v.share_of(lambda t: len(_whole(t)) == 10 and _whole(t).isdigit() and t[0] != "0")
    if ten < 0.95 or v.n < 6 or v.sequence > 0.2 or v.share("epoch") > 0.5:
        return
    american = v.share_of(lambda t: _NANP.fullmatch(_whole(t)) is not None)
    mobile = v.share_of(lambda t: t[0] in "6789")
    if v.n >= 20 and max(american, mobile) > 0.98:
        case.add("PHONE_NUMBER", 0.62, of(case, ten, "have ten digits in the form of telephone numbers"), share=ten)
    else:
        case.add("PHONE_NUMBER", 0.3, of(case, ten, "have ten digits"), share=ten)


def _partly_international(case: Case) -> None:
    """Bare digits, a fifth of them with + or 00 and a country's code before them."""
    v = case.values
    abroad = v.share_of(lambda t: _ABROAD.fullmatch(t) is not None)
    all_long = v.share_of(lambda t: t.lstrip("+").isdigit() and 7 <= len(t.lstrip("+")) <= 15)
    if abroad > 0.15 and all_long > 0.9 and v.n >= 5:
        case.add(
            "PHONE_NUMBER", 0.8, of(case, abroad, "are international telephone numbers without blanks"), share=abroad
        )


def _whole(text: str) -> str:
    """Return a number's text without the ``.0`` that a float column puts there."""
    return text.removesuffix(".0")


def _one_code(case: Case) -> bool:
    """Return whether values are codes of one short form, such as ``12345-678`` or ``978-3-16``."""
    v = case.values
    return v.share("br_post") > 0.8 or v.share("zip_like") > 0.8 or v.share("pl_post") > 0.8 or v.share("jp_post") > 0.8


def dates(case: Case) -> None:
    """Dates and times, by type or by writing; birth dates where they reach back a generation."""
    v = case.values
    s = v.date_share
    if s > 0.4:
        case.add(
            "DATE_TIME",
            0.9 * s,
            "the column's type is a date" if pt.is_temporal(case.sample.type) else of(case, s, "are dates or times"),
            share=s,
        )
    elif (s := v.share("digit_date")) > 0.95 and v.n >= 5:
        case.add("DATE_TIME", 0.8, of(case, s, "read as dates without separators"), share=s)
    elif v.share("year") == 1.0 and v.n >= 2 and all(1900 <= x <= 2060 for x in v.numbers):
        case.add("DATE_TIME", 0.5, "all values are years", share=1.0)
    elif v.in_set("months") > 0.8 and v.n > 1:
        case.add("DATE_TIME", 0.75, "values are names of months or days", share=1.0)
    elif v.share("epoch") > 0.95 and v.n >= 5 and (case.says("DATE_TIME") or _of_one_generation(case)):
        case.add("DATE_TIME", 0.5, "values are Unix times", share=1.0)


def _of_one_generation(case: Case) -> bool:
    """Return whether nameless numbers lie apart within twenty years of seconds, as Unix times do and keys do not."""
    v = case.values
    if not (case.name.meaningless and v.integers and v.numbers and v.n >= 20 and v.sequence < 0.2):
        return False
    return 20 * 86_400 < max(v.numbers) - min(v.numbers) < 20 * 366 * 86_400


def record_ids(case: Case) -> None:
    """Keys of rows: unique, of one form, or counting up."""
    v = case.values
    if v.n < 3 or v.boolean or v.date_share > 0.3 or (pt.is_floating(case.sample.type) and not v.integers):
        return
    unique = case.sample.distinct_share
    if v.integers and v.sequence > 0.6 and unique > 0.9:
        case.add("RECORD_ID", 0.7, "values count up by one", share=1.0)
    elif (
        not v.numeric
        and (s := v.share("prefixed_id")) > 0.85
        and unique > 0.5
        and v.mean_length >= 4
        and v.share("version") < 0.5
    ):
        same = len({t.rstrip("0123456789abcdefABCDEF-_") for t in v.few}) <= 3
        case.add("RECORD_ID", (0.7 if same else 0.55) * s, of(case, s, "are codes of one form"), share=s)
    elif v.numbered and unique > 0.5:
        case.add("RECORD_ID", 0.55, "values are the same words with other numbers", share=1.0)
    elif (s := v.share("hex_hash")) > 0.8 and unique > 0.5:
        case.add("RECORD_ID", 0.7 * s, of(case, s, "are hexadecimal keys"), share=s)
    elif (
        v.integers
        and unique > 0.97
        and v.n >= 50
        and v.numbers
        and min(v.numbers) >= 0
        and median(v.numbers) > 1000
        and (case.position == 0 or not case.name.meaningless or _of_one_length(case))
        and not pt.is_floating(case.sample.type)
    ):
        case.add("RECORD_ID", 0.46, "whole numbers, no two alike", share=1.0)


def _of_one_length(case: Case) -> bool:
    """Return whether nearly all values have as many digits, as numbers that were given out do and amounts do not."""
    v = case.values
    lengths = [len(t) for t in v.few]
    return max(map(lengths.count, set(lengths))) > 0.95 * len(lengths)


def secrets(case: Case) -> None:
    """Passwords: short, unique, mixed characters in no fixed form."""
    v = case.values
    if v.numeric or v.boolean or v.n < 5 or v.words > 1 or v.date_share > 0.1 or v.share("email") > 0.1:
        return

    def mixed(text: str) -> bool:
        kinds = (
            any(c.islower() for c in text),
            any(c.isupper() for c in text),
            any(not c.isalnum() and c not in "-_ ." for c in text),
        )
        return 6 <= len(text) <= 22 and any(map(str.isdigit, text)) and sum(kinds) >= 2

    if (s := v.share_of(lambda t: _PASSWORD.search(t) is not None)) > 0.5:
        case.add("SECRET", 0.75 * s, of(case, s, "contain a word for password"), share=s)
    s = v.share_of(mixed)
    if (
        s > 0.5
        and case.sample.distinct_share > 0.8
        and v.share("prefixed_id") < 0.5
        and v.share("uuid") < 0.1
        and v.one_shape < 0.6
        and not v.numbered
        and v.share("url") < 0.1
    ):
        case.add("SECRET", 0.65 * s + 0.15, of(case, s, "mix letters, digits and marks in no fixed form"), share=s)


def logins(case: Case) -> None:
    """Login names: one lower-case word made of a person's names, all different."""
    v = case.values
    if v.numeric or v.boolean or v.n < 5 or v.words > 1 or v.share("username") < 0.8:
        return
    if (s := v.login_like) > (0.35 if case.sample.distinct_share >= 0.6 else 0.6):
        case.add("USERNAME", min(0.85, 0.4 + 0.6 * s), of(case, s, "are put together from names like logins"), share=s)


def free_text(case: Case) -> None:
    """Prose: many words, no two cells alike."""
    v = case.values
    if v.numeric or v.boolean or v.n == 0 or v.date_share > 0.3:
        return
    if v.share_of(lambda t: _USER_AGENT.match(t) is not None or _PATH.search(t) is not None) > 0.5:
        return  # many words, and version numbers that read like addresses, but nobody wrote them
    if 4 <= v.words < 6 and (s := v.share_of(lambda t: t.endswith((".", "!", "?", "。")) and " " in t)) > 0.6:
        case.add("FREE_TEXT", 0.6 * s, of(case, s, "are sentences"), share=s)
    if v.words >= 6 and v.street < 0.5:
        case.add(
            "FREE_TEXT",
            min(0.9, 0.4 + 0.04 * v.words) * (1.0 if case.sample.distinct_share > 0.3 or v.n > 30 else 0.7),
            f"cells hold a median of {v.words:.0f} words",
            share=1.0,
        )


CLUES = (
    machine_shapes,
    account_numbers,
    phones,
    dates,
    persons,
    places,
    closed_sets,
    organizations,
    record_ids,
    secrets,
    logins,
    free_text,
)
"""Every clue, in the order that later ones rely on."""

_PASSWORD = re.compile(r"(?i)pass|pwd|secret|geheim|passwort|motdepasse|contrase|senha")
_TRUNK = re.compile(r"0\d{2,4}[ /-]\d{6,8}")
_ABROAD = re.compile(r"(?:\+|00)[1-9]\d{9,13}")
_PATH = re.compile(r"\w > \w")
_ISBN = re.compile(r"97[89](?:-?\d){10}")
_USER_AGENT = re.compile(r"(?:Mozilla|Opera|Dalvik|okhttp|curl|Wget|python-requests|PostmanRuntime)/\d")
_NANP = re.compile(r"[2-9]\d{2}[2-9]\d{6}")
