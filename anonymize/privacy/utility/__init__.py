"""Measures what a recoded table is still good for.

In: quasi-identifiers as integer codes, distinct combinations with their rows, and what is published
instead (`anonymize.privacy.coded`). Out: per column how far its distribution moved, per pair how
much weaker or stronger the two go together, and the scores of a model that learns from released
rows. ``covered.py`` says which values a published cell stands for, ``distribution.py`` and
``association.py`` compare, ``measured.py`` puts the figures together and makes them safe to tell;
``encoded.py`` turns cells into a model's features, ``models.py`` trains (scikit-learn, the extra
``train``), ``scored.py`` compares, and ``objective.py`` weights columns by what they tell of a
target. All but training needs NumPy and Arrow alone.

To add a measure of a column: a function in ``distribution.py`` and a field of `ColumnChange`. Of
two columns: a case of `association`. What is told of it: `told`, and ``report/page/risk.py``.
"""

from anonymize.privacy.utility.measured import (
    ColumnChange,
    PairChange,
    ToldUtility,
    Utility,
    told,
    utility_of,
)
from anonymize.privacy.utility.models import Score
from anonymize.privacy.utility.scored import Scores, scores_of

__all__ = [
    "ColumnChange",
    "PairChange",
    "Score",
    "Scores",
    "ToldUtility",
    "Utility",
    "scores_of",
    "told",
    "utility_of",
]
