"""Runs of up to 100 TB, simulated: the tables of docs/scale.md, always the same.

What is measured, assumed and computed stands in ``scale_model.py``.

    PYTHONPATH=. python bench/simulate_scale.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from anonymize.pipeline.executors.choose import ROW_BYTES, WORKER_BYTES
from bench import scale_model as model
from bench.scale_model import GB, HOUR, TB, Cluster, Source, held, limits, requests, run

BIG = Source(100 * TB, text=False)


def table(head: str, rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; ``head`` has its columns' names between bars."""
    lines = [f"| {head} |", "|---" * len(head.split("|")) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def hours(seconds: float) -> str:
    """Return hours to two digits, minutes below one hour."""
    if seconds < HOUR:
        return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
    return f"{seconds / HOUR:.1f} h" if seconds < 100 * HOUR else f"{seconds / HOUR / 24:.0f} days"


def size_of(data: float) -> str:
    """Return a size to two digits."""
    unit, name = next(
        (u, n) for u, n in ((TB, "TB"), (GB, "GB"), (1e6, "MB"), (1e3, "kB")) if data >= u
    )
    return f"{data / unit:.1f} {name}" if data < 9.95 * unit else f"{data / unit:,.0f} {name}"


def sizing() -> str:
    """Return hours by rows, columns and workers."""
    on = [Cluster(workers=n, on_one_machine=min(n, 8)) for n in (2, 16, 200)]
    lines = []
    for rows, columns in ((1e7, 15), (1e8, 15), (1e9, 15), (1e9, 60), (1e10, 15), (1e11, 15)):
        source = Source(rows * columns * ROW_BYTES / 15)
        times = [hours(run(source, cluster).seconds) for cluster in on]
        data = (size_of(source.size), size_of(source.size * model.WRITTEN))
        lines.append([f"{rows:,.0f} × {columns}", *data, *times])
    memory = (f"{one.workers} workers, {size_of(one.workers * WORKER_BYTES)}" for one in on)
    return table(f"rows × columns | CSV | a version | {' | '.join(memory)}", lines)


def stages() -> str:
    """Return the stages of runs on 200 workers."""
    private = Source(100 * TB, text=False, classes=10_000)
    sources = [Source(TB), Source(10 * TB), Source(100 * TB), BIG, private]
    runs = [run(source, Cluster()) for source in sources]
    order = ["planning", "first pass", "class counts", "writing", *list(runs[0].stages)[-3:]]
    lines = [[stage, *(hours(one.stages[stage]) for one in runs)] for stage in order]
    lines += [["**together**", *(hours(one.seconds) for one in runs)]]
    lines += [["parts", *(f"{source.parts:,}" for source in sources)]]
    head = "stage | 1 TB CSV | 10 TB CSV | 100 TB CSV | 100 TB Parquet | with `privacy:`"
    return table(head, lines)


def more_workers() -> str:
    """Return what further workers bring at 100 TB."""
    runs = {count: run(BIG, Cluster(workers=count)) for count in (100, 200, 400, 800)}
    lines = ([f"{n}", hours(one.stages["writing"]), hours(one.seconds)] for n, one in runs.items())
    apart = run(Source(BIG.size / 40, text=False), Cluster(workers=5, store=20 * GB / 40))
    split = ["40 datasets, 5 each", hours(apart.stages["writing"]), hours(apart.seconds)]
    return table("workers | writing | the whole run", [*lines, split])


def deaths() -> str:
    """Return what dying workers cost at 100 TB."""
    lines = []
    for between in (1000, 100, 10, 1):
        done = run(BIG, Cluster(deaths=1 / between)).write
        again = f"{done.lost / done.seconds / 200:.2%}"
        ends = "refused: a part's worker died twice" if done.refused else "done"
        lines.append([f"{between:,} h", f"{done.deaths:,}", again, ends])
    return table("a worker lives | deaths | work done again | the run", lines)


def incremental() -> str:
    """Return what an incremental run saves."""
    lines = []
    for source in (Source(TB), Source(10 * TB), BIG):
        whole, some = run(source, Cluster()), run(source, Cluster(), 1 / 30)
        name = f"{size_of(source.size)} {'CSV' if source.text else 'Parquet'}"
        share = f"{some.seconds / whole.seconds:.0%}"
        lines.append([name, hours(whole.seconds), hours(some.seconds), share])
    return table("source | all | 1 of 30 changed | share", lines)


def class_counts() -> str:
    """Return the driver's memory for class counts."""
    lines = []
    for classes in (1_000, 10_000, 100_000, 1_000_000):
        memory = (size_of(held(Source(size * TB, classes=classes))) for size in (1, 10, 100))
        lines.append([f"{classes:,}", *memory, size_of(2 * classes * model.COUNT_BYTES)])
    return table("classes | 1 TB | 10 TB | 100 TB | two merged counts, any size", lines)


def vault() -> str:
    """Return how long a vault takes."""
    rates = [scale * rate for rate in model.SQLITE for scale in (1, model.POSTGRES)]
    lines = [[f"{n:,.0f}", *(hours(n / rate) for rate in rates)] for n in (1e6, 1e8, 1e9, 1e11)]
    return table("tokens | new: SQLite | PostgreSQL | known: SQLite | PostgreSQL", lines)


def asking_the_vault() -> str:
    """Return how long workers write that ask one vault."""
    lines = []
    for asked in (0.0, 0.001, 0.01, 0.1, 1.0):
        source = Source(10 * TB, asked=asked)
        runs = [run(source, Cluster(workers=n, deaths=0)) for n in (8, 50, 200)]
        lines.append([f"{asked:g}", *(hours(one.stages["writing"]) for one in runs)])
    return table("values a row | 8 workers | 50 | 200", lines)


def store_requests() -> str:
    """Return requests and their price by the size of a source in S3."""
    lines = []
    for source in (Source(10 * GB), Source(TB), Source(10 * TB)):
        put, looked, read = requests(source.size * model.WRITTEN / source.parts, source.file)
        puts, gets = put * source.parts, looked * source.parts + read * source.files
        price = (puts * model.PUT_PRICE + gets * model.GET_PRICE) / 1000
        counts = (f"{count:,}" for count in (source.parts, puts, gets))
        lines.append([size_of(source.size), *counts, f"{price:.2f}"])
    return table("source | parts | PUT, POST | GET, HEAD | dollars", lines)


def what_breaks() -> str:
    """Return the limits, the least first."""
    few = {what: size for what, _, size in limits(1 * GB)}
    lines = (
        [what, f"`{where}`", size_of(size), size_of(few[what])]
        for what, where, size in limits(10 * GB)
    )
    return table("what | where | files of 10 GB | of 1 GB", lines)


def tables() -> Iterator[str]:
    """Yield all tables of docs/scale.md."""
    for one in (sizing, stages, more_workers, deaths, what_breaks, class_counts, vault):
        yield one()
    yield from (asking_the_vault(), store_requests(), incremental())


if __name__ == "__main__":
    print("\n\n".join(tables()))
