"""Puts a policy together before it is checked: what it extends, and the tags that its rules name.

Both are resolved in the data of the YAML files, so a policy is the same however it was put
together: its digest is that of the merged content.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from anonymize.durable import plain_bytes
from anonymize.errors import PolicyError, Problem
from anonymize.policy.yaml_places import Path as KeyPath
from anonymize.policy.yaml_places import PlacedYaml, read_yaml

EXTENDS, TAGS, TAG = "extends", "tags", "tag"
LARGEST_BYTES = 8 << 20
"""Size of a policy file at most: rules for 50,000 columns have half of it."""
_WHOLE = ("columns", TAGS)
"""Blocks whose entries are rules: a rule replaces that of the base as a whole."""


def read_file(path: Path, name: str, place: str = "") -> PlacedYaml:
    """Return the document in a policy file; ``place`` is where the file is named.

    Raises:
        PolicyError: the file is missing, not a plain file, too large, not UTF-8, not YAML, or holds
            no mapping.
    """
    try:
        text = plain_bytes(path, LARGEST_BYTES).decode()
    except FileNotFoundError:
        what = f"extends: there is no file {name}" if place else "no such file"
        raise PolicyError(what, place=place or name) from None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else None
        what = f"cannot be read: {why}" if isinstance(error, OSError) else "is not UTF-8"
        raise PolicyError(what, place=name) from None
    except ValueError as error:
        raise PolicyError(str(error), place=name) from None
    return read_text(text, name)


def read_text(text: str, name: str) -> PlacedYaml:
    """Return the document in ``text``.

    Raises:
        PolicyError: not YAML, or no mapping.
    """
    placed = read_yaml(text, name)
    if not isinstance(placed.data, dict):
        empty = placed.data is None
        what = "is empty; a policy starts with 'version: 1'" if empty else "is not a mapping"
        raise PolicyError(what, place=name)
    return placed


def composed(placed: PlacedYaml, name: str) -> PlacedYaml:
    """Return a document with what it extends merged in, and its tags put in their places.

    Blocks are merged key by key; a list, a value, or the rule of a column replaces that of the
    base. Places name the file that a key is from.

    Raises:
        PolicyError: a file it extends cannot be read, or extends itself; a tag is unknown.
    """
    merged = _extended(placed, name, (Path(name).resolve(),)) if name else placed
    if not name and EXTENDS in merged.data:
        what = "a policy made of data has no file that others lie beside; merge it first"
        raise PolicyError(what, place=EXTENDS)
    return _tagged(merged, name)


def _extended(placed: PlacedYaml, name: str, chain: tuple[Path, ...]) -> PlacedYaml:
    if EXTENDS not in placed.data:
        return placed
    said, place = placed.data[EXTENDS], placed.place((EXTENDS,), name)
    if not isinstance(said, str) or not said or "\0" in said:
        raise PolicyError("extends: takes the path of one policy file", place=place)
    file = Path(name).parent / said
    if file.resolve() in chain:
        around = " extends ".join(one.name for one in (*chain, file))
        raise PolicyError(f"extends: goes in a circle: {around}", place=place)
    base_name = str(file)
    base = _extended(read_file(file, base_name, place), base_name, (*chain, file.resolve()))
    return _merged(base, base_name, placed)


def _merged(base: PlacedYaml, base_name: str, child: PlacedYaml) -> PlacedYaml:
    replaced: set[KeyPath] = {(EXTENDS,)}
    own = {key: value for key, value in child.data.items() if key != EXTENDS}
    data = _over(base.data, own, (), replaced)
    lines = {
        path: line
        for path, line in base.lines.items()
        if not any(path[: len(over)] == over for over in replaced) and path
    }
    files = {path: base.files.get(path, base_name) for path in lines}
    for path in child.lines:
        files.pop(path, None)
    return replace(child, data=data, lines={**lines, **child.lines}, files={**files, **child.files})


def _over(base: Any, own: Any, path: KeyPath, replaced: set[KeyPath]) -> Any:
    """Return ``own`` over ``base``; records the paths at which it replaces something whole."""
    rule = len(path) == 2 and path[0] in _WHOLE
    if rule or not (isinstance(base, dict) and isinstance(own, dict)):
        replaced.add(path)
        return own
    merged = dict(base)
    for key, value in own.items():
        merged[key] = _over(base[key], value, (*path, key), replaced) if key in base else value
    return merged


def _tagged(placed: PlacedYaml, name: str) -> PlacedYaml:
    """Return a document whose rules have what their tags say; what a rule says itself wins."""
    tags, columns = placed.data.get(TAGS, {}), placed.data.get("columns")
    if not isinstance(tags, dict) or not all(isinstance(one, dict) for one in tags.values()):
        what = "tags: takes rules by name, for example {identifier: {action: pseudonymize}}"
        raise PolicyError(what, place=placed.place((TAGS,), name))
    problems: list[Problem] = []
    lines, files = dict(placed.lines), dict(placed.files)

    def resolved(rule: Any, path: KeyPath) -> Any:
        if not isinstance(rule, dict):
            return rule
        made = dict(rule)
        if TAG in made:
            tag = made.pop(TAG)
            if not isinstance(tag, str) or tag not in tags:
                place = placed.place((*path, TAG), name)
                problems.append(Problem(place, f"{_dotted((*path, TAG))}: {_unknown(tag, tags)}"))
                return None
            made = {**tags[tag], **made}
            for key in tags[tag].keys() - rule.keys():
                for below, line in _below(placed, (TAGS, tag, key)):
                    lines[(*path, key, *below)] = line
                    if (TAGS, tag, key, *below) in files:
                        files[(*path, key, *below)] = files[(TAGS, tag, key, *below)]
        for key, inner in made.items():
            if key == "otherwise":
                made[key] = resolved(inner, (*path, key))
            elif key == "entities" and isinstance(inner, dict):
                made[key] = {e: resolved(one, (*path, key, e)) for e, one in inner.items()}
        return made

    data = {key: value for key, value in placed.data.items() if key != TAGS}
    if isinstance(columns, dict):
        data["columns"] = {
            column: resolved(rule, ("columns", column)) for column, rule in columns.items()
        }
    if problems:
        raise PolicyError(problems)
    return replace(placed, data=data, lines=lines, files=files)


def _below(placed: PlacedYaml, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
    for found, line in placed.lines.items():
        if found[: len(path)] == path:
            yield found[len(path) :], line


def _unknown(tag: object, tags: Mapping[str, Any]) -> str:
    if not tags:
        return "no tags: are there; write tags: {name: {action: …}}"
    near = difflib.get_close_matches(str(tag), tags, n=1)
    hint = f"did you mean '{near[0]}'" if near else f"known are {', '.join(map(str, tags))}"
    return f"unknown tag; {hint}"


def _dotted(path: KeyPath) -> str:
    return ".".join(map(str, path))
