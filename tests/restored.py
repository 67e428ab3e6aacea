"""A published version with its rows put back in the order of the source, as only the owner's key
allows.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from anonymize.dataset import Dataset, open_facts, read
from anonymize.dataset.owner import owners_key
from anonymize.keys import Keyring, RowOrder
from anonymize.keys.row_order import ACTION
from anonymize.names import KeyId


def in_source_order(sink: Path, keyring: Keyring, version: int | None = None) -> pa.Table:
    """Return the rows of a version whose parts have one row group each, as they stood in the raw
    data.
    """
    manifest, table = (
        Dataset(sink).manifest(version, keyring=keyring),
        read(sink, version=version, keyring=keyring),
    )
    owner = manifest.owner
    names = {"dataset": manifest.dataset, "purpose": manifest.purpose}
    order = RowOrder(
        owners_key(keyring, KeyId(owner.key), action=ACTION, **names), owner.order_seed
    )
    found, start = {}, 0
    for entry in manifest.data_files():
        rows = table.slice(start, entry.rows)
        found[entry.path] = rows.take(np.argsort(order.rows(int(entry.path[5:10]), 0, entry.rows)))
        start += entry.rows
    return pa.concat_tables(found[name] for name in open_facts(manifest, keyring)["parts"])
