"""A first policy for a source, drafted from what detection saw: to be read and corrected by the data owner."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from anonymize.detect.header import is_number_of_things, name_evidence
from anonymize.detect.interface import Finding
from anonymize.errors import install_command
from anonymize.names import ColumnName
from anonymize.plan.checks import DETERMINISTIC, FEW
from anonymize.plan.nested import Leaf
from anonymize.plan.path_index import PathIndex
from anonymize.plan.paths import document_paths
from anonymize.plan.places import Places
from anonymize.policy import DetectSpec, SourceSpec
from anonymize.policy.model import PLACEHOLDER_PURPOSE

SUGGESTED: Mapping[str, str] = {
    "PERSON_NAME": "{action: fake, kind: name, domain: person}",
    "EMAIL_ADDRESS": "{action: pseudonymize, domain: email, normalize: fold}",
    "PHONE_NUMBER": "{action: mask, keep_last: 2}",
    "STREET_ADDRESS": "{action: drop}",
    "LATITUDE_LONGITUDE": "{action: drop}",
    "NATIONAL_ID": "{action: pseudonymize}",
    "CREDIT_CARD": "{action: mask, keep_last: 4}",
    "BANK_ACCOUNT": "{action: pseudonymize}",
    "IP_ADDRESS": "{action: pseudonymize}",
    "MAC_ADDRESS": "{action: pseudonymize}",
    "URL": "{action: pseudonymize}",
    "USERNAME": "{action: pseudonymize, domain: user}",
    "SECRET": "{action: drop}",
    "RECORD_ID": "{action: pseudonymize}",
    "FREE_TEXT_PII": "{action: free_text}",
    "FREE_TEXT": "{action: free_text}",
}
"""The action drafted for a verdict, whatever the type."""

_ZIP = "{action: generalize, prefix: 3, width: 5}"
"""For US codes that were read as numbers: 7030 is 07030."""

QUASI_IDENTIFIERS = frozenset({"DATE_OF_BIRTH", "AGE", "GENDER", "POSTAL_CODE", "CITY", "REGION", "DEMOGRAPHIC"})
"""Verdicts of columns that identify in combination."""


def draft_policy(
    source: SourceSpec,
    schema: pa.Schema,
    findings: Sequence[Finding],
    detect: DetectSpec | None = None,
    *,
    null_values: Mapping[ColumnName, Sequence[str]] | None = None,
) -> str:
    """Return a commented policy (YAML) for ``source``; every leaf has a rule, so nothing is dropped unseen.

    ``source`` is how the user said to read it, ``null_values`` what `null_values_in` found there. The text loads
    without mistakes.
    """
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", Path(source.path).stem).strip("_.-") or "dataset"
    by_column = {finding.column: finding for finding in findings}
    rules = [_rule(leaf, by_column.get(leaf.path)) for leaf in _drafted(schema, by_column)]
    linking = [finding.column for finding in findings if finding.verdict in QUASI_IDENTIFIERS]
    return "\n".join(
        [
            *_head(source, name, null_values or {}),
            *_detect(rules, detect or DetectSpec()),
            "columns:",
            *rules,
            *_privacy(linking),
            "",
        ]
    )


def _drafted(schema: pa.Schema, findings: Mapping[ColumnName, Finding]) -> Iterator[Leaf]:
    """Yield what gets a rule: leaves, the places of text that is JSON instead of it, and maps as a whole."""
    places, maps = Places(schema), set[ColumnName]()
    all_maps, found = PathIndex(places.maps), PathIndex(findings)
    for path in places.leaves:
        around = next(iter(all_maps.around(path)), None)
        if around is None:
            inside = document_paths(path, found.inside(path))
            yield from filter(None, map(places.find, [name for name in found.inside(path) if name in inside] or [path]))
        elif around not in maps:
            maps.add(around)
            yield places.by_path[around]


def _detect(rules: Sequence[str], detect: DetectSpec) -> Iterator[str]:
    """Yield how detection should look, where that is not the default."""
    set_ = [name for name in ("countries", "languages") if name in detect.model_fields_set]
    said: dict[str, Any] = {name: list(getattr(detect, name)) for name in set_}
    said |= {"ner": detect.ner} if "ner" in detect.model_fields_set else {}
    if detect.ner != "off" and any("free_text" in rule for rule in rules):
        extra = detect.ner.partition(":")[0].replace("coatcheck", "ner")
        yield f"# names in free text are found by a model, which needs the extra {extra}: {install_command(extra)}"
    if said:
        yield f"detect: {json.dumps(said)}"


def _head(source: SourceSpec, name: str, null_values: Mapping[ColumnName, Sequence[str]]) -> Iterator[str]:
    yield "# Drafted from a sample: read every line, correct it, then run `coatcheck plan` on it."
    yield "version: 1"
    yield f"dataset: {name}"
    yield f"purpose: {PLACEHOLDER_PURPOSE}       # part of every derived key"
    said = source.model_dump(exclude_unset=True, exclude_none=True)
    if null_values and not said.get("null_values"):
        yield "# null_values were found in these columns and are read as missing: take out what is a value of its own."
        said["null_values"] = {str(path): list(texts) for path, texts in null_values.items()}
    yield f"source: {json.dumps(said, ensure_ascii=False)}"
    yield f"sink: {{path: out/{name}}}"
    yield "unlisted: refuse                        # a new column stops the run until it has a rule"


def _rule(leaf: Leaf, finding: Finding | None) -> str:
    """Return the line of one leaf: its path, the suggested action, and why."""
    verdict = finding.verdict if finding else "NONE"
    action = _action(verdict, leaf.type, leaf.path)
    why = f"{verdict} {finding.confidence:.0%}; {finding.evidence[0]}" if finding and finding.evidence else verdict
    few = finding is not None and finding.repeats and 0 < finding.distinct_estimate < FEW
    if few and action.removeprefix("{action: ").rstrip("}").split(",")[0] in DETERMINISTIC:
        action, why = "{action: redact}", f"{why}; so few values would be told by how often each occurs"
    return f"  {json.dumps(leaf.path, ensure_ascii=False)}: {action}  # {_one_line(why)}"


def _action(verdict: str, kind: pa.DataType, path: str) -> str:
    """Return the action for a verdict that the type can take."""
    dated = pt.is_date(kind) or pt.is_timestamp(kind)
    number = pt.is_integer(kind) or pt.is_floating(kind) or pt.is_decimal(kind)
    text = pt.is_string(kind) or pt.is_large_string(kind)
    if verdict == "DATE_OF_BIRTH":
        return "{action: generalize, to: year}" if dated else "{action: drop}"
    if verdict == "AGE" and number:
        return "{action: generalize, band: 10, top: 90}"
    if verdict == "POSTAL_CODE":
        lost_zeros = number and "zip" in path.lower()
        return "{action: generalize, prefix: 3}" if text else _ZIP if lost_zeros else "{action: drop}"
    of_things = verdict == "RECORD_ID" and is_number_of_things(name_evidence(path))
    if verdict == "HEALTH" or verdict not in SUGGESTED or of_things:
        return "{action: keep}" if not pt.is_nested(kind) and not pt.is_binary(kind) else "{action: drop}"
    suggested = SUGGESTED[verdict]
    takes_text_only = "free_text" in suggested
    if pt.is_nested(kind) or pt.is_binary(kind) or (takes_text_only and not text):
        return "{action: drop}"
    return suggested


def _privacy(linking: Sequence[str]) -> Iterator[str]:
    if not linking:
        return
    yield "# These identify in combination. Uncomment to make every combination shared by k rows or suppressed:"
    yield "# privacy:"
    yield f"#   quasi_identifiers: [{', '.join(json.dumps(name, ensure_ascii=False) for name in linking)}]"
    yield "#   k: 5"


def _one_line(text: str) -> str:
    return " ".join(text.split())
