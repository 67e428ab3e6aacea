"""Transforms without key and first pass: keep, redact, constant, mask, and actions of other
packages.

In: a column. Out: the column, or its replacement. ``custom.py`` loads transforms of other packages
through the entry points ``coatcheck.actions``, and checks their results.

To add an action without a key: a frozen dataclass here, and the further steps in
``transform/__init__.py``.
"""
