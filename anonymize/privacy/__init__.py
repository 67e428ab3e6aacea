"""Measures and enforces k-anonymity over people, diversity of sensitive values, and
re-identification risk.

In: row-aligned columns of quasi-identifiers, people and sensitive values, and a key. Out: class
counts that merge in any order, the list of classes that may be published, and measures.
``class_counts.py`` counts, ``allow_list.py`` decides, ``measures.py`` measures, ``digests.py``
replaces values by keyed digests.

``hierarchies/`` says how quasi-identifiers can be generalized, as integer codes (``coded.py``).

To add a measure: a function over `ClassSizes` or `ClassCounts` in ``measures.py``, and its place in
`privacy_measured` in ``gates/suppression.py``.
"""

from anonymize.privacy.allow_list import AllowedClasses
from anonymize.privacy.class_counts import ClassCounts, ClassSizes, MostFrequent, persons
from anonymize.privacy.digests import OF_PROCESS, ClassDigests, class_digests, countable
from anonymize.privacy.measures import Diversity, LinkageRisk, diversity, linkage_risk

__all__ = [
    "OF_PROCESS",
    "AllowedClasses",
    "ClassCounts",
    "ClassDigests",
    "ClassSizes",
    "Diversity",
    "LinkageRisk",
    "MostFrequent",
    "class_digests",
    "countable",
    "diversity",
    "linkage_risk",
    "persons",
]
