"""What an incremental run takes over from the current version, and what it does again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from anonymize.dataset import Dataset
from anonymize.dataset.increments import write_increments
from anonymize.io import Mark, PartInfo, Source
from anonymize.io.sources.pieces import first_row_of
from anonymize.keys import Keyring, RowOrder
from anonymize.pipeline.base_version import (
    BaseVersion,
    PartRecord,
    base_of,
    linked,
    records_bytes,
)
from anonymize.pipeline.forgotten import parts_holding
from anonymize.pipeline.passing import PartReport
from anonymize.pipeline.pieces import Pieces
from anonymize.pipeline.sampled import SampledOnce
from anonymize.pipeline.way import Way
from anonymize.plan import Partial, Plan, merged
from anonymize.plan.recoding.compare import published_otherwise
from anonymize.plan.recoding.decide import fit as fit_plan
from anonymize.plan.refit import decided_otherwise
from anonymize.plan.set_aside import SetAside
from anonymize.privacy import ClassDigests
from anonymize.transform.subject_ids import ForgottenIds

LOOKED_AT_AGAIN = 131_072
"""Rows of kept partitions that detection looks at: reading all of them takes longer than the rest
of an incremental run.
"""


@dataclass
class Increment:
    """The state of an incremental run: which partitions are kept, and why others are not."""

    pieces: Pieces
    marks: tuple[Mark | None, ...]
    """The content of each partition when the source was opened."""
    compared_with: int | None
    """The version that was current; None if nothing was published."""
    base: BaseVersion | None = None
    """The current version; None if nothing of it can be kept."""
    kept: dict[int, PartRecord] = field(default_factory=dict)
    """By number of the partition."""
    why_again: list[str] = field(default_factory=list)
    """Why partitions are done again whose content is as it was."""
    rows: int = 0
    """Rows of the files that detection looked at."""
    again: int = 0
    """Number of these."""
    partials: dict[int, list[Partial]] = field(default_factory=dict)
    """Results of the first passes over each partition, in their order."""

    @classmethod
    def begun(cls, dataset: Dataset, source: Source, keyring: Keyring, slow: bool) -> Increment:
        """Compare a source with what the current version was made of.

        Raises:
            DatasetError: the dataset is not as it was signed.
            SourceError: a file cannot be read, or changed since it was opened.
        """
        current, found = dataset.current, base_of(dataset, keyring)
        base = None if isinstance(found, str) else found
        pieces = Pieces.of(source, base.spans if base else {}, slow=slow)
        new = cls(pieces, tuple(one.mark() for one in pieces.partitions), current, base)
        if base:
            new.kept = dict(base.kept(pieces.partitions))
        else:
            new.why_again.append(str(found))
            new.again = len(pieces.partitions)
        return new

    @property
    def gone(self) -> int:
        """Return how many partitions of the current version the source no longer has."""
        places = {mark.place for mark in self.marks if mark}
        return sum(place not in places for place in self.base.records) if self.base else 0

    @property
    def changes_nothing(self) -> bool:
        """Return True if the source is what the current version was made of."""
        return (
            self.base is not None
            and len(self.kept) == len(self.pieces.partitions)
            and not self.gone
        )

    def narrowed(self, source: SampledOnce) -> SampledOnce:
        """Return the part of ``source`` that detection looks at: all that is new, and of what was
        looked at when it was published under the same rules as many partitions as hold
        `LOOKED_AT_AGAIN` rows, so that a small new file is not judged by itself.
        """
        rows = sum(record.report.rows_in for record in self.kept.values())
        again = list(self.kept)[:: max(1, -(-rows // LOOKED_AT_AGAIN))]
        files = sorted({self.pieces.files[number] for number in (*self.wanting(), *again)})
        return replace(source, files=tuple(source.files[number] for number in files))

    def kept_files(self) -> dict[int, Mapping[str, Any]]:
        """Return the fingerprints of the files that are kept whole, by number."""
        done = {self.pieces.files[number] for number in self.wanting()}
        return {
            self.pieces.files[number]: record.fingerprint
            for number, record in self.kept.items()
            if self.pieces.files[number] not in done
        }

    def go_by(self, way: Way) -> bool:
        """Keep nothing if the run goes another way than the current version's; return whether it
        does.
        """
        if self.base is None or not (differing := self.base.way.differences(way)):
            return False
        version = self.base.version
        why = [f"{word} is not what made version {version}" for word in differing]
        self.do_again(self.kept, why)
        self.why_again += [one for one in why if one not in self.why_again]
        self.base = None
        return True

    def leave_out(
        self, dataset: Dataset, forgotten: Sequence[ForgottenIds], keyring: Keyring
    ) -> None:
        """Have partitions done again whose parts hold people who were forgotten since.

        Raises:
            DatasetError, KeysError: see `parts_holding`.
        """
        if self.base is None or not self.kept:
            return
        held = parts_holding(dataset, self.base.version, keyring, forgotten)
        if held is None:
            why = "somebody was forgotten, and no index tells which parts hold them"
            self.do_again(self.kept, [why])
            return
        doomed = [
            number for number, record in self.kept.items() if record.report.part.path.name in held
        ]
        self.do_again(doomed, ["they held rows of somebody who was forgotten"])

    def do_screened_again(self, plan: Plan) -> None:
        """Have partitions done again of which the screen sets other rows aside than before."""
        if plan.screened is None:
            return
        other = [
            number
            for number, record in self.kept.items()
            if record.report.screened != self._screened(plan.screened, number, record)
        ]
        self.do_again(other, ["the screen sets other rows of them aside"])

    def _screened(self, screened: SetAside, number: int, record: PartRecord) -> str:
        partition = self.pieces.partitions[number]
        return screened.digest(partition.name, first_row_of(partition), record.report.rows_in)

    def do_again(self, numbers: Sequence[int] | dict[int, PartRecord], why: Sequence[str]) -> None:
        """Have partitions done again whose content is as it was."""
        doomed = list(numbers)
        self.why_again += [one for one in why if one not in self.why_again] if doomed else []
        self.again += len(doomed)
        for number in doomed:
            del self.kept[number]

    def places(self, order: RowOrder | None) -> tuple[int, ...]:
        """Return the number of each partition's part; empty for those that a new version has."""
        if self.base is None or order is None:
            return ()
        new = [number for number in range(len(self.pieces.partitions)) if number not in self.kept]
        drawn = order.parts(len(new), self.base.version).tolist()
        free = dict(zip(new, (self.base.next_place + at for at in drawn), strict=True))
        return tuple(
            free[number] if number in free else _number(self.kept[number].report.part)
            for number in range(len(self.pieces.partitions))
        )

    def wanting(self) -> list[int]:
        """Return the numbers of the partitions to work on."""
        return [number for number in range(len(self.pieces.partitions)) if number not in self.kept]

    def measured(
        self, plan: Plan, partials: Sequence[Partial], fit: Callable[[Sequence[Partial]], Plan],
        keyring: Keyring,
    ) -> None:  # fmt: skip
        """Take the results of one first pass over what is worked on, fit the plan to them and to
        the kept ones, and have done again what is decided otherwise now.

        ``fit`` gives the plan of all results.
        """
        at = len(next(iter(self.partials.values()), ()))
        for number, partial in zip(self.wanting(), partials, strict=True):
            self.partials.setdefault(number, []).append(partial)
        for number, record in self.kept.items():
            self.partials.setdefault(number, []).append(record.partials[at])
        whole = [results[at] for results in self.partials.values()]
        after = fit(whole)
        if self.base is None or not self.kept:
            return
        earlier = merged(one.partials[at] for one in self.base.records.values())
        before = fit_plan(plan, earlier, keyring)
        if plan.fitted is None and before.fitted and after.fitted:
            columns = decided_otherwise(plan, keyring, before.fitted.facts, after.fitted.facts)
            why = [f"{column} depends on all rows, and they changed" for column in columns]
            self.do_again(self.kept if columns else (), why)
        self._other_classes(before, after, at, keyring)

    def _other_classes(self, before: Plan, after: Plan, at: int, keyring: Keyring) -> None:
        """Have partitions done again with a class that may be published now and could not before,
        the other way round, or that is recoded otherwise.
        """
        otherwise = published_otherwise(before, after, keyring)
        if otherwise is None:
            return
        doomed: dict[str, list[int]] = {}
        for number in self.kept:
            classes = self.partials[number][at].classes
            if classes is not None and (
                why := otherwise(ClassDigests.of_keys(classes.table["key"]))
            ):
                doomed.setdefault(why, []).append(number)
        for why, numbers in doomed.items():
            self.do_again(numbers, [why])

    def reports(
        self, written: Sequence[PartReport], staging: Path, renamed: bool
    ) -> list[PartReport]:
        """Return the reports of all partitions, with the kept parts in the staging folder too.

        ``renamed`` says if parts are named by their position in the source.

        Raises:
            DatasetError: the disk is full.
        """
        taken = []
        for number, record in self.kept.items():
            report = record.report
            name = f"part-{number:05}.parquet" if renamed else report.part.path.name
            aside = report.quarantine and linked(report.quarantine, staging, name)
            subjects = report.subjects and linked(report.subjects, staging, name)
            canaries = report.canaries and linked(report.canaries, staging, name)
            part = linked(report.part, staging, name)
            kept = replace(report, number=number, part=part, quarantine=aside)
            taken.append(replace(kept, subjects=subjects, canaries=canaries))
        return [*written, *taken]

    def write_records(
        self,
        reports: Sequence[PartReport],
        fingerprints: Sequence[Mapping[str, Any]],
        way: Way,
        run: str,
        staging: Path,
        keyring: Keyring,
    ) -> PartInfo:
        """Write what the next incremental run needs below the staged version."""
        records = [
            PartRecord(
                mark,
                fingerprints[self.pieces.files[report.number]],
                report,
                tuple(self.partials.get(report.number, ())),
            )
            for report in sorted(reports, key=lambda one: one.number)
            if (mark := self.marks[report.number]) is not None
        ]
        added = len(self.pieces.partitions) - len(self.kept)
        first = self.base.next_place if self.base else 0
        return write_increments(staging, records_bytes(way, run, first + added, records), keyring)


def _number(part: PartInfo) -> int:
    """Return the number in a part's name."""
    return int(part.path.stem.rpartition("-")[2])
