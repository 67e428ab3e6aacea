"""Drafts a first policy for a source from detection's findings. The data owner must read and
correct it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from anonymize.detect.interface import Finding
from anonymize.errors import install_command
from anonymize.names import ColumnName
from anonymize.nested.open_close import ROOT, Leaf
from anonymize.nested.path_index import PathIndex
from anonymize.nested.paths import document_paths
from anonymize.nested.places import Places
from anonymize.plan.bind.scanners import names_if_here
from anonymize.plan.draft_actions import drafted_action
from anonymize.plan.privacy_checks import DETERMINISTIC, FEW
from anonymize.policy import DetectSpec, SourceSpec
from anonymize.policy.model import PLACEHOLDER_PURPOSE

QUASI_IDENTIFIERS = frozenset(
    {"DATE_OF_BIRTH", "AGE", "GENDER", "POSTAL_CODE", "CITY", "REGION", "DEMOGRAPHIC"}
)
"""Verdicts of columns that identify in combination."""
HUNTED = frozenset({"PERSON_NAME", "EMAIL_ADDRESS", "PHONE_NUMBER"})
"""Verdicts of columns whose values a draft searches for in free text of the same row."""
SPARSE = 0.5
"""Minimum share of values of one kind for a mask that is made for that kind."""
DOUBTFUL = 0.6
"""Confidence up to which a column without people is noted as perhaps one of names: such columns
have odds of two in five.
"""
_FOLDED = ", normalize: fold"


def draft_policy(
    source: SourceSpec,
    schema: pa.Schema,
    findings: Sequence[Finding],
    detect: DetectSpec | None = None,
    *,
    null_values: Mapping[ColumnName, Sequence[str]] | None = None,
    domains: Mapping[ColumnName, str] | None = None,
    purpose: str | None = None,
    sink: str | None = None,
) -> str:
    """Return a commented policy (YAML) for ``source``. Every leaf has a rule, so nothing is dropped
    unnoticed.

    ``source`` has the user's settings for reading it, ``null_values`` the result of
    `null_values_in`, ``domains`` that of `SharedIds`, ``purpose`` what the data is for, ``sink``
    the dataset's folder. The text loads without errors.
    """
    name = dataset_name(source)
    by_column = {finding.column: finding for finding in findings}
    drafted = list(_drafted(schema, by_column))
    lines = [
        _line(leaf, by_column.get(leaf.path), (domains or {}).get(leaf.path)) for leaf in drafted
    ]
    lines = _hunting(drafted, lines, by_column)
    rules = [
        f"  {json.dumps(line.path, ensure_ascii=False)}: {line.action}  # {_one_line(line.why)}"
        for line in lines
    ]
    linking = [line.path for line in lines if line.links]
    return "\n".join(
        [
            *_head(source, name, null_values or {}, purpose, sink or f"out/{name}"),
            *_detect(rules, detect or DetectSpec()),
            "columns:",
            *rules,
            *_privacy(linking),
            "",
        ]
    )


def dataset_name(source: SourceSpec) -> str:
    """Return the name that a draft gives the dataset: that of the file or the table."""
    table = source.table or ("query" if source.query else "")
    called = table.rpartition(".")[2] if table else Path(source.path).stem
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", called).strip("_.-") or "dataset"


def _drafted(schema: pa.Schema, findings: Mapping[ColumnName, Finding]) -> Iterator[Leaf]:
    """Yield what gets a rule: leaves, the places in JSON text instead of the text, and maps as a
    whole.
    """
    places, maps = Places(schema), set[ColumnName]()
    all_maps, found = PathIndex(places.maps), PathIndex(findings)
    for path in places.leaves:
        around = next(iter(all_maps.around(path)), None)
        if around is None:
            inside = document_paths(path, found.inside(path))
            yield from filter(
                None,
                map(places.find, [name for name in found.inside(path) if name in inside] or [path]),
            )
        elif around not in maps:
            maps.add(around)
            yield places.by_path[around]


def _detect(rules: Sequence[str], detect: DetectSpec) -> Iterator[str]:
    """Yield how detection should look, where that is not the default.

    Where a text needs a name model and none is here, the draft says ``ner: off`` and what that
    means, so that it can be planned as it is.
    """
    set_ = [name for name in ("countries", "languages") if name in detect.model_fields_set]
    said: dict[str, Any] = {name: list(getattr(detect, name)) for name in set_}
    said |= {"ner": detect.ner} if "ner" in detect.model_fields_set else {}
    if (
        detect.ner != "off"
        and any("free_text" in rule for rule in rules)
        and names_if_here(detect) is None
    ):
        extra = detect.ner.partition(":")[0].replace("coatcheck", "ner")
        yield (
            f"# names in free text are found by a model, which needs the extra {extra}:"
            f" {install_command(extra)}"
        )
        if "ner" not in said:
            yield (
                "# It is not installed here, so this draft says ner: off: names stay in free text,"
                " but for those that same_row hunts."
            )
            yield "# Once it is installed, take ner: off out."
            said["ner"] = "off"
    if said:
        yield f"detect: {json.dumps(said)}"


def _head(
    source: SourceSpec,
    name: str,
    null_values: Mapping[ColumnName, Sequence[str]],
    purpose: str | None,
    sink: str,
) -> Iterator[str]:
    yield "# Drafted from a sample: read every line, correct it, then run `coatcheck plan` on it."
    yield "version: 1"
    yield f"dataset: {name}"
    quoted = PLACEHOLDER_PURPOSE if purpose is None else json.dumps(purpose, ensure_ascii=False)
    yield f"purpose: {quoted}       # part of every derived key"
    said: dict[str, Any] = source.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    if null_values and not said.get("null_values"):
        yield (
            "# null_values were found in these columns and are read as missing: take out what is a"
            " value of its own."
        )
        said["null_values"] = {str(path): list(texts) for path, texts in null_values.items()}
    yield f"source: {json.dumps(said, ensure_ascii=False)}"
    yield f"sink: {{path: {json.dumps(sink, ensure_ascii=False)}}}"
    yield "unlisted: refuse                        # a new column stops the run until it has a rule"


@dataclass(frozen=True)
class _Line:
    """The draft's line for one leaf."""

    path: ColumnName
    action: str
    why: str
    links: bool
    """True if the action's result can identify together with other columns, and can be counted."""


def _line(leaf: Leaf, finding: Finding | None, domain: str | None) -> _Line:
    """Return the line for one leaf: the suggested action, and the reason."""
    verdict = finding.verdict if finding else "NONE"
    action = drafted_action(verdict, leaf.type, leaf.path, prose=finding is None or finding.prose)
    why = (
        f"{verdict} {finding.confidence:.0%}; {finding.evidence[0]}"
        if finding and finding.evidence
        else verdict
    )
    if (
        finding
        and verdict == "NONE"
        and finding.runner_up == "PERSON_NAME"
        and finding.confidence <= DOUBTFUL
    ):
        why = f"{why}; it may hold names of people all the same: look at the values"
    if domain is not None and action.startswith(("{action: keep", "{action: pseudonymize")):
        action = (
            "{action: pseudonymize, domain:"
            f" {domain}{_FOLDED * ('fold' in action or domain == 'email')}}}"
        )
        why = f"{why}; columns of this domain hold the same ids and join"
    if finding is not None and _name_of(action) == "mask" and finding.share < SPARSE:
        action, why = (
            "{action: redact}",
            f"{why}; too few values of that kind for a mask; for prose say free_text",
        )
    few = finding is not None and finding.repeats and 0 < finding.distinct_estimate < FEW
    if few and _name_of(action) in DETERMINISTIC:
        why = f"{why}; so few values would be told by how often each occurs"
        why += f', or {action[:-1]}, accept: "the reason"}}' if domain is not None else ""
        action = "{action: redact}"
    stays = (
        _name_of(action) in ("keep", "generalize")
        and leaf.level == ROOT
        and not pt.is_nested(leaf.type)
    )
    return _Line(leaf.path, action, why, verdict in QUASI_IDENTIFIERS and stays)


def _hunting(
    drafted: Sequence[Leaf], lines: Sequence[_Line], findings: Mapping[ColumnName, Finding]
) -> list[_Line]:
    """Return ``lines``; every free-text rule searches for the names, e-mails and phones of the
    other columns.
    """
    beside = [
        leaf.path
        for leaf in drafted
        if leaf.level == ROOT and leaf.path in findings and findings[leaf.path].verdict in HUNTED
    ]
    same_row = f"{{action: free_text, same_row: {json.dumps(beside, ensure_ascii=False)}}}"
    return [
        (
            replace(line, action=same_row)
            if beside and leaf.level == ROOT and line.action == "{action: free_text}"
            else line
        )
        for leaf, line in zip(drafted, lines, strict=True)
    ]


def _name_of(action: str) -> str:
    return action.removeprefix("{action: ").rstrip("}").split(",")[0]


def _privacy(linking: Sequence[str]) -> Iterator[str]:
    if not linking:
        return
    yield (
        "# These identify in combination. Uncomment to make every combination shared by k rows or"
        " suppressed:"
    )
    yield "# privacy:"
    yield (
        "#   quasi_identifiers:"
        f" [{', '.join(json.dumps(name, ensure_ascii=False) for name in linking)}]"
    )
    yield "#   k: 5"


def _one_line(text: str) -> str:
    return " ".join(text.split())
