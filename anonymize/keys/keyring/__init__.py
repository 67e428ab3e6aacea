"""Keyrings: a file of named keys with versions, what unlocks it, and wrapping of data keys.

In: a URI, and a passphrase or a key service. Out: a `Keyring` in memory. ``store.py`` has the acts
on the file (open, make, rotate, revoke, destroy), ``keyring.py`` the keys in memory,
``keyring_file.py`` the file's bytes, ``unlocking.py`` and ``kms.py`` what unlocks it,
``sharing.py`` readers' keyrings.

To add a key service: a `Lock` in ``kms.py``, and its scheme in ``keyring_uri.py``.
"""
