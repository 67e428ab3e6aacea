"""The integrity screen: which rows of a table look like an attack on who trains on it.

``table.py`` encodes rows as numbers, ``screen.py`` makes all checks, ``result.py`` is what they
found. One module per check: ``labels.py``, ``duplicates.py``, ``triggers.py``, ``spectral.py``,
``outliers.py``, ``drift.py``, ``origins.py``. ``profile.py`` is what a version's rows are like, for
drift and for inputs at inference. Nothing here reads files or knows policies but for their names
of checks; no finding holds a value.
"""

from anonymize.gates.poisoning.result import CheckMade, Screened
from anonymize.gates.poisoning.screen import screen_table
from anonymize.gates.poisoning.table import ScreenTable, TableBuilder, is_read

__all__ = ["CheckMade", "ScreenTable", "Screened", "TableBuilder", "is_read", "screen_table"]
