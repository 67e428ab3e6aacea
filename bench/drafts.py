"""Whether drafted policies run unedited: drafts, keys and a run for every table of a folder.

Each table has a process and a folder of its own, and is bounded in time and memory. A line per
table says whether it was published, or which command refused it and with which message; the last
line has the counts. Exit code 1 if more than ``--refused`` tables were refused.

With ``--privacy`` or ``--k`` a line also says how many quasi-identifiers the draft's block names
and leaves out, the share of rows that were suppressed, and the loss (NCP).

    python bench/drafts.py DIR [--only 007,012] [--privacy] [--k 5] [--refused 5]
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

SECONDS = 300
"""Time that one table may take, all three commands together."""
MEMORY_BYTES = 12 << 30
"""Address space of one table's process."""
ENDINGS = {".csv", ".tsv", ".jsonl", ".parquet"}


def main() -> int:
    """Run every table and print what became of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="names of tables, comma-separated")
    parser.add_argument("--privacy", action="store_true", help="uncomment the privacy: block")
    parser.add_argument("--k", type=int, help="draft a privacy: block with this k")
    parser.add_argument("--refused", type=int, default=5, help="how many may be refused")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(one(asked.folder, privacy=asked.privacy, k=asked.k)))
        return 0
    only = set(filter(None, asked.only.split(",")))
    tables = sorted(path for path in asked.folder.iterdir() if path.suffix in ENDINGS)
    tables = [path for path in tables if not only or path.stem in only]
    refused = 0
    for path in tables:
        began = time.monotonic()
        said = in_process(path, privacy=asked.privacy, k=asked.k)
        refused += said["at"] != "published"
        took = time.monotonic() - began
        print(f"{path.name:24} {took:5.1f} s  {said['at']}  {said.get('classes', '')}", flush=True)
        for line in said["text"].splitlines():
            print(f"    {line}", flush=True)
    print(f"{len(tables) - refused} of {len(tables)} published")
    return int(refused > asked.refused)


def in_process(table: Path, *, privacy: bool, k: int | None) -> dict[str, str]:
    """Return what became of ``table``, run in a process of its own."""
    command = [sys.executable, __file__, str(table.absolute()), "--one"]
    command += ["--privacy"] if privacy else []
    command += ["--k", str(k)] if k else []
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
        environment.pop("COATCHECK_KEYRING", None)
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
                preexec_fn=_bound,
            )
        except subprocess.TimeoutExpired:
            return {"at": f"stopped after {SECONDS} s", "text": ""}
    try:
        said: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        return {"at": f"ended with exit code {done.returncode}", "text": done.stderr[-500:]}
    return said


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def one(table: Path, *, privacy: bool, k: int | None) -> dict[str, str]:
    """Return the command that refused ``table`` and its message, or ``published``."""
    policy = Path("drafted.yaml")
    for arguments in (
        ["init", str(table), "-o", str(policy), "--for", "measuring drafts"]
        + (["--k", str(k)] if k else []),
        ["keys", "init", str(policy)],
        ["run", str(policy)],
    ):
        if arguments[0] == "keys" and privacy:
            policy.write_text(uncommented(policy.read_text(encoding="utf-8")), encoding="utf-8")
        code, said = command_line(arguments)
        if code:
            rules = policy.read_text(encoding="utf-8") if policy.exists() else ""
            return {"at": f"refused by {arguments[0]}", "text": with_rules(said, rules)}
    return {"at": "published", "text": "", "classes": classes(policy) if privacy or k else ""}


def classes(policy: Path) -> str:
    """Return what the ``privacy:`` block of a published draft came to; empty without one."""
    from anonymize import Dataset
    from anonymize.policy import load_policy

    loaded = load_policy(policy)
    left_out = len(re.findall(r"identifies too, and is left out", policy.read_text("utf-8")))
    if loaded.privacy is None:
        return f"no block, left out {left_out}"
    manifest = Dataset(loaded.sink.path).manifest()
    rows, facts = manifest.rows, manifest.privacy
    whole = (rows.written or 0) + (rows.suppressed or 0)
    loss = f", loss {facts.loss:.3f}" if facts is not None and facts.loss is not None else ""
    return (
        f"named {len(loaded.privacy.quasi_identifiers)}, left out {left_out}, suppressed"
        f" {(rows.suppressed or 0) / max(1, whole):.3f}{loss}"
    )


def command_line(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit code of a command line, and what it printed on stderr."""
    from anonymize.cli.main import main as coatcheck

    sys.argv = ["coatcheck", *arguments]
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        try:
            coatcheck()
        except SystemExit as end:
            return int(end.code or 0), stderr.getvalue()
    return 0, stderr.getvalue()


def with_rules(said: str, policy: str) -> str:
    """Return messages, each that names a column followed by the draft's line for it."""
    lines = []
    for line in said.splitlines():
        lines.append(line)
        if found := re.search(r"\bcolumns?[. ]'?\"?([^:'\"]+)", line):
            rule = re.compile(rf"^  \"?{re.escape(found[1])}\"?: ")
            lines += [f"  {text.strip()}" for text in policy.splitlines() if rule.match(text)]
    return "\n".join(lines)


def uncommented(policy: str) -> str:
    """Return a drafted policy whose ``privacy:`` block is no comment any more."""
    head, mark, block = policy.partition("# privacy:\n")
    return head + re.sub(r"(?m)^# ?", "", mark + block)


if __name__ == "__main__":
    sys.exit(main())
