"""Runs a policy from its source to a published version, or on a pandas frame.

In: a policy (or its path) and a keyring; for frames also a DataFrame. Out: a published version and
a `RunSummary`, or a new DataFrame. ``run.py`` has the loop, ``prepare.py`` opens, inspects and
plans, ``partition.py`` does the work for one source file, ``frame.py`` is the same for a frame in
memory.

To add a check before the first row: write a ``require_…`` function in ``readiness.py`` and call it
in ``_begun`` in ``run.py``. To add a comparison with the previous version: yield a `Change` from a
function that ``_differences`` in ``changes.py`` calls, and put the fact that it compares into
``facts_to_compare``.
"""
