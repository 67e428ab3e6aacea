"""Every command and flow, in success and failure, over fifty thousand planted values: none is in any byte written.

What is searched: every file below a folder that is home, cache, temporary folder, Prefect's home and working folder at
once (datasets, keyring, vault, logs, databases, cores), and all that was printed. Not searched: the planted sources,
and the stdout of ``reveal``, which prints originals to who holds the key.
"""

from __future__ import annotations

import json
import os
import random
import resource
import string
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.promises.conftest import ROOT
from tests.promises.encoded import ENCODINGS, EncodedCanaries

ROWS = 4_500
LETTERS = string.ascii_letters + string.digits
COLUMNS = ("name", "mail", "token", "siv", "number", "place", "other", "kind", "born", "plain", "note", "aside")
RULES = """
  name: {action: fake, kind: name}
  mail: {action: pseudonymize, domain: mail, normalize: fold}
  token: {action: tokenize, method: vault}
  siv: {action: tokenize}
  number: {action: encrypt_format, alphabet: alphanumeric}
  place: {action: shuffle, accept: "planted"}
  other: {action: mask, keep_last: 2}
  kind: {action: generalize, rare: 3}
  born: {action: redact}
  plain: {action: keep, accept: "planted"}
  note: {action: free_text, same_row: [name, mail]}
  aside: {action: drop}
"""


@dataclass
class Planted:
    """A folder with planted sources, and what was printed."""

    folder: Path
    canaries: set[str] = field(default_factory=set)
    printed: list[bytes] = field(default_factory=list)
    sources: set[Path] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Seed the values."""
        self.random = random.Random(20_26)

    def value(self) -> str:
        """Return a new planted value: sixteen random letters of both cases and digits."""
        made = "".join(self.random.choices(LETTERS, k=16))
        self.canaries.add(made)
        return made

    def source(self, name: str, data: bytes) -> None:
        """Write a planted source."""
        path = self.folder / name
        path.write_bytes(data)
        self.sources.add(path)

    def policy(self, name: str, source: str, rules: str = RULES, extra: str = "") -> str:
        """Write a policy and return its name."""
        head = f"version: 1\ndataset: {name}\npurpose: sweep\nsource: {{path: {source}}}\nsink: {{path: out/{name}}}\n"
        (self.folder / f"{name}.yaml").write_text(f"{head}unlisted: drop\nsubject: siv\n{extra}\ncolumns:\n{rules}")
        return f"{name}.yaml"

    def env(self) -> dict[str, str]:
        """Return an environment whose every folder is this one."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "COATCHECK_"))}
        folders = {
            name: str(self.folder / name.lower()) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "PREFECT_HOME")
        }
        for path in folders.values():
            Path(path).mkdir(exist_ok=True)
        path = f"{ROOT}{os.pathsep}{self.folder / 'site'}"
        return {**own, **folders, "PYTHONPATH": path, "PREFECT_LOGGING_LEVEL": "DEBUG", "COLUMNS": "250"}

    def run(self, expected: set[int], *arguments: str, given: bytes = b"", keep_stdout: bool = True) -> bytes:
        """Run the command; note its output and an exit code that was not expected."""
        return self.python(expected, "-m", "anonymize", *arguments, given=given, keep_stdout=keep_stdout)

    def python(self, expected: set[int], *arguments: str, given: bytes = b"", keep_stdout: bool = True) -> bytes:
        """Run Python in the folder, cores allowed."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.env(),
            input=given,
            capture_output=True,
            timeout=280,
            preexec_fn=_allow_cores,  # a fresh interpreter, no threads yet
        )
        self.printed += [done.stdout if keep_stdout else b"", done.stderr]
        if done.returncode not in expected:
            shown = " ".join(arguments)[:200]
            self.failed.append(f"{shown}: exit {done.returncode}, {done.stderr[-300:]!r}")
        return done.stdout

    def written(self) -> Iterator[tuple[Path, bytes]]:
        """Yield every file below the folder that the commands wrote."""
        for path in self.folder.rglob("*"):
            if path.is_file() and not path.is_symlink() and path not in self.sources:
                yield path, path.read_bytes()


def _allow_cores() -> None:
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def _row(planted: Planted, number: int) -> dict[str, str]:
    """Return a row of planted values, with the shapes that detection looks for around some."""
    value = planted.value
    row = {name: value() for name in COLUMNS}
    row["mail"] += "@example.org"
    row["kind"] = value() if number % 50 == 0 else "common"
    row["note"] = f"write to {row['note']} or {row['mail']}, https://example.org/{value()}"
    return row


def _plant(planted: Planted) -> None:
    """Write the sources: whole ones in three formats, and one for each way to fail."""
    rows = [_row(planted, number) for number in range(ROWS)]
    head = ",".join(COLUMNS)
    lines = [",".join(f'"{row[name]}"' for name in COLUMNS) for row in rows]
    planted.source("a.csv", "\n".join([head, *lines[:1500], ""]).encode())
    planted.source("headerless.csv", "\n".join([*lines[1500:1600], ""]).encode())
    planted.source("ragged.csv", "\n".join([head, *lines[1600:1700], lines[1700] + ",one,more", ""]).encode())
    planted.source(
        "latin.csv", "\n".join([head, *lines[1700:1750], lines[1750].replace("a", "\xff")]).encode("latin-1")
    )
    planted.source("open.csv", "\n".join([head, *lines[1750:1800], lines[1800][:-1], ""]).encode())
    nested = [
        {**row, "who": {row["name"]: 1, "mail": row["mail"]}, "json": json.dumps({row["siv"]: row["other"]})}
        for row in rows
    ]
    planted.source("b.jsonl", "\n".join(json.dumps(row) for row in nested[1800:2100]).encode())
    flat = [json.dumps(row) for row in rows[2100:3000]]
    planted.source("c.jsonl", "\n".join(flat).encode())
    planted.source("broken.jsonl", "\n".join([*flat[:50], flat[50][:-9]]).encode())
    planted.source("mixed.jsonl", "\n".join([*flat[:50], json.dumps({**rows[2150], "name": 7})]).encode())
    planted.source(
        "deep.jsonl",
        (flat[0] + "\n" + '{"name":' + "[" * 20_000 + f'"{planted.value()}"' + "]" * 20_000 + "}\n").encode(),
    )
    pq.write_table(pa.Table.from_pylist(rows[3000:]), planted.folder / "d.parquet", row_group_size=100)
    planted.sources.add(planted.folder / "d.parquet")
    dictionary = pa.table(
        {name: pa.array([row[name] for row in rows[3000:3100]]).dictionary_encode() for name in COLUMNS}
    )
    pq.write_table(dictionary.slice(0, 5), planted.folder / "dictionary.parquet")
    planted.sources.add(planted.folder / "dictionary.parquet")
    planted.source("cut.parquet", (planted.folder / "d.parquet").read_bytes()[:-2000])


CUSTOM = """
import sys
import pyarrow as pa


def first(column):
    return next(str(value) for value in column.to_pylist() if value)


class Odd(BaseException):
    pass


class Raises:
    def __init__(self, error):
        self.error = error

    def output_type(self, given):
        return given

    def __call__(self, column):
        raise self.error("about " + first(column))


class Chains(Raises):
    def __call__(self, column):
        try:
            raise ValueError("first " + first(column))
        except ValueError as error:
            raise KeyError("second " + first(column)) from error


def value_error(**_):
    return Raises(ValueError)


def system_exit(**_):
    return Raises(SystemExit)


def odd(**_):
    return Raises(Odd)


def chained(**_):
    return Chains(ValueError)
"""
ACTIONS = ("value_error", "system_exit", "odd", "chained")


def _plant_actions(planted: Planted) -> None:
    """Put custom actions that quote what they are given where the commands find them."""
    info = planted.folder / "site/acme-1.0.dist-info"
    info.mkdir(parents=True)
    (planted.folder / "site/acme.py").write_text(CUSTOM)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    lines = "\n".join(f"acme_{name} = acme:{name}" for name in ACTIONS)
    (info / "entry_points.txt").write_text(f"[coatcheck.actions]\n{lines}\n")


def _successes(planted: Planted) -> None:
    """Every command and both flows, doing what they are for."""
    ok = {0}
    made = [planted.policy(name, source) for name, source in (("a", "a.csv"), ("c", "c.jsonl"), ("d", "d.parquet"))]
    planted.run(ok, "keys", "init", *made)
    for name, source in (("a", "a.csv"), ("c", "c.jsonl"), ("d", "d.parquet")):
        planted.run(ok, "inspect", source)
        planted.run(ok, "init", source, "-o", f"draft_{name}.yaml")
        planted.run(ok, "plan", f"{name}.yaml", "--json")
        planted.run(ok, "run", f"{name}.yaml")
    planted.run(ok, "run", "a.yaml", "--json")
    planted.run(ok, "versions", "out/a")
    planted.run(ok, "verify", "out/a")
    planted.run(ok, "rollback", "out/a", "1", "--reason", "sweep")
    kept = "name,mail,token,siv,number,born"
    planted.run(ok, "export", "out/a", "-o", "exported.csv", "--columns", kept)
    assert "\n".join(planted.failed) == ""
    tokens = (planted.folder / "exported.csv").read_text().splitlines()[1:4]
    for line in tokens:
        planted.run(
            ok, "reveal", "a.yaml", "siv", line.split(",")[3].strip('"'), "--reason", "sweep", keep_stdout=False
        )
    planted.run(ok, "keys", "rotate", "training", "out/a")
    planted.run(ok, "keys", "list")
    flow = (
        "from flows.settings import quiet_prefect; quiet_prefect();"
        "from flows.anonymize_dataset import anonymize_dataset; from flows.inspect_dataset import inspect_dataset;"
        "anonymize_dataset('c.yaml'); inspect_dataset('a.csv')"
    )
    planted.python(ok, "-c", flow)


def _failures(planted: Planted) -> None:
    """What each way to fail says and leaves."""
    refused = {1, 2, 3}
    for source in ("ragged.csv", "latin.csv", "open.csv", "broken.jsonl", "mixed.jsonl", "deep.jsonl", "cut.parquet"):
        name = source.replace(".", "_")
        planted.run({0, 1, 2, 3}, "inspect", source)
        planted.run({0, 1, 2, 3}, "init", source, "-o", f"draft_{name}.yaml")
        planted.run({0, 1, 2, 3}, "run", planted.policy(name, source))
    planted.run({0, 1, 2, 3}, "inspect", "headerless.csv")
    planted.run({0, 1, 2, 3}, "init", "headerless.csv", "-o", "draft_headerless.yaml")
    planted.run(refused, "run", planted.policy("headerless", "headerless.csv"))
    planted.run({0, 1, 2}, "inspect", "b.jsonl")
    planted.run({0, 1, 2}, "init", "b.jsonl", "-o", "draft_b.yaml")
    for name, rules in (("whole", RULES), ("places", "  who.mail: {action: redact}\n  json.$.x: {action: redact}\n")):
        planted.run({0, 1, 2}, "plan", planted.policy(f"b_{name}", "b.jsonl", rules))
        planted.run({0, 1, 2}, "run", f"b_{name}.yaml")
    typed = "types: {mail: int64, born: date32[day]}"
    for on_bad in ("refuse", "quarantine", "null"):
        name = f"typed_{on_bad}"
        planted.policy(name, "a.csv", extra=f"rows: {{on_bad_value: {on_bad}}}")
        text = (planted.folder / f"{name}.yaml").read_text().replace("path: a.csv", f"path: a.csv, {typed}")
        (planted.folder / f"{name}.yaml").write_text(text)
        planted.run({0, 1, 2}, "run", f"{name}.yaml")
    kept = "".join(f"  {name}: {{action: keep}}\n" for name in COLUMNS)
    planted.run(refused, "run", planted.policy("kept", "a.csv", kept))
    dated = RULES.replace("other: {action: mask, keep_last: 2}", "other: {action: generalize, to: year, format: '%Y'}")
    planted.run({0, 1, 2}, "run", planted.policy("dated", "a.csv", dated))
    private = "privacy: {quasi_identifiers: [born, other], k: 5, max_suppressed: 0.1}"
    planted.run({0, 1, 2}, "run", planted.policy("private", "a.csv", extra=private))
    filtered = f'rows: {{where: [[name, "=", "{planted.value()}"]]}}'
    planted.run({0, 1, 2}, "run", planted.policy("filtered", "a.csv", extra=filtered))
    planted.sources.add(planted.folder / "filtered.yaml")
    for name in ACTIONS:
        rules = RULES.replace("born: {action: redact}", f"born: {{action: custom, name: acme_{name}}}")
        planted.run(refused, "run", planted.policy(name.replace("_", ""), "a.csv", rules))
    planted.run(refused, "run", "a.yaml", "--keyring", "file:none/keyring.json")
    flow = (
        "import sys; from flows.settings import quiet_prefect; quiet_prefect();"
        "from flows.anonymize_dataset import anonymize_dataset\n"
        "for path in sys.argv[1:]:\n"
        "    try: anonymize_dataset(path)\n"
        "    except Exception as error: print(type(error).__name__, error)\n"
    )
    names = ("mixed_jsonl", "typed_refuse", "private", "valueerror", "kept")
    planted.python({0, 1}, "-c", flow, *(f"{name}.yaml" for name in names))


@pytest.mark.soak
def test_no_planted_value_is_in_any_byte_written_or_printed(tmp_path: Path) -> None:
    """Promise 1, over every command and flow, in success and failure, in fourteen encodings."""
    planted = Planted(tmp_path / "place")
    planted.folder.mkdir()
    _plant(planted)
    _plant_actions(planted)
    _successes(planted)
    _failures(planted)
    canaries = EncodedCanaries(planted.canaries)
    assert canaries.count >= 50_000
    leaks = [
        (str(path.relative_to(planted.folder)), name)
        for path, data in planted.written()
        for _, name in list(canaries.found_in(data))[:1]
    ]
    printed = {name for data in planted.printed for _, name in canaries.found_in(data)}
    cores = [path.name for path in planted.folder.rglob("core*") if path.is_file() and path.suffix != ".py"]
    assert (leaks, printed, cores, planted.failed) == ([], set(), [], [])


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_the_search_finds_a_value_in_each_encoding(encoding: str) -> None:
    """The sweep can fail: a planted value is found at any place, whole and in part."""
    value = "k3Jd92LmQx7PbZ0t"
    canaries = EncodedCanaries([value, "A" * 16])
    for start in (0, 4):
        data = b"\x01" * 13 + ENCODINGS[encoding](value[start : start + 8]) + b"tail"
        assert [name for _, name in canaries.found_in(data)] == [encoding]
    assert not [*canaries.found_in(b"\x01" * 64)]
