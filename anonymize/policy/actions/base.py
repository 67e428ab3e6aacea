"""Fields that all column rules share."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    model_validator,
)

if TYPE_CHECKING:
    from anonymize.policy.actions import Rule

Scalar = bool | int | float | datetime | date | str
"""A value in a condition."""


def _value_fits(condition: tuple[str, str, Any]) -> tuple[str, str, Any]:
    """Return the condition if its value fits its comparison."""
    _, comparison, value = condition
    if (comparison in ("in", "not in")) != isinstance(value, tuple):
        raise ValueError(
            f"'{comparison}' takes {'a list' if comparison.endswith('in') else 'one value'}"
        )
    return condition


Comparison = Literal["=", "==", "!=", "<", ">", "<=", ">=", "in", "not in"]
"""Comparisons of pyarrow's filter form."""

Condition = Annotated[
    tuple[str, Comparison, Scalar | tuple[Scalar, ...]], AfterValidator(_value_fits)
]
"""``[column, operator, value]``: one comparison in pyarrow's filter form; ``in`` and ``not in``
need a list.
"""


def _filter_form(value: Any) -> str:
    """Return ``any`` for a list of lists of conditions, ``all`` for a list of conditions."""
    first = value[0] if isinstance(value, list | tuple) and value else None
    return (
        "any"
        if isinstance(first, list | tuple) and first and isinstance(first[0], list | tuple)
        else "all"
    )


Filter = Annotated[
    Annotated[tuple[Condition, ...], Tag("all")]
    | Annotated[tuple[tuple[Condition, ...], ...], Tag("any")],
    Discriminator(_filter_form),
]
"""Conditions that must all be true, or a list of such lists of which one must be true: pyarrow's
filter form.
"""

Name = Annotated[str, Field(min_length=1, max_length=200)]
"""A non-empty name."""


class StrictModel(BaseModel):
    """A frozen model that refuses unknown fields and uses field docstrings as descriptions."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True
    )


class ActionRule(StrictModel):
    """Parameters of every rule."""

    accept: Annotated[str, Field(min_length=3)] | None = None
    """Why something that the plan refuses (an identifier kept, few distinct values) is right; kept
    in the manifest.
    """
    entity: Name | None = None
    """What the column holds, to overrule detection: an entity such as ``EMAIL_ADDRESS`` or
    ``PERSON``.
    """
    when: Filter | None = None
    """Rows that this rule applies to, as conditions on other columns; ``otherwise`` is the rule for
    the other rows.
    """
    otherwise: Rule | None = None
    """The rule for rows that do not match ``when``."""

    @property
    def reads_subject(self) -> bool:
        """Return True if the rule, or its ``otherwise``, needs the person of a row and names no
        column for it.
        """
        return self.otherwise is not None and self.otherwise.reads_subject

    @model_validator(mode="after")
    def _when_and_otherwise_come_together(self) -> ActionRule:
        if self.when is not None and self.otherwise is None:
            raise ValueError(
                "when: needs otherwise: for the other rows, for example otherwise: {action: keep}"
            )
        if self.otherwise is not None and self.when is None:
            raise ValueError("otherwise: needs when: to say which rows this rule is for")
        return self


class KeyedRule(ActionRule):
    """A rule whose result depends on a key."""

    key_role: ClassVar[Literal["pseudonym", "reveal"]] = "pseudonym"
    """Role in the policy's ``default_keys:`` that applies if ``key`` is not given."""

    key: Name | None = None
    """Name of the key in the keyring that the purpose key is derived from; by default that of
    ``default_keys:``.
    """
    domain: Name | None = None
    """Columns of one domain join, across datasets too; without a domain the results join with
    nothing else.
    """

    @property
    def needs_key(self) -> bool:
        """Return True if the rule, with its parameters, uses its key."""
        return True
