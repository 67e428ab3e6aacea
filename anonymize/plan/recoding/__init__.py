"""Decides what is published instead of each combination of quasi-identifiers.

In: a plan, and the merged result of a first pass with counts of classes and `Combinations`. Out:
the classes that may be published, and their labels as `Recoded`. ``combinations.py`` is what a pass
keeps, ``decide.py`` asks ``privacy/recoding`` for the best way, ``recoded.py`` is what processes
that write look up. Values are encrypted whenever they leave their process.

To add a way to generalize a column: see ``privacy/hierarchies``. To add a method: see
``privacy/recoding``.
"""
