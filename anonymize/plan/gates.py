"""The gate on suppression: k-anonymity may not cost more rows than the policy allows."""

from __future__ import annotations

from anonymize.errors import GateError
from anonymize.plan.model import Plan


def check_suppression(plan: Plan) -> None:
    """Refuse a fitted plan that would suppress a larger share of rows than the policy allows.

    Raises:
        GateError: it would; nothing has been written.
    """
    privacy, fitted = plan.policy.privacy, plan.fitted
    if privacy is None or fitted is None or fitted.classes is None or not fitted.classes.rows:
        return
    small, rows = fitted.classes.rows_in_small(privacy.k), fitted.classes.rows
    if small / rows > privacy.max_suppressed:
        names = ", ".join(privacy.quasi_identifiers)
        raise GateError(
            f"{small} of {rows} rows share {names} with fewer than {privacy.k - 1} others: "
            f"{small / rows:.1%} would be suppressed, {privacy.max_suppressed:.1%} may be; generalize them further",
            place=plan.policy.place("privacy.max_suppressed"),
        )
