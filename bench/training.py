"""All figures about data that is safe to train on: python bench/training.py FOLDER [PART …].

FOLDER holds ``adult.csv`` (UCI Adult, CC BY 4.0; semicolons). Parts, in this order by default:
aggregates, canaries, he, screen, robust, and private, which needs the extra ``private`` (torch) and
so an interpreter of its own: PRIVATE_PYTHON names it, for example ``.venv-readers/bin/python``.
Each part is a program of its own beside this one, which says what it measures.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PARTS = ("aggregates", "canaries", "he", "screen", "robust", "private")
FILE = ("screen", "private")
"""Parts that take the file, not the folder."""
NOTHING = ("he",)
"""Parts that make their data."""


def command(part: str, folder: Path) -> list[str]:
    """Return the command line of one part."""
    python = os.environ.get("PRIVATE_PYTHON", sys.executable) if part == "private" else None
    given = [] if part in NOTHING else [str(folder / "adult.csv" if part in FILE else folder)]
    return [python or sys.executable, str(HERE / f"training_{part}.py"), *given]


def main() -> int:
    """Run the parts one after another; return 1 if one failed."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    folder, failed = Path(sys.argv[1]), 0
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    for part in sys.argv[2:] or PARTS:
        if part not in PARTS:
            raise SystemExit(f"no part {part}; there are {', '.join(PARTS)}")
        print(f"\n== {part}", flush=True)
        failed |= subprocess.run(command(part, folder), env=environment).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
