"""``schemas/README.md`` read as what it is: parameter tables, and examples that can be run."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pyarrow as pa
import yaml
from pydantic_core import PydanticUndefined

from anonymize.names import ColumnName
from anonymize.plan import PlanWithKeys
from anonymize.plan.bind.build import build
from anonymize.plan.bind.conditional import call
from anonymize.policy.actions import RULES, ActionRule, KeyedRule
from anonymize.transform import BadValuesError, Row
from tests.plan.helpers import plan_of
from tests.transform.conftest import RULE, Context

PAGE = Path(__file__).parents[2] / "schemas" / "README.md"
COMMON = tuple(ActionRule.model_fields)
KEYED = tuple(name for name in KeyedRule.model_fields if name not in COMMON)
NULL, BAD = "∅", "✗"


@dataclass
class Example:
    """One YAML block and the table below it."""

    rules: dict[str, Any]
    types: dict[str, str] = field(default_factory=dict)
    subject: str | None = None
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def parameter_rows(action: str) -> list[str]:
    """Return the rows of an action's parameter table; of the parameters every rule has for the
    empty name.
    """
    model = RULES[action] if action else ActionRule
    shared = (*COMMON, *KEYED) if action else ("action",)
    rows = []
    for name in (name for name in model.model_fields if name not in (*shared, "action")):
        info = model.model_fields[name]
        said = info.get_default(call_default_factory=True)
        default = (
            "–" if said is PydanticUndefined else "" if said in (None, (), {}) else f"`{said}`"
        )
        meaning = " ".join((info.description or "").split()).replace("``", "`").replace("|", "\\|")
        rows.append(f"| `{name}` | {default} | {meaning}{_choices(info.annotation)} |")
    return rows


def _choices(annotation: Any) -> str:
    """Return the values that a parameter takes, where they are listed."""
    for option in (annotation, *get_args(annotation)):
        if get_origin(option) is Literal and len(get_args(option)) > 1:
            return f" One of {', '.join(map(str, get_args(option)))}."
    return ""


def cells_of(line: str) -> list[str]:
    """Return the cells of a table's line."""
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


def run(example: Example) -> list[list[str]]:
    """Return the example's rows with every output cell as the rules give it."""
    inputs = {
        name: _column(example, at)
        for at, name in enumerate(example.header)
        if not name.startswith("→")
    }
    if not inputs.keys() & example.rules.keys():
        return _with_results(example, _run_inside(example, inputs))
    rules = {name: RULE.validate_python(rule) for name, rule in example.rules.items()}
    context = _RealContext(example.rules, subject=example.subject)
    done: dict[str, list[str]] = {}
    after: dict[ColumnName, pa.Array] = {}
    for name in sorted(rules, key=lambda name: rules[name].action == "free_text"):
        if name not in inputs:
            continue
        transform: Any = build(rules[name], ColumnName(name), inputs[name].type, context)
        row = Row({ColumnName(other): column for other, column in inputs.items()}, dict(after))
        if hasattr(transform, "measure"):
            transform = transform.fitted(transform.measure(inputs[name], row))
        try:
            result, bad = call(transform, inputs[name], row), [False] * len(inputs[name])
        except BadValuesError as error:
            result, bad = error.values, error.where.to_pylist()
        after[ColumnName(name)] = result
        done[name] = [
            BAD if wrong else _shown(value)
            for value, wrong in zip(result.to_pylist(), bad, strict=True)
        ]
    return _with_results(example, done)


def _run_inside(example: Example, inputs: dict[str, pa.Array]) -> dict[str, list[str]]:
    """Return the output cells of an example whose rules name places inside its columns."""
    table = pa.table(inputs)
    columns = "".join(
        f"  {json.dumps(path)}: {json.dumps(rule)}\n" for path, rule in example.rules.items()
    )
    done = PlanWithKeys(plan_of(table, columns), None).apply(table.to_batches()[0])
    rows = done.rows.to_pylist()
    return {
        name: [_shown(column[rows.index(row)]) if row in rows else BAD for row in range(len(table))]
        for name, column in done.batch.to_pydict().items()
    }


def _with_results(example: Example, done: dict[str, list[str]]) -> list[list[str]]:
    """Return the example's rows with these output cells."""
    pairs = [list(zip(example.header, row, strict=True)) for row in example.rows]
    return [
        [done[name[2:]][at] if name.startswith("→") else cell for name, cell in row]
        for at, row in enumerate(pairs)
    ]


def _column(example: Example, at: int) -> pa.Array:
    kind = {"int64": pa.int64(), "float64": pa.float64(), "date32": pa.date32()}.get(
        example.types.get(example.header[at], ""), pa.string()
    )
    cells = [
        None if row[at] == NULL else row[at].strip("`").replace("\\|", "|") for row in example.rows
    ]
    return pa.array(cells, pa.string()).cast(kind)


def _shown(value: Any) -> str:
    if value is None:
        return NULL
    text = str(value).replace("|", "\\|")
    return f"`{text}`" if re.search(r"[<>*#{\\]", text) else text


class _RealContext(Context):
    """The tests' keys, and real detection."""

    def scanner(self, rule: Any) -> Any:
        """Return the scanner that detection makes."""
        from anonymize.detect import make_scanner

        return make_scanner(
            score_threshold=rule.score_threshold, countries=rule.countries or ("us",)
        )


def rewritten(text: str) -> str:
    """Return the page with its parameter tables and output cells as the code has them."""
    return "\n".join(_lines(text.split("\n")))


def _lines(lines: list[str]) -> Iterator[str]:
    action, example, at = "", Example({}), 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("## "):
            action = line[3:].strip()
        if line == "```yaml":
            end = lines.index("```", at)
            example = _example(lines[at + 1 : end])
            yield from lines[at : end + 1]
            at = end + 1
        elif line == "| parameter | default | meaning |":
            yield from (line, lines[at + 1], *parameter_rows(action))
            at = _table_end(lines, at)
        elif line.startswith("| ") and "→" in line:
            end = _table_end(lines, at)
            example.header, example.rows = (
                cells_of(line),
                [cells_of(row) for row in lines[at + 2 : end]],
            )
            yield from (line, lines[at + 1], *(f"| {' | '.join(row)} |" for row in run(example)))
            at = end
        else:
            yield line
            at += 1


def _table_end(lines: list[str], at: int) -> int:
    while at < len(lines) and lines[at].startswith("|"):
        at += 1
    return at


def _example(lines: list[str]) -> Example:
    """Return the rules of a YAML block; its comments name types and the subject."""
    types, subject = {}, None
    for line in lines:
        if line.startswith("# types:"):
            types = dict(pair.split() for pair in line.removeprefix("# types:").split(","))
        if line.startswith("# subject:"):
            subject = line.removeprefix("# subject:").strip()
    return Example(yaml.safe_load("\n".join(lines)), types, subject)
