"""How the columns named in ``same_row`` are hunted in the text of their row."""

from __future__ import annotations

from collections.abc import Mapping

from anonymize.names import ColumnName
from anonymize.policy import Rule
from anonymize.policy.actions import FAKE_KIND_OF, FakeRule
from anonymize.transform import RowValue

_KIND_OF_FAKE = {"name": "name", "first_name": "name", "last_name": "name", "email": "email", "phone": "phone"}
_ENTITY_OF_KIND = {
    "name": "PERSON",
    "email": "EMAIL_ADDRESS",
    "phone": "PHONE_NUMBER",
    "date": "DATE_TIME",
    "id": "ID",
    "text": "PERSONAL",
}


_NUMBERED = ("card", "iban", "ssn", "passport", "licence", "license", "account", "insurance")
"""Words in the names of columns that hold numbers of a person."""


def row_value(column: ColumnName, said: str, rules: Mapping[ColumnName, Rule], found: str | None) -> RowValue:
    """Return how a column is hunted: as ``said``, or by its rule, by what detection ``found``, by its name."""
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
    if any(word in name for word in ("born", "birth", "dob")) or name.endswith(("_at", "_on", "date")):
        return "date"
    if name == "id" or name.endswith(("_id", "_no", "number", "_ref")) or any(word in name for word in _NUMBERED):
        return "id"
    named = "name" in name and "user" not in name
    return "name" if named or name in ("author", "customer", "patient", "physician", "contact") else "text"
