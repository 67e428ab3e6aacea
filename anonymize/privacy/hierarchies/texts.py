"""Labels as a sequence over Arrow text, so that a million labels are no Python objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import pyarrow as pa
import pyarrow.compute as pc

from anonymize.errors import PlanError


class Texts(Sequence[str | None]):
    """A sequence of texts, None where there is none.

    ``array`` is the same as Arrow text, for those who need no Python objects.
    """

    __slots__ = ("_listed", "array")

    def __init__(self, array: pa.StringArray) -> None:
        """Take a string array, nulls allowed."""
        self.array = array
        self._listed: list[str | None] | None = None

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self.array)

    @overload
    def __getitem__(self, at: int) -> str | None: ...
    @overload
    def __getitem__(self, at: slice) -> Texts: ...
    def __getitem__(self, at: int | slice) -> str | Texts | None:
        """Return the text at a place, or a part of the sequence."""
        if isinstance(at, slice):
            return Texts(self.array.take(pa.array(range(*at.indices(len(self))), pa.int64())))
        return self._texts()[at]

    def __iter__(self) -> Iterator[str | None]:
        """Yield every text."""
        return iter(self._texts())

    def _texts(self) -> list[str | None]:
        """Return the texts, made all at once when the first is asked for: one by one they take five
        times as long.
        """
        if self._listed is None:
            self._listed = self.array.to_pylist()
        return self._listed

    def __reduce__(self) -> tuple[type[Texts], tuple[pa.StringArray]]:
        """Pickle by the array."""
        return Texts, (self.array,)


def plain_values(name: str, values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return values in one array without dictionary.

    Raises:
        PlanError: values are structs, lists, maps, intervals or bytes, which have no labels.
    """
    values = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind = values.type
    if is_text(kind):
        return values.cast(pa.string())
    if pa.types.is_nested(kind) or pa.types.is_interval(kind) or is_bytes(kind):
        raise PlanError(
            f"is {kind}, which cannot be generalized by a hierarchy; name a column of text, numbers"
            " or dates",
            place=f"column {name}",
        )
    return values


def is_text(kind: pa.DataType) -> bool:
    """Return True for all kinds of text."""
    is_ = pa.types
    return bool(is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind))


def is_bytes(kind: pa.DataType) -> bool:
    """Return True for all kinds of bytes."""
    is_ = pa.types
    return bool(
        is_.is_binary(kind)
        or is_.is_large_binary(kind)
        or is_.is_fixed_size_binary(kind)
        or is_.is_binary_view(kind)
    )


def as_texts(values: pa.Array) -> pa.StringArray:
    """Return values as text, one text for each distinct value: 7.0 is ``7``, dates are ISO 8601."""
    return values if pa.types.is_string(values.type) else values.cast(pa.string())


def joined(*parts: pa.Array | str) -> pa.StringArray:
    """Return texts joined place by place, numbers as they are written."""
    texts = [
        part if isinstance(part, str) or pa.types.is_string(part.type) else part.cast(pa.string())
        for part in parts
    ]
    return pc.binary_join_element_wise(*texts, "")
