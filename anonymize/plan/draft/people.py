"""Finds which columns of names belong to one person, so that a draft gives them one fake person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anonymize.detect.columns.header_tokens import known_tokens, person_words, tokenize
from anonymize.detect.interface import Finding
from anonymize.detect.words import word_set
from anonymize.names import ColumnName
from anonymize.plan.roles import ROLES

_FIRST = word_set("first given fore forename fname firstname vorname rufname prenom imie")
_MIDDLE = word_set("middle mname middlename")
_LAST = word_set("""
    last family sur surname lname lastname nachname familienname zuname nom apellido apellidos
    sobrenome cognome nazwisko achternaam maiden geburtsname
    """)
_NAME = word_set("name nombre nombres nome names naam voornaam")
"""Words for a name that mean the given one where another column has the family name."""
_BESIDE = word_set("""
    full person e mail email address adresse correo gender sex country land id no nr num number key
    uid uuid code
    """)
_KIND_WORDS = _FIRST | _MIDDLE | _LAST | _NAME | _BESIDE
"""Words that tell what a column holds, not whose it is."""
_PERSON_IDS = word_set("emplid empid custid userid memberid patientid studentid clientid")
_BY = ("RECORD_ID", "NATIONAL_ID", "EMAIL_ADDRESS", "USERNAME")
"""Verdicts of columns that can tell which person a row is of, the best first."""


_Key = tuple[str, tuple[str, ...]]
"""The nested object that columns are in, and the words in their names that tell whose they are."""


@dataclass
class _Group:
    """Columns of one person: of one nested object, with one owner in their names."""

    names: dict[ColumnName, str] = field(default_factory=dict)
    """Column → kind of its fake value."""
    others: dict[str, list[ColumnName]] = field(default_factory=dict)
    """Verdict → columns that tell or describe the person."""


def kinds_and_persons(
    findings: Sequence[Finding], codes: frozenset[ColumnName] = frozenset()
) -> Mapping[ColumnName, Mapping[str, Any]]:
    """Return, per column of names, the parameters of its ``fake`` rule: ``kind``, and ``person``
    where several columns are of one.

    ``codes`` are the columns of countries that hold two-letter codes. Every group of columns has a
    person of its own, because one person is told by one column.
    """
    found: dict[ColumnName, Mapping[str, Any]] = {}
    names = set[str]()
    for (place, owner), group in _groups(findings).items():
        person: dict[str, Any] = {}
        if (by := _by(group)) is not None:
            name = "_".join(owner) or place.rpartition(".")[2].removesuffix("[]") or "person"
            while name in names:
                name += "_2"
            names.add(name)
            person = {"name": name, "by": str(by), **_described(group, codes)}
        for column, kind in group.names.items():
            found[column] = {"kind": kind, **({"person": person} if person else {})}
    return found


def _described(group: _Group, codes: frozenset[ColumnName]) -> Mapping[str, str]:
    """Return the columns of the person's gender and country."""
    countries = [one for one in group.others.get("COUNTRY", []) if one in codes]
    beside = {"gender": group.others.get("GENDER", []), "country": countries}
    return {name: str(columns[0]) for name, columns in beside.items() if columns}


def _groups(findings: Sequence[Finding]) -> Mapping[_Key, _Group]:
    groups: dict[_Key, _Group] = {}
    beside: list[tuple[str, tuple[str, ...], Finding]] = []
    for finding in findings:
        place, _, last = finding.column.rpartition(".")
        tokens = known_tokens(tokenize(last))
        owner = tuple(word for word in tokens if word not in _KIND_WORDS and not word.isdigit())
        if finding.verdict == "PERSON_NAME":
            group = groups.setdefault((place, owner), _Group())
            group.names[finding.column] = _kind(tokens)
        elif finding.verdict in (*_BY, "GENDER", "COUNTRY"):
            beside.append((place, owner, finding))
    for place, owner, finding in beside:
        for key in _theirs(groups, place, owner):
            groups[key].others.setdefault(str(finding.verdict), []).append(finding.column)
    for group in groups.values():
        _name_beside_last(group)
    return groups


def _theirs(groups: Mapping[_Key, _Group], place: str, owner: tuple[str, ...]) -> list[_Key]:
    """Return the group that a column beside the names belongs to: of the same owner; else those
    without an owner, or the only ones, unless the column's name gives somebody else's role.
    """
    if (place, owner) in groups:
        return [(place, owner)]
    if ROLES.intersection(owner):
        return []
    here = [key for key in groups if key[0] == place]
    return [(place, ())] if (place, ()) in groups else here if len(here) == 1 else []


def _kind(tokens: Sequence[str]) -> str:
    words = set(tokens)
    if "full" in words or len([1 for part in (_FIRST, _LAST) if words & part]) == 2:
        return "name"
    return "first_name" if words & (_FIRST | _MIDDLE) else "last_name" if words & _LAST else "name"


def _name_beside_last(group: _Group) -> None:
    """Take a column called just *name* for the given name if another one has the family name and
    none the given name.
    """
    kinds = list(group.names.values())
    if kinds.count("name") == 1 and "last_name" in kinds and "first_name" not in kinds:
        for column, kind in group.names.items():
            words = set(known_tokens(tokenize(column.rpartition(".")[2])))
            if kind == "name" and words & _NAME and "full" not in words:
                group.names[column] = "first_name"


def _by(group: _Group) -> ColumnName | None:
    """Return the column that tells which person a row is of, for names of several kinds; a number
    in a row's name alone (``order_id``) is not one.
    """
    if len(set(group.names.values())) < 2:
        return None
    for verdict in _BY:
        columns = group.others.get(verdict, [])
        if verdict == "RECORD_ID":
            columns = [one for one in columns if _is_of_a_person(one)]
        if columns:
            return columns[0]
    return next((one for one, kind in group.names.items() if kind == "name"), None)


def _is_of_a_person(column: ColumnName) -> bool:
    words = set(known_tokens(tokenize(column.rpartition(".")[2])))
    return bool(words & (person_words() | _PERSON_IDS))
