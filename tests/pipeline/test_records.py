"""Results of partitions come back whole from their bytes: a field that is left out would be a count
that is silently wrong in an incremental run.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from anonymize.gates.names_left import NamesLeft
from anonymize.gates.own_values import OwnCount
from anonymize.gates.residual import ResidualFinding
from anonymize.io import PartInfo
from anonymize.keys import PurposeKey, Secret
from anonymize.names import ColumnName, EntityType, KeyId
from anonymize.pipeline.passing import PartReport, Planted, Residual
from anonymize.pipeline.records import partial_bytes, partial_of, report_bytes, report_of
from anonymize.plan import Partial
from anonymize.plan.facts import SealedFacts
from anonymize.privacy import ClassCounts

NAME = ColumnName("born.in")
KEY = PurposeKey(KeyId("owner.1"), Secret(bytes(32)), domain="d", entity="", action="a")
CLASSES = ClassCounts.of(
    [pa.array(["a", "b", "a"])], pa.array([1, 2, None]), {"dx": pa.array(["x", None, "y"])}, KEY
)


def _report(folder: Path) -> PartReport:
    """Return a report in which every field differs from its default."""
    name, tail = "part-00003.parquet", {"tail_bytes": 4, "tail_sha256": "12" * 32}
    restricted = {"special": ("dx",)}
    part = PartInfo(folder / name, 7, 99, "ab" * 32, "training", restricted, {"a": 2}, **tail)
    inside = folder / "quarantine" / name
    aside = PartInfo(inside, 1, 9, "cd" * 32, "owner", {}, {"row": 0}, **tail)
    inside = folder / "subjects" / name
    subjects = PartInfo(inside, 8, 5, "ef" * 32, "owner", {}, {"row": 0}, **tail)
    inside = folder / "canaries" / name
    canaries = PartInfo(inside, 1, 6, "0f" * 32, "canary", {}, {"record": 0}, **tail)
    finding = ResidualFinding(NAME, EntityType("PHONE"), 3, 50, 0.75, ("3 of 50 cells",))
    return PartReport(
        screened="ab" * 32,
        number=4,
        part=part,
        quarantine=aside,
        subjects=subjects,
        canaries=canaries,
        planted=Planted(2, 3, {"a": 1}),
        rows_in=12,
        rows_out=7,
        filtered=1,
        suppressed=3,
        quarantined=1,
        nulled={NAME: 2},
        missing={NAME: 5},
        source_nulls={NAME: 6},
        held={NAME: SealedFacts((b"kept",))},
        reasons={("born", "no date: \u00fc"): 1},
        residual=Residual(
            (finding,),
            {NAME: 50},
            {NAME: 0.6},
            (NamesLeft(NAME, 9, 2),),
            (OwnCount(NAME, 9, 2, 1),),
        ),
        classes=CLASSES,
    )


def _no_defaults(one: Any, path: str = "report") -> list[str]:
    """Return the fields, at any depth, that are empty."""
    found = []
    for field in fields(one):
        value = getattr(one, field.name)
        if is_dataclass(value):
            found += _no_defaults(value, f"{path}.{field.name}")
        elif value is None or value in ((), "", {}):
            found.append(f"{path}.{field.name}")
    return found


def test_every_field_of_a_report_comes_back(tmp_path: Path) -> None:
    """Also those that a later release adds: the report above must set them."""
    report = _report(tmp_path)
    assert _no_defaults(report) == [
        "report.quarantine.restricted",
        "report.subjects.restricted",
        "report.canaries.restricted",
    ]
    again = report_of(report_bytes(report), tmp_path)
    for field in fields(PartReport):
        if field.name != "classes":
            assert getattr(again, field.name) == getattr(report, field.name), field.name
    assert again.classes is not None
    assert again.classes.table.equals(CLASSES.table)
    assert (again.classes.sensitive, again.classes.grouped) == (("dx",), CLASSES.grouped)


def test_every_field_of_a_partial_comes_back() -> None:
    """Sealed facts of several parts keep their order."""
    sealed = SealedFacts((b"one", b"two" * 50))
    partial = Partial(CLASSES, {NAME: sealed, ColumnName("x"): SealedFacts((b"",))}, "check")
    again = partial_of(partial_bytes(partial))
    assert [field.name for field in fields(Partial)] == ["classes", "facts", "under"]
    assert again.classes is not None
    assert again.classes.table.equals(CLASSES.table)
    assert (again.facts, again.under) == (partial.facts, "check")


def test_what_is_not_there_stays_away(tmp_path: Path) -> None:
    """No scan, no classes, nothing set aside."""
    report = _report(tmp_path)
    bare = PartReport(
        **{
            **{field.name: getattr(report, field.name) for field in fields(PartReport)},
            "residual": None,
            "classes": None,
            "quarantine": None,
        }
    )
    again = report_of(report_bytes(bare), tmp_path)
    assert (again.residual, again.classes, again.quarantine) == (None, None, None)
    assert partial_of(partial_bytes(Partial())) == Partial()
