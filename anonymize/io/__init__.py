"""Sources to record batches; record batches to encrypted Parquet that appears only when
complete.
"""

from anonymize.io.interface import KeyWrapper, Partition
from anonymize.io.sink.parts import PartInfo, PartWriter, write_part
from anonymize.io.sources.open import Source, open_source

__all__ = [
    "KeyWrapper",
    "PartInfo",
    "PartWriter",
    "Partition",
    "Source",
    "open_source",
    "write_part",
]
