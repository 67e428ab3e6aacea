"""Measures of equivalence classes as pure functions of integer codes.

In: the class of each row (`classes_of`), how often each class has each value (`Histogram`), or how
large classes are. Out: one number per class, or a few for the table. ``diversity.py`` has l,
``closeness.py`` t, ``likeness.py`` β, ``linkage.py`` the risks of linkage, k-map and δ-presence,
``population.py`` the persons that are unique in a population.

To add a measure: a function over `Histogram` or class sizes in the file of its subject.
"""

from anonymize.privacy.coded_measures.classes import class_persons, class_sizes, classes_of
from anonymize.privacy.coded_measures.closeness import (
    equal_distance,
    hierarchical_distance,
    ordered_distance,
)
from anonymize.privacy.coded_measures.diversity import distinct_l, entropy_l, recursive_c
from anonymize.privacy.coded_measures.histogram import Histogram
from anonymize.privacy.coded_measures.likeness import beta_likeness, enhanced_beta
from anonymize.privacy.coded_measures.linkage import (
    Risk,
    delta_presence,
    journalist_risk,
    k_map,
    marketer_risk,
    prosecutor_risk,
    uniqueness,
)
from anonymize.privacy.coded_measures.population import pitman_uniques, zayatz_uniques

__all__ = [
    "Histogram",
    "Risk",
    "beta_likeness",
    "class_persons",
    "class_sizes",
    "classes_of",
    "delta_presence",
    "distinct_l",
    "enhanced_beta",
    "entropy_l",
    "equal_distance",
    "hierarchical_distance",
    "journalist_risk",
    "k_map",
    "marketer_risk",
    "ordered_distance",
    "pitman_uniques",
    "prosecutor_risk",
    "recursive_c",
    "uniqueness",
    "zayatz_uniques",
]
