"""The rows of a source on their way into one plain file, by this process or by several."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from anonymize.dataset.plain_files import Formulas, write_plain
from anonymize.gates.interface import Output
from anonymize.gates.refuse import refuse
from anonymize.io import Partition
from anonymize.keys import OWNER, RowOrder
from anonymize.keys.keyring.store import THROWAWAY
from anonymize.pipeline.across import with_across
from anonymize.pipeline.executors.choose import Workers, is_slow, tell_choice, workers_for
from anonymize.pipeline.executors.counted import counted
from anonymize.pipeline.executors.processes import WorkerProcesses
from anonymize.pipeline.keys_of_run import keys_of_run
from anonymize.pipeline.one_file_parts import PassingPart, SpooledPart, WritePart
from anonymize.pipeline.one_off import ReadyOneOff
from anonymize.pipeline.partition import Job, measure_partition, naming_partition
from anonymize.pipeline.passed import fitted, output_of
from anonymize.pipeline.passing import PassedCounts
from anonymize.pipeline.readiness import with_vault
from anonymize.plan import Partial, Plan, PlanWithKeys

RowProgress = Callable[[int, int, str], None]
"""Called with rows done, rows in all, and what is being done."""


@dataclass(frozen=True)
class HowWritten:
    """How a plain file is written."""

    kind: str
    """``csv``, ``jsonl`` or ``parquet``."""
    formulas: Formulas
    """What is done in CSV with texts that a spreadsheet would run."""
    path: Path
    """The file to be, which errors name."""
    spooled_in: Path
    """Folder on whose disk parts wait, encrypted, that several processes make."""
    workers: int | None
    """Number of processes; None for as many as a run would use."""
    progress: RowProgress


class RowsToOneFile:
    """Writes the sanitized rows of a source, and counts them."""

    def __init__(self, ready: ReadyOneOff, how: HowWritten) -> None:
        """Take what is written.

        Raises:
            SourceError: the source changed, or cannot be read.
        """
        self.started = time.monotonic()
        self._ready, self._how, self._rows_done = ready, how, 0
        plan, owner = with_vault(ready.look.plan), ready.keyring.current(OWNER)
        self._job = Job(
            plan,
            ready.divided.result().partitions,
            "",
            owner,
            "" if plan.policy.rows.order == "source" else secrets.token_hex(16),
            keys=keys_of_run(plan, owner, ready.keyring),
        )
        self._nulls = Counter(dict.fromkeys(plan.output_schema.names, 0))
        self.counts: list[PassedCounts] = []
        """What became of the rows of each part."""
        self.marked = Counter[str]()
        """Values that the format changed, by column; see `write_plain`."""

    @property
    def plan(self) -> Plan:
        """The plan; with the results of a first pass, once all is written."""
        return self._job.plan

    def write(self, file: BinaryIO) -> Output:
        """Write all rows, ask every gate, and return what they were asked about.

        Raises:
            GateError: a check failed.
            AnonymizeError: a row was refused, or the source changed.
        """
        chosen, how = self._workers(), self._how
        if chosen.count == 1:
            self._write_alone(file)
        else:
            rows = self._ready.source.rows
            with WorkerProcesses(chosen.count, chosen.cores, how.progress, rows) as workers:
                self._write_by(workers, file)
        counted = output_of(self.counts, self._nulls)
        output = with_across(counted, self.plan, self._ready.keyring)
        refuse(output, self.plan)
        self._ready.source.check_unchanged()
        return output

    def _workers(self) -> Workers:
        """Return how many processes work. Keys that are in no file stay in this one."""
        parts = self._job.partitions
        if self._ready.keyring.place == THROWAWAY:
            chosen = Workers(1, 1, "the keys are in no file")
        else:
            slow, wanted = is_slow(self.plan.policy), self._how.workers
            chosen = workers_for(parts, self._ready.source.rows, wanted, slow=slow)
        tell_choice(chosen, len(parts))
        return chosen

    def _write_alone(self, file: BinaryIO) -> None:
        how, measuring = self._how, partial(self._tell, "measuring")
        self._job = replace(self._job, plan=replace(self.plan, facts_key=None))
        while self.plan.needs_first_pass:
            self._rows_done = 0
            measured = [self._measured(one) for one in counted(self._job, measuring).partitions]
            self._fit(measured)
        self._rows_done = 0
        schema = self.plan.output_schema
        _, marked = write_plain(how.kind, file, schema, self._batches(), how.formulas)
        self.marked.update(marked)

    def _write_by(self, workers: WorkerProcesses, file: BinaryIO) -> None:
        """Have the parts made by other processes, and put them together as they come."""
        how, numbers = self._how, self._in_turn(self._job.order(self._ready.keyring))
        while self.plan.needs_first_pass:
            self._fit(workers.map(measure_partition, self._job, numbers))
        work = WritePart(how.kind, how.formulas, how.path, how.spooled_in, numbers[0])
        parts = self._noted(workers.in_turn(work, self._job, numbers))
        if how.kind == "parquet":
            rows = (batch for part in parts for batch in part.batches())
            write_plain("parquet", file, self.plan.output_schema, rows, how.formulas)
        else:
            for part in parts:
                part.copy_to(file)

    def _fit(self, partials: Iterable[Partial]) -> None:
        self._job = replace(self._job, plan=fitted(self.plan, list(partials), self._ready.keyring))

    def _measured(self, partition: Partition) -> Partial:
        bound = PlanWithKeys(self.plan, self._ready.keyring)
        with naming_partition(partition):
            return bound.measure_all(partition.batches(list(self.plan.measured_columns)))

    def _batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the sanitized rows of all partitions; in a secret order, unless the policy says
        source order.
        """
        order, writing = self._job.order(self._ready.keyring), partial(self._tell, "writing")
        watched = counted(self._job, writing).partitions
        for number in self._in_turn(order):
            bound = PlanWithKeys(self.plan, self._ready.keyring)
            passing = PassingPart(bound, watched[number], number)
            yield from passing.batches(order)
            self._note(passing.counts(), passing.nulls)

    def _noted(self, parts: Iterable[SpooledPart]) -> Iterator[SpooledPart]:
        for part in parts:
            self._note(part.counts, part.nulls)
            self.marked.update(part.marked)
            yield part

    def _note(self, counts: PassedCounts, nulls: Mapping[str, int]) -> None:
        self.counts.append(counts)
        self._nulls.update(nulls)

    def _in_turn(self, order: RowOrder | None) -> list[int]:
        """Return the numbers of the partitions in the order in which they leave: partition n is the
        part whose number stands at place n of the secret order.
        """
        count = len(self._job.partitions)
        places = order.parts(count).tolist() if order else range(count)
        return sorted(range(count), key=lambda number: int(places[number]))

    def _tell(self, what: str, rows: int) -> None:
        self._rows_done += rows
        self._how.progress(self._rows_done, self._ready.source.rows, what)
