"""Describes a plan for people: lines, examples by shape, and bad values.

In: a compiled plan; for examples also the first rows and a keyring. Out: one `Explained` per
column, ``before → after`` texts, and advice. No raw value is in the output.

To add a fact to a plan's lines: add a field to `Explained` in ``explain.py``, and show it in
``report/``.
"""
