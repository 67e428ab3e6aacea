"""Reads sources as record batches (``sources/``: files, ``tables/``: databases), and writes record
batches as encrypted Parquet (``sink/``).

In: places of files (``sources/places.py``) of any format; or batches, a folder and a keyring. Out:
a `Source` with one partition per file, and large files in pieces (``sources/pieces.py``); or a part
and its sidecar of wrapped keys, which appear only when complete. ``spread.py`` chooses the
rows that detection samples.

To add a format: see ``sources/__init__.py``. To add a database: see ``tables/``.
"""

from anonymize.io.interface import KeyWrapper, Mark, Partition
from anonymize.io.sink.part_info import PartInfo
from anonymize.io.sink.parts import PartWriter, write_part
from anonymize.io.sources.open import Source, open_source

__all__ = [
    "KeyWrapper",
    "Mark",
    "PartInfo",
    "PartWriter",
    "Partition",
    "Source",
    "open_source",
    "write_part",
]
