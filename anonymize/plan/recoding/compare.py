"""Whether two passes over a source publish some classes alike."""

from __future__ import annotations

from collections.abc import Callable

from anonymize.keys import Keyring
from anonymize.plan.bind.context import facts_domain
from anonymize.plan.facts import facts_key
from anonymize.plan.model import Plan
from anonymize.plan.recoding.recoded import RECODED, Recoded, positions
from anonymize.privacy import ClassDigests


def published_otherwise(
    before: Plan, after: Plan, keyring: Keyring
) -> Callable[[ClassDigests], str] | None:
    """Return what tells why classes are published by one fitted plan otherwise than by the other,
    an empty text if they are not; None if one of the plans decides about no classes.

    Raises:
        PlanError: the plans were fitted under another key.
    """
    one, other = before.fitted, after.fitted
    if one is None or other is None or one.classes is None or other.classes is None:
        return None
    allowed = one.classes, other.classes
    key = facts_key(keyring, after.facts_key, facts_domain(after))
    recoded = [
        sealed.opened(key, RECODED, Recoded)
        for sealed in (one.recoded, other.recoded)
        if sealed is not None
    ]

    def why(classes: ClassDigests) -> str:
        mine, others = (positions(each, classes) for each in allowed)
        if not mine.is_valid().equals(others.is_valid()):
            return "a class became large enough, or too small, for k"
        if len(recoded) == 2 and not recoded[0].alike(mine, recoded[1], others):
            return "a class is generalized otherwise"
        return ""

    return why
