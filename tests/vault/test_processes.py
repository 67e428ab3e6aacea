"""Eight processes that ask for the same values at once end with one token each, also when one is
killed.
"""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from vault_worker import KEY

from anonymize.vault import SqliteVault
from anonymize.vault.opening import _open

WORKER = Path(__file__).with_name("vault_worker.py")


def run(uri: str, count: int, batch: int, out: Path, *, killed: int) -> list[pa.Array]:
    """Run eight workers, the one numbered ``killed`` dying by SIGKILL half-way; return the others'
    tokens.
    """
    arguments = [sys.executable, WORKER, uri, str(count), str(batch), out, str(killed)]
    done = subprocess.run(arguments, capture_output=True, timeout=800, check=False)
    assert done.stdout.decode().split() == ["-9" if n == killed else "0" for n in range(8)], (
        done.stderr.decode()
    )
    return [
        pa.ipc.open_file(out / f"{n}.arrow").read_all()["token"].combine_chunks()
        for n in range(8)
        if n != killed
    ]


@pytest.mark.parametrize("count", [8_000, pytest.param(200_000, marks=pytest.mark.soak)])
@pytest.mark.parametrize("killed", [-1, 3], ids=["all live", "one killed"])
def test_eight_processes_issue_one_token_each(
    vault_uri: str, tmp_path: Path, count: int, killed: int
) -> None:
    """All agree, no token twice, nothing of the killed transaction is left."""
    tokens = run(vault_uri, count, count // 10, tmp_path, killed=killed)
    assert all(other.equals(tokens[0]) for other in tokens)
    assert len(tokens[0].unique()) == count
    vault = _open(vault_uri)
    assert vault.count(KEY) == count
    assert vault.reveal(KEY, tokens[0]).values.to_pylist() == [
        f"person{i}@example.com" for i in range(count)
    ]


OPENERS = """
import os, sys
from anonymize.vault import SqliteVault
def opened(path):
    try:
        SqliteVault(path)
    except BaseException as error:
        sys.stdout.write(f"{type(error).__name__} ")
        return 1
    return 0
for round in range(40):
    pids = []
    for _ in range(8):
        pids.append(os.fork())
        if pids[-1] == 0:
            os._exit(opened(f"{sys.argv[1]}/{round}.db"))
    sys.stdout.write("".join(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])) for pid in pids))
"""


@pytest.mark.soak
def test_processes_that_make_a_vault_at_once_all_open_it(tmp_path: Path) -> None:
    """Turning the write-ahead log on is waited for: 320 openings, eight at a time of one new file,
    none is "busy".
    """
    done = subprocess.run(
        [sys.executable, "-c", OPENERS, tmp_path], capture_output=True, timeout=800, check=False
    )
    assert done.stdout.decode() == "0" * 320, done.stderr.decode()


def test_making_a_second_vault_object_leaves_the_locks_of_the_first(tmp_path: Path) -> None:
    """Another process that comes and goes sees that the file is in use, and leaves its write-ahead
    log there.
    """
    path = tmp_path / "vault.db"
    first, second = SqliteVault(path), SqliteVault(path)
    code = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT * FROM entries');"
        " c.close()"
    )
    subprocess.run([sys.executable, "-c", code, path], check=True)
    assert path.with_name("vault.db-wal").exists()
    assert first.count(KEY) == second.count(KEY) == 0


def test_threads_share_a_vault(vault_uri: str) -> None:
    """Each thread has its own connection; they agree."""
    vault, column = _open(vault_uri), pa.array([str(i) for i in range(500)])
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: vault.tokens(KEY, column), range(8)))
    assert all(tokens.equals(made[0]) for tokens in made)
