"""Chooses the hierarchy that a policy asks for."""

from __future__ import annotations

from anonymize.errors import PlanError
from anonymize.privacy.hierarchies.any_value import AnyValue
from anonymize.privacy.hierarchies.countries import Countries
from anonymize.privacy.hierarchies.dates import Dates
from anonymize.privacy.hierarchies.files import FileHierarchy
from anonymize.privacy.hierarchies.icd10 import Icd10
from anonymize.privacy.hierarchies.interface import Asked, ValueHierarchy
from anonymize.privacy.hierarchies.prefixes import Naics, Postcodes, Prefixes
from anonymize.privacy.hierarchies.ranges import Edges, Ranges, ages

WAYS = (
    "ranges", "edges", "prefix", "postcodes", "codes", "dates", "ages", "countries", "file",
    "values",
)  # fmt: skip
"""Keys of `Asked` of which exactly one is given."""


def hierarchy_of(spec: Asked, data: bytes | None = None) -> ValueHierarchy:
    """Return the hierarchy that ``spec`` asks for; it is frozen and can be pickled.

    Args:
        spec: The policy's model, or a `HierarchySpec`.
        data: Content of ``spec.file``, by default read from its path.

    Raises:
        PlanError: it names no way or several, its numbers do not nest, or its file is no hierarchy.
    """
    said = [way for way in WAYS if getattr(spec, way) not in (None, False)]
    if len(said) != 1:
        have = f"{' and '.join(said)} do not go together" if said else "does not say how"
        raise PlanError(f"{have}; say one of {', '.join(WAYS)}")
    unknown = spec.unknown
    if spec.ranges is not None:
        return Ranges(tuple(spec.ranges), spec.top, spec.bottom, unknown)
    if spec.edges is not None:
        return Edges(tuple(map(tuple, spec.edges)), unknown)
    if spec.prefix is not None:
        return Prefixes(tuple(spec.prefix), spec.width, unknown)
    if spec.postcodes is not None:
        return Postcodes(spec.postcodes, unknown)
    if spec.codes is not None:
        return Icd10(unknown) if spec.codes == "icd10" else Naics(unknown)
    if spec.file is not None:
        return FileHierarchy.read(spec.file, data, unknown)
    if spec.values:
        return AnyValue()
    if spec.dates:
        return Dates(unknown)
    return ages(unknown) if spec.ages else Countries(unknown)
