"""Runs a policy from its source to a published version, or on a pandas frame.

In: a policy (or its path) and a keyring; for frames also a DataFrame. Out: a published version and
a `RunSummary`, or a new DataFrame. ``prepare.py`` opens, inspects and plans; ``run.py`` begins a
run, ``in_progress.py`` completes and publishes it, and an executor (``executors/``) works on its
partitions by ``partition.py``; ``passing.py`` is the one way of rows through a plan, for a file and
for a frame (``frame.py``). ``incremental.py`` takes over parts of the version before, and
``jobs.py`` what a killed run finished.

To add a check before the first row: write a ``require_…`` function in ``readiness.py`` and call it
in ``_begun`` in ``run.py``. To add a comparison with the previous version: yield a `Change` from a
function that ``_differences`` in ``changes.py`` calls, and put the fact that it compares into
``facts_to_compare``.
"""
