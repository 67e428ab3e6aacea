"""Eight processes that ask for tokens of the same values: URI, count, batch, folder, and which one
dies.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from anonymize.keys import PurposeKey, Secret
from anonymize.names import KeyId
from anonymize.vault import SqliteVault, open_vault

KEY = PurposeKey(KeyId("reveal.1"), Secret(b"m" * 32), domain="email", entity="", action="tokenize")


def die_before_commit(vault: Any) -> None:
    """Make the next storing transaction end with SIGKILL after its last statement, before its
    commit.
    """
    name = "_writing" if isinstance(vault, SqliteVault) else "_transaction"
    transaction, add = getattr(vault, name), vault._add

    @contextlib.contextmanager
    def dying() -> Iterator[Any]:
        with transaction() as cursor:
            yield cursor
            os.kill(os.getpid(), signal.SIGKILL)

    def deadly_add(*arguments: Any) -> Any:
        setattr(vault, name, dying)
        return add(*arguments)

    vault._add = deadly_add


def main(uri: str, count: int, batch: int, seed: int, out: str, die: bool) -> None:
    """Ask batch by batch, in an order of its own; write (value, token) rows at the end."""
    values = pa.array([f"person{i}@example.com" for i in range(count)])
    starts = list(range(0, count, batch))
    random.Random(seed).shuffle(starts)
    vault, tokens = open_vault(uri), {}
    for done, start in enumerate(starts):
        if die and done == len(starts) // 2:
            die_before_commit(vault)
            fresh = pa.array([f"late{i}" for i in range(batch)])
            vault.tokens(KEY, pa.concat_arrays([fresh, values.slice(start, batch)]))
        tokens[start] = vault.tokens(KEY, values.slice(start, batch))
    table = pa.table({"token": pa.concat_arrays([tokens[start] for start in sorted(tokens)])})
    with pa.OSFile(out, "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def eight(uri: str, count: int, batch: int, folder: str, killed: int) -> list[int]:
    """Fork eight processes before any thread is there; return their exit codes, negative for
    signals.
    """
    pids = []
    for n in range(8):
        pids.append(os.fork())
        if pids[-1] == 0:
            main(uri, count, batch, n, f"{folder}/{n}.arrow", n == killed)
            os._exit(0)
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


if __name__ == "__main__":
    codes = eight(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
    sys.stdout.write(" ".join(map(str, codes)))
