"""Reads CSV, JSON Lines and Parquet files as partitions of record batches with one schema.

In: a path, folder or glob, and the policy's reading settings. Out: a `Source`. ``open.py`` chooses
the format; per format there is a module that opens it and modules for its types and sampling;
``blocks.py`` splits text files for parallel parsing.

To add a format: a partition class and an ``open_…`` function in a new module, a ``case`` in
``open.py``, its ending in ``files.py``.
"""
