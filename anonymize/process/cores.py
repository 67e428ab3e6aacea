"""Processor cores and memory that this process may use."""

from __future__ import annotations

import os
from pathlib import Path

_GROUPS = Path("/sys/fs/cgroup")
_share: list[int] = []


def cores() -> int:
    """Return the number of cores that this process may use: of its affinity and its control group,
    or its share, if it is one of several workers.
    """
    return _share[0] if _share else usable_cores()


def take_share(count: int) -> None:
    """Use at most ``count`` cores from now on, because other workers use the rest.

    Raises:
        ValueError: ``count`` is below 1.
    """
    if count < 1:
        raise ValueError("a process uses at least one core")
    _share[:] = [count]
    import pyarrow as pa

    pa.set_cpu_count(count)
    pa.set_io_thread_count(max(2, count))


def usable_cores() -> int:
    """Return the number of cores of this process's affinity, within the limit of its control
    group.
    """
    try:
        count = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        count = os.cpu_count() or 1
    limit = _cpu_limit()
    return count if limit is None else max(1, min(count, int(limit)))


def available_memory_bytes() -> int | None:
    """Return the memory that is free for more processes, within the limit of the control group;
    None if the system does not say.
    """
    found = [size for size in (_free_memory(), _free_in_group()) if size is not None]
    return min(found) if found else None


def _cpu_limit() -> float | None:
    """Return the control group's limit on cores; versions 2 and 1."""
    quota, _, period = _read("cpu.max").partition(" ")
    if not quota:
        quota, period = _read("cpu/cpu.cfs_quota_us"), _read("cpu/cpu.cfs_period_us")
    try:
        cores = float(quota) / float(period)
    except (ValueError, ZeroDivisionError):
        return None  # also "max"
    return cores if cores > 0 else None


def _free_in_group() -> int | None:
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            return max(0, int(_read(limit)) - int(_read(used)))
        except ValueError:
            continue
    return None


def _free_memory() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) << 10
    return None


def _read(name: str) -> str:
    """Return the content of a file of the control group, empty if it is not there."""
    try:
        return (_GROUPS / name).read_text(encoding="ascii").strip()
    except OSError:
        return ""
