"""Records digests of the lists that fake values are chosen from, because another version of Faker
would give other fakes.
"""

from __future__ import annotations

from collections.abc import Mapping

from anonymize.errors import PlanError
from anonymize.policy import Policy
from anonymize.policy.actions import FakeRule, nested_rules
from anonymize.transform.fake.faker_pools import LocaleError, faker_version, pool

VERSION = "faker"
"""Name of the entry for Faker's version. It covers locales that are known only from the rows'
countries.
"""

_PERSON = ("first_name_male", "first_name_female", "last_name_male", "last_name_female")
_POOLS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("name", "email", "user_name"), _PERSON),
    "first_name": _PERSON[:2],
    "last_name": _PERSON[2:],
    "street": ("street_name",),
    **{kind: (kind,) for kind in ("city", "postcode", "company", "job", "user_agent")},
}
"""Lists that each kind is chosen from; other kinds consist of digits alone."""


def pinned_pools(policy: Policy) -> Mapping[str, str]:
    """Return the digest of every list that a rule of ``policy`` chooses from, as ``list locale``,
    and Faker's version.
    """
    rules = [
        inner
        for rule in policy.columns.values()
        for inner in nested_rules(rule)
        if isinstance(inner, FakeRule)
    ]
    if not rules:
        return {}
    names = sorted(
        {f"{name} {rule.locale}" for rule in rules for name in _POOLS.get(rule.kind, ())}
    )
    return {
        VERSION: faker_version(),
        **{name: made for name in names if (made := _digest(name)) is not None},
    }


def _digest(name: str) -> str | None:
    kind, _, locale = name.partition(" ")
    try:
        return pool(kind, locale).digest
    except LocaleError:  # the rule itself reports this problem
        return None


def check_pools(pools: Mapping[str, str]) -> None:
    """Check that this process has the lists that the plan was compiled with.

    Raises:
        PlanError: another version of Faker is installed, or its lists were changed.
    """
    for name, was in pools.items():
        if (faker_version() if name == VERSION else _digest(name)) != was:
            what = f"Faker {faker_version()} here has other values than the plan was made with"
            raise PlanError(
                f"{what}; use the version that made the plan, or make the plan again", place=name
            )
