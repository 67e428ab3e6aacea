"""Looks for plaintext in every folder that a reader's libraries may write to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tests.readers.conftest import CANARY

SHARED = Path("/dev/shm")


def homes(folder: Path) -> dict[str, str]:
    """Return variables that move homes, caches and temporary files below ``folder``."""
    names = {
        "HOME": "home",
        "TMPDIR": "tmp",
        "XDG_CACHE_HOME": "cache",
        "HF_HOME": "hf",
        "HF_DATASETS_CACHE": "hf/datasets",
        "TORCH_HOME": "torch",
    }
    for name in names.values():
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {key: str(folder / name) for key, name in names.items()}


def holding_plaintext(*folders: Path) -> list[str]:
    """Return the files below ``folders``, and in shared memory, that hold the canary as UTF-8 or
    UTF-16, whole.
    """
    wanted = (CANARY.encode(), CANARY.encode("utf-16-le"))
    found = []
    for folder in (*folders, SHARED):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                try:
                    data = path.read_bytes()
                except OSError:
                    continue
                found += [str(path)] if any(one in data for one in wanted) else []
    return found


def environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment with `homes` and ``more``."""
    return {**os.environ, **homes(folder), "HF_HUB_OFFLINE": "1", **more}
