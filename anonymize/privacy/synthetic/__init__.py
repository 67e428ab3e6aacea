"""Synthetic tables with differential privacy: rows drawn from noisy marginals of the real ones.

In: rows as codes of columns whose domains are known beforehand, and an ε. Out: codes of as many
rows as wanted, of which any statistic costs nothing more. ``fit.py`` measures every column and the
pairs that are worth it, ``draw.py`` makes rows of them,
``compare.py`` says how far they are from the real ones.

To add a mechanism: a function like ``fitted`` that returns ``Marginals``.
"""

from anonymize.privacy.synthetic.draw import drawn
from anonymize.privacy.synthetic.fit import Marginals, fitted

__all__ = ["Marginals", "drawn", "fitted"]
