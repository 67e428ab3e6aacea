"""The help of every command: whole lines, an example that the command accepts, completion."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from anonymize.cli.app import app

ROOT = typer.main.get_command(app)


def _commands(group: object, *path: str) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            yield from _commands(command, *path, name)
        else:
            yield (*path, name), command


COMMANDS = dict(_commands(ROOT))


def _help(*arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "-h"], prog_name="coatcheck")
    assert done.exit_code == 0
    return done.output


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_an_example_that_it_accepts(path: tuple[str, ...]) -> None:
    """Its options and arguments are parsed by the command itself; nothing is run."""
    (line,) = re.findall(r"Example: (coatcheck(?:.|\n)*?)(?:\n\n|\Z)", _help(*path))
    words = shlex.split(" ".join(line.split()).partition(" > ")[0])
    assert words[: len(path) + 1] == ["coatcheck", *path]
    command = COMMANDS[path]
    context = command.make_context(path[-1], words[len(path) + 1 :])  # type: ignore[attr-defined]
    assert context.command is command


@pytest.mark.parametrize("group", [(), ("keys",)], ids=str)
def test_the_list_of_commands_cuts_no_sentence(group: tuple[str, ...]) -> None:
    """Each command's line is a whole sentence of 80 columns at most."""
    listed = _help(*group).partition("Commands:\n")[2].splitlines()
    assert len(listed) > 5
    assert not [line for line in listed if not line.endswith(".") or line.endswith("...")]


def test_it_says_where_to_start() -> None:
    """The first command that a new user needs."""
    assert "Start here: coatcheck anonymize customers.csv -o clean.csv" in _help()


def test_shells_complete_the_commands() -> None:
    """The script that a shell loads comes from the command itself."""
    assert "--install-completion" in _help()
