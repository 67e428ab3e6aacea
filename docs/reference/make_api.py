"""Writes ``api.md`` beside it from the code's signatures and docstrings: ``make reference``."""

from __future__ import annotations

import ast
import inspect
import itertools
import re
import sys
import textwrap
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import anonymize
from anonymize import errors

PAGE = Path(__file__).with_name("api.md")
FURTHER = {
    "anonymize.pipeline.prepare": ("preview_plan",),
    "anonymize.pipeline.drift": ("drift",),
    "anonymize.pipeline.drafting": ("draft_source",),
    "anonymize.pipeline.policy_cases": ("check_cases",),
    "anonymize.policy.difference": ("differences",),
    "anonymize.keys": (
        "open_keyring",
        "share_keyring",
        "rotate_key",
        "revoke_key",
        "retire_key",
        "reinstate_key",
        "destroy_key",
        "change_passphrase",
        "relock_keyring",
    ),
    "anonymize.dataset": ("iter_batches", "read_quarantine", "export", "open_facts"),
    "anonymize.dataset.history": ("history", "Act"),
    "anonymize.dataset.difference": ("Difference",),
    "anonymize.dataset.audit_lines": ("audit_lines", "AuditLine", "audit_problems"),
    "anonymize.custody.rotate_keys": ("rotate", "relock", "destroy"),
    "anonymize.custody.revocation": ("revoke",),
    "anonymize.custody.export_dek": ("export_dek", "ExportedKeys"),
    "anonymize.readers": ("TrainingBatches",),
    "anonymize.readers.private": ("attack", "Attacked", "open_allowance", "Allowance"),
    "anonymize.pipeline.training": ("allow_training", "training_noise", "Allowed"),
    "anonymize.readers.huggingface": ("load",),
    "anonymize.readers.robust": (
        "attack",
        "train_robustly",
        "split_apart",
        "flip_labels",
        "plant_trigger",
        "stamp",
        "fold_texts",
        "TextChanges",
        "TableChanges",
        "Reach",
        "Search",
        "FoldingModel",
        "Attacked",
        "Robust",
        "Round",
        "Poisoned",
        "Interval",
        "Changes",
        "Model",
    ),
    "anonymize.custody.where_is": (
        "where_is_key",
        "where_is_source",
        "where_is_subject",
        "WhereIs",
        "FoundIn",
        "Untold",
    ),
    "anonymize.custody.incident": ("scene_of", "incident", "drill", "Incident", "Step", "Outcome"),
    "anonymize.custody.approval": (
        "request_approval",
        "approve",
        "parsed_request",
        "parsed_approval",
    ),
    "anonymize.custody.homomorphic": (
        "export_homomorphic",
        "encrypted_sum",
        "encrypted_weighted",
        "encrypted_linear",
        "decrypt",
        "HomomorphicExport",
        "Computed",
        "Decrypted",
        "Answer",
    ),
    "anonymize.custody.unusual": ("unusual", "Thresholds", "Unusual", "Flag", "Unjudged"),
    "anonymize.pipeline.erase": ("erase",),
    "anonymize.dataset.certificate": ("open_certificate",),
    "anonymize.engines.spark": ("plan", "fit", "apply", "publish_parts"),
    "anonymize.engines.ray": ("plan", "fit", "apply", "publish_parts"),
    "anonymize.flows.anonymize_dataset": ("anonymize_dataset",),
    "anonymize.flows.inspect_dataset": ("inspect_dataset",),
}
"""What lies a level deeper, by the module that it is imported from."""
SHOWN = {
    "Dataset": (
        "current",
        "versions",
        "manifest",
        "schema",
        "count_rows",
        "to_batches",
        "verify",
        "rollback",
        "expire",
        "diff",
        "rewrap",
    ),
    "TrainingBatches": (
        "schema",
        "version",
        "set_epoch",
        "count_rows",
        "record_batches",
        "state_dict",
        "load_state_dict",
    ),
    "Plan": ("measure", "fit", "apply"),
    "Policy": ("place", "digest"),
}
"""Of classes that other rooms work with too: what is for callers."""
HEAD = """# Reference of the library

Made from the docstrings by `make reference`; a test holds it to them.

```python
from anonymize import ({names})
```

Wherever a function takes a `keyring`, it is one that is open, the URI of one (`file:PATH`,
`aws-kms:KEY?keyring=PATH`, `vault:MOUNT/KEY?keyring=PATH`), or nothing: then what
`COATCHECK_KEYRING` says counts, else `file:.coatcheck/keyring.json`. Wherever one takes a
`policy`, it is one that is loaded, or the path of its file. What is refused is an
[`AnonymizeError`](#errors). Flows take paths and URIs alone: Prefect stores their parameters.
"""
_SECTION = re.compile(r"^(Args|Returns|Yields|Raises):$")
_ENTRY = re.compile(r"^ {4}(\w+(?:, \w+)*): (.*)$")


def page() -> str:
    """Return the page as the code says it."""
    names = anonymize.__all__
    wrapped = textwrap.fill(", ".join(names), 74, initial_indent="    ", subsequent_indent="    ")
    parts = [HEAD.replace("{names}", f"\n{wrapped},\n"), "## Functions and classes\n"]
    parts += [part for name in names for part in _entry(name, getattr(anonymize, name))]
    for module, inside in FURTHER.items():
        parts.append(f"## `{module}`\n")
        parts += [p for name in inside for p in _entry(name, getattr(import_module(module), name))]
    parts += ["## Errors\n", *_errors()]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _entry(name: str, found: Any) -> Iterator[str]:
    """Yield the parts of one function or class."""
    yield f"### `{name}`\n"
    if isinstance(found, type):
        yield from _class(name, found)
        return
    found = getattr(found, "fn", found)  # of a flow, what it runs
    yield _call(name, inspect.unwrap(found))
    yield _text(found)


def _class(name: str, found: type) -> Iterator[str]:
    yield _text(found)
    if rows := list(_fields(found)):
        table = [f"| `{field}` | {meaning} |" for field, meaning in rows]
        yield "\n".join(["| attribute | meaning |", "|---|---|", *table]) + "\n"
    members = dict(_members(found))
    for method in SHOWN.get(name, members):
        value = members[method]
        if isinstance(value, property):
            yield f"**`{name}.{method}`** (property)\n"
            yield _text(value)
        else:
            plain = inspect.unwrap(getattr(value, "__func__", value))
            yield f"**`{name}.{method}`**\n"
            yield _call(f"{name}.{method}", plain, bound=True)
            yield _text(plain)


def _members(found: type) -> Iterator[tuple[str, Any]]:
    """Yield the public methods and properties of our own classes, the nearest of each name."""
    seen: dict[str, Any] = {}
    for kind in found.__mro__:
        if kind.__module__.startswith("anonymize.") and not issubclass(found, Exception):
            for name, value in vars(kind).items():
                is_act = inspect.isfunction(value) or isinstance(value, property | classmethod)
                if is_act and not name.startswith(("_", "model_")):
                    seen.setdefault(name, value)
    yield from seen.items()


def _fields(found: type) -> Iterator[tuple[str, str]]:
    """Yield the documented attributes of a model or data class, with what they mean."""
    if issubclass(found, BaseModel):
        for name, info in found.model_fields.items():
            yield name, _inline(info.description or "").replace("|", "\\|")
        return
    for kind in reversed(found.__mro__):
        if not kind.__module__.startswith("anonymize."):
            continue
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
        body = getattr(tree, "body", [])
        for node, after in itertools.pairwise(body):
            if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(after, ast.Expr):
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                if isinstance(target, ast.Name) and isinstance(after.value, ast.Constant):
                    yield target.id, _inline(str(after.value.value)).replace("|", "\\|")


def _call(name: str, function: Callable[..., Any], *, bound: bool = False) -> str:
    """Return a signature as code, a parameter a line where it is long."""
    signature = inspect.signature(function)
    said, starred = [], False
    for parameter in list(signature.parameters.values())[int(bound) :]:
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            said.append("*")
            starred = True
        kind = f": {parameter.annotation}" if parameter.annotation is not parameter.empty else ""
        value = parameter.default
        shown = "..." if callable(value) else repr(value)
        said.append(f"{parameter.name}{kind}" + ("" if value is parameter.empty else f" = {shown}"))
        if parameter.kind is parameter.POSITIONAL_ONLY and len(said) == 1:
            said.append("/")
    result = signature.return_annotation
    end = "" if result is signature.empty else f" -> {result}"
    line = f"{name}({', '.join(said)}){end}"
    if len(line) > 88:
        line = "\n".join([f"{name}(", *(f"    {one}," for one in said), f"){end}"])
    return f"```py\n{line}\n```\n"


def _text(found: Any) -> str:
    """Return a docstring as Markdown: its paragraphs, and a list for each of its sections."""
    lines = (inspect.getdoc(found) or "").splitlines()
    made: list[str] = []
    section = ""
    for line in lines:
        if match := _SECTION.match(line):
            section = match[1]
            made += ["", f"*{section}:*", ""]
        elif section and (entry := _ENTRY.match(line)) and section in ("Args", "Raises"):
            names = ", ".join(f"`{one.strip()}`" for one in entry[1].split(","))
            made.append(f"* {names}: {entry[2]}")
        elif section and line.strip() and made[-1].startswith("* "):
            made[-1] += f" {line.strip()}"
        else:
            made.append(line.strip() if section else line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(made)).replace("``", "`") + "\n"


def _inline(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")


def _errors() -> Iterator[str]:
    """Yield the tree of errors, each below the one that it is caught with."""
    yield (
        "Import them from `anonymize.errors`. `problems` holds every mistake that was found"
        " (`place`, `what`), `exit_code` is the command line's answer, `passes` says whether"
        " another try may help. No text of an error holds a raw value. They cross process"
        " boundaries whole.\n"
    )
    yield "\n".join(_branch(errors.AnonymizeError, 0)) + "\n"


def _branch(kind: type[errors.AnonymizeError], depth: int) -> Iterator[str]:
    told = f" Exit code {kind.exit_code}." + " May pass by itself." * kind.passes
    yield f"{'  ' * depth}* `{kind.__name__}`: {_inline(kind.__doc__ or '')}{told}"
    for under in sorted(kind.__subclasses__(), key=lambda one: one.__name__):
        if under.__module__ == errors.__name__:
            yield from _branch(under, depth + 1)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")
