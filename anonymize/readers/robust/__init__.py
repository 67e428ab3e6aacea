"""Classifiers that somebody wants to deceive: what they can do, and training against it.

In: rows of a version as Arrow, and a classifier with ``fit`` and ``predict_proba``. ``texts.py``
(over ``words.py``) and ``tables.py`` (over ``cells.py``) are what rows may be changed to, as
``interface.py`` says; ``search.py`` finds the changed rows that a model gets wrong; ``training.py``
lets models learn from them; ``folding.py`` takes disguises off in front of a model;
``poisoning.py`` attacks training rows; ``measures.py`` keeps rows apart and says how sure a figure
is. See ``docs/robust-training.md``.
"""

from anonymize.readers.robust.folding import FoldingModel, fold_texts
from anonymize.readers.robust.interface import Changes, Model
from anonymize.readers.robust.measures import Interval, split_apart
from anonymize.readers.robust.poisoning import Poisoned, flip_labels, plant_trigger, stamp
from anonymize.readers.robust.search import Attacked, Search, attack
from anonymize.readers.robust.tables import Reach, TableChanges
from anonymize.readers.robust.texts import TextChanges
from anonymize.readers.robust.training import Robust, Round, train_robustly

__all__ = [
    "Attacked",
    "Changes",
    "FoldingModel",
    "Interval",
    "Model",
    "Poisoned",
    "Reach",
    "Robust",
    "Round",
    "Search",
    "TableChanges",
    "TextChanges",
    "attack",
    "flip_labels",
    "fold_texts",
    "plant_trigger",
    "split_apart",
    "stamp",
    "train_robustly",
]
