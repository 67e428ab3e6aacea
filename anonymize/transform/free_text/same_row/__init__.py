"""Finds a row's own values in its free text, in the forms in which people write them.

In: a text, and the values of the row's columns with their results. Out: spans with replacements.
``hunt.py`` is the entry; per kind of value there is a module: names, dates, phones and ids, user
names, other scripts.

To add a kind of value: a function that yields hits in a new module, its call in `hits_of` in
``hunt.py``, and its name in `RowValueKind` (``policy/actions/free_text.py``).
"""
