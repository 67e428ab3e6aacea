# ruff: noqa: E501
"""Telephone numbers behind a word for telephone, in whatever national form, and payment cards of
every length.
"""

from __future__ import annotations

import re

from anonymize.detect.forms import is_iban
from anonymize.detect.text.check_digits import bare, card
from anonymize.detect.text.ids_by_country import OTHER_THINGS
from anonymize.detect.text.own_rules import LEFT, RIGHT, OwnRule, Shape

_WESTERN = (
    r"(?:(?:work|home|office|contact|day ?time|land ?line)[ ])?(?:(?:tele|mobile[ -]?|cell["
    r" -]?)?phone|mobile|cell|tel|mob|ph)"
    r"|fax|facsimile|hot ?line|whats ?app|signal|viber|sms|gsm"
    r"|telefon(?:nummer|ní|szám|as|i)?|handy(?:nummer)?|mobil(?:telefon|nummer|funk)?|rufnummer|durchwahl|festnetz"
    r"|t[eé]l(?:[eé]phone)?|portable|tel[eé]f(?:ono|one|oon|on)|t[eé]lf|tlf|tfn|m[oó]vil|cel(?:ular(?:e)?)?|telem[oó]vel|fone"
    r"|mobiel|kom(?:[oó]rka)?|(?:matka)?puh(?:elin)?"
)
_ELSEWHERE = (
    r"тел(?:ефон)?|моб(?:ильный)?|τηλ(?:έφωνο)?|κινητό|电话|電話|手机|手機|携帯(?:電話)?|전화(?:번호)?|휴대폰|핸드폰|연락처|फ़?ोन|मोबाइल|هاتف|جوال"
    r"|טלפון|נייד"
)
_PHONE = rf"(?:{_WESTERN})|(?:{_ELSEWHERE})"
_NUMBER = (
    r"(?:(?:number|no|nr|num|nummer|numéro|número|n°|nº|№|号码|番号|번호)(?![A-Za-z])\.?)?["
    r" \t]*(?:[:=：.#]|\bis\b|\bat\b|\bon\b|\bunder\b|\bunter\b"
    r"|\bau\b|\bal\b|\bein?\b)?[ \t]*"
)
_DIALLED = (
    r"(?:call(?:ed|s|ing)?|ring|dial(?:led)?|phoned|text(?:ed)?|reach(?:ed)?|contact|anrufen|ruf(?:en"
    r" Sie)? an|angerufen|appel(?:ez|er)|appelle"
    r"|llam[ae]r?|chiam(?:are|i|a)|lig(?:ue|ar)|bel(?:len)?|zadzwo[nń](?:ić)?|ring|soita)"
    r"(?:[ ](?:me|us|him|her|them|back|again|mich|uns|moi|nous|al|au|ao))*(?:["
    r" ](?:at|on|under|unter))?[ ]?:?[ ]"
)
_FORM = (
    r"(?P<value>(?:\+[ ]?|\(\+|00[ ]?)?\(?[0-9][0-9 ()./\u00a0\u2011-]{4,20}[0-9](?:["
    r" ]?(?:x|ext\.?|#)[ ]?[0-9]{1,6})?)"
)
_DATE = re.compile(
    r"[12]\d{3}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d\d)|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
)


def _is_phone(text: str) -> bool:
    """Return whether ``text`` behind a word for telephone has a number's digits, and is no date,
    range or amount.
    """
    digits = sum(map(str.isdecimal, re.split(r"x|ext|#", text)[0]))
    amount = re.fullmatch(r"\d+[.,]\d{1,2}|\d{1,3}(?:[.,]\d{3})+", text)
    return (
        6 <= digits <= 15
        and not amount
        and not _DATE.match(text)
        and not re.search(r"[-./]{2}|  ", text)
    )


def _is_dialled(text: str) -> bool:
    """Return whether ``text`` behind a verb of calling is a number: seven digits or more."""
    return _is_phone(text) and sum(map(str.isdecimal, text)) >= 7


def phone_rule() -> OwnRule:
    """Return the rule that finds telephone numbers behind a word for one."""
    end = (
        r"(?![0-9A-Za-z_])(?!\.[0-9])(?!["
        r" ]?(?:EUR|USD|GBP|€|\$|£|%|minutes?|times?|hours?|users?|items?)\b)"
    )
    return OwnRule(
        "labelled phones",
        [
            Shape("PHONE_NUMBER", rf"(?<![\w-])(?:{_PHONE})\.?[ \t]*{_NUMBER}{_FORM}{end}", 0.75, _is_phone),
            Shape("PHONE_NUMBER", rf"(?<![\w-])(?:{_DIALLED}){_FORM}{end}", 0.7, _is_dialled),
        ],
    )  # fmt: skip


def _is_card(text: str) -> bool:
    return (
        card(text) and len(bare(text)) != 13
    )  # thirteen digits are articles' numbers today, not cards


def card_rule() -> OwnRule:
    """Return the rule that finds payment cards: 12 to 19 digits, a network's first digits, Luhn."""
    forms = (
        # those that Presidio's recognizer has no pattern for
        r"(?:(?:50|5[6-9]|6\d)\d{10}|5[6-9]\d{11,17}|2[1-7]\d{13,14}|[4-6]\d{16,18}|1800\d{11})",
        r"[1-6]\d{3}(?P<by>[ -])\d{4}(?P=by)\d{4}(?:(?P=by)\d{1,4}){0,2}",
        r"[1-6]\d{3}(?P<by>[ -])\d{6}(?P=by)\d{2,5}",
    )
    shapes = (
        Shape("CREDIT_CARD", LEFT + one + RIGHT, 1.0, _is_card, OTHER_THINGS, one_word=True)
        for one in forms
    )
    return OwnRule("payment cards", shapes)


def iban_rule() -> OwnRule:
    """Return the rule that finds IBANs in small letters, or with dashes between their groups.

    Presidio's recognizer knows capitals and blanks only. A group behind the first has a digit, so
    that words behind a number are none of it; with and without a last, short group.
    """
    begin, group = r"[a-z]{2}[0-9]{2}", r"[ \u00a0.-](?=[a-z0-9]{0,3}[0-9])"
    four = rf"[ \u00a0.-][a-z0-9]{{4}}(?:{group}[a-z0-9]{{4}}){{2,7}}"
    forms = (rf"{begin}[a-z0-9]{{11,30}}", begin + four, rf"{begin}{four}{group}[a-z0-9]{{1,3}}")
    return OwnRule(
        "account numbers",
        [Shape("IBAN_CODE", LEFT + one + RIGHT, 1.0, is_iban, one_word=True) for one in forms],
    )


def case_rule() -> OwnRule:
    """Return the rule that finds numbers of cases and applications: ``application no.
    36244/06``.
    """
    said = (
        r"applications?|cases?|petitions?|docket|appl|complaint|file|case"
        r" file|aktenzeichen|az|gesch[äa]ftszeichen|requ[êe]te"
        r"|dossier|expediente|demanda|procedimiento|ricorso|processo|zaaknummer|sprawa|sygn\.?"
        r" akt|жалоба|дело"
    )
    number = r"(?P<value>[A-Z]{0,4}[ -]?[0-9]{2,7}/[0-9]{2,4})(?![0-9A-Za-z/])"
    nos = r"(?:nos?|nr|number|numbers|n°|nº|№)\b\.?"
    return OwnRule(
        "case numbers", [Shape("ID", rf"(?<![A-Za-z])(?:{said})\.?[ ][(]?{nos}[ ]?{number}", 0.6)]
    )
