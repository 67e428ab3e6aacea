"""A version's cards: its signed manifest told to people, data catalogs and lineage services.

In: the manifest of a version, and its schema. Out: ``card.md`` (a Hugging Face dataset card),
``croissant.json`` (Croissant metadata), ``openlineage.json`` (an OpenLineage event) and
``report.html`` (the privacy report, by ``report/page/``), as bytes that depend on nothing else.
``report/told.py`` decides what they may say, the others how.

To add a card: a function of `Told` here, its name in `cards_of`; the manifest lists it by itself.
"""

from anonymize.report.cards.made import CARD_NAMES, cards_of
from anonymize.report.cards.openlineage import JOBS, Naming, started

__all__ = ["CARD_NAMES", "JOBS", "Naming", "cards_of", "started"]
