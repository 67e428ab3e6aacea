"""Evidence from numbers: payment cards, accounts, national ids, telephone numbers."""

from __future__ import annotations

import re

from anonymize.detect.columns.column_evidence import ColumnEvidence, of
from anonymize.detect.columns.header import is_number_of_things
from anonymize.detect.columns.identifiers_in_cells import could_be_ssns
from anonymize.detect.columns.phone_columns import valid_somewhere
from anonymize.detect.columns.vins import is_vin
from anonymize.detect.forms import SSN, is_phone
from anonymize.detect.network_addresses import is_network
from anonymize.detect.text.check_digits import is_isbn10
from anonymize.detect.text.phone_plans import taken_abroad


def account_numbers(case: ColumnEvidence) -> None:
    """Payment cards, IBANs, national ids: what a checksum or an official form proves."""
    v = case.values
    if v.date_share > 0.7 or v.mail > 0.5:
        return
    if (s := v.passing("iban")) > 0.4:
        case.add(
            "BANK_ACCOUNT",
            0.98 * s,
            of(case, s, "are IBANs with right check digits"),
            share=s,
            hard=True,
        )
    if (s := v.passing("card")) > 0.3 and v.passing("imei") < 0.5:
        shaped = v.share_of(lambda t: 12 <= sum(c.isdigit() for c in t) <= 19)
        case.add(
            "CREDIT_CARD",
            min(0.98, 0.4 + 0.6 * s) if shaped > 0.6 else 0.3,
            of(case, s, "pass the Luhn check with a card network's first digits"),
            share=s,
            hard=True,
        )
    elif (s := v.share_of(lambda t: _IN_FOURS.fullmatch(t) is not None)) > 0.9 and v.n >= 3:
        case.add(
            "CREDIT_CARD", 0.75 * s, of(case, s, "are sixteen digits in groups of four"), share=s
        )
    if (s := v.share_of(is_isbn10)) > 0.95 and v.share_of(lambda t: t[-1:] in "xX") > 0.03:
        case.add("RECORD_ID", 0.8 * s, of(case, s, "are numbers of books"), share=s)
        return  # UK NHS numbers have the same check digit, and none of them ends in an X
    name, s = v.national_id
    if name == _SSN and is_number_of_things(case.name):
        valid = sum(SSN.search(text) is not None for text in v.few)
        s = s if could_be_ssns(v.few, valid) else 0.0
    if s > 0.5 and not case.scores.get("CREDIT_CARD"):
        sure = s if v.n >= 10 else s * 0.85
        sure *= (
            0.4 if v.by_chance(name) > 0.005 else 1.0
        )  # one number that passes a test of one digit proves nothing
        case.add(
            "NATIONAL_ID",
            0.93 * sure,
            of(case, s, f"have the form of a {name} number"),
            share=s,
            hard=sure > 0.8,
        )
    if (s := v.passing("vin")) > 0.6 or (v.n >= 3 and (s := v.share_of(is_vin)) > 0.9):
        case.add("RECORD_ID", 0.85 * s, of(case, s, "are vehicle identification numbers"), share=s)


def phones(case: ColumnEvidence) -> None:
    """Telephone numbers: digits with a leading plus, brackets or blanks, never dates, numbers or
    national ids.
    """
    v = case.values
    if (s := v.share_of(lambda t: _ISBN.fullmatch(t) is not None)) > 0.8 and v.n >= 3:
        case.add("RECORD_ID", 0.7 * s, of(case, s, "are numbers of books"), share=s)
        return
    if (
        v.date_share > 0.4
        or v.ipv4 > 0.3
        or v.share_of(is_network) > 0.3
        or case.scores.get("NATIONAL_ID", 0) > 0.7
        or case.scores.get("CREDIT_CARD", 0) > 0.6
    ):
        return
    plus = v.share("plus_phone")

    def separated(text: str) -> bool:
        digits = sum(c.isdigit() for c in text.partition("x")[0])
        return (
            7 <= digits <= 15
            and any(c in " -()+." for c in text)
            and not text.replace(".", "", 1).replace("-", "", 1).isdigit()
        )

    if plus > 0.5 and v.share_of(lambda t: t.startswith("+")) > 0.5:
        case.add(
            "PHONE_NUMBER",
            0.9 * plus,
            of(case, plus, "are international telephone numbers"),
            share=plus,
        )
        return
    if v.share("decimal") > 0.3 or v.numeric:
        _ten_digits(case)
        _partly_international(case)
        _with_country_code(case)
        return
    if (s := v.share_of(lambda t: _TRUNK.fullmatch(t) is not None)) > 0.7:
        case.add(
            "PHONE_NUMBER",
            0.88 * s,
            of(case, s, "are an area code with its 0 and a number"),
            share=s,
        )
        return
    shaped = v.share("phone")
    written = v.share_of(separated)
    formed = v.share_of(is_phone)
    if (
        shaped > 0.5
        and written > 0.4
        and not _one_code(case)
        and (formed > 0.3 or valid_somewhere(v.few))
    ):
        strength = 0.93 if plus > 0.3 or v.share_of(lambda t: "(" in t) > 0.2 else 0.85
        case.add(
            "PHONE_NUMBER",
            strength * min(shaped, 1.0),
            of(case, shaped, "are written like telephone numbers"),
            share=shaped,
        )
    elif plus > 0.5:
        case.add(
            "PHONE_NUMBER",
            0.9 * plus,
            of(case, plus, "are international telephone numbers"),
            share=plus,
        )


def _ten_digits(case: ColumnEvidence) -> None:
    """Bare ten-digit numbers: all in the North American form, or all with a mobile prefix, by
    chance is unlikely.
    """
    v = case.values
    ten = v.share_of(lambda t: len(_whole(t)) == 10 and _whole(t).isdigit() and t[0] != "0")
    if ten < 0.95 or v.n < 6 or v.sequence > 0.2 or v.share("epoch") > 0.5:
        return
    american = v.share_of(lambda t: _NANP.fullmatch(_whole(t)) is not None)
    mobile = v.share_of(lambda t: t[0] in "6789")
    if v.n >= 20 and max(american, mobile) > 0.98:
        case.add(
            "PHONE_NUMBER",
            0.62,
            of(case, ten, "have ten digits in the form of telephone numbers"),
            share=ten,
        )
    else:
        case.add("PHONE_NUMBER", 0.3, of(case, ten, "have ten digits"), share=ten)


def _partly_international(case: ColumnEvidence) -> None:
    """Bare digits, a fifth of them with + or 00 and a country's code before them."""
    v = case.values
    abroad = v.share_of(_is_called_abroad)
    all_long = v.share_of(lambda t: t.lstrip("+").isdigit() and 7 <= len(t.lstrip("+")) <= 15)
    if abroad > 0.15 and all_long > 0.9 and v.n >= 5:
        case.add(
            "PHONE_NUMBER",
            0.8,
            of(case, abroad, "are international telephone numbers without blanks"),
            share=abroad,
        )


def _is_called_abroad(text: str) -> bool:
    """Return whether bare digits are a number with + or 00; zeros may only fill a field, so that
    behind them a country's plan must take the number.
    """
    if _ABROAD.fullmatch(text) is None:
        return False
    return text[0] == "+" or bool(taken_abroad(text[2:]))


def _with_country_code(case: ColumnEvidence) -> None:
    """Bare digits of one length that are valid numbers once a plus is put before them."""
    v = case.values
    lengths = {len(_whole(t)) for t in v.few}
    if (
        v.n < 5
        or not v.integers
        or len(lengths) != 1
        or not 11 <= lengths.pop() <= 13
        or v.sequence > 0.2
    ):
        return
    from phonenumbers import NumberParseException, is_valid_number, parse

    def valid(text: str) -> bool:
        try:
            return bool(is_valid_number(parse("+" + _whole(text))))
        except NumberParseException:
            return False

    some = v.few[:40]
    share = sum(map(valid, some)) / len(some)
    if share > 0.8:
        why = of(case, share, "are valid telephone numbers behind a country's code")
        case.add("PHONE_NUMBER", 0.75 * share, why, share=share)


def _whole(text: str) -> str:
    """Return a number's text without the ``.0`` that a float column puts there."""
    return text.removesuffix(".0")


def _one_code(case: ColumnEvidence) -> bool:
    """Return whether values are codes of one short form, such as ``12345-678`` or ``978-3-16``."""
    v = case.values
    return (
        v.share("br_post") > 0.8
        or v.share("zip_like") > 0.8
        or v.share("pl_post") > 0.8
        or v.share("jp_post") > 0.8
    )


_SSN = "US social security"
_TRUNK = re.compile(r"0\d{2,4}[ /-]\d{6,8}")
_ABROAD = re.compile(r"(?:\+|00)[1-9]\d{9,13}")
_IN_FOURS = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}")
_ISBN = re.compile(r"97[89](?:-?\d){10}")
_NANP = re.compile(r"[2-9]\d{2}[2-9]\d{6}")
