"""The rule for columns of running text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from anonymize.policy.actions.base import ActionRule, KeyedRule, Name
from anonymize.policy.actions.keyed import FAKE_KIND_OF
from anonymize.policy.entity_names import STAYS_UNLESS_NAMED

if TYPE_CHECKING:
    from anonymize.policy.actions import EntityRule

RowValueKind = Literal["auto", "name", "email", "phone", "date", "id", "text"]
"""What a column of the row holds, which decides how its values are hunted in the text."""


_PRESIDIO = {"replace": "label", "hash": "pseudonymize", "encrypt": "tokenize"}
"""Presidio's anonymizer operators that have another name here."""


class LabelRule(KeyedRule):
    """Replace a span by its entity's name: ``<PERSON_1>``."""

    action: Literal["label"]
    """The span becomes its entity's name in angle brackets."""
    numbered: bool | Literal["text", "subject"] = True
    """Where a value keeps its number: in its text (``text``, true), in all texts of its
    ``subject``; false: no numbers.

    Within a subject the number has six digits and is a keyed function of subject and value, so that
    texts need no common count; two values of one subject share a number in one of 900,000 pairs.
    """
    by: Name | None = None
    """With ``numbered: subject``: the column that says whose text it is; by default the policy's
    ``subject``.
    """

    @property
    def needs_key(self) -> bool:
        """Return whether numbers are keyed."""
        return self.numbered == "subject"

    @property
    def reads_subject(self) -> bool:
        """Return whether the policy's subject says whose text it is."""
        return self.needs_key and self.by is None

    @model_validator(mode="after")
    def _parameters_go_together(self) -> LabelRule:
        if not self.needs_key and (self.by or self.key or self.domain):
            raise ValueError("by:, key: and domain: of a label go with numbered: subject")
        return self


class FreeTextRule(ActionRule):
    """Replace personal data inside running text, and leave the rest of the text as it is."""

    action: Literal["free_text"]
    """Spans that detection finds, and the row's own values, are replaced in place."""
    entities: dict[str, EntityRule] = Field(default_factory=dict, validate_default=True)
    """What becomes of spans, per entity: an action or a rule; ``DEFAULT`` is for the others,
    ``label`` unless said.

    ``TITLE`` stays where it has no action of its own.
    """
    same_row: dict[str, RowValueKind] = Field(default_factory=dict)
    """Columns whose values are hunted in their row's text and replaced as the column was: a list,
    or column: kind.
    """
    scan: bool = True
    """Whether detection runs over the text; without it only the row's own values are replaced."""
    languages: tuple[Name, ...] | None = None
    """Languages of the texts, as two-letter codes; by default the policy's ``detect:`` says."""
    countries: tuple[Name, ...] | None = None
    """Countries whose identifiers are looked for, as two-letter codes; by default the policy's
    ``detect:`` says.
    """
    score_threshold: Annotated[float, Field(ge=0, le=1)] = 0.35
    """Spans that detection is less sure of are left alone."""
    allow: tuple[str, ...] = ()
    """Texts that are never personal data here; case, width and spacing do not matter."""
    deny: tuple[str, ...] = ()
    """Texts that always are; case, width and spacing do not matter."""
    markup: Literal["none", "auto", "html", "markdown", "json"] = "none"
    """What cells are written in, so that they stay well-formed; ``auto`` tells each cell by how it
    begins.
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
        """Return whether an entity's rule, or ``otherwise``, needs to know whose row it is."""
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
    """Return a rule that names one of Presidio's operators with the action that does the same."""
    if not isinstance(rule, dict) or rule.get("action") not in _PRESIDIO:
        return rule
    if rule["action"] == "replace" and "new_value" in rule:
        others = {key: value for key, value in rule.items() if key != "new_value"}
        return {**others, "action": "constant", "value": rule["new_value"]}
    return {**rule, "action": _PRESIDIO[rule["action"]]}


def _expanded(entity: str, rule: Any) -> Any:
    """Return ``rule`` as a mapping, with the kind of a ``fake`` taken from the entity where it is
    not said.
    """
    said = _in_our_words({"action": rule} if isinstance(rule, str) else rule)
    if isinstance(said, dict) and said.get("action") == "fake" and "kind" not in said:
        if entity not in FAKE_KIND_OF:
            known = ", ".join(sorted(FAKE_KIND_OF))
            raise ValueError(
                f"fake for {entity} needs kind:; without it the kinds are known for {known}"
            )
        return {**said, "kind": FAKE_KIND_OF[entity]}
    return said
