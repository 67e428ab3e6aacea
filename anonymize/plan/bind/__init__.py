"""Turns rules into transforms, with the keys and detectors of this process.

In: a rule, its column's type, and a context (keys, scanners, vault, other rules). Out: a transform,
None for ``drop``. ``registry.py`` has one ``case`` per action, ``build.py`` adds ``when`` and
``otherwise``, ``context.py`` supplies keys and detectors.

To add an action: add its ``case`` to ``transform_for`` in ``registry.py``; if it may be used on
spans inside free text, add its rule to `ValueRule` too.
"""
