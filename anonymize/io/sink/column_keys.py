"""Maps keys to the Parquet columns of a part that they encrypt."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pyarrow as pa

from anonymize.errors import ArgumentError
from anonymize.nested.schema import is_list

_LIST_MARKS = re.compile(r"[,:;\r\n\0]")


def column_keys(
    schema: pa.Schema, key: str, restricted: Mapping[str, tuple[str, ...]], place: str
) -> dict[str, list[str]]:
    """Return each key's Parquet columns. Every leaf has exactly one key, because Parquet writes
    columns without a key as plaintext.

    Raises:
        ArgumentError: a restricted column is unknown or claimed twice.
    """
    owner = {column: name for name, columns in restricted.items() for column in columns}
    unknown = sorted(set(owner) - set(schema.names))
    if unknown or len(owner) != sum(len(set(columns)) for columns in restricted.values()):
        what = (
            f"restricted columns not in the output: {', '.join(unknown)}"
            if unknown
            else "a column is restricted to two keys"
        )
        raise ArgumentError(what, place=place)
    keys: dict[str, list[str]] = {}
    for field_ in schema:
        keys.setdefault(owner.get(field_.name, key), []).extend(
            _parquet_leaves(field_.name, field_.type)
        )
    if owner:
        _refuse_unspeakable(keys, place)
    return keys


def _refuse_unspeakable(keys: dict[str, list[str]], place: str) -> None:
    """Refuse names with commas or colons, which separate entries in Parquet's list of column
    keys.
    """
    leaves = [leaf for names in keys.values() for leaf in names]
    bad = sorted(
        {
            leaf
            for leaf in leaves
            if _LIST_MARKS.search(leaf) or leaf != leaf.strip() or leaves.count(leaf) > 1
        }
    )
    if bad:
        raise ArgumentError(
            "names with a comma, colon, semicolon or outer space cannot be restricted:"
            f" {', '.join(map(repr, bad))}",
            place=place,
        )


def _parquet_leaves(path: str, type_: pa.DataType) -> list[str]:
    t = pa.types
    if t.is_struct(type_):
        return [
            leaf for child in type_ for leaf in _parquet_leaves(f"{path}.{child.name}", child.type)
        ]
    if t.is_map(type_):
        return [
            *_parquet_leaves(f"{path}.key_value.key", type_.key_type),
            *_parquet_leaves(f"{path}.key_value.value", type_.item_type),
        ]
    if is_list(type_):
        return _parquet_leaves(f"{path}.list.element", type_.value_type)
    return [path]
