"""``openlineage.json``: the run that made a version, as an OpenLineage event (openlineage.io).

The event that says that the run is complete lies beside the manifest. Services want one that says
that it started, too; `started` makes it of the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from anonymize.dataset import Manifest
from anonymize.errors import on_one_line
from anonymize.nested.schema import is_list
from anonymize.report.told import Told

Json = dict[str, Any]
_SPEC = "https://openlineage.io/spec"
_RUNS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:coatcheck:runs")
_VERSIONS = {
    "ColumnLineageDatasetFacet": "1-2-0",
    "DatasetVersionDatasetFacet": "1-0-1",
    "DocumentationJobFacet": "1-1-0",
    "JobTypeJobFacet": "2-0-4",
    "OutputStatisticsOutputDatasetFacet": "1-0-2",
    "ProcessingEngineRunFacet": "1-1-1",
    "SchemaDatasetFacet": "1-2-0",
    "StorageDatasetFacet": "1-0-1",
    "TagsDatasetFacet": "1-0-0",
}
"""Facet → version of its specification."""


@dataclass(frozen=True)
class Naming:
    """What an event calls job and datasets."""

    namespace: str = "coatcheck"
    """Namespace of the job and of both datasets."""
    source: str = ""
    """Name of the source; by default ``DATASET.source``: file names may name people."""


JOBS = Naming()
"""The names of an event where the policy gives none."""


def completed(told: Told, naming: Naming) -> Json:
    """Return the event of a version's publication.

    The run's id follows from the parts' digests, so an event that is sent twice is the same one.
    The source's version is the manifest's keyed digest: equal for equal sources of one owner, and
    no test of a guess.
    """
    made = told.manifest
    source = naming.source or f"{made.dataset}.source"
    return {
        "eventType": "COMPLETE",
        "eventTime": made.created_at,
        "producer": _producer(told),
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {
            "runId": _run_id(made),
            "facets": {
                "processing_engine": _facet(
                    told,
                    "ProcessingEngineRunFacet",
                    name="coatcheck",
                    version=made.software.get("coatcheck", "unknown"),
                )
            },
        },
        "job": {
            "namespace": naming.namespace,
            "name": made.dataset,
            "facets": {
                "jobType": _facet(
                    told,
                    "JobTypeJobFacet",
                    processingType="BATCH",
                    integration="COATCHECK",
                    jobType="JOB",
                ),
                "documentation": _facet(
                    told,
                    "DocumentationJobFacet",
                    description=on_one_line(f"anonymizes for: {made.purpose}"),
                    contentType="text/plain",
                ),
            },
        },
        "inputs": [_input(told, naming.namespace, source)],
        "outputs": [_output(told, naming.namespace, source)],
    }


def started(event: Mapping[str, Any], begun_at: str) -> Json:
    """Return the event that says that the run of ``event`` began at ``begun_at``."""
    outputs = [{"namespace": one["namespace"], "name": one["name"]} for one in event["outputs"]]
    return {**event, "eventType": "START", "eventTime": begun_at, "outputs": outputs}


def _run_id(made: Manifest) -> str:
    """Return an id that no other publication has: each part has data keys of its own, and so a
    digest of its own.
    """
    said = (made.dataset, made.version, made.created_at, *(file.sha256 for file in made.files))
    return str(uuid.uuid5(_RUNS, "/".join(map(str, said))))


def _producer(told: Told) -> str:
    return f"urn:coatcheck:{told.manifest.software.get('coatcheck', 'unknown')}"


def _facet(told: Told, kind: str, **said: Any) -> Json:
    url = f"{_SPEC}/facets/{_VERSIONS[kind]}/{kind}.json#/$defs/{kind}"
    return {"_producer": _producer(told), "_schemaURL": url, **said}


def _input(told: Told, namespace: str, name: str) -> Json:
    digest = told.manifest.source.hmac_sha256
    version = _facet(told, "DatasetVersionDatasetFacet", datasetVersion=digest)
    return {
        "namespace": namespace,
        "name": name,
        "facets": {"version": version} if digest else {},
    }


def _output(told: Told, namespace: str, source: str) -> Json:
    made = told.manifest
    parts = made.data_files()
    return {
        "namespace": namespace,
        "name": made.dataset,
        "facets": {
            "version": _facet(told, "DatasetVersionDatasetFacet", datasetVersion=str(made.version)),
            "storage": _facet(
                told, "StorageDatasetFacet", storageLayer="file", fileFormat="parquet"
            ),
            "schema": _facet(
                told, "SchemaDatasetFacet", fields=[_column(one) for one in told.schema]
            ),
            "columnLineage": _facet(
                told,
                "ColumnLineageDatasetFacet",
                fields={
                    one.column: {
                        "inputFields": [
                            {
                                "namespace": namespace,
                                "name": source,
                                "field": one.column,
                                "transformations": [
                                    {
                                        "type": "DIRECT",
                                        "subtype": "IDENTITY" if one.is_kept else "TRANSFORMATION",
                                        "description": on_one_line(one.action),
                                        "masking": not one.is_kept,
                                    }
                                ],
                            }
                        ]
                    }
                    for one in told.columns
                },
            ),
            "tags": _facet(told, "TagsDatasetFacet", tags=[*_tags(told)]),
        },
        "outputFacets": {
            "outputStatistics": _facet(
                told,
                "OutputStatisticsOutputDatasetFacet",
                rowCount=made.rows.written,
                size=told.size_bytes,
                fileCount=len(parts),
            )
        },
    }


def _column(field: pa.Field) -> Json:
    kind = field.type
    while is_list(kind):
        kind = kind.value_type
    said: Json = {"name": field.name, "type": str(field.type)}
    if pa.types.is_struct(kind):
        said["fields"] = [_column(one) for one in kind]
    return said


def _tags(told: Told) -> Iterator[Json]:
    """Yield the purpose, the measured k, and of each column what it held and who opens it."""
    yield _tag("purpose", told.manifest.purpose)
    if told.privacy:
        yield _tag("k", str(told.privacy.k))
    for one in told.columns:
        if one.found:
            yield _tag("found in the source", one.found, one.column)
        if one.key:
            yield _tag("key", one.key, one.column)


def _tag(key: str, value: str, field: str = "") -> Json:
    tag = {"key": key, "value": on_one_line(value), "source": "COATCHECK"}
    return {**tag, "field": field} if field else tag
