"""Adds random noise to numbers.

In: a column of numbers. Out: a column of the same type, different in every run. ``perturb.py`` has
the one transform.

To add a distribution: a value of ``noise`` in `PerturbRule` (``policy/actions/noise.py``), and its
branch in `Perturb`.
"""
