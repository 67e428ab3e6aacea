"""Recodes quasi-identifiers until every class of equal rows fulfils a promise of k-anonymity,
l-diversity and t-closeness, with little loss.

In: columns as integer codes with their hierarchies (``coded.py``), the distinct combinations with
their numbers of rows, optionally persons and sensitive values, and a promise. Out: what is
published for each combination, or that it is suppressed. ``recode.py`` is the call, ``coarsen.py``
makes a table smaller that has too many combinations, ``trees.py`` has the hierarchies,
``cells.py`` which cells cover which combinations, ``judge.py`` what fulfils the promise,
``publish.py`` the labels and the check of the result, ``numbering.py`` numbers equal things. The
methods: ``local.py`` (each class has its own levels) over ``ascend.py``, ``descend.py``,
``leftovers.py``, ``moves.py``, ``trim.py``, ``widen.py`` and ``rework.py``; ``hierarchy.py`` (one
level per column); ``sets.py`` (sets and ranges of values), which is the method ``mondrian``.

To add a method: a function from `Trees` and `Judge` to `Published` in a file of its own, and its
case in `recode`. To add a promise: a field of `Promise`, and its line in `Judge.meets`, which also
checks the result.
"""

from anonymize.privacy.recoding.promise import Promise, RecodingError, Sensitive
from anonymize.privacy.recoding.publish import BrokenPromiseError
from anonymize.privacy.recoding.recode import recode

__all__ = ["BrokenPromiseError", "Promise", "RecodingError", "Sensitive", "recode"]
