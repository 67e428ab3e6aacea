"""Arrow tables as frames of pandas, with types that keep nulls and whole numbers, and of polars."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from anonymize.errors import MissingExtraError
from anonymize.nested.schema import is_list

if TYPE_CHECKING:
    from types import ModuleType

    import pandas as pd
    import polars as pl


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return ``table`` as a data frame; see `read` for the types."""
    import pandas as pd

    fit = [f for f in table.schema if _whole(f.type)]
    nullable = {f.name: _nullable_dtype(f.type) for f in fit if table.column(f.name).null_count}
    nested = [
        f.name for f in table.schema if any(map(_has_null_inside, table.column(f.name).chunks))
    ]
    frame: pd.DataFrame = table.drop_columns([*nullable, *nested]).to_pandas()
    for name in (name for name in table.column_names if name in nullable or name in nested):
        if name in nullable:
            series = table.column(name).to_pandas(
                types_mapper=lambda _type, dtype=nullable[name]: dtype
            )
        else:
            series = pd.Series(table.column(name).to_pylist(), frame.index, dtype=object)
        frame.insert(min(table.column_names.index(name), frame.shape[1]), name, series)
    return frame


def to_polars(rows: pa.Table | pa.RecordBatch) -> pl.DataFrame:
    """Return rows as a frame of polars, which keeps nulls and whole numbers by itself.

    Raises:
        MissingExtraError: polars is not installed.
    """
    frame: pl.DataFrame = polars().from_arrow(rows)
    return frame


def polars() -> ModuleType:
    """Return the package.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return import_module("polars")
    except ImportError:
        raise MissingExtraError.of("reading into polars", "polars") from None


def _whole(type_: pa.DataType) -> bool:
    return bool(pa.types.is_integer(type_) or pa.types.is_boolean(type_))


def _has_null_inside(column: pa.Array) -> bool:
    """Return True if integers in structs, lists or maps occur beside nulls. NumPy would make floats
    of them.
    """
    if pa.types.is_struct(column.type):
        children = column.flatten()
    elif pa.types.is_map(column.type):
        children = [column.keys, column.items]
    elif is_list(column.type):
        children = [column.flatten()]
    else:
        return False
    return any(
        (_whole(child.type) and child.null_count > 0) or _has_null_inside(child)
        for child in children
    )


def _nullable_dtype(type_: pa.DataType) -> Any:
    import pandas as pd

    return pd.api.types.pandas_dtype(
        "boolean"
        if pa.types.is_boolean(type_)
        else str(type_).replace("i", "I", 1).replace("uI", "UI")
    )
