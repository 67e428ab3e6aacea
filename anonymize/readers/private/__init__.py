"""Training with differential privacy (DP-SGD), straight from an encrypted version.

In: a dataset, a keyring of a reader, and an allowance: a signed document of the data owner, whose
ε is in the dataset's signed log before it is handed out. Out: a model of whose weights the stated
(ε, δ) holds for one person. The version itself is anonymized already, and the trainer reads it;
this protects what the *model* tells to those who get the model.

``allowance.py`` opens an allowance, finds it in the log, and uses it up; ``features.py`` turns rows
into numbers by the stated domains; ``people.py`` reads a version and says whose each row is;
``randomness.py`` draws; ``clipped.py`` sums gradients by person; ``descent.py`` takes the paid
steps; ``train.py`` is the order of things; ``unprotected.py`` trains the same model without
privacy, for comparison; ``membership.py`` attacks a way of training. torch and Opacus are imported
by what needs them alone (extra ``private``).

To add a model: a function in ``models.py``. To add a kind of column: ``policy/training.py`` and a
case in ``features.py``.
"""

from anonymize.readers.private.allowance import Allowance, open_allowance
from anonymize.readers.private.features import Encoded, Features
from anonymize.readers.private.membership import Attacked, attack

__all__ = ["Allowance", "Attacked", "Encoded", "Features", "attack", "open_allowance"]
