"""Writes encrypted Parquet parts, which appear under their name only when complete.

In: record batches, a path, a keyring and the names of the keys. Out: a part, its sidecar with the
wrapped keys, and a `PartInfo` with digest and counts. ``parts.py`` writes, ``parquet_keys.py``
connects Parquet's key management with the keyring, ``unnamed_file.py`` and ``hashed_file.py`` are
the files below.

To add an output format: write a writer with the interface of `PartWriter`, and readers for it in
``dataset/``.
"""
