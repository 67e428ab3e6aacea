"""What messages tell people to type exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from anonymize.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
_COMMAND = re.compile(r"\bcoatcheck ((?:keys )?[a-z]+)")
OTHERS = {"--user"}
"""Options of other programs that are known by their name."""
NO_COMMANDS = ("manifest", "audit", "keyring", "may")
"""What follows the project's name where it is no command: the beginnings of signed texts, a sentence."""


def _commands(group: click.Group, before: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{before}{name}", command
        if hasattr(command, "commands"):
            yield from _commands(command, f"{name} ")  # type: ignore[arg-type]


COMMANDS = dict(_commands(typer.main.get_command(app)))  # type: ignore[arg-type]
OPTIONS = {
    option
    for command in COMMANDS.values()
    for parameter in command.params
    for option in (*parameter.opts, *parameter.secondary_opts)
} | {"--help", "--version"}


def _texts() -> Iterator[tuple[str, str]]:
    """Yield every text of the code that a person may read, docstrings too, and where it is."""
    for path in sorted((ROOT / "anonymize").rglob("*.py")) + sorted((ROOT / "flows").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value


def test_options_that_texts_name_exist() -> None:
    """On some command at least."""
    strange = [(where, found) for where, text in _texts() for found in _OPTION.findall(text) if found not in OPTIONS]
    assert [(where, found) for where, found in strange if found not in OTHERS] == []


def test_commands_that_texts_name_exist() -> None:
    """With the options that follow them."""
    wrong = []
    for where, text in _texts():
        for found in _COMMAND.finditer(text):
            rest = text[found.end() :].split("coatcheck")[0].split(";")[0]
            command = COMMANDS.get(found.group(1))
            known = {option for parameter in command.params for option in parameter.opts} if command else set()
            options = [option for option in _OPTION.findall(rest) if found.start() + 60 > text.find(option)]
            if command is None and found.group(1) in NO_COMMANDS:
                continue
            if command is None or set(options) - known:
                wrong.append((where, found.group(0), options))
    assert wrong == []


@pytest.mark.parametrize("name", ["expire", "keys relock", "run", "forget"])
def test_acts_of_the_library_have_their_command(name: str) -> None:
    """What only Python could do was not done at night."""
    assert name in COMMANDS
