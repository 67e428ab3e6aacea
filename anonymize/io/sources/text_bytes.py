"""Text columns as the bytes that hold them, for NumPy."""

from __future__ import annotations

import numpy as np
import pyarrow as pa


def byte_at(data: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the bytes of ``data`` at ``places``; of places outside, any byte."""
    return np.asarray(
        data.take(places, mode="clip") if len(data) else np.zeros(len(places), np.uint8)
    )


def text_bytes(values: pa.StringArray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return start and length of each value (nulls: 0), and the bytes that contain them."""
    _, offsets, data = values.buffers()
    if data is None or not len(values):
        empty = np.zeros(len(values), np.int32)
        return empty, empty, np.zeros(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    lengths = np.diff(ends)
    if values.null_count:  # a null may have bytes
        lengths[np.asarray(values.is_null().to_numpy(zero_copy_only=False))] = 0
    return ends[:-1], lengths, np.frombuffer(data, np.uint8)
