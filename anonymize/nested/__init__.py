"""Opens nested columns (structs, lists, maps, JSON kept as text) into flat leaves, and closes them
again.

In: a record batch and the paths that a plan needs. Out: one flat array per path, and after the
rules ran, the rebuilt columns. ``open_close.py`` handles structs and lists and calls ``maps.py``
and ``json_text.py``; ``paths.py`` parses paths, ``places.py`` lists what a schema has,
``positions.py`` has the index arithmetic.

To add a kind of nesting: a `PartKind` in ``paths.py``, its places in ``places.py``, and its opening
and closing in ``open_close.py``.
"""
