"""Safe profiles of published versions, and inputs at inference checked by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.dataset import Dataset
from anonymize.durable import write_atomically, write_error
from anonymize.errors import ArgumentError, DatasetError, GateError, Problem, SourceError
from anonymize.gates.poisoning import TableBuilder
from anonymize.gates.poisoning.inputs import InputProfile
from anonymize.gates.poisoning.stored import profile_bytes, profile_of
from anonymize.keys import Keyring, open_keyring
from anonymize.names import KeyName
from anonymize.pipeline.opening import open_spec, spec_of
from anonymize.pipeline.screen_source import SuspiciousRow
from anonymize.policy import SourceSpec
from anonymize.policy.screen import ScreenSpec
from anonymize.process.core_files import no_core_files

if TYPE_CHECKING:
    import pandas as pd

_AAD = b"coatcheck safe profile 1"


class SafeProfile:
    """What a version's rows are like, to check a model's inputs by. Holds values of the version,
    so it has no detailed repr, and is saved encrypted under the version's key.
    """

    def __init__(self, profile: InputProfile, key: KeyName) -> None:
        """Hold a profile, and the key under which it is saved."""
        self._profile, self._key = profile, key

    def __repr__(self) -> str:
        """Return what it was made from."""
        return f"SafeProfile({self._profile.made_from})"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that inputs are checked by."""
        return (*(one.name for one in self._profile.columns), *self._profile.texts)

    @property
    def not_looked_at(self) -> tuple[str, ...]:
        """Return what inputs are not checked by, and why, a sentence each."""
        more = () if self._profile.label else ("borders between labels: no label was named",)
        return (*self._profile.unread, *more)

    def check(self, inputs: pa.Table | pa.RecordBatch | pd.DataFrame) -> dict[int, str]:
        """Return the reasons of suspicious inputs, by row from 0; rows that are not are not in it.

        Reasons name columns and no value.

        Raises:
            ArgumentError: a column of the profile is missing.
        """
        table = _as_table(inputs)
        missing = [name for name in self.columns if name not in table.schema.names]
        if missing:
            raise ArgumentError(f"have no column {', '.join(missing)}", place="inputs")
        return self._profile.check(table)

    def save(self, path: str | PathLike[str], keyring: Keyring | str | None = None) -> None:
        """Write the profile, encrypted under the key of the version that it was made from.

        Raises:
            KeysError: the keyring has not that key.
            DatasetError: the file cannot be written.
        """
        data = self._key.encode() + b"\0" + profile_bytes(self._profile)
        sealed = open_keyring(keyring).wrap(self._key, data, _AAD)
        try:
            write_atomically(Path(path), sealed.encode())
        except OSError as error:
            raise write_error(error, Path(path)) from None

    @staticmethod
    def load(path: str | PathLike[str], keyring: Keyring | str | None = None) -> SafeProfile:
        """Return the profile in a file.

        Raises:
            SourceError: the file is not there.
            KeysError: its key is not in the keyring, or it was changed.
            DatasetError: it is no profile of this release.
        """
        try:
            sealed = Path(path).read_text("ascii")
        except (OSError, UnicodeDecodeError):
            raise SourceError("is not there, or is no profile", place=str(path)) from None
        opened = open_keyring(keyring)
        try:
            key, _, data = opened.unwrap(sealed, _AAD).partition(b"\0")
            return SafeProfile(profile_of(data), KeyName(key.decode()))
        except (ValueError, KeyError):
            raise DatasetError("is no profile of this release", place=str(path)) from None


def _as_table(inputs: Any) -> pa.Table:
    if isinstance(inputs, pa.Table):
        return inputs
    if isinstance(inputs, pa.RecordBatch):
        return pa.Table.from_batches([inputs])
    return pa.Table.from_pandas(inputs, preserve_index=False)


@checked
@no_core_files()
def safe_profile(
    dataset: str | PathLike[str] | Dataset,
    *,
    label: str | None = None,
    columns: Sequence[str] | None = None,
    version: int | None = None,
    keyring: Keyring | str | None = None,
) -> SafeProfile:
    """Return what the rows of a published version are like, to check a model's inputs by.

    Args:
        dataset: The dataset, or its folder.
        label: The column that the model learned: inputs near the border between labels that are
            unlike the version's rows are suspicious, too.
        columns: The columns that a model gets; by default all that this keyring reads.
        version: The version; by default the current one.
        keyring: The keys of a reader.

    Raises:
        ArgumentError: the version has no such column.
        DatasetError, KeysError: it cannot be read.
    """
    opened = dataset if isinstance(dataset, Dataset) else Dataset(str(dataset))
    opened.require()
    keys = open_keyring(keyring)
    made = opened.manifest(version, keyring=keys)
    wanted = None if columns is None else list(dict.fromkeys([*columns, *filter(None, [label])]))
    reader = opened.to_batches(wanted, version=made.version, keyring=keys)
    names = reader.schema.names
    if label is not None and label not in names:
        raise ArgumentError(f"{label} is no column of version {made.version}", place="label")
    builder = TableBuilder([name for name in names if name != label], label)
    for batch in reader:
        builder.add(batch)
    said = f"{made.dataset} version {made.version}"
    return SafeProfile(InputProfile.of(builder.table(), said), KeyName(made.data_files()[0].key))


@dataclass(frozen=True)
class InputsScreened:
    """Inputs that were checked."""

    rows: int
    """How many."""
    suspicious: tuple[SuspiciousRow, ...]
    """Those that are suspicious, by file and row number from 1."""
    not_looked_at: tuple[str, ...]
    """What inputs were not checked by."""
    most: float = ScreenSpec().most
    """The share that may be suspicious."""
    against: str = ""
    """The dataset and version whose profile it was."""

    def facts(self) -> dict[str, Any]:
        """Return counts as plain data."""
        return {
            "rows": self.rows,
            "suspicious": len(self.suspicious),
            "most": self.most,
            "compared_with": self.against,
            "not_looked_at": list(self.not_looked_at),
        }

    def require(self) -> None:
        """Raise GateError if more inputs are suspicious than may be."""
        if self.rows and len(self.suspicious) / self.rows > self.most:
            share = len(self.suspicious) / self.rows
            what = f"{len(self.suspicious)} of {self.rows} inputs are suspicious ({share:.1%})"
            raise GateError([Problem("inputs", f"{what}, {self.most:.1%} may be")])


@checked
@no_core_files()
def screen_inputs(
    source: str | SourceSpec,
    against: str | PathLike[str],
    *,
    most: float | None = None,
    keyring: Keyring | str | None = None,
) -> InputsScreened:
    """Check a source's rows as inputs of a model that learned from a dataset's current version.

    Columns of the version that the source lacks are not checked by, and the result says so.

    Raises:
        ArgumentError: the source has no column of the version.
        AnonymizeError: the source or the version cannot be read.
    """
    opened = open_spec(spec_of(source) if isinstance(source, str) else source)
    dataset, keys = Dataset(str(against)), open_keyring(keyring)
    dataset.require()
    made = dataset.manifest(keyring=keys)
    there = [name for name in made.columns if made.columns[name].type is not None]
    columns = [name for name in there if name in opened.schema.names]
    if not columns:
        raise ArgumentError(f"has no column of {made.dataset}", place=opened.path)
    profile = safe_profile(dataset, columns=columns, keyring=keys)
    rows, found = 0, []
    for partition in opened.files:
        before = 0
        for batch in partition.batches(columns):
            for row, why in profile.check(batch).items():
                found.append(SuspiciousRow(partition.name, before + row + 1, why))
            before += batch.num_rows
        rows += before
    missing = tuple(f"{name}: the inputs do not have it" for name in there if name not in columns)
    limit = ScreenSpec().most if most is None else most
    said = (*profile.not_looked_at, *missing)
    return InputsScreened(rows, tuple(found), said, limit, f"{made.dataset} version {made.version}")
