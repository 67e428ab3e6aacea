"""No library below us connects to anybody, looks up a host, or writes outside the folders it is
given.

Processes are traced. ``strace`` sees native code too; where it is not there, or may not trace, the
files are still looked at, and audit events of Python stand in for the connections: native code is
then unseen.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import cache

import pytest

from anonymize.process.quiet_libraries import SWITCHES
from tests.workplace import ROOT, Workplace

AUDITED = """
import os, sys
def _seen(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname") or event == "socket.connect":
        with open(os.environ["SEEN"], "a") as file:
            what = args[-1] if event == "socket.connect" else args[0]
            file.write(event + " " + repr(what) + "\\n")
sys.addaudithook(_seen)
"""
_LOCAL = re.compile(r'AF_UNIX|AF_NETLINK|AF_UNSPEC|inet_addr\("127\.|inet_pton\(AF_INET6, "::1"')
_WRITES = re.compile(r'(?:openat?|creat)\((?:AT_FDCWD, )?"([^"]+)"[^)]*O_(?:WRONLY|RDWR|CREAT)')
_MADE = re.compile(r'mkdir(?:at)?\((?:AT_FDCWD, )?"([^"]+)"')


@cache
def tracer() -> tuple[str, ...]:
    """Return strace as far as this machine has it and lets it trace, empty otherwise. With a filter
    in the kernel only the calls that are asked for stop the process.
    """
    for options in (("-f", "--seccomp-bpf"), ("-f",)):
        command = ("strace", *options, "-e", "trace=connect", "-o", os.devnull, "true")
        if shutil.which("strace") and not subprocess.run(command, capture_output=True).returncode:
            return ("strace", *options)
    return ()


def _traced(place: Workplace, *command: str) -> tuple[list[str], list[str]]:
    """Run a command in a home of its own; return its connections beyond this machine, and what it
    writes elsewhere.
    """
    home, cache_folder, temporary = (place.folder / name for name in ("home", "cache", "tmp"))
    for folder in (home, cache_folder, temporary):
        folder.mkdir()
    (place.folder / "site").mkdir()
    (place.folder / "site" / "sitecustomize.py").write_text(AUDITED)
    seen, trace = place.folder / "seen", place.folder / "trace"
    env = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    env |= {
        "HOME": str(home),
        "XDG_CACHE_HOME": str(cache_folder),
        "TMPDIR": str(temporary),
        "SEEN": str(seen),
    }
    env |= {
        "PYTHONPATH": f"{place.folder / 'site'}{os.pathsep}{ROOT}",
        "COATCHECK_KEYRING": place.keyring_uri,
    }
    env |= {"PYTHONDONTWRITEBYTECODE": "1"}
    calls = "trace=connect,sendto,sendmsg,openat,open,creat,mkdir,mkdirat"
    strace = [*tracer(), "-qq", "-s", "300", "-e", calls, "-o", str(trace)] if tracer() else []
    done = subprocess.run(
        [*strace, *command],
        cwd=place.folder,
        env=env,
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines = trace.read_text(errors="replace").splitlines() if trace.exists() else []
    sent = [line for line in lines if re.search(r"(connect|sendto|sendmsg)\(.*sa_family=", line)]
    out = [line for line in sent if not _LOCAL.search(line)]
    if seen.exists():
        out += [
            line
            for line in seen.read_text().splitlines()
            if not re.search(r"'(127\.|::1|localhost|/)|None", line)
        ]
    given = (str(place.folder), "/dev/", "/proc/self/")
    made = [
        found[1]
        for line in lines
        if "= -1" not in line
        for found in [*_WRITES.finditer(line), *_MADE.finditer(line)]
    ]
    return out, [path for path in made if path.startswith("/") and not path.startswith(given)]


def _left(place: Workplace) -> list[str]:
    """Return what a command left in the home, cache and temporary folders that it was given."""
    return [
        str(path.relative_to(place.folder))
        for name in ("home", "cache", "tmp")
        for path in (place.folder / name).rglob("*")
    ]


COMMANDS = {
    "inspect": ("inspect", "people.csv"),
    "init": ("init", "people.csv", "-o", "drafted.yaml"),
    "run": ("run", "people.yaml"),
}


@pytest.mark.soak
@pytest.mark.parametrize("arguments", COMMANDS.values(), ids=COMMANDS)
def test_a_command_with_the_name_model_talks_to_nobody(
    arguments: tuple[str, ...],
    workplace: Workplace,
) -> None:
    """ONNX Runtime wrote a device id and a queue of events into the cache, and looked up an outside
    host.
    """
    pytest.importorskip("onnxruntime")
    text = workplace.policy("detect: {ner: coatcheck}").read_text()
    rule = "{action: free_text, entities: {DEFAULT: label}}"
    (workplace.folder / "people.yaml").write_text(text.replace("{action: fake, kind: name}", rule))
    outside, written = _traced(workplace, sys.executable, "-m", "anonymize", *arguments)
    assert not outside
    assert not written
    strange = re.compile(r"(?i)microsoft|deviceid|\.ses$|onnxruntime|telemetry|analytics|suffix")
    assert not [path for path in _left(workplace) if strange.search(path)]


IMPORTS = """
from {module} import {name}
{name}()
import importlib.util as found
for library in (
    "onnxruntime", "transformers", "gliner", "datasets", "huggingface_hub", "spacy", "tldextract",
    "faker",
):
    if found.find_spec(library):
        __import__(library)
import tldextract; tldextract.extract("a@example.co.uk")
import faker; faker.Faker().name()
"""


@pytest.mark.parametrize(
    "module,name",
    [
        ("anonymize.process.quiet_libraries", "quiet_libraries"),
        ("anonymize.flows.settings", "quiet_prefect"),
    ],
    ids=["cli", "flows"],
)
def test_what_is_installed_says_nothing_when_it_is_imported(
    module: str,
    name: str,
    workplace: Workplace,
) -> None:
    """Every library that we know to talk, as far as it is here."""
    outside, written = _traced(
        workplace, sys.executable, "-c", IMPORTS.format(module=module, name=name)
    )
    assert not outside
    assert not written


FLOW = """
import os, sys
from pathlib import Path
from anonymize.flows.settings import quiet_prefect
quiet_prefect(Path("prefect"))
from anonymize.flows.inspect_dataset import inspect_dataset
assert inspect_dataset("people.csv")
"""


@pytest.mark.soak
def test_a_flow_s_temporary_server_talks_to_nobody_either(
    workplace: Workplace,
) -> None:
    """It is a child process, and inherits what switches it off."""
    outside, _ = _traced(workplace, sys.executable, "-c", FLOW)
    assert not outside
