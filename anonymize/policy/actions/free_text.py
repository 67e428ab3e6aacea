"""The rule for columns of free text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from anonymize.policy.actions.base import ActionRule, KeyedRule, Name
from anonymize.policy.actions.keyed import FAKE_KIND_OF
from anonymize.policy.entity_names import STAYS_UNLESS_NAMED

if TYPE_CHECKING:
    from anonymize.policy.actions import EntityRule

RowValueKind = Literal["auto", "name", "email", "phone", "date", "id", "text"]
"""What a column of the row holds. It determines how its values are searched for in the text."""


_PRESIDIO = {"replace": "label", "hash": "pseudonymize", "encrypt": "tokenize"}
"""Presidio's anonymizer operators → the names of the same actions here."""


class LabelRule(KeyedRule):
    """Replace a span by its entity's name: ``<PERSON_1>``."""

    action: Literal["label"]
    """The span is replaced by its entity's name in angle brackets."""
    numbered: bool | Literal["text", "subject"] = True
    """Scope in which a value keeps its number: its text (``text``, true), or all texts of its
    ``subject``; false: no numbers.

    Within a subject the number has six digits and is a keyed function of subject and value, so
    texts need no shared counter; two values of one subject have the same number in one of 900,000
    pairs.
    """
    by: Name | None = None
    """With ``numbered: subject``: the column that identifies the person of a text; by default the
    policy's ``subject``.
    """

    @property
    def needs_key(self) -> bool:
        """Return True if numbers are keyed."""
        return self.numbered == "subject"

    @property
    def reads_subject(self) -> bool:
        """Return True if the policy's subject identifies the person of a text."""
        return self.needs_key and self.by is None

    @model_validator(mode="after")
    def _parameters_go_together(self) -> LabelRule:
        if not self.needs_key and (self.by or self.key or self.domain):
            raise ValueError("by:, key: and domain: of a label go with numbered: subject")
        return self


class FreeTextRule(ActionRule):
    """Replace personal data inside free text, and keep the rest of the text."""

    action: Literal["free_text"]
    """Spans that detection finds, and the row's own values, are replaced in place."""
    entities: dict[str, EntityRule] = Field(default_factory=dict, validate_default=True)
    """Per entity, an action or a rule for its spans; ``DEFAULT`` is for all others, by default
    ``label``.

    ``TITLE`` is kept unless it has its own action.
    """
    same_row: dict[str, RowValueKind] = Field(default_factory=dict)
    """Columns whose values are searched for in their row's text and replaced like the column's: a
    list, or column: kind.
    """
    scan: bool = True
    """True to run detection on the text; otherwise only the row's own values are replaced."""
    languages: tuple[Name, ...] | None = None
    """Languages of the texts, as two-letter codes; by default those of ``detect:``."""
    countries: tuple[Name, ...] | None = None
    """Countries whose identifiers are searched for, as two-letter codes; by default those of
    ``detect:``.
    """
    score_threshold: Annotated[float, Field(ge=0, le=1)] = 0.35
    """Spans with a lower score are not replaced."""
    allow: tuple[str, ...] = ()
    """Texts that are never personal data here; case, width and spacing do not matter."""
    deny: tuple[str, ...] = ()
    """Texts that always are personal data; case, width and spacing do not matter."""
    markup: Literal["none", "auto", "html", "markdown", "json"] = "none"
    """Format of the cells, so that they stay well-formed; ``auto`` recognizes each cell by its
    beginning.
    """

    @field_validator(
        "entities", mode="before", json_schema_input_type="dict[str, str | EntityRule]"
    )
    @classmethod
    def _expand_names(cls, entities: Any) -> Any:
        if not isinstance(entities, dict):
            return entities
        stays = {entity: {"action": "keep"} for entity in sorted(STAYS_UNLESS_NAMED)}
        rules = {"DEFAULT": {"action": "label"}, **stays, **entities}
        return {entity: _expanded(str(entity), rule) for entity, rule in rules.items()}

    @field_validator(
        "same_row", mode="before", json_schema_input_type=dict[str, RowValueKind] | list[str]
    )
    @classmethod
    def _expand_list(cls, columns: Any) -> Any:
        return (
            {str(column): "auto" for column in columns}
            if isinstance(columns, (list, tuple))
            else columns
        )

    @property
    def reads_subject(self) -> bool:
        """Return True if an entity's rule, or ``otherwise``, needs the person of a row."""
        return any(inner.reads_subject for inner in self.entities.values()) or super().reads_subject

    @model_validator(mode="after")
    def _something_to_find(self) -> FreeTextRule:
        if not self.scan and not self.same_row:
            raise ValueError(
                "scan: false without same_row: changes nothing; use keep, or name columns in"
                " same_row:"
            )
        if self.languages == ():
            raise ValueError(
                "languages: names none, so no rule would look at any text; leave it out, or"
                " name one"
            )
        return self


def _in_our_words(rule: Any) -> Any:
    """Return a rule that names one of Presidio's operators with the equivalent action."""
    if not isinstance(rule, dict) or rule.get("action") not in _PRESIDIO:
        return rule
    if rule["action"] == "replace" and "new_value" in rule:
        others = {key: value for key, value in rule.items() if key != "new_value"}
        return {**others, "action": "constant", "value": rule["new_value"]}
    return {**rule, "action": _PRESIDIO[rule["action"]]}


def _expanded(entity: str, rule: Any) -> Any:
    """Return ``rule`` as a mapping; a ``fake`` without a kind gets that of the entity."""
    said = _in_our_words({"action": rule} if isinstance(rule, str) else rule)
    if isinstance(said, dict) and said.get("action") == "fake" and "kind" not in said:
        if entity not in FAKE_KIND_OF:
            known = ", ".join(sorted(FAKE_KIND_OF))
            raise ValueError(
                f"fake for {entity} needs kind:; without it the kinds are known for {known}"
            )
        return {**said, "kind": FAKE_KIND_OF[entity]}
    return said
