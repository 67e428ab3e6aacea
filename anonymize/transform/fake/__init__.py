"""Replaces values by fake ones, chosen by a keyed function of the original.

In: a column, and for fake persons the columns that identify the person. Out: a text column; equal
values give equal fakes. ``fake.py`` and ``unique.py`` have the transforms, ``faker_pools.py`` the
lists from Faker, ``persons.py`` and ``fake_numbers.py`` the kinds.

To add a kind: an entry in ``FAKERS`` in ``fake.py`` and in `FakeKind` in
``policy/actions/keyed.py``; if it is chosen from a list, also in ``plan/bind/pinned_pools.py``.
"""
