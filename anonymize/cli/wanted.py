"""The options of anonymize: what they mean together, and which do not go together."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anonymize.errors import ArgumentError

if TYPE_CHECKING:
    from anonymize.policy import SourceSpec

STDOUT = "-"
"""The output that means standard output."""


@dataclass(frozen=True)
class Wanted:
    """The options of the command; see ``anonymize_app.py``."""

    output: str
    policy: Path | None
    purpose: str | None
    countries: tuple[str, ...]
    languages: tuple[str, ...]
    ner: str | None
    throwaway_keys: bool
    keep_order: bool
    to: str | None
    formulas: str
    overwrite: bool
    yes: bool
    keyring: str | None
    as_json: bool
    workers: int | None = None

    @property
    def folder(self) -> bool:
        """True if the output is a dataset's folder: a name without an ending."""
        return self.output != STDOUT and (self.output.endswith("/") or not Path(self.output).suffix)

    @property
    def place(self) -> str:
        """The output, as messages call it."""
        return "standard output" if self.output == STDOUT else self.output

    @property
    def policy_file(self) -> Path | None:
        """Where a drafted policy is written; None for standard output."""
        if self.output == STDOUT or self.policy is not None:
            return None
        beside = self.output.rstrip("/")
        return Path((beside.rpartition("/")[2] if "://" in beside else beside) + ".policy.yaml")

    @property
    def sink(self) -> str | None:
        """The folder of versions in a drafted policy, which no other output has; None if the policy
        is not written.

        A folder named after the source would be that of every source of this name, and of every
        pipe: their rows would become versions of one dataset.
        """
        if self.output == STDOUT:
            return None
        return self.output.rstrip("/") if self.folder else f"{self.output}.versions"

    def name(self, source: str) -> str | None:
        """Return the dataset's name where the source has none: that of the output."""
        if source != "-" or self.output == STDOUT:
            return None
        return Path(self.output.rstrip("/")).name.partition(".")[0]


def refuse_options(spec: SourceSpec, wanted: Wanted) -> None:
    """Refuse options that do not go together, and outputs that cannot be written, before the source
    is read.

    Raises:
        ArgumentError: see there.
    """
    from anonymize.dataset.plain_files import FORMATS, plain_format
    from anonymize.pipeline.one_file import refuse_output
    from anonymize.policy.local_paths import local_path

    if wanted.formulas not in ("neutralise", "keep"):
        raise ArgumentError("choose neutralise or keep", place="--formulas")
    if wanted.to is not None and (wanted.to not in FORMATS or wanted.output != STDOUT):
        what = f"choose one of {', '.join(FORMATS)}, for -o -; a file's ending says its format"
        raise ArgumentError(what, place="--to")
    if wanted.policy is not None:
        said = {
            "--for": wanted.purpose,
            "--countries": wanted.countries,
            "--ner": wanted.ner,
            "--keep-order": wanted.keep_order,
        }
        if beside := [option for option, value in said.items() if value]:
            what = f"the policy says what {', '.join(beside)} would; change it there"
            raise ArgumentError(what, place="--policy")
    if wanted.folder and wanted.throwaway_keys:
        what = "encrypted versions need keys that stay; name a .csv, .jsonl or .parquet file"
        raise ArgumentError(what, place="--throwaway-keys")
    if wanted.throwaway_keys and (wanted.workers or 1) > 1:
        what = "keys that are in no file stay in one process; leave --workers out"
        raise ArgumentError(what, place="--throwaway-keys")
    if wanted.as_json and wanted.output == STDOUT:
        raise ArgumentError("standard output holds the data; name a file", place="--json")
    if not wanted.yes and (spec.path == "-" or not sys.stdin.isatty()):
        what = "there is no terminal to ask on; say --yes, or look first: coatcheck inspect"
        raise ArgumentError(what, place="anonymize")
    if wanted.output != STDOUT and not wanted.folder:
        try:
            path = Path(local_path(wanted.output))
        except ValueError as error:
            raise ArgumentError(str(error), place="--output") from None
        plain_format(path)
        refuse_output(path, overwrite=wanted.overwrite)
        if path.exists() and Path(spec.path).exists() and path.samefile(spec.path):
            raise ArgumentError("is the source itself; name another file", place=wanted.output)
