"""Processor seconds to code distinct values of each kind by a hierarchy, and to read a hierarchy
file: python bench/hierarchies.py [values].
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from anonymize.privacy.hierarchies import FileHierarchy, HierarchySpec, hierarchy_of

RUNS = 3


def least(act: Callable[[], object]) -> float:
    """Return the least processor time of a few runs."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        act()
        times.append(time.process_time() - start)
    return min(times)


def main(count: int) -> None:
    random = np.random.default_rng(1)
    numbers = pa.array(random.permutation(count))
    days = pa.array(random.permutation(count) - count // 2, pa.int32()).cast(pa.date32())
    text = numbers.cast(pa.string())
    lines = b"".join(b"%d;g%d;h%d;*\n" % (at, at // 10, at // 1000) for at in range(count))
    cases = {
        "ranges of whole numbers": (HierarchySpec(ranges=(5, 10, 20)), numbers),
        "ranges of floats": (
            HierarchySpec(ranges=(5, 10, 20)),
            pa.array(random.random(count) * count),
        ),
        "ranges of text": (HierarchySpec(ranges=(5, 10, 20)), text),
        "dates": (HierarchySpec(dates=True), days),
        "dates in text": (HierarchySpec(dates=True), days.cast(pa.string())),
        "prefixes": (HierarchySpec(prefix=(4, 3, 1)), text),
        "a file": (HierarchySpec(file="lines"), text),
    }
    print(f"{count} distinct values, processor seconds on one core")
    for name, (spec, values) in cases.items():
        hierarchy = hierarchy_of(spec, lines)
        print(f"{name:26} {least(lambda h=hierarchy, v=values: h.coded('column', v)):6.2f}")
    print(
        f"{'reading and checking it':26} {least(lambda: FileHierarchy.read('lines', lines)):6.2f}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
