"""Checks on the output that must pass before a version is published.

In: a compiled plan, and counts or samples of the output. Out: problems, or none; ``refuse`` asks
all gates and raises a `GateError`. ``rows.py`` limits rows that are set aside, ``suppression.py``
checks k-anonymity, ``across.py`` what the rows tell together with earlier releases,
``residual_scan.py`` looks for personal data in the output, ``names_left.py``
for names that free text kept, ``not_looked_for.py`` lists what detection left out.

To add a gate: write a function of an `Output` and a plan that returns problems (``interface.py``),
and name it in ``GATES`` (``refuse.py``); runs and frames then both pass it. To let an action's
results through the scan: add the entities that they look like to ``expected.py``.
"""
