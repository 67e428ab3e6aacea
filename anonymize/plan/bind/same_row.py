"""Determines how the values of the columns in ``same_row`` are searched for in the text of their
row.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from anonymize.detect.interface import Finding
from anonymize.names import ColumnName
from anonymize.policy import Policy, Rule
from anonymize.policy.actions import (
    FAKE_KIND_OF,
    ActionRule,
    DropRule,
    EncryptFormatRule,
    FakeRule,
    FreeTextRule,
    MaskRule,
    NullRule,
    RedactRule,
    rules_in_turn,
)
from anonymize.transform import RowValue

_KIND_OF_FAKE = {
    "name": "name",
    "first_name": "name",
    "last_name": "name",
    "email": "email",
    "phone": "phone",
}
_ENTITY_OF_KIND = {
    "name": "PERSON",
    "email": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "date": "DATE_TIME",
    "id": "ID",
    "text": "PERSONAL",
}


_NUMBERED = ("card", "iban", "ssn", "passport", "licence", "license", "account", "insurance")
"""Words in names of columns that hold numbers of a person."""


def row_value(
    column: ColumnName, said: str, rules: Mapping[ColumnName, Rule], found: str | None
) -> RowValue:
    """Return how to search for a column's values: by ``said``, else by its rule, by the verdict
    ``found``, or by its name.
    """
    rule = rules.get(column)
    entity = (rule.entity if rule else None) or found
    kind = said
    if said == "auto":
        faked = rule.kind if isinstance(rule, FakeRule) else FAKE_KIND_OF.get(entity or "")
        kind = _KIND_OF_FAKE.get(faked or "") or _kind_by_name(column)
    return RowValue(column, kind, entity or _ENTITY_OF_KIND[kind])


def _kind_by_name(column: ColumnName) -> str:
    """Return the kind that a column's name suggests."""
    name = column.rpartition(".")[2].lower()
    if "mail" in name:
        return "email"
    if any(word in name for word in ("phone", "mobile", "tel", "fax")):
        return "phone"
    if any(word in name for word in ("born", "birth", "dob")) or name.endswith(
        ("_at", "_on", "date")
    ):
        return "date"
    if (
        name == "id"
        or name.endswith(("_id", "_no", "number", "_ref"))
        or any(word in name for word in _NUMBERED)
    ):
        return "id"
    named = "name" in name and "user" not in name
    return (
        "name"
        if named or name in ("author", "customer", "patient", "physician", "contact")
        else "text"
    )


_TOLD_APART = (DropRule, MaskRule, NullRule, RedactRule)
"""Rules whose results cannot be mistaken for encrypted values, or that leave no value."""


def unlike_problems(
    policy: Policy, findings: Iterable[Finding]
) -> Iterator[tuple[ColumnName, str]]:
    """Yield column and problem if ``encrypt_format`` in text cannot be distinguished from what a
    searched column's values became there.

    Format-preserving ciphertext has no checksum: opened with the wrong key, it gives a wrong value
    that looks right.
    """
    found = {
        finding.column: finding.entity or finding.verdict for finding in reversed(list(findings))
    }
    for column, outer in policy.columns.items():
        for rule in rules_in_turn(outer):
            if isinstance(rule, FreeTextRule):
                yield from ((column, what) for what in _unlike(rule, policy.columns, found))


def _unlike(
    rule: FreeTextRule, rules: Mapping[ColumnName, Rule], found: Mapping[ColumnName, str]
) -> Iterator[str]:
    for name, kind in rule.same_row.items():
        column = ColumnName(name)
        hunted, other = row_value(column, kind, rules, found.get(column)), rules.get(column)
        unknown = column not in found and hunted.kind in ("id", "text")
        for entity, inner in rule.entities.items():
            meant = unknown or entity == (
                hunted.entity if hunted.entity in rule.entities else "DEFAULT"
            )
            if not (meant and isinstance(inner, EncryptFormatRule)) or other is None:
                continue
            if not all(
                isinstance(one, _TOLD_APART) or _alike(one, inner) for one in rules_in_turn(other)
            ):
                yield (
                    f"entities: {entity}: encrypt_format beside same_row: '{column}': the text"
                    " holds what that column got, too, and reveal cannot tell which is which; give"
                    " both one domain: and format, or tokenize"
                )


def _alike(one: ActionRule, other: EncryptFormatRule) -> bool:
    """Return True if two rules encrypt alike: same named domain, key and format."""
    plain = {"when": None, "otherwise": None, "accept": None, "entity": None}
    same = isinstance(one, EncryptFormatRule) and one.model_copy(update=plain) == other.model_copy(
        update=plain
    )
    return same and other.domain is not None
