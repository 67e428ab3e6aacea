"""What columns hold in a table about people: names of the table's own things, surnames, telephones,
streets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.header import NameEvidence, is_digest_of_content, name_evidence
from anonymize.detect.columns.header_tokens import person_words
from anonymize.detect.vocabulary.header_words import name_words
from anonymize.detect.weights import LIKELY

_KEYS = frozenset(("id", "code", "key", "no", "nr", "number", "uuid", "kod", "codigo"))
_HOUSE = re.compile(r"[^\W\d_]{3,}(?: [^\W\d_]+)? \d{1,4}[a-zA-Z]?")
_PLACES = frozenset(("CITY", "REGION", "STREET_ADDRESS", "POSTAL_CODE"))
_SOMEBODY = frozenset(
    ("PERSON_NAME", "EMAIL_ADDRESS", "NATIONAL_ID", "USERNAME", "AGE", "GENDER", "DATE_OF_BIRTH")
)
_MEASURES = frozenset(
    ("weight", "height", "gewicht", "poids", "peso", "altura", "taille", "waist", "hip")
)
_PEOPLE = frozenset(("PERSON_NAME", "EMAIL_ADDRESS", "NATIONAL_ID", "USERNAME"))


def weigh_people_tables(cases: Sequence[ColumnEvidence]) -> None:
    """Add to each case what follows from whom or what the table is about."""
    _names_of_things(cases)
    _surnames(cases)
    _bodies(cases)
    verdicts = {_best(case) for case in cases}
    if verdicts & _PEOPLE:
        for case in cases[1:]:
            if (
                case.values.share("hex_hash") > 0.9
                and _best(case) == "RECORD_ID"
                and not case.says("RECORD_ID")
                and not is_digest_of_content(case.name)
            ):
                case.add(
                    "SECRET",
                    0.8,
                    "hexadecimal digests behind other columns about people, as of passwords",
                    share=1.0,
                )
        for case in cases:
            if case.name.meaningless and case.values.n >= 5:
                _telephones(case, verdicts)
                _streets(case, verdicts)


def _best(case: ColumnEvidence) -> str:
    return case.ranking()[0][0]


def _names_of_things(cases: Sequence[ColumnEvidence]) -> None:
    """A bare ``name`` behind the key ``supplier_id`` is a supplier's, behind ``product_id`` a
    product's.
    """
    if not cases:
        return
    about = _about(cases[0])
    if about is None or about.says.get("PERSON_NAME", 0.0) >= LIKELY:
        return
    for case in cases[1:]:
        v, bare = case.values, len(case.name.tokens) == 1 and case.name.tokens[0] in name_words()
        if not bare or _best(case) != "PERSON_NAME" or v.person > 0.5 or v.given > 0.5:
            continue
        if (weight := about.says.get("ORGANIZATION", 0.0)) >= LIKELY:
            case.weaken("PERSON_NAME", 0.4)
            case.add("ORGANIZATION", weight, "the name of what the table's first column numbers")
        elif about.nothing >= 0.5:
            case.weaken("PERSON_NAME", 0.4)


def _about(case: ColumnEvidence) -> NameEvidence | None:
    """Return the evidence of the plain name of what the table's first column numbers: of
    ``supplier`` for ``supplier_id``.
    """
    tokens = [token for token in case.name.tokens if token not in _KEYS]
    if len(tokens) != 1 or len(case.name.tokens) != 2:
        return None
    return name_evidence(f"{tokens[0]} name")


def _bodies(cases: Sequence[ColumnEvidence]) -> None:
    """Treat weight or height as personal only if the table also holds people, ages or other health
    data.
    """
    verdicts = [_best(case) for case in cases]
    about_people = set(verdicts) & _SOMEBODY or any(
        person_words().intersection(case.name.tokens) for case in cases
    )
    if len(cases) < 3 or about_people or verdicts.count("HEALTH") != 1:
        return
    case = cases[verdicts.index("HEALTH")]
    if set(case.name.words.get("HEALTH", "").split()) & _MEASURES:
        case.weaken("HEALTH", 0.4)


def _surnames(cases: Sequence[ColumnEvidence]) -> None:
    """Single capitalised words, nearly all different, beside a column of given names are family
    names.
    """
    for i, case in enumerate(cases):
        v = case.values
        beside = [
            other
            for other in (*cases[max(0, i - 1) : i], *cases[i + 1 : i + 2])
            if _best(other) == "PERSON_NAME"
        ]
        given = any(other.values.given > 0.5 and other.values.words == 1 for other in beside)
        if not given or _best(case) != "NONE" or case.name.nothing >= 0.5 or v.numeric or v.n < 3:
            continue
        capital = v.share_of(lambda t: t[:1].isupper() and not t.isupper())
        if (
            v.words == 1
            and v.name_shaped > 0.95
            and capital > 0.9
            and case.sample.distinct_share > 0.8
        ):
            case.add(
                "PERSON_NAME",
                0.6,
                "single words, nearly all different, beside a column of given names",
                share=1.0,
            )


def _telephones(case: ColumnEvidence, verdicts: set[str]) -> None:
    """Ten digits each, or seven with a dash where no postcode can be."""
    v = case.values
    if _best(case) not in ("NONE", "RECORD_ID") or "PHONE_NUMBER" in verdicts or not case.position:
        return
    ten = (
        v.integers
        and v.share_of(lambda t: len(t) == 10 and t[0] != "0") > 0.95
        and v.sequence < 0.2
    )
    seven = v.share("jp_post") > 0.9 and not verdicts & _PLACES
    if ten or seven:
        why = "ten digits each" if ten else "seven digits with a dash"
        case.add(
            "PHONE_NUMBER",
            0.6 if ten else 0.7,
            f"{why} in a table about people",
            share=1.0,
            hard=True,
        )
        case.weaken("RECORD_ID", 0.7)


def _streets(case: ColumnEvidence, verdicts: set[str]) -> None:
    """Words with a small number behind them, the words nearly all different: streets with their
    houses.
    """
    v = case.values
    if _best(case) != "NONE" or "STREET_ADDRESS" in verdicts or v.numeric:
        return
    share = v.share_of(lambda t: _HOUSE.fullmatch(t) is not None)
    streets = {t.rpartition(" ")[0] for t in v.few}
    if share > 0.9 and len(streets) > 0.7 * len(v.few) and case.sample.distinct_share > 0.7:
        case.add(
            "STREET_ADDRESS", 0.55, "words with a small number in a table about people", share=share
        )
