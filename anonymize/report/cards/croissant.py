"""``croissant.json``: a version as Croissant metadata (JSON-LD, mlcommons.org/croissant/1.1).

Data catalogs index it. Where the files are decrypted, Croissant's loader reads rows by it, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from anonymize.errors import on_one_line
from anonymize.nested.schema import is_list
from anonymize.report.told import Told

Json = dict[str, Any]
MOST_FILES = 1000
"""Files that are listed one by one with their digests; all are in the file set, and the manifest
lists all.
"""
_PARQUET = "application/x-parquet"
_CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that the specification gives: its names, and what is JSON."""


def croissant(told: Told) -> Json:
    """Return the metadata: the files, a field per column, and the responsible-AI properties of what
    was done and what may be left.
    """
    made = told.manifest
    said: Json = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": made.dataset,
        "description": _description(told),
        "version": f"{made.version}.0.0",
        "datePublished": made.created_at,
        "keywords": ["anonymized", "encrypted", "coatcheck"],
        "distribution": [*_files(told)],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "rows",
                "name": "rows",
                "description": f"{made.rows.written} rows.",
                "field": [
                    _field(f"rows/{number}", field, told, field.name, ())
                    for number, field in enumerate(told.schema)
                ],
            }
        ],
        "rai:dataUseCases": [on_one_line(made.purpose)],
        "rai:dataPreprocessingProtocol": [
            on_one_line(f"{one.column}: {one.action}") for one in told.columns
        ],
        "rai:personalSensitiveInformation": [*_personal(told)],
        "rai:dataLimitations": [*_limitations(told)],
    }
    return {name: value for name, value in said.items() if value not in ([], [""])}


def _description(told: Told) -> str:
    made = told.manifest
    return on_one_line(
        f"Version {made.version} of dataset {made.dataset}, made for: {made.purpose}. Rows made by"
        " the rules of a policy that remove or replace personal data, as Parquet files that are"
        " encrypted; reading needs keys. card.md beside this file says more, manifest.json is what"
        " was signed."
    )


def _files(told: Told) -> Iterator[Json]:
    yield {
        "@type": "cr:FileSet",
        "@id": "parts",
        "name": "parts",
        "description": "Parquet files with encrypted columns and footer (AES-256-GCM).",
        "encodingFormat": _PARQUET,
        "includes": "part-*.parquet",
    }
    for entry in told.manifest.data_files()[:MOST_FILES]:
        yield {
            "@type": "cr:FileObject",
            "@id": entry.path,
            "name": entry.path,
            "contentUrl": entry.path,
            "contentSize": f"{entry.size_bytes} B",
            "encodingFormat": _PARQUET,
            "sha256": entry.sha256,
        }


def _field(place: str, field: pa.Field, told: Told, column: str, path: tuple[str, ...]) -> Json:
    """Return a column, or a field inside one at ``path``. Ids are numbers, because names may hold
    anything.
    """
    kind, dimensions = field.type, 0
    while is_list(kind):
        kind, dimensions = kind.value_type, dimensions + 1
    said: Json = {"@type": "cr:Field", "@id": place, "name": field.name}
    said["description"] = _about(field, told) if not path else f"Arrow type {field.type}"
    if dimensions or pa.types.is_map(kind):
        shape = ["-1"] * (dimensions + pa.types.is_map(kind))
        said |= {"isArray": True, "arrayShape": ",".join(shape)}
    inner = [*_inside(kind)]
    if inner:
        said["subField"] = [
            _field(f"{place}/{number}", one, told, column, (*path, one.name))
            for number, one in enumerate(inner)
        ]
        return said
    said["dataType"] = _data_type(kind)
    said["source"] = {"fileSet": {"@id": "parts"}, "extract": {"column": column}}
    if path:
        said["source"]["transform"] = [{"jsonPath": _json_path(name)} for name in path]
    return said


def _inside(kind: pa.DataType) -> Iterator[pa.Field]:
    if pa.types.is_struct(kind):
        yield from kind
    elif pa.types.is_map(kind):
        yield pa.field("key", kind.key_type)
        yield pa.field("value", kind.item_type)


def _json_path(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else json.dumps(name, ensure_ascii=False)


def _about(field: pa.Field, told: Told) -> str:
    said = [f"Arrow type {field.type}"]
    line = told.by_name.get(field.name)
    if line is not None:
        said.append(f"action: {line.action}")
        said += [f"joins within: {line.joins}"] if line.joins else []
        said += [f"found in the source: {line.found}"] if line.found else []
    if key := told.keys.get(field.name):
        said.append(f"only key {key} opens it")
    return on_one_line("; ".join(said))


def _data_type(kind: pa.DataType) -> str:
    """Return Croissant's type for a value of an Arrow type; the description has the exact one."""
    t = pa.types
    if t.is_dictionary(kind):
        return _data_type(kind.value_type)
    if t.is_boolean(kind):
        return "sc:Boolean"
    if t.is_integer(kind):
        return f"cr:{'UInt' if t.is_unsigned_integer(kind) else 'Int'}{kind.bit_width}"
    if t.is_floating(kind):
        return f"cr:Float{kind.bit_width}"
    if t.is_decimal(kind):
        return "sc:Float"
    if t.is_date(kind):
        return "sc:Date"
    if t.is_timestamp(kind):
        return "sc:DateTime"
    if t.is_time(kind):
        return "sc:Time"
    return "sc:Integer" if t.is_duration(kind) else "sc:Text"


def _personal(told: Told) -> Iterator[str]:
    for one in told.columns:
        if one.is_kept:
            found = f", {one.found} in the source" if one.found else ""
            yield on_one_line(f"{one.column}: published as it is{found}")
    for note in told.residual.findings if told.residual else ():
        yield on_one_line(f"{note.column}: the scan of the output found {note.what}")


def _limitations(told: Told) -> Iterator[str]:
    if told.residual is None:
        yield "the output was not scanned for personal data"
    privacy = told.privacy
    if privacy is None:
        yield "k-anonymity was not asked for"
    else:
        yield on_one_line(f"k-anonymity: k = {privacy.k} ({privacy.counted})")
        yield "k-anonymity is against linkage with other data, not against inference"
        yield from (on_one_line(one.words()) for one in privacy.against or ())
    yield from (f"not looked for: {on_one_line(one)}" for one in told.not_looked_for)
