"""The results of one partition as bytes, for the journal of a run and for incremental runs.

Bytes are one Arrow stream of names and contents: ``facts`` is JSON, the others are tables and
sealed facts. They are read by the same version of this package alone, which the caller checks, and
from authenticated storage alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from anonymize.gates.names_left import NamesLeft
from anonymize.gates.own_values import OwnCount
from anonymize.gates.residual import ResidualFinding
from anonymize.io import PartInfo
from anonymize.names import ColumnName
from anonymize.pipeline.passing import PartReport, Planted, Residual
from anonymize.plan import Partial
from anonymize.plan.facts import SealedFacts
from anonymize.privacy import ClassCounts

OWNERS_FOLDERS = ("quarantine", "subjects", "canaries")
"""Folders of a version for files beside its parts that the owner alone reads."""
_COUNTS = ("rows_in", "rows_out", "filtered", "suppressed", "quarantined")
_BY_COLUMN = ("nulled", "missing", "source_nulls")
_SCHEMA = pa.schema([("name", pa.string()), ("content", pa.binary())])


def packed(contents: Mapping[str, bytes]) -> bytes:
    """Return named contents as one text of bytes."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, _SCHEMA) as stream:
        for name, content in contents.items():
            row = [pa.array([name]), pa.array([content], pa.binary())]
            stream.write_batch(pa.record_batch(row, schema=_SCHEMA))
    return bytes(sink.getvalue())


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return the contents that `packed` wrote."""
    with pa.ipc.open_stream(data) as stream:
        return {
            name: content
            for batch in stream
            for name, content in zip(*(column.to_pylist() for column in batch), strict=True)
        }


def report_bytes(report: PartReport) -> bytes:
    """Return a partition's report; paths are kept as names in the staging folder."""
    residual = report.residual
    facts = {
        "number": report.number,
        "screened": report.screened,
        **{name: getattr(report, name) for name in _COUNTS},
        **{name: _plain(getattr(report, name)) for name in _BY_COLUMN},
        "reasons": [[*reason, count] for reason, count in report.reasons.items()],
        "part": _part(report.part),
        "quarantine": _part(report.quarantine) if report.quarantine else None,
        "subjects": _part(report.subjects) if report.subjects else None,
        "canaries": _part(report.canaries) if report.canaries else None,
        "planted": {**vars(report.planted), "nulls": dict(report.planted.nulls)},
        "residual": None
        if residual is None
        else {
            "findings": [asdict(one) for one in residual.findings],
            "sampled_distinct": _plain(residual.sampled_distinct),
            "miss_1_percent": _plain(residual.miss_1_percent),
            "names_left": [asdict(one) for one in residual.names_left],
            "own": [asdict(one) for one in residual.own],
        },
        "classes": _about(report.classes),
    }
    facts["held"] = {str(name): len(sealed.parts) for name, sealed in report.held.items()}
    contents = {"facts": json.dumps(facts).encode(), **_table(report.classes)}
    return packed({**contents, **_sealed(report.held)})


def report_of(data: bytes, folder: Path) -> PartReport:
    """Return the report that `report_bytes` wrote, of parts in ``folder``."""
    contents = unpacked(data)
    facts: dict[str, Any] = json.loads(contents["facts"])
    residual = facts["residual"]
    counts: dict[str, Any] = {name: facts[name] for name in _COUNTS}
    counts.update((name, _by_column(facts[name])) for name in _BY_COLUMN)
    return PartReport(
        number=facts["number"],
        screened=facts.get("screened", ""),
        **counts,
        reasons={(column, why): count for column, why, count in facts["reasons"]},
        part=_info(facts["part"], folder),
        quarantine=_info(facts["quarantine"], folder) if facts["quarantine"] else None,
        subjects=_info(facts["subjects"], folder) if facts["subjects"] else None,
        canaries=_info(facts["canaries"], folder) if facts.get("canaries") else None,
        planted=Planted(**facts["planted"]) if facts.get("planted") else Planted(),
        residual=None
        if residual is None
        else Residual(
            tuple(
                ResidualFinding(**{**one, "evidence": tuple(one["evidence"])})
                for one in residual["findings"]
            ),
            _by_column(residual["sampled_distinct"]),
            _by_column(residual["miss_1_percent"]),
            tuple(NamesLeft(**one) for one in residual["names_left"]),
            tuple(OwnCount(**one) for one in residual["own"]),
        ),
        classes=_classes(facts["classes"], contents),
        held=_unsealed(facts.get("held", {}), contents),
    )


def partial_bytes(partial: Partial) -> bytes:
    """Return a first pass's result for one partition."""
    facts = {
        "under": partial.under,
        "classes": _about(partial.classes),
        "facts": {str(name): len(sealed.parts) for name, sealed in partial.facts.items()},
    }
    contents = {"facts": json.dumps(facts).encode(), **_table(partial.classes)}
    return packed({**contents, **_sealed(partial.facts)})


def partial_of(data: bytes) -> Partial:
    """Return the result that `partial_bytes` wrote."""
    contents = unpacked(data)
    facts: dict[str, Any] = json.loads(contents["facts"])
    sealed = _unsealed(facts["facts"], contents)
    return Partial(_classes(facts["classes"], contents), sealed, facts["under"])


def _sealed(facts: Mapping[ColumnName, SealedFacts]) -> dict[str, bytes]:
    return {
        f"sealed {at} {name}": part
        for name, one in facts.items()
        for at, part in enumerate(one.parts)
    }


def _unsealed(
    parts: Mapping[str, int], contents: Mapping[str, bytes]
) -> dict[ColumnName, SealedFacts]:
    return {
        ColumnName(name): SealedFacts(tuple(contents[f"sealed {at} {name}"] for at in range(count)))
        for name, count in parts.items()
    }


def _plain(counts: Mapping[ColumnName, Any]) -> dict[str, Any]:
    return {str(name): count for name, count in counts.items()}


def _by_column(counts: Mapping[str, Any]) -> dict[ColumnName, Any]:
    return {ColumnName(name): count for name, count in counts.items()}


def _part(part: PartInfo) -> dict[str, Any]:
    folder = part.path.parent.name
    inside = f"{folder}/" if folder in OWNERS_FOLDERS else ""
    return {**asdict(part), "path": f"{inside}{part.path.name}"}


def _info(facts: Mapping[str, Any], folder: Path) -> PartInfo:
    restricted = {key: tuple(columns) for key, columns in facts["restricted"].items()}
    return PartInfo(**{**facts, "path": folder / facts["path"], "restricted": restricted})


def _about(classes: ClassCounts | None) -> dict[str, Any] | None:
    if classes is None:
        return None
    return {"sensitive": list(classes.sensitive), "grouped": classes.grouped}


def _table(classes: ClassCounts | None) -> dict[str, bytes]:
    if classes is None:
        return {}
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, classes.table.schema) as stream:
        stream.write_table(classes.table)
    return {"classes": bytes(sink.getvalue())}


def _classes(facts: Mapping[str, Any] | None, contents: Mapping[str, bytes]) -> ClassCounts | None:
    if facts is None:
        return None
    with pa.ipc.open_stream(contents["classes"]) as stream:
        table = stream.read_all()
    return ClassCounts(table, tuple(facts["sensitive"]), facts["grouped"])
