"""Long tables: a column whose few values are names of personal fields, beside columns that hold the
values of these fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow.types as pt

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.header import name_evidence
from anonymize.detect.interface import DIRECT_IDENTIFIERS
from anonymize.detect.weights import LIKELY
from anonymize.detect.words import word_set

FIELD_VALUES = "FIELD_VALUES"
"""The verdict of a column that holds values of several fields."""
MOST_FIELDS, LONGEST = 500, 60
"""Different fields of a long table, and code points of a field's name."""
OFTEN, VERY_OFTEN = 2, 3
"""How often a field's name occurs on average: under headers that say what both columns are, and
under others. A list of columns names each once or twice.
"""
PERSONAL_SHARE = 0.25
"""Share of the fields that are personal, where the header does not say that they are fields."""
MOST_NAMED = 3
"""Words for fields that the evidence repeats."""
_FIELD = word_set("""
    field fields attribute attributes attr property prop variable var key param parameter
    column col question item element concept label name type feld merkmal attribut eigenschaft
    variabel frage champ attribut variable propriete question campo atributo propiedad variabile
    attributo veld kenmerk pole atrybut cecha
    """)
_VALUE = word_set("""
    value values val vals answer answers response responses reply data content contents entry
    reading result text txt string str num number date bool int float decimal raw old new before
    after wert werte inhalt eintrag antwort antworten valeur valeurs reponse contenu valor valores
    respuesta resposta contenido conteudo valore valori risposta contenuto waarde antwoord wartosc
    odpowiedz
    """)
_TYPED = word_set("text txt string str num number date bool int float decimal id code")
"""Words for types behind a word for values: ``value_num``."""
_SETTLED = DIRECT_IDENTIFIERS - {"SECRET", "FREE_TEXT_PII"}
_OF_TYPES = frozenset({"PERSON_NAME", "DATE_OF_BIRTH"})
"""Fields that are no channel and no kind of document: a column of channels holds ``email``,
``phone`` and ``address``, one of documents ``passport``.
"""
_NUMBERS = frozenset(
    [
        "AGE",
        "NATIONAL_ID",
        "PHONE_NUMBER",
        "CREDIT_CARD",
        "BANK_ACCOUNT",
        "DATE_OF_BIRTH",
        "POSTAL_CODE",
        "FINANCIAL",
        "LATITUDE_LONGITUDE",
    ]
)
"""Fields whose values can be numbers."""


@dataclass(frozen=True)
class _Fields:
    """What the values of a column are as names of fields."""

    count: int
    kinds: dict[str, str]
    """Verdict → the word of our vocabulary that says it."""
    personal: int
    """Values that say a verdict."""

    @property
    def direct(self) -> list[str]:
        return [kind for kind in self.kinds if kind in _SETTLED]


def weigh_long_tables(cases: Sequence[ColumnEvidence]) -> None:
    """Give FIELD_VALUES to the columns with values beside one that names personal fields over and
    over. What else they look like is that of the field that most rows have.
    """
    for case in cases:
        fields = _fields(case)
        if fields is None:
            continue
        beside = [
            one for one in cases if one is not case and _place(one) == _place(case) and one.values.n
        ]
        worded = [one for one in beside if _is_called_value(one)]
        if _is_long(case, fields, worded):
            for one in worded or [one for one in beside if _could_hold(one, fields)]:
                if _can_be(one, fields):
                    _overrule(one, case, fields)


def _fields(case: ColumnEvidence) -> _Fields | None:
    texts = case.sample.texts
    if not texts or len(texts) > MOST_FIELDS or case.values.numeric or case.values.boolean:
        return None
    if case.sample.looked_at < OFTEN * len(texts) or max(map(len, texts)) > LONGEST:
        return None
    kinds: dict[str, str] = {}
    personal = 0
    for evidence in map(name_evidence, texts):
        says = [kind for kind, weight in evidence.says.items() if weight >= LIKELY]
        if evidence.nothing >= 0.5 or not says:
            continue
        personal += 1
        best = max(says, key=lambda kind: evidence.says[kind])
        kinds.setdefault(best, evidence.words.get(best, ""))
    found = _Fields(len(texts), kinds, personal)
    return found if found.direct else None


def _is_long(case: ColumnEvidence, fields: _Fields, worded: Sequence[ColumnEvidence]) -> bool:
    """Return whether the names of fields are such, by the headers and by how often they occur."""
    often = case.sample.looked_at / fields.count
    if worded and _FIELD.intersection(case.name.tokens):
        return often >= OFTEN
    of_people = _OF_TYPES.intersection(fields.kinds) and fields.personal >= 2
    return bool(
        of_people and often >= VERY_OFTEN and fields.personal >= PERSONAL_SHARE * fields.count
    )


def _is_called_value(case: ColumnEvidence) -> bool:
    """Return whether all words of a header are such for values: ``value_text``, ``old value``."""
    tokens = [token for token in case.name.tokens if not token.isdigit()]
    if not tokens or not _VALUE.intersection(tokens):
        return False
    return _VALUE.issuperset(tokens) or (tokens[0] in _VALUE and _TYPED.issuperset(tokens[1:]))


def _could_hold(case: ColumnEvidence, fields: _Fields) -> bool:
    """Return whether a column beside fields can hold their values, under a header that says nothing
    of its own: no id, no text about the field, more values than there are fields.
    """
    own = case.name.nothing >= 0.5 or max(case.name.says.values(), default=0.0) >= LIKELY
    by_form = case.ranking()[0][0] == "RECORD_ID"
    many = case.sample.distinct_total_estimate > 2 * fields.count
    return not own and not by_form and many


def _can_be(case: ColumnEvidence, fields: _Fields) -> bool:
    """Return whether a column's type can hold a personal field: a name is no number, and a share
    is no age.
    """
    if case.values.boolean or pt.is_boolean(case.sample.type):
        return False
    if not case.values.numeric:
        return True
    numbers = case.values.numbers
    shares = bool(numbers) and all(0 <= number <= 1 for number in numbers)
    return not shares and bool(_NUMBERS.intersection(fields.kinds))


def _overrule(case: ColumnEvidence, names: ColumnEvidence, fields: _Fields) -> None:
    said = ", ".join(_said(fields))
    why = (
        f"'{names.sample.name}' beside it holds names of personal fields ({said}), each"
        f" {names.sample.looked_at // fields.count} times: a long table"
    )
    case.overrule(FIELD_VALUES, 0.9, why, share=fields.personal / fields.count)


def _said(fields: _Fields) -> Iterator[str]:
    """Yield words of our own vocabulary, for cells are not repeated."""
    ordered = sorted(fields.kinds, key=lambda kind: kind not in _SETTLED)
    words = [fields.kinds[kind] or kind for kind in ordered]
    yield from words[:MOST_NAMED]
    if len(words) > MOST_NAMED:
        yield "…"


def _place(case: ColumnEvidence) -> str:
    """Return the struct or list that holds a nested leaf; values stand beside their names."""
    return case.sample.name.rpartition(".")[0]
