"""A folder with planted sources, policies and commands."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.promises.encoded import canary

COLUMNS = (
    "name",
    "mail",
    "token",
    "siv",
    "number",
    "place",
    "other",
    "kind",
    "born",
    "plain",
    "note",
    "aside",
)
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
KEPT = "".join(f"  {name}: {{action: keep}}\n" for name in COLUMNS)
DONE = 0
FAULT = -11
"""What the system answers of a process that a fault in native code ended."""


@dataclass(frozen=True)
class Command:
    """A command, or Python code, and how it ends: what fails for another reason than it is meant to
    proves nothing.
    """

    arguments: tuple[str, ...]
    code: int = DONE
    says: str = ""
    """What stands in what it prints."""
    given: str = ""
    prints_originals: bool = False
    """Whether its stdout is for who may see originals, and is not searched."""
    fresh: bool = False
    """Whether it needs an interpreter of its own, and not only a process: its arguments are then
    Python's.
    """


@dataclass
class Place:
    """A folder with planted sources and policies, in which commands run one after another."""

    folder: Path
    chance: random.Random
    canaries: set[str] = field(default_factory=set)
    sources: set[Path] = field(default_factory=set)
    commands: list[Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the folder."""
        self.folder.mkdir(parents=True)

    def value(self) -> str:
        """Return a new planted value."""
        made = canary(self.chance)
        self.canaries.add(made)
        return made

    def row(self, number: int) -> dict[str, str]:
        """Return a row of planted values, with the shapes that detection looks for around some."""
        row = {name: "" if name in ("kind", "note") else self.value() for name in COLUMNS}
        row["mail"] += "@example.org"
        row["kind"] = self.value() if number % 50 == 0 else "common"
        text = (
            f"write to {self.value()} or {row['mail']}, https://example.org/{self.value()}"
            if number % 10 == 0
            else ""
        )
        row["note"] = text or "called twice"
        return row

    def rows(self, count: int) -> list[dict[str, str]]:
        """Return rows of planted values."""
        return [self.row(number) for number in range(count)]

    def source(self, name: str, data: bytes | str) -> str:
        """Write a planted source; return its name."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
        self.sources.add(path)
        return name

    def owned(self, policy: str) -> None:
        """Note that a policy names values itself: it is the owner's, and no place where they may
        not stand.
        """
        self.sources.add(self.folder / policy)

    def policy(
        self, name: str, source: str, rules: str = RULES, extra: str = "", options: str = ""
    ) -> str:
        """Write a policy and return its name."""
        head = f"version: 1\ndataset: {name}\npurpose: sweep\nsource: {{path: {source}{options}}}\n"
        body = (
            f"sink: {{path: out/{name}}}\nunlisted: drop\nsubject: siv\n{extra}\ncolumns:\n{rules}"
        )
        (self.folder / f"{name}.yaml").write_text(head + body)
        return f"{name}.yaml"

    def run(self, *arguments: str, code: int = DONE, says: str = "", given: str = "") -> None:
        """Note a command."""
        self.commands.append(Command(arguments, code, says, given))

    def reveal(self, *arguments: str, code: int = DONE, says: str = "") -> None:
        """Note a command that prints originals to who may see them."""
        self.commands.append(Command(("reveal", *arguments), code, says, prints_originals=True))

    def python(self, *arguments: str, code: int = DONE, says: str = "") -> None:
        """Note something for an interpreter of its own."""
        self.commands.append(Command(arguments, code, says, fresh=True))


def csv_of(rows: list[dict[str, str]], head: bool = True) -> str:
    """Return rows as CSV."""
    first = [",".join(rows[0])] if head else []
    return "\n".join(
        [*first, *(",".join(f'"{value}"' for value in row.values()) for row in rows), ""]
    )


def jsonl_of(rows: list[dict[str, str]]) -> str:
    """Return rows as JSON Lines."""
    return "".join(json.dumps(row) + "\n" for row in rows)
