"""Measures what attacks on a published table learn of people who are in it, beyond what the same
attacks learn of people who are not.

In: a published table, the source's rows and a control set (rows of the same population that are not
in the release) as integer codes, with what each published label covers (``columns.py``). Out: which
published class a person is looked for in (``narrowest.py``), how close each person's closest
published record is (``closest.py``), how many would be alone in a sample of another size
(``alone.py``), rates of success and the risk that they show (``rates.py``).

To add a measure: a function of `AttackTable` in a file of its own, and its call in
``report/attacks/run.py``.
"""

from anonymize.privacy.attacks.closest import closer, closest
from anonymize.privacy.attacks.columns import AttackColumn, AttackTable
from anonymize.privacy.attacks.narrowest import written_as_published
from anonymize.privacy.attacks.rates import Rate, Risk, risk_of

__all__ = [
    "AttackColumn",
    "AttackTable",
    "Rate",
    "Risk",
    "closer",
    "closest",
    "risk_of",
    "written_as_published",
]
