"""Inspection as a flow: a source's path in, verdicts with evidence out, as an artifact."""

from __future__ import annotations

from typing import Any

from anonymize.flows.settings import quiet_prefect

quiet_prefect()

from prefect import flow  # noqa: E402
from prefect.artifacts import create_table_artifact  # noqa: E402

from anonymize.flows.guard import in_one_message, quoting_nothing  # noqa: E402
from anonymize.flows.source_files import source_by_number  # noqa: E402
from anonymize.pipeline.opening import spec_of  # noqa: E402
from anonymize.pipeline.prepare import inspect_source  # noqa: E402
from anonymize.report import FINDING_COLUMNS, finding_rows  # noqa: E402


@flow(name="inspect-dataset", persist_result=False, validate_parameters=False)
@in_one_message
@quoting_nothing
def inspect_dataset(
    source: str, countries: tuple[str, ...] = (), table: str | None = None
) -> list[dict[str, Any]]:
    """Return a row per column of ``source``: verdict, confidence, runner-up, evidence; no raw
    value.

    Args:
        source: A file, a folder or a glob; or a database's address without its password.
        countries: Two-letter codes of countries whose identifiers are looked for.
        table: The database's table or view.
    """
    with source_by_number(source):
        found = finding_rows(inspect_source(spec_of(source, table), countries))
    rows = [dict(zip(FINDING_COLUMNS, row, strict=True)) for row in found]
    create_table_artifact(
        key="coatcheck-inspection", table=rows, description=f"columns of {source}"
    )
    return rows
