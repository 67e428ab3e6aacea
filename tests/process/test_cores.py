"""Core files hold no raw value and no key, and a caller's limit is the caller's again."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from anonymize.process import core_files
from anonymize.process.core_files import no_core_files
from tests.workplace import ROOT, Workplace

resource = pytest.importorskip("resource")

LIMITS = (
    "import resource; print(resource.getrlimit(resource.RLIMIT_CORE)[0],"
    " open('/proc/self/coredump_filter').read())"
)
PATTERN = Path("/proc/sys/kernel/core_pattern")
FILTER = Path("/proc/self/coredump_filter")


def _in_a_process(code: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python with core files allowed, as far as this machine allows them."""

    def allow() -> None:
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(
            resource.RLIMIT_CORE, (hard if hard != resource.RLIM_INFINITY else 1 << 30, hard)
        )

    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=allow,
    )


def _scoped(before: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (before, hard))


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Return a soft limit that is not 0, set for the test; no block is open, whatever ran in this
    process before.

    A command that ran in this process before has left limit and filter at 0, as it does for the
    rest of its life.
    """
    monkeypatch.setattr(core_files._without_cores, "_running", 0)
    monkeypatch.setattr(core_files._without_cores, "_before", [])
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if hard == 0:
        pytest.skip("this process may have no core files anyway")
    wanted = 4096 if hard == resource.RLIM_INFINITY else min(4096, hard)
    filter_before = FILTER.read_text("ascii").strip() if FILTER.exists() else None
    _scoped(wanted)
    if filter_before is not None:
        FILTER.write_text("0x33", "ascii")
    yield wanted
    _scoped(soft)
    if filter_before is not None:
        FILTER.write_text(f"0x{filter_before}", "ascii")


def _now() -> int:
    return int(resource.getrlimit(resource.RLIMIT_CORE)[0])


def test_the_limit_is_0_inside_and_the_callers_again_after(limit: int) -> None:
    """Nested, with an error, and with the hard limit untouched."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]

    @no_core_files()
    def failing() -> None:
        with no_core_files():
            assert _now() == 0
        assert _now() == 0
        raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert resource.getrlimit(resource.RLIMIT_CORE) == (limit, hard)


def test_blocks_of_several_threads_share_it(limit: int) -> None:
    """The first that ends leaves it to the last."""
    inside, leave = threading.Event(), threading.Event()

    def other() -> None:
        with no_core_files():
            inside.set()
            leave.wait(60)

    thread = threading.Thread(target=other)
    with no_core_files():
        thread.start()
        assert inside.wait(60)
    assert _now() == 0
    leave.set()
    thread.join()
    assert _now() == limit


def test_a_limit_that_the_caller_sets_meanwhile_stays(limit: int) -> None:
    """It is the caller's process."""
    with no_core_files():
        _scoped(limit // 2)
    assert _now() == limit // 2


def test_processes_started_inside_have_none(limit: int) -> None:
    """By limit, and by the filter where a crash handler takes cores whatever the limit."""
    with no_core_files():
        inside = subprocess.run(
            [sys.executable, "-c", LIMITS], capture_output=True, text=True, check=True
        ).stdout.split()
    after = subprocess.run(
        [sys.executable, "-c", LIMITS], capture_output=True, text=True, check=True
    ).stdout.split()
    assert (inside[0], int(inside[1], 16)) == ("0", 0)
    assert (after[0], int(after[1], 16) > 0) == (str(limit), True)


def test_a_command_gives_neither_limit_nor_filter_back(limit: int) -> None:
    """It holds values to its end, whatever blocks end before."""
    core_files.forbid_core_files()
    with no_core_files():
        pass
    assert _now() == 0
    assert not FILTER.exists() or int(FILTER.read_text("ascii"), 16) == 0


def test_the_filter_is_the_callers_again_after(limit: int) -> None:
    """The same memory as before, and none inside."""
    if not FILTER.exists():
        pytest.skip("this system has no filter")
    before = FILTER.read_text("ascii")
    with no_core_files():
        assert int(FILTER.read_text("ascii"), 16) == 0
    assert FILTER.read_text("ascii") == before


@pytest.mark.parametrize("error", [OSError, ValueError])
@pytest.mark.parametrize("when", ["before", "inside"])
def test_a_system_that_refuses_a_limit_is_left_as_it_is(
    limit: int, error: type[Exception], when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The work goes on without it, and nothing is restored that was never set."""

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(core_files, "_FILTER", "/proc/self/no_such_filter")
    with monkeypatch.context() as patch:
        if when == "before":
            patch.setattr(resource, "setrlimit", refuse)
        with no_core_files():
            assert _now() == (limit if when == "before" else 0)
            patch.setattr(resource, "setrlimit", refuse)
    assert _now() == (limit if when == "before" else 0)


CRASH = """
import os
from anonymize.process.core_files import no_core_files
canary = "-".join(["canary"] * 3) * 100
{scope}os.abort()
"""


@pytest.mark.skipif(
    not PATTERN.exists() or PATTERN.read_text().startswith(("|", "/")),
    reason="cores do not fall where they can be read",
)
def test_a_crash_inside_leaves_no_core(tmp_path: Path) -> None:
    """The same crash outside does, where the machine allows it at all."""
    outside = _in_a_process(CRASH.format(scope=""), tmp_path)
    if outside.returncode != -6 or not list(tmp_path.iterdir()):
        pytest.skip("this machine writes no core files")
    for core in tmp_path.iterdir():
        core.unlink()
    assert _in_a_process(CRASH.format(scope="with no_core_files(): "), tmp_path).returncode == -6
    assert not list(tmp_path.iterdir())


WORK = {
    "run": "import anonymize; anonymize.run({policy!r}, keyring={keys!r})",
    "a measure task": (
        "from anonymize.pipeline.run import begin\nwith begin({policy!r}, {keys!r}) as r: job ="
        " r.job\nfrom anonymize.pipeline.partition import measure_partition; watch();"
        " measure_partition(job, 0)"
    ),
    "inspect": "from anonymize.pipeline.prepare import inspect_source; inspect_source({source!r})",
    "plan": (
        "from anonymize.pipeline.prepare import preview_plan; preview_plan({policy!r}, {keys!r})"
    ),
    "a frame": (
        "import pandas, anonymize; from anonymize.policy import"
        " load_policy\nanonymize.anonymize_frame(pandas.read_csv({source!r}, dtype=str),"
        " load_policy({policy!r}), keyring={keys!r})"
    ),
}
WATCHED = """
import resource
resource.setrlimit(resource.RLIMIT_CORE, (4096, resource.getrlimit(resource.RLIMIT_CORE)[1]))
seen = []
def watch():
    import anonymize.nested.open_close as nested, anonymize.keys.keyring.keyring
    import anonymize.detect.columns.sample as sample
    for module, name in ((nested._Opening, "open"), (sample._Column, "add")):
        real = getattr(module, name)
        def noted(*a, real=real, **k):
            seen.append(resource.getrlimit(resource.RLIMIT_CORE)[0]); return real(*a, **k)
        setattr(module, name, noted)
watch()
{work}
print("seen", sorted(set(seen)), "after", resource.getrlimit(resource.RLIMIT_CORE)[0])
"""


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(work, id=name, marks=() if name == "run" else pytest.mark.soak)
        for name, work in WORK.items()
    ],
)
def test_a_library_call_holds_values_under_no_core_and_gives_the_limit_back(
    work: str,
    workplace: Workplace,
) -> None:
    """Whatever the call is; the caller's process goes on with its own limit."""
    extra = (
        "privacy: {quasi_identifiers: [visits], k: 2, max_suppressed: 1}"
        if "measure" in work
        else ""
    )
    facts = {
        "policy": str(workplace.policy(extra)),
        "keys": workplace.keyring_uri,
        "source": str(workplace.source),
    }
    done = _in_a_process(WATCHED.format(work=work.format(**facts)), workplace.folder)
    assert done.stdout.splitlines()[-1:] == ["seen [0] after 4096"], done.stderr[-2000:]


def test_a_command_runs_without_core_files(workplace: Workplace) -> None:
    """From its start to its end."""
    code = (
        "import atexit, resource, sys\nfrom anonymize.cli import main\nsys.argv[1:] = ['inspect',"
        " 'people.csv']\natexit.register(lambda: print('limit',"
        " resource.getrlimit(resource.RLIMIT_CORE)[0]))\nmain()"
    )
    done = _in_a_process(code, workplace.folder)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "limit 0")
