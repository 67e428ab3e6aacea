"""Evidence from neighbouring columns: a city next to a postcode, a login name that is part of an
e-mail address.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from anonymize.detect.columns.column_evidence import ColumnEvidence, percent
from anonymize.detect.columns.evidence.first_and_last import weigh_first_and_last
from anonymize.detect.columns.evidence.positions import ENOUGH_NUMBERS, weigh_positions
from anonymize.detect.network_addresses import packed_ipv4, quad
from anonymize.detect.vocabulary.lexicon import fold

_INITIAL = re.compile(r"[A-ZÀ-Þ]\.?")
_OF_THE_ROW = 0.6
"""Minimum share of rows in which a letter begins a name of the same row; of grades it is one in
six.
"""
_DIFFERENT = 6
"""Different letters from which on they are initials of names that stand nowhere else: grades, blood
groups and sizes have fewer, or are the first of the alphabet.
"""
_WHOLE_ALPHABET = 16
_LETTER_OF = re.compile(r"[^\W\d_]+")
PERSONAL = (
    "PERSON_NAME",
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "NATIONAL_ID",
    "USERNAME",
    "STREET_ADDRESS",
)


def best(case: ColumnEvidence) -> tuple[str, float]:
    """Return the leading verdict and its score."""
    return case.ranking()[0]


def weigh_neighbours(cases: Sequence[ColumnEvidence]) -> None:
    """Add to each case what the rest of the table suggests."""
    verdicts = [best(case)[0] for case in cases]
    weigh_positions(cases)
    _packed_addresses(cases)
    _postcodes(cases, verdicts)
    _logins(cases)
    _names_in_addresses(cases)
    weigh_first_and_last(cases)
    _initials(cases)
    _rare_names(cases)
    _account_numbers(cases, verdicts)
    _birth_dates(cases, verdicts)


def _packed_addresses(cases: Sequence[ColumnEvidence]) -> None:
    """Treat numbers as addresses if they equal another column's addresses or are in a private
    network.

    Other numbers alone cannot be distinguished from addresses. Only the first rows are compared,
    which are the same rows in every column.
    """
    known = {
        int.from_bytes(bytes(numbers))
        for case in cases
        if case.values.ipv4 > 0.5
        for text in case.sample.head_texts
        if (numbers := quad(text))
    }
    for case in cases:
        head = [read for text in case.sample.head_texts if (read := packed_ipv4(text))]
        if len(head) < max(ENOUGH_NUMBERS, 0.9 * len(case.sample.head_texts)):
            continue
        same = sum(not known.isdisjoint(read) for read in head) / len(head)
        private = sum(any(map(_is_private, read)) for read in head) / len(head)
        if same > 0.5:
            why = "the addresses of another column, written as numbers"
            case.add("IP_ADDRESS", 0.95, f"{percent(same)} are {why}", share=same, hard=True)
        elif private > 0.95:
            why = "addresses of private networks, written as numbers"
            case.add("IP_ADDRESS", 0.85, f"{percent(private)} are {why}", share=private)


def _is_private(number: int) -> bool:
    """Return whether a number is an address of 192.168.0.0/16 or 172.16.0.0/12; ids of a few
    hundred millions lie in 10.0.0.0/8, too.
    """
    return number >> 16 == 0xC0A8 or number >> 20 == 0xAC1


def _postcodes(cases: Sequence[ColumnEvidence], verdicts: Sequence[str]) -> None:
    for i, case in enumerate(cases):
        v = case.values
        around = set(verdicts[max(0, i - 2) : i + 3])
        if (
            around & {"CITY", "REGION", "STREET_ADDRESS"}
            and (case.says("POSTAL_CODE") or not case.name.says)
            and v.n >= 3
            and v.share("zip_like") > 0.9
            and v.share_of(lambda t: len(t) == 5) > 0.6
        ):
            case.add(
                "POSTAL_CODE",
                0.6,
                "five digits beside a city, state or street",
                share=v.share("zip_like"),
            )


def _logins(cases: Sequence[ColumnEvidence]) -> None:
    """Values that are the part before @ of another column's addresses are logins."""
    local = {
        text.split("@", 1)[0].casefold()
        for case in cases
        if best(case)[0] == "EMAIL_ADDRESS"
        for text in case.values.texts
    }
    if not local:
        return
    for case in cases:
        v = case.values
        if v.given > 0.6 and v.share_of(lambda t: t[:1].isupper()) > 0.7:
            continue  # Emma, whose address is emma@…, wrote her name
        if v.n and not v.numeric and v.words <= 1 and best(case)[0] not in ("EMAIL_ADDRESS",):
            s = v.share_of(lambda t: t.casefold() in local)
            if s > 0.3 and v.share("username") > 0.5:
                case.add(
                    "USERNAME",
                    0.6 + 0.35 * s,
                    f"{s:.0%} are the part before @ of an e-mail column".replace("%", " %"),
                    share=s,
                )


def _names_in_addresses(cases: Sequence[ColumnEvidence]) -> None:
    """Words that occur inside the e-mail addresses of the same table are names of the people they
    belong to.
    """
    addresses = [case for case in cases if best(case)[0] == "EMAIL_ADDRESS"]
    local = "\n".join(
        fold(text.split("@", 1)[0]) for case in addresses for text in case.values.texts
    )
    if not local:
        return
    for case in cases:
        v = case.values
        if (
            v.n < 5
            or v.numeric
            or v.words > 3
            or v.name_shaped < 0.8
            or best(case)[0] not in ("NONE", "ORGANIZATION", "CITY")
        ):
            continue
        s = v.share_of(lambda t: any(len(w) >= 4 and w in local for w in fold(t).split()))
        if s > 0.5:
            case.add(
                "PERSON_NAME",
                0.3 + 0.6 * s,
                f"{s:.0%} occur inside the e-mail addresses".replace("%", " %"),
                share=s,
            )


def _rare_names(cases: Sequence[ColumnEvidence]) -> None:
    """Two capitalised words in every cell, some of them known names, in a table about people, are
    names too.
    """
    about_people = any(
        best(case)[0] in PERSONAL and best(case)[0] != "PERSON_NAME" for case in cases
    )
    if not about_people:
        return
    for case in cases:
        v = case.values
        if (
            best(case)[0] != "NONE"
            or case.name.nothing >= 0.5
            or v.n < 5
            or v.words != 2
            or v.name_shaped < 0.95
        ):
            continue
        capital = v.share_of(lambda t: all(word[:1].isupper() for word in t.split()))
        if (
            capital > 0.8
            and case.sample.distinct_share > 0.8
            and v.person > 0.1
            and v.share("company") < 0.2
        ):
            case.add(
                "PERSON_NAME",
                0.55,
                "two capitalised words each, some of them known names",
                share=v.person,
            )


def _account_numbers(cases: Sequence[ColumnEvidence], verdicts: Sequence[str]) -> None:
    """Two neighbouring columns of long numbers of one length, one of nine digits, beside names:
    account and routing.
    """
    if "PERSON_NAME" not in verdicts:
        return
    for a, b in itertools.pairwise(cases):
        lengths = [_one_length(a), _one_length(b)]
        if 9 in lengths and all(length >= 7 for length in lengths):
            case = a if lengths[1] == 9 else b
            why = (
                f"{_one_length(case)} digits each, beside nine-digit numbers as accounts stand"
                " beside routing numbers"
            )
            case.add("BANK_ACCOUNT", 0.55, why, share=1.0)


def _one_length(case: ColumnEvidence) -> int:
    """Return the digits that every value has where all are different whole numbers of one length,
    else 0.
    """
    v = case.values
    lengths = {len(text) for text in v.few if text.isdigit()}
    alike = (
        v.n >= 20
        and len(lengths) == 1
        and v.integers
        and case.sample.distinct_share > 0.95
        and v.sequence < 0.2
    )
    return lengths.pop() if alike and not case.scores.get("NATIONAL_ID") else 0


def _initials(cases: Sequence[ColumnEvidence]) -> None:
    """Single letters beside a column of names are initials, if they begin names of their rows, or
    are so many that they are no grades.
    """
    names = [best(case)[0] == "PERSON_NAME" for case in cases]
    for at, case in enumerate(cases):
        v = case.values
        letters = v.share_of(lambda t: _INITIAL.fullmatch(t) is not None)
        beside = any(names[max(0, at - 1) : at + 2])
        if not (beside and best(case)[0] == "NONE" and case.name.nothing < 0.5):
            continue
        if v.n >= 3 and letters > 0.9 and (_of_rows(case, cases, names) or _of_many_names(case)):
            case.add("PERSON_NAME", 0.6, "initials beside a column of names", share=1.0)


def _of_rows(case: ColumnEvidence, cases: Sequence[ColumnEvidence], names: Sequence[bool]) -> bool:
    """Return whether letters begin names of the same rows. Only the first rows are compared, of
    columns in which none is empty, because nothing else tells which cells are of one row.
    """
    if case.sample.nulls:
        return False
    letters = [fold(text[:1]) for text in case.sample.head_texts]
    for other, named in zip(cases, names, strict=True):
        beside = other.sample.head_texts
        if not named or other is case or other.sample.nulls or len(beside) != len(letters):
            continue
        same = sum(
            any(word.startswith(letter) for word in _LETTER_OF.findall(fold(name)))
            for letter, name in zip(letters, beside, strict=True)
        )
        if same > _OF_THE_ROW * len(letters):
            return True
    return False


def _of_many_names(case: ColumnEvidence) -> bool:
    """Return whether letters are too many for grades, or not the first ones of the alphabet."""
    found = {fold(text[:1]) for text in case.values.texts}
    first = set("abcdefghijklmnopqrstuvwxyz"[: len(found)])
    return len(found) >= _DIFFERENT and (len(found) >= _WHOLE_ALPHABET or not found <= first)


def _birth_dates(cases: Sequence[ColumnEvidence], verdicts: Sequence[str]) -> None:
    """Dates that spread over a generation and end long ago, in a table about people."""
    if not set(verdicts) & set(PERSONAL):
        return
    for case, verdict in zip(cases, verdicts, strict=True):
        years = sorted(case.values.years)
        if (
            verdict != "DATE_TIME"
            or len(years) < 5
            or not case.name.meaningless
            or case.values.date_share < 0.5
        ):
            continue
        middle = years[len(years) // 2]
        grown = years[-1] - years[0] >= 20 and years[-1] <= 2015
        all_ages = years[-1] - years[0] >= 60 and years[0] <= 1960
        if 1915 <= middle <= 2002 and (grown or all_ages):
            case.add(
                "DATE_OF_BIRTH",
                0.93,
                f"dates from {years[0]} to {years[-1]} in a table about people",
                share=1.0,
            )
