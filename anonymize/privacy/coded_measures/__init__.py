"""Measures of equivalence classes as pure functions of integer codes.

In: the class of each row, or how often each class has each value (`Histogram`). Out: one number per
class, or a few for the table. ``diversity.py`` has l, ``closeness.py`` t.

To add a measure: a function over `Histogram` or class sizes in the file of its subject.
"""

from anonymize.privacy.coded_measures.closeness import (
    equal_distance,
    hierarchical_distance,
    ordered_distance,
)
from anonymize.privacy.coded_measures.diversity import distinct_l, entropy_l, recursive_c
from anonymize.privacy.coded_measures.histogram import Histogram

__all__ = [
    "Histogram",
    "distinct_l",
    "entropy_l",
    "equal_distance",
    "hierarchical_distance",
    "ordered_distance",
    "recursive_c",
]
