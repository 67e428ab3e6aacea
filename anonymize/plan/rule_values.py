"""What a rule makes of values that are blank, bad or objects."""

from __future__ import annotations

from anonymize.policy import Rule

NEVER_BAD = frozenset({"keep", "redact", "constant", "null", "pseudonymize", "tokenize"})
"""Actions that accept every value of their types."""


def never_bad(rule: Rule) -> bool:
    """Return True if the rule (and its ``otherwise``) accepts every value."""
    return rule.action in NEVER_BAD and (rule.otherwise is None or never_bad(rule.otherwise))


SEES_BLANKS = frozenset(
    {"keep", "redact", "constant", "null", "drop", "shuffle", "free_text", "custom"}
)
"""Actions that treat blank text as a normal value; all others treat it as missing."""


def blanks_are_missing(rule: Rule) -> bool:
    """Return True if the rule (and its ``otherwise``) treats blank text as missing.

    A null in the result, where the input was not null, then comes from a blank or a bad value.
    """
    return rule.action not in SEES_BLANKS and (
        rule.otherwise is None or blanks_are_missing(rule.otherwise)
    )


def takes_objects(rule: Rule) -> bool:
    """Return True if a rule accepts objects and arrays in documents, as it does structs and
    lists.
    """
    whole = rule.action in ("keep", "redact", "constant", "null")
    return whole and (rule.otherwise is None or takes_objects(rule.otherwise))
