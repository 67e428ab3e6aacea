"""Reads files as partitions of record batches with one schema.

In: a path, folder or glob, and the policy's reading settings. Out: a `Source`. ``files.py`` finds
the files as `FilePlace` (``places.py``), ``archives.py`` decompresses, ``open.py`` chooses the
format. Text tables: ``csv_layout.py`` and ``encodings_found.py`` find how they are written,
``csv_head.py`` reads the header, ``csv_cells.py`` and ``fixed_width.py`` cells, ``blocks.py``
splits for parallel parsing. JSON: ``json_records.py`` makes lines of documents for
``jsonl_files.py``.
``columnar.py`` is what formats with types have in common. ``partition_keys.py`` makes columns of
folders. ``pieces.py`` says what a piece of a large file is, ``record_ends.py`` finds where one may
end. ``found.py`` collects what was found out, for people and for a drafted policy.

To add a format: a subclass of `ColumnarPartition` and an ``open_…`` function in a new module, a
branch in ``open.py``, its ending in ``files.py``, a row in docs/reference/sources.md. To add a
store: a `FilePlace`.
"""
