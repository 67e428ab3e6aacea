"""Checks on the output that must pass before a version is published.

In: a compiled plan, and counts or samples of the output. Out: nothing, or a `GateError` with every
problem; samples give findings, which the run decides on. ``rows.py`` limits rows that are set
aside, ``suppression.py`` checks k-anonymity, ``residual_scan.py`` looks for personal data in the
output, ``names_left.py`` for names that free text kept, ``not_looked_for.py`` lists what detection
left out.

To add a gate: write a ``check_…`` function that raises `GateError`, and call it in
``RunInProgress.finish`` in ``pipeline/run.py`` and in ``pipeline/frame.py``. To let an action's
results through the scan: add the entities that they look like to ``expected.py``.
"""
