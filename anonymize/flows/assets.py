"""Source and published version as Prefect's assets, so that lineage shows what was made of what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anonymize.flows.logs import only_told
from anonymize.flows.names import asset_key


def materialized(summary: Mapping[str, Any]) -> None:
    """Tell Prefect of the version that is current now, made of the dataset's source.

    A task of its own, after the publication: only what is published is an asset.
    """
    from prefect.assets import Asset, AssetProperties, add_asset_metadata, materialize
    from prefect.cache_policies import NO_CACHE

    name, version = summary["dataset"], summary["version"]
    source = Asset(
        key=asset_key(name, "source"),
        properties=AssetProperties(name=f"source of {name}", description="raw data; not readable"),
    )
    dataset = Asset(
        key=asset_key(name, "dataset"),
        properties=AssetProperties(
            name=name, description=f"version {version}, {summary['rows_out']:,} rows, encrypted"
        ),
    )
    facts = {what: summary[what] for what in ("version", "rows_in", "rows_out", "columns_out")}

    @materialize(
        dataset,
        by="coatcheck",
        asset_deps=[source],
        name="publish",
        task_run_name=f"{name} version {version}",
        persist_result=False,
        cache_policy=NO_CACHE,
    )
    def publish() -> None:
        add_asset_metadata(dataset, facts)

    with only_told():
        publish()
