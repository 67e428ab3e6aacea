"""Keyed primitives over whole columns, each tested with published vectors.

In: a key and an Arrow column. Out: a column (or NumPy array) of the same length; equal values give
equal results. ``cmac.py`` makes pseudonyms and keyed choices, ``siv.py`` reversible tokens,
``derive.py`` purpose keys, ``byte_columns.py`` the representation that all share.

To add a primitive: process rows of one length at a time with ``groups`` and ``Ragged`` from
``byte_columns.py``, and compare it with a loop over `cryptography` in ``bench/primitives.py``.
"""
