"""Replaces personal data inside free text, and keeps the rest of the text.

In: texts or lists of texts, a scanner, and the row's other columns. Out: the texts with spans
replaced. ``free_text.py`` is the transform, ``same_row/`` finds the row's own values, ``spans.py``
resolves overlaps, ``labels.py`` makes ``<PERSON_1>``, ``markup.py`` keeps HTML, Markdown and JSON
well-formed.

To add a kind of replacement: a rule in `EntityRule` (``policy/actions/union.py``), and its case in
``_operator`` in ``plan/bind/registry.py``.
"""
