"""k-anonymity over people, diversity of sensitive values, re-identification risk: measured and
enforced.
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
