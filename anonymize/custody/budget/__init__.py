"""Privacy budgets: what releases with differential privacy have cost one person, and may cost.

In: a policy with ``aggregates:``, and the loss of a release that is about to be made. Out: what is
left, after the loss is written down, or a refusal. The ledger is the dataset's signed audit log:
each release is an entry, and the next one is added only if the sum of all is within the budget,
while no other process can append (``ledger.py``). Where several machines release, a table in
PostgreSQL is asked first (``shared.py``); both must agree that there is room. What was written down
stays spent, also if the release fails afterwards, and a release with a name is paid for once.

To add a ledger: a module like ``shared.py`` with a ``spend``, and a form of address in
``addresses/ledger.py``.
"""

from anonymize.custody.budget.ledger import Budget, PaidError, budget_of, spend

__all__ = ["Budget", "PaidError", "budget_of", "spend"]
