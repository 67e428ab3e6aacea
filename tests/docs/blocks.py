"""A document read as what can be run: its commands, programs, files and what it shows of their
output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_FENCE = re.compile(r"^```(\w*)$")
_MARK = re.compile(r"^<!-- (?P<kind>not run|file): (?P<text>.+) -->$")
_EXIT = re.compile(r"^# exit (\d+)$")


@dataclass
class Step:
    """One thing a reader does: types a command, runs a program, saves a file."""

    line: int
    """Line of the document, from 1."""
    kind: str
    """command, python or file."""
    text: str
    """The command, the program, or the file's content."""
    name: str = ""
    """The file's name."""
    shown: list[str] = field(default_factory=list)
    """Lines of output in the document; ``…`` stands for anything."""
    exit_code: int = 0
    """What the document says the command ends with."""

    def missing(self, output: str) -> list[str]:
        """Return the shown lines that ``output`` does not have."""
        real = [_squeezed(line) for line in output.splitlines()]
        return [
            line
            for line in self.shown
            if not any(_pattern(line).fullmatch(other) for other in real)
        ]


@dataclass
class Document:
    """What a document's blocks hold."""

    steps: list[Step] = field(default_factory=list)
    policies: list[tuple[int, str]] = field(default_factory=list)
    """Line and text of every YAML block."""
    not_run: list[str] = field(default_factory=list)
    """Reasons of the blocks that are not run."""


def read_document(path: Path) -> Document:
    """Return the blocks of a Markdown file, in order."""
    document, mark, lines = Document(), None, path.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        fence, marked = _FENCE.match(lines[number]), _MARK.match(lines[number])
        number += 1
        if fence:
            start = number
            while lines[number] != "```":
                number += 1
            _add(document, fence[1], start + 1, lines[start:number], mark)
            number += 1
        mark = marked
    return document


def _add(
    document: Document, kind: str, line: int, body: list[str], mark: re.Match[str] | None
) -> None:
    text = "\n".join(body) + "\n"
    if kind == "yaml":
        document.policies.append((line, text))
    if mark and mark["kind"] == "not run":
        document.not_run.append(mark["text"])
    elif mark:
        document.steps.append(Step(line, "file", text, name=mark["text"]))
    elif kind == "python":
        document.steps.append(Step(line, "python", text))
    elif kind == "text" and document.steps:
        document.steps[-1].shown += [one for one in body if one.strip() not in ("", "…")]
    elif kind == "console":
        _add_commands(document, line, body)


def _add_commands(document: Document, line: int, body: list[str]) -> None:
    for offset, text in enumerate(body):
        if text.startswith("$ "):
            document.steps.append(Step(line + offset, "command", text[2:]))
        elif ended := _EXIT.match(text):
            document.steps[-1].exit_code = int(ended[1])
        elif text.strip() not in ("", "…"):
            document.steps[-1].shown.append(text)


def _squeezed(line: str) -> str:
    return " ".join(line.split())


def _pattern(line: str) -> re.Pattern[str]:
    return re.compile(
        r"\s*.*\s*".join(re.escape(part.strip()) for part in _squeezed(line).split("…"))
    )
