"""Transforms that depend on a key: pseudonyms, tokens, format-preserving encryption, date shifts,
shuffles.

In: a column, a purpose key, for some also the subject's column or a vault. Out: a column in which
equal values give equal results (except shuffles). The cryptography is in ``keys/``; these classes
adapt it to columns and types.

To add a keyed action: a frozen dataclass here with a ``key``, its rule as a subclass of
`KeyedRule`, and its ``case`` in ``_keyed`` in ``plan/bind/registry.py``.
"""
