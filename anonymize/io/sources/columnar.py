"""What formats with types of their own have in common: Arrow, ORC, Avro and sheets."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from anonymize.errors import Problem, SourceError
from anonymize.io.sources.column_names import Renames, final_names
from anonymize.io.sources.declared_types import declared, fitted
from anonymize.io.sources.file_partition import FilePartition
from anonymize.io.sources.files import folder_of
from anonymize.io.sources.places import FilePlace
from anonymize.io.spread import Chosen, chosen_of
from anonymize.nested.raw_names import counted, is_value
from anonymize.nested.schema import leaf_paths, plain_schema, projected, refuse_duplicates

BATCH_ROWS = 131_072


@dataclass(frozen=True)
class ColumnarPartition(FilePartition, abc.ABC):
    """One file, whose columns are read by their positions."""

    @abc.abstractmethod
    def read(self, positions: Sequence[int]) -> Iterator[pa.RecordBatch]:
        """Yield the columns at ``positions`` (from 0), in this order, as the file has them.

        Raises:
            SourceError, pa.ArrowException, OSError: the file is damaged.
        """

    @property
    def kind(self) -> str:
        """What errors call the format."""
        return "a table"

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield the rows in order; see `Partition.batches`."""
        schema = projected(self.schema, columns, str(self.place))
        positions = [self.schema.get_field_index(name) for name in schema.names]
        with self.unchanged(), damage_said(self.place, self.kind):
            for batch in self.read(positions):
                for start in range(0, batch.num_rows, BATCH_ROWS):
                    yield fitted(batch.slice(start, BATCH_ROWS), schema, str(self.place))

    def chosen(self, first: int = 0) -> Iterator[Chosen]:
        """Yield chosen rows; see `Partition.chosen`."""
        yield from chosen_of(self.batches(), first)


class damage_said:  # noqa: N801
    """A context in which errors of Arrow become the one that the file is damaged."""

    def __init__(self, place: FilePlace, kind: str) -> None:
        """Name the file and its format."""
        self._place, self._kind = place, kind

    def __enter__(self) -> None:
        """Do nothing."""

    def __exit__(self, kind: type[BaseException] | None, error: Any, trace: Any) -> None:
        """Raise the error for people in place of the library's, which may quote a value.

        Raises:
            SourceError: a library could not read the file.
        """
        if kind is not None and issubclass(
            kind, (pa.ArrowException, OSError, EOFError, UnicodeError)
        ):
            raise SourceError(
                f"cannot be read as {self._kind}: damaged or cut short", place=str(self._place)
            ) from None


def columnar(
    files: Sequence[FilePlace],
    schemas: Sequence[tuple[pa.Schema, bool]],
    renames: Renames,
    types: Mapping[str, pa.DataType],
    make: Callable[[FilePlace, pa.Schema], ColumnarPartition],
    positions: Sequence[int] = (),
) -> tuple[ColumnarPartition, ...]:
    """Return the files as partitions of one schema.

    ``schemas`` has each file's own schema, and whether it has rows; ``make`` a partition of a
    file. ``positions`` are those of the columns, from 1, where a file has others in between.

    Raises:
        SourceError: schemas that differ, no rows, names that are values, empty or not unique, or
            ``types`` that do not fit.
    """
    place = str(files[0])
    plain = [plain_schema(schema) for schema, _ in schemas]
    names = final_names(plain[0].names, renames, place, positions=positions)
    refuse_values_for_columns(names, place, positions)
    problems = [
        Problem(str(file), f"other columns or types than {files[0].name}")
        for file, other in zip(files, plain, strict=True)
        if not other.equals(plain[0])
    ]
    if problems:
        raise SourceError(problems)
    schema = pa.schema([pa.field(n, f.type) for n, f in zip(names, plain[0], strict=True)])
    refuse_duplicates(leaf_paths(schema), place)
    if not any(rows for _, rows in schemas):
        where = place if len(files) == 1 else folder_of(files[0])
        raise SourceError("holds column names and no rows", place=where)
    schema = declared(schema, types, place) if types else schema
    return tuple(make(file, schema) for file in files)


def refuse_values_for_columns(
    names: Sequence[str], place: str, positions: Sequence[int] = ()
) -> None:
    """Refuse column names that are addresses or numbers of people.

    Raises:
        SourceError: with their positions.
    """
    numbers = positions or range(1, len(names) + 1)
    values = [at for at, name in zip(numbers, names, strict=True) if is_value(name)]
    if values:
        are = "are" if len(values) > 1 else "is"
        raise SourceError(
            f"{counted(values)} {are} called like data (addresses, numbers); rename them, say"
            f" rename: {{{values[0]}: NAME}}",
            place=place,
        )
