"""Reads YAML with the line of every key. Booleans are only true and false, and keys must be
unique.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from anonymize.errors import PolicyError, Problem

Path = tuple[str | int, ...]
"""Keys and list positions, from the top of the file."""


class _Loader(yaml.SafeLoader):
    """SafeLoader without YAML 1.1's yes, no, on and off, so that NO is Norway."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in resolvers if pair[0] != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|false|False)$"), list("tTfF")
)


_QUOTED = re.compile(r" ['\"][^'\"]{2,}.*['\"]")
"""What the parser quotes of the file, apart from single characters: an alias or a tag, which may
come from a name.
"""
MOST_PLACES = 100_000
"""Maximum number of keys and list items, aliases counted each time, because a few lines of aliases
can mean billions.
"""


@dataclass(frozen=True)
class PlacedYaml:
    """A YAML document as plain data, and the line of each of its keys."""

    data: Any
    """Mappings, lists and scalars."""
    lines: dict[Path, int]
    """1-based line of each key and list item."""
    files: Mapping[Path, str] = field(default_factory=dict)
    """The file of each key that is from another file than the document's own."""

    def place(self, path: Path, name: str) -> str:
        """Return ``file:line`` of ``path`` or of the nearest key above it; ``name`` is the
        document's own file.
        """
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.files.get(path, name)}:{self.lines.get(path, 1)}"

    def line(self, path: Path) -> int:
        """Return the line of ``path`` or of the nearest key above it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str, name: str) -> PlacedYaml:
    """Return the single document in ``text``.

    Raises:
        PolicyError: not YAML, more than one document, or duplicate keys (all are listed).
    """
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        problems: list[Problem] = []
        lines: dict[Path, int] = {}
        if node is not None:
            _walk(node, (), name, lines, problems)
        if problems:
            raise PolicyError(problems)
        data = None if node is None else loader.construct_document(node)
    except (RecursionError, _TooManyPlacesError):
        raise PolicyError(
            "is nested too deep, an alias holds itself, or aliases stand for too much", place=name
        ) from None
    except ValueError:
        raise PolicyError(
            "not YAML: a date or number that does not exist; put it in quotes", place=name
        ) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = _QUOTED.sub("", error.problem or error.context or "")
        raise PolicyError(f"not YAML: {what}", place=f"{name}:{line}") from None
    except yaml.YAMLError:
        raise PolicyError(
            "not YAML: it holds characters that YAML does not allow", place=name
        ) from None
    return PlacedYaml(data, lines)


class _TooManyPlacesError(Exception):
    """A document with more than ``MOST_PLACES`` places."""


def _walk(
    node: yaml.Node, path: Path, name: str, lines: dict[Path, int], problems: list[Problem]
) -> None:
    """Record the line of every key below ``node``, and every duplicate key."""
    if len(lines) > MOST_PLACES:
        raise _TooManyPlacesError
    if path not in lines:
        lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for position, item in enumerate(node.value):
            _walk(item, (*path, position), name, lines, problems)
    if not isinstance(node, yaml.MappingNode):
        return
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if (*path, key) in lines:
            dotted = ".".join(str(part) for part in (*path, key))
            problems.append(
                Problem(
                    f"{name}:{line}",
                    f"{dotted}: stands twice; keep one (first on line {lines[(*path, key)]})",
                )
            )
            continue
        lines[(*path, key)] = line
        _walk(value_node, (*path, key), name, lines, problems)
