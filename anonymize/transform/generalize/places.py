"""Generalizes network addresses and positions."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from anonymize.names import ColumnName
from anonymize.transform.columns import (
    is_text,
    over_distinct,
    plain,
    raise_bad,
    seen_text,
    text_result,
    value_type,
)
from anonymize.transform.interface import Row, UnsupportedTypeError
from anonymize.transform.numbers import as_numbers, check_numbers

METRES_PER_DEGREE = 111_195.0
"""Along a meridian of a sphere of 6,371 km."""

_OCTETS = r"^(?P<a>\d{1,3})\.(?P<b>\d{1,3})\.(?P<c>\d{1,3})\.(?P<d>\d{1,3})$"
_POSITION = (
    r"^\s*\(?\s*(?P<lat>[-+]?\d{1,3}(?:\.\d+)?)\s*[,; ]\s*(?P<lon>[-+]?\d{1,3}(?:\.\d+)?)\s*\)?\s*$"
)
_GEOHASH = np.frombuffer(b"0123456789bcdefghjkmnpqrstuvwxyz", np.uint8)


def _only_text(input_type: pa.DataType) -> pa.DataType:
    if not (is_text(value_type(input_type)) or pa.types.is_null(input_type)):
        raise UnsupportedTypeError(input_type, "text")
    return text_result(input_type)


@dataclass(frozen=True)
class GeneralizeNetwork:
    """IP addresses by their network: 203.0.113.0/24. Not reversible; leaks the network."""

    function_of_row: ClassVar[bool] = True
    v4: int = 24
    """Leading bits of an IPv4 address that are kept."""
    v6: int = 48
    """Leading bits of an IPv6 address that are kept."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts only text."""
        return _only_text(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the networks.

        Raises:
            BadValuesError: some values are not IP addresses.
        """
        return over_distinct(column, self._networks, self.output_type(column.type))

    def _networks(self, values: pa.Array) -> pa.Array:
        texts = pc.utf8_trim_whitespace(seen_text(values))
        octets = pc.extract_regex(texts, _OCTETS)
        parts = [
            np.asarray(pc.struct_field(octets, name).cast(pa.int64()).fill_null(0))
            for name in "abcd"
        ]
        right = np.all([part <= 255 for part in parts], axis=0)
        whole = (parts[0] << 24 | parts[1] << 16 | parts[2] << 8 | parts[3]) & (
            0xFFFFFFFF << (32 - self.v4)
        )
        written = [
            _BYTES.take(pa.array((whole >> shift & 255).clip(0, 255))) for shift in (24, 16, 8, 0)
        ]
        networks = pc.binary_join_element_wise(
            pc.binary_join_element_wise(*written, "."), str(self.v4), "/"
        )
        networks = pc.if_else(
            pc.and_(octets.is_valid(), pa.array(right)), networks, pa.scalar(None, pa.string())
        )
        networks = pc.coalesce(
            networks, self._v6(pc.if_else(octets.is_null(), texts, pa.scalar(None, pa.string())))
        )
        return raise_bad(
            pc.and_(texts.is_valid(), networks.is_null()), networks, "is not an IP address"
        )

    def _v6(self, texts: pa.Array) -> pa.Array:
        if texts.null_count == len(texts):
            return texts
        encoded = texts.dictionary_encode()
        networks = [self._network(text) for text in encoded.dictionary.to_pylist()]
        return pa.array(networks, pa.string()).take(encoded.indices)

    def _network(self, text: str) -> str | None:
        try:
            return str(
                ipaddress.IPv6Network((ipaddress.IPv6Address(text).packed, self.v6), strict=False)
            )
        except ValueError:
            return None


_BYTES = pa.array([str(byte) for byte in range(256)])


@dataclass(frozen=True)
class GeneralizeGrid:
    """Latitudes or longitudes moved to the centre of their grid cell. Not reversible; leaks the
    cell.
    """

    function_of_row: ClassVar[bool] = True
    metres: float
    """Side of a cell."""
    axis: str
    """``latitude`` or ``longitude``."""
    latitude: ColumnName | None = None
    """With longitude: the column of latitudes, so that cells have the same width everywhere;
    without it the equator's width is used.
    """

    @property
    def reads(self) -> tuple[ColumnName, ...]:
        """Return the column of latitudes."""
        return (self.latitude,) if self.latitude is not None else ()

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return float64; accepts numbers, and text with numbers."""
        check_numbers(input_type)
        return pa.float64()

    def __call__(self, column: pa.Array, row: Row) -> pa.Array:
        """Return the centres of the cells, in degrees to seven places.

        Raises:
            BadValuesError: some values are not degrees, or a longitude has no latitude.
        """
        degrees, bad, missing = _degrees(column)
        most = 90.0 if self.axis == "latitude" else 180.0
        wrong = bad | (np.abs(degrees) > most)
        step: Any = self.metres / METRES_PER_DEGREE
        if self.latitude is not None:
            north, north_bad, north_missing = _degrees(row.before[self.latitude])
            wrong |= (north_bad | north_missing | (np.abs(north) > 90)) & ~missing
            middle = (np.floor(np.clip(north, -90, 90) / step) + 0.5) * step
            step = step / np.maximum(np.cos(np.radians(np.clip(middle, -89.9, 89.9))), 1e-3)
        cells = np.clip(np.round((np.floor(degrees / step) + 0.5) * step, 7), -most, most)
        return raise_bad(
            pa.array(wrong & ~missing), pa.array(cells, mask=missing), f"is not a {self.axis}"
        )


def _degrees(
    column: pa.Array,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return the numbers of a column, and masks of the wrong and of the missing ones."""
    numbers, bad = as_numbers(plain(column))
    missing = np.asarray(numbers.is_null())
    wrong = np.asarray(bad.fill_null(False))
    known = np.asarray(
        pc.if_else(pa.array(wrong), pa.scalar(0, numbers.type), numbers).fill_null(0)
    ).astype(np.float64)
    return known, wrong, missing & ~wrong


@dataclass(frozen=True)
class GeneralizeGeohash:
    """Positions written ``latitude, longitude`` as geohashes of a few characters. Not reversible;
    leaks the cell.
    """

    function_of_row: ClassVar[bool] = True
    length: int
    """Characters: 5 is a cell of about 4.9 km, 4 of 39 × 20 km, 3 of 156 km."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text; accepts only text."""
        return _only_text(input_type)

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return the geohashes.

        Raises:
            BadValuesError: some values are not positions.
        """
        return over_distinct(column, self._hashes, self.output_type(column.type))

    def _hashes(self, values: pa.Array) -> pa.Array:
        texts = seen_text(values)
        found = pc.extract_regex(texts, _POSITION)
        lat, lon = (
            np.asarray(pc.struct_field(found, name).cast(pa.float64()).fill_null(0))
            for name in ("lat", "lon")
        )
        good = np.asarray(found.is_valid()) & (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
        hashes = pc.if_else(
            pa.array(good), geohash(lat, lon, self.length), pa.scalar(None, pa.string())
        )
        return raise_bad(
            pc.and_(texts.is_valid(), hashes.is_null()),
            hashes,
            "is not a position: latitude, longitude",
        )


def geohash(
    latitudes: npt.NDArray[np.float64], longitudes: npt.NDArray[np.float64], length: int
) -> pa.Array:
    """Return the geohashes of positions. Source: G. Niemeyer, geohash.org, 2008."""
    bits = 5 * length
    east, north = (bits + 1) // 2, bits // 2
    x = np.minimum((longitudes + 180) / 360 * 2.0**east, 2.0**east - 1).astype(np.uint64)
    y = np.minimum((latitudes + 90) / 180 * 2.0**north, 2.0**north - 1).astype(np.uint64)
    letters = np.zeros((len(x), length), np.uint8)
    for bit in range(bits):
        source, left = (x, east) if bit % 2 == 0 else (y, north)
        value = (source >> np.uint64(left - 1 - bit // 2)) & np.uint64(1)
        letters[:, bit // 5] |= (value << np.uint64(4 - bit % 5)).astype(np.uint8)
    offsets = np.arange(len(x) + 1, dtype=np.int32) * length
    data = pa.py_buffer(_GEOHASH[letters].tobytes())
    return pa.Array.from_buffers(pa.string(), len(x), [None, pa.py_buffer(offsets), data])
