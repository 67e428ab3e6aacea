"""Runs attacks on a published table and says what they learnt of the people in it, beyond what the
same attacks learn of a control set.

In: an `AttackTable`. Out: an `Attack` per attack. ``singling_out.py`` and ``by_anonymeter.py``
(linkability, inference) use the package anonymeter (extra ``risk``), ``run.py`` runs all and adds
the distance to the closest record, which is our own.

To add an attack: a function from an `AttackTable` to `Attack`, and its line in ``run.py``.
"""

from anonymize.report.attacks.attack import Attack
from anonymize.report.attacks.run import require_anonymeter, run_attacks

__all__ = ["Attack", "require_anonymeter", "run_attacks"]
