"""Makes values less precise, so that more rows look alike.

In: a column; some ways read another column or need a first pass. Out: the generalized column,
mostly text. ``dates.py``, ``numbers.py``, ``round_numbers.py``, ``quantiles.py``, ``codes.py``,
``places.py`` and ``rare_categories.py`` have one class per way.

To add a way: a class here, a field in `GeneralizeRule` (``policy/actions/generalize.py``), its
branch in ``plan/bind/generalize.py``, and what its results may look like in ``_GENERALIZED`` in
``gates/expected.py``.
"""
