"""Encrypts digits, text, numbers and dates within their format (FF1), reversibly.

In: a purpose key, a column and a `FormatSpec`. Out: a column of the same form, and a mask of bad
values. ``formats.py`` is the entry, ``ff1.py`` the cipher, ``permutation.py`` handles domains that
are not powers of a radix.

To add a kind of check digit: implement it in ``checkdigits.py``, and add its name to `FormatSpec`
and ``mixed_radix_text.py``.
"""
