"""The allowance: a signed document that says which training was paid for. It is used up once."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from anonymize.dataset.certificate import open_signed
from anonymize.dataset.lost_log import require_whole_log
from anonymize.dataset.signing import Keyring
from anonymize.dataset.view import DatasetView
from anonymize.dataset.when_and_who import now, who
from anonymize.durable import plain_bytes, sync_folder
from anonymize.errors import ArgumentError, DatasetError, GateError
from anonymize.policy.training import LabelSpec, TrainingColumn
from anonymize.privacy.training import TrainingTerms

KIND = "allowance"
"""What the signed document is called."""
ACT = "aggregate"
"""The act of the log that says what was spent."""
CLAIMS = "training"
"""Folder of a dataset with a file for each allowance that was used."""
LARGEST_BYTES = 16 << 20
_ID = re.compile(r"[0-9a-f]{32}")
_COLUMNS = TypeAdapter(dict[str, TrainingColumn])


@dataclass(frozen=True)
class Allowance:
    """A training that was paid for."""

    id: str
    """32 hexadecimal digits; the log's entry has them too."""
    dataset: str
    purpose: str
    version: int
    """Which version is trained on."""
    parts: tuple[tuple[str, str], ...] = field(repr=False)
    """Its parts and their SHA-256."""
    whose: str | None
    """The column whose pseudonym says whose a row is; None: each row is one person's."""
    terms: TrainingTerms
    label: LabelSpec = field(repr=False)
    columns: Mapping[str, TrainingColumn] = field(repr=False)

    @property
    def read(self) -> list[str]:
        """Return the names of the columns that are read."""
        names = [*self.columns, str(self.label.column)]
        return list(dict.fromkeys([*names, *([self.whose] if self.whose else [])]))


def open_allowance(path: str | Path, keyring: Keyring) -> Allowance:
    """Return the allowance in a file, after checking its signature and its terms.

    Raises:
        DatasetError: it is not there, is damaged, or was changed.
        KeysError: it is signed by keys that are not in the keyring.
        ArgumentError: what it states is not what was paid for.
    """
    place = str(path)
    try:
        data = plain_bytes(Path(path), LARGEST_BYTES)
    except FileNotFoundError:
        raise DatasetError("there is no such allowance", place=place) from None
    body = open_signed(KIND, data, keyring, place)
    try:
        if body["format"] != 1 or not _ID.fullmatch(body["id"]) or type(body["version"]) is not int:
            raise ValueError
        return Allowance(
            body["id"],
            str(body["dataset"]),
            str(body["purpose"]),
            body["version"],
            tuple((str(path), str(digest)) for path, digest in body["parts"]),
            None if body["whose"] is None else str(body["whose"]),
            TrainingTerms.parsed(body["terms"]),
            LabelSpec.model_validate(body["label"]),
            _COLUMNS.validate_python(body["columns"]),
        )
    except (KeyError, TypeError, ValueError, ValidationError):
        what = "is an allowance of another release; have it made anew by this one"
        raise DatasetError(what, place=place) from None


def require_paid(allowance: Allowance, dataset: DatasetView, keyring: Keyring) -> None:
    """Refuse an allowance that the dataset's signed log does not know, or knows as cheaper.

    Raises:
        GateError: see there.
        DatasetError, KeysError: as `require_whole_log`.
    """
    terms = allowance.terms
    for entry in require_whole_log(dataset, keyring):
        told = entry.details.get("training")
        if entry.what == ACT and isinstance(told, Mapping) and told.get("id") == allowance.id:
            paid = float(entry.details["epsilon"]), float(entry.details["delta"])
            if paid[0] >= terms.epsilon and paid[1] >= terms.delta:
                return
    what = "the dataset's signed log does not say that this training was paid for; have the data"
    raise GateError(f"{what} owner make an allowance", place="allowance")


def use_up(allowance: Allowance, claims: Path) -> None:
    """Write down that the allowance is used: a file that can be made only once, whoever tries.

    Raises:
        GateError: it was used already.
        DatasetError: the file cannot be written.
    """
    path = claims / f"{allowance.id}.json"
    told = {"allowance": allowance.id, "at": now(), "who": who()}
    try:
        if not claims.is_dir():
            claims.mkdir(exist_ok=True)
    except OSError as error:
        raise _unwritable(error, claims) from None
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        what = "was used already: a second training costs a second ε, for which nothing was paid"
        raise GateError(f"{what}; have another one made", place="allowance") from None
    except OSError as error:
        raise _unwritable(error, claims) from None
    with os.fdopen(handle, "wb") as file:
        file.write(json.dumps(told).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(claims)


def _unwritable(error: OSError, claims: Path) -> DatasetError:
    what = f"cannot be written to: {os.strerror(error.errno or 0).lower()}; say claims=, a folder"
    return DatasetError(f"{what} that all trainers share", place=str(claims))


def refuse_used(allowance: Allowance, claims: Path) -> None:
    """Refuse early what `use_up` would refuse.

    Raises:
        GateError: it was used already.
    """
    if (claims / f"{allowance.id}.json").exists():
        raise GateError("was used already; have another one made", place="allowance")


def refuse_other(allowance: Allowance, parts: Mapping[str, str], version: int) -> None:
    """Refuse a version that is not the one that was paid for.

    Raises:
        ArgumentError: see there.
    """
    if version != allowance.version or dict(allowance.parts) != dict(parts):
        what = f"is for version {allowance.version} of '{allowance.dataset}', and not for this"
        raise ArgumentError(what, place="allowance")
