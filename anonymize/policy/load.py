"""Reads a policy file, or reports all mistakes at once, each with its line and what would be
right.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from anonymize.arguments import checked
from anonymize.errors import PolicyError, Problem
from anonymize.policy.actions import NOT_BUILT, RULES
from anonymize.policy.against import AGAINST_TAGS
from anonymize.policy.composed import EXTENDS, TAGS, composed, read_file, read_text
from anonymize.policy.entities import entity_problems
from anonymize.policy.model import Policy
from anonymize.policy.preset import PRESET_TAGS
from anonymize.policy.recode import RECODE_TAGS
from anonymize.policy.yaml_places import Path as KeyPath
from anonymize.policy.yaml_places import PlacedYaml

_SHAPES: Mapping[str, str] = {
    "tuple_type": "a list; write [a, b]",
    "list_type": "a list; write [a, b]",
    "dict_type": "a mapping; write {key: value}",
    "model_type": "a mapping; write {key: value}",
    "model_attributes_type": "a mapping; write {key: value}",
    "string_type": "text; put it in quotes",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
}

HOLD_VALUES = frozenset(
    {
        "accept",
        "accept_order",
        "allow",
        "context",
        "deny",
        "label",
        "null_values",
        "patterns",
        "pattern",
    }
    | {"reason", "value", "when", "where"}
)
"""Keys whose values may be names of people and other raw values; messages do not quote these
values.
"""

FEATURES_NOT_BUILT: Mapping[KeyPath, str] = {
    ("privacy", "epsilon"): "differential privacy",
    ("sink", "retention"): "retention",
}
"""Keys that are reserved and not implemented yet. They are refused by name, never ignored."""


_ADDRESS = re.compile(r"://|passw\w*['\"]?\s*[=:]", re.IGNORECASE)
"""Pattern of an address with a password, anywhere in a text."""
_UNQUOTED = object()


@checked
def load_policy(path: str | os.PathLike[str]) -> Policy:
    """Return the policy in the YAML file ``path``.

    Raises:
        PolicyError: the file is missing, not UTF-8, not YAML, or has mistakes; each is listed as
            ``file:line: path: what: what would be right``.
    """
    name = os.fspath(path)
    return _made(composed(read_file(Path(path), name), name), name)


def as_policy(policy: Policy | str | os.PathLike[str]) -> Policy:
    """Return ``policy`` itself, or the one in the file that it names.

    Raises:
        PolicyError: as for ``load_policy``.
    """
    return policy if isinstance(policy, Policy) else load_policy(policy)


@checked
def make_policy(said: Mapping[str, Any]) -> Policy:
    """Return the policy that ``said`` holds as its YAML would be read.

    Raises:
        PolicyError: as for ``load_policy``; places are keys, for there is no file.
    """
    return _made(composed(PlacedYaml(dict(said), {}), ""), "")


@checked
def parse_policy(text: str, name: str = "policy") -> Policy:
    """Return the policy in ``text``; ``name`` is used as the file's name in messages.

    Raises:
        PolicyError: as for ``load_policy``.
    """
    return _made(composed(read_text(text, name), name), name)


def _made(placed: PlacedYaml, name: str) -> Policy:
    """Return the policy in plain data, its places known by line where there is a file."""
    problems: list[Problem] = []
    try:
        policy = Policy.model_validate(placed.data)
    except ValidationError as error:
        problems = _problems(error, placed, name)
    if (
        problems
        # raised outside the except block, so that the other error, which quotes keys, is not its
        # context
    ):
        raise PolicyError(problems)
    places = {".".join(map(str, key)): placed.place(key, name) for key in placed.lines if key}
    policy._places.update(places)
    if unknown := [Problem(policy.place(path), what) for path, what in entity_problems(policy)]:
        raise PolicyError(unknown)
    return policy


def _problems(error: ValidationError, placed: PlacedYaml, name: str) -> list[Problem]:
    """Return one problem per mistake, in the order of the file."""
    found: dict[tuple[bool, str, int, str], None] = {}
    for item in error.errors(include_url=False):
        path = _yaml_path(item["loc"], placed)
        dotted = ".".join("…" if _ADDRESS.search(str(part)) else str(part) for part in path)
        what = f"{dotted}: {_what(item, path)}" if dotted else _what(item, path)
        file, _, line = placed.place(path, name).rpartition(":")
        found[(file != name, file, int(line), what)] = None
    return [
        Problem(f"{file}:{line}" if file else "", what)
        for _, file, line, what in sorted(found, key=lambda one: one[:3])
    ]


def _yaml_path(loc: Iterable[str | int], placed: PlacedYaml) -> KeyPath:
    """Return pydantic's location without parts that pydantic added (union tags); a missing last
    part is kept.
    """
    parts = list(loc)
    path: KeyPath = ()
    node: Any = placed.data
    for position, part in enumerate(parts):
        if _has(node, part):
            path, node = (*path, part), node[part]
        elif (
            position == len(parts) - 1
            and isinstance(node, dict)
            and isinstance(part, str)
            and part not in RULES
            and part not in RECODE_TAGS | PRESET_TAGS | AGAINST_TAGS
        ):
            path = (*path, part)
    return path


def _has(node: Any, part: str | int) -> bool:
    if isinstance(node, list):
        return isinstance(part, int) and part < len(node)
    return isinstance(node, dict) and part in node


def _what(item: Any, path: KeyPath) -> str:
    """Return the problem and what would be right, in this project's words."""
    kind, context = item["type"], item.get("ctx", {})
    value = _shown(_UNQUOTED if path[:1] == ("vault",) else item.get("input"), path)
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return _unknown_key(path, item["loc"])
    if kind == "literal_error":
        return (
            f"{value} is not one of"
            f" {context['expected'].replace(chr(39), '').replace(' or ', ', ')}"
        )
    if kind == "union_tag_not_found":
        return f"has no action; choose one of {', '.join(RULES)}"
    if kind == "union_tag_invalid":
        return _unknown_action(str(context.get("tag", "")))
    if kind == "value_error":
        return str(context["error"])
    if kind in _SHAPES:
        return f"{value} is not {_SHAPES[kind]}"
    message = (
        str(item["msg"])
        .replace("input should be", "should be")
        .replace("Input should be", "should be")
    )
    return f"{value}: {message[0].lower()}{message[1:]}"


def _unknown_action(action: str) -> str:
    """Return the problem with an action's name."""
    if action in NOT_BUILT:
        return f"action '{action}' is not built yet; choose one of {', '.join(RULES)}"
    return f"unknown action '{action}'; choose one of {', '.join(RULES)}"


def _unknown_key(path: KeyPath, loc: tuple[str | int, ...]) -> str:
    """Return the problem with an unknown key, with the nearest known one."""
    if path in FEATURES_NOT_BUILT:
        return f"{FEATURES_NOT_BUILT[path]} is not built yet; remove the key"
    known = _fields_at(loc[:-1])
    near = difflib.get_close_matches(str(path[-1]), known, n=1)
    hint = f"did you mean '{near[0]}'" if near else f"known are {', '.join(known)}"
    return f"unknown key; {hint}"


def _fields_at(loc: tuple[str | int, ...]) -> list[str]:
    """Return the known keys of the model at pydantic's location ``loc``."""
    model: type[BaseModel] = Policy
    for part in loc:
        if isinstance(part, str) and part in RULES:
            model = RULES[part]
        elif isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return [*model.model_fields, *([EXTENDS, TAGS] if model is Policy else [])]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the first model in an annotation such as ``X | None`` or ``dict[str, X]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model_in(option) for option in get_args(annotation))
    return next((model for model in found if model), None)


def _shown(value: object, path: KeyPath) -> str:
    """Return a value of the policy for a message, cut to 60 characters; only its kind if it may be
    raw.

    An address may contain a password, wherever it is written.
    """
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if path[:1] == ("tests",) or not HOLD_VALUES.isdisjoint(path):
        return "the value" if value is not None else "nothing"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    if value is _UNQUOTED or _ADDRESS.search(text):
        return "what is written here"
    return text if len(text) <= 60 else text[:59] + "…"
