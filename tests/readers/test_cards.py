"""What others make of a version's cards: ``make soak`` runs these where their packages are."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.keys import Keyring
from anonymize.report.cards import CARD_NAMES, started
from tests.report.odd import NAMES, PURPOSE, published
from tests.workplace import Workplace

pytest.importorskip("mlcroissant", reason="it is in .venv-readers alone; make soak runs these")
pytestmark = [pytest.mark.soak, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, keyring_uri: str) -> Dataset:
    """A dataset whose columns and purpose would be markup."""
    return published(tmp_path_factory.mktemp("odd"), keyring_uri)


@pytest.fixture(scope="module")
def restricted(tmp_path_factory: pytest.TempPathFactory, keyring_uri: str) -> Dataset:
    """A dataset with a column under a key of its own."""
    return published(tmp_path_factory.mktemp("restricted"), keyring_uri, restricted=True)


def card(dataset: Dataset, form: str, keyring: Keyring) -> str:
    """Return a card of the current version."""
    data = dataset.card(CARD_NAMES[form], keyring=keyring)
    assert data is not None
    return data.decode()


def opened(folder: Path) -> Any:
    """Return Croissant's view of a folder, which has no mistake."""
    import mlcroissant

    found = mlcroissant.Dataset(str(folder / "croissant.json"))
    assert found.metadata.ctx.issues.errors == set()
    return found


def test_mlcroissant_finds_no_mistake(
    odd: Dataset, restricted: Dataset, workplace: Workplace, keyring: Keyring
) -> None:
    """In a plain dataset, one with odd names and nested columns, and one with a restricted one."""
    anonymize.run(workplace.policy(), keyring=keyring)
    for dataset in (odd, restricted, Dataset(workplace.sink)):
        found = opened(dataset.folder(1)).metadata
        assert found.name == dataset.manifest(keyring=keyring).dataset
        names = [field.name for field in found.record_sets[0].fields]
        assert names == dataset.schema(keyring=keyring).names
    assert found.version == "1.0.0"


def test_croissant_carries_what_was_done_and_what_may_be_left(
    odd: Dataset, keyring: Keyring
) -> None:
    """In the properties of its vocabulary of responsible AI."""
    found = opened(odd.folder(1)).metadata
    assert found.data_use_cases == [PURPOSE.replace("\n", "\\n")]
    assert "person: pseudonymize (domain person)" in found.data_preprocessing_protocol
    assert "zone: published as it is" in found.personal_sensitive_information
    assert any("linkage" in one for one in found.data_limitations)
    assert found.distribution[1].sha256 == odd.manifest(keyring=keyring).files[0].sha256


def test_croissant_reads_the_rows_where_the_files_are_decrypted(
    odd: Dataset, keyring: Keyring, tmp_path: Path
) -> None:
    """Every column by its field, also those with odd names and fields inside columns."""
    rows = anonymize.read(odd, keyring=keyring).drop_columns(["events", "codes", "marks"])
    pq.write_table(rows, tmp_path / "part-00000.parquet")
    said = json.loads(card(odd, "croissant", keyring))
    fields = said["recordSet"][0]["field"]
    said["recordSet"][0]["field"] = [one for one in fields if one["name"] in rows.column_names]
    (tmp_path / "croissant.json").write_text(json.dumps(said))
    ids = {one["name"]: one["@id"] for one in fields}
    found = list(opened(tmp_path).records("rows"))
    for name in ("zone", *NAMES):
        texts = [one[ids[name]] for one in found]
        plain = [one.decode() if isinstance(one, bytes) else one for one in texts]
        assert plain == rows[name].to_pylist()
    inside = f"{ids['profile']}/1"
    sizes = [one["size"] for one in rows["profile"].to_pylist()]
    assert [one[ids["profile"]][inside].decode() for one in found] == sizes


def test_the_hub_reads_the_card(odd: Dataset, restricted: Dataset, keyring: Keyring) -> None:
    """Its metadata are what the front matter says, and writing it again keeps the page."""
    from huggingface_hub import DatasetCard

    for dataset in (odd, restricted):
        text = card(dataset, "md", keyring)
        found = DatasetCard(text)
        assert found.data.pretty_name == "odd"
        assert found.data.size_categories == ["n<1K"]
        assert found.data.to_dict()["coatcheck"]["version"] == 1
        assert found.text.strip() == text.split("---\n", 2)[2].strip()


FACETS = {
    "processing_engine": ("processing_engine_run", "ProcessingEngineRunFacet"),
    "jobType": ("job_type_job", "JobTypeJobFacet"),
    "documentation": ("documentation_job", "DocumentationJobFacet"),
    "version": ("dataset_version_dataset", "DatasetVersionDatasetFacet"),
    "storage": ("storage_dataset", "StorageDatasetFacet"),
    "schema": ("schema_dataset", "SchemaDatasetFacet"),
    "columnLineage": ("column_lineage_dataset", "ColumnLineageDatasetFacet"),
    "tags": ("tags_dataset", "TagsDatasetFacet"),
    "outputStatistics": (
        "output_statistics_output_dataset",
        "OutputStatisticsOutputDatasetFacet",
    ),
}
"""Facet of an event → module and class of OpenLineage's client."""


def facet(name: str, said: dict[str, Any]) -> Any:
    """Return the client's object of a facet, whose class refuses what it does not know."""
    from importlib import import_module

    module, kind = FACETS[name]
    home = import_module(f"openlineage.client.generated.{module}")
    given = {key: value for key, value in said.items() if not key.startswith("_")}

    def column(one: dict[str, Any]) -> Any:
        inner = [column(each) for each in one.get("fields", [])]
        return home.SchemaDatasetFacetFields(**{**one, "fields": inner})

    if name == "schema":
        given["fields"] = [column(one) for one in given["fields"]]
    elif name == "tags":
        given["tags"] = [home.TagsDatasetFacetFields(**one) for one in given["tags"]]
    elif name == "columnLineage":
        for each in given["fields"].values():
            for source in each["inputFields"]:
                source["transformations"] = [
                    home.Transformation(**one) for one in source["transformations"]
                ]
            each["inputFields"] = [home.InputField(**one) for one in each["inputFields"]]
        given["fields"] = {key: home.Fields(**one) for key, one in given["fields"].items()}
    made = getattr(home, kind)(**given, producer=said["_producer"])
    assert re.sub(r"\d+-\d+-\d+", "", made._schemaURL) == re.sub(
        r"\d+-\d+-\d+", "", said["_schemaURL"]
    )
    return made


def facets(said: dict[str, Any]) -> dict[str, Any]:
    """Return the client's objects of facets by name."""
    return {name: facet(name, one) for name, one in said.items()}


def event_of(said: dict[str, Any]) -> Any:
    """Return the client's object of an event."""
    from openlineage.client.generated import base

    return base.RunEvent(
        eventType=base.EventType[said["eventType"]],
        eventTime=said["eventTime"],
        producer=said["producer"],
        run=base.Run(said["run"]["runId"], facets(said["run"]["facets"])),
        job=base.Job(said["job"]["namespace"], said["job"]["name"], facets(said["job"]["facets"])),
        inputs=[
            base.InputDataset(one["namespace"], one["name"], facets=facets(one["facets"]))
            for one in said["inputs"]
        ],
        outputs=[
            base.OutputDataset(
                one["namespace"],
                one["name"],
                facets=facets(one.get("facets", {})),
                outputFacets=facets(one.get("outputFacets", {})),
            )
            for one in said["outputs"]
        ],
    )


@pytest.mark.parametrize("begins", [False, True], ids=["COMPLETE", "START"])
def test_openlineages_client_takes_the_event(
    odd: Dataset, restricted: Dataset, keyring: Keyring, begins: bool
) -> None:
    """Every event, facet and field is one of its model, and nothing is lost on the way."""
    from openlineage.client.serde import Serde

    for dataset in (odd, restricted):
        said = json.loads(card(dataset, "openlineage", keyring))
        said = started(said, said["eventTime"]) if begins else said
        sent = json.loads(Serde.to_json(event_of(json.loads(json.dumps(said)))))
        assert (sent["run"]["runId"], sent["job"]["name"]) == (said["run"]["runId"], "odd")
        assert sent["eventType"] == ("START" if begins else "COMPLETE")
        assert sent["inputs"][0]["facets"].keys() == said["inputs"][0]["facets"].keys()
        output = sent["outputs"][0]
        if not begins:
            columns = said["outputs"][0]["facets"]["columnLineage"]["fields"]
            assert output["facets"]["columnLineage"]["fields"].keys() == columns.keys()
            assert output["facets"].keys() == said["outputs"][0]["facets"].keys()


def test_the_clients_own_file_is_written_alike(
    workplace: Workplace, keyring: Keyring, tmp_path: Path
) -> None:
    """Lines of JSON, one an event: what reads the one reads the other."""
    from openlineage.client.transport.file import FileConfig, FileTransport

    ours, theirs = tmp_path / "ours.jsonl", tmp_path / "theirs.jsonl"
    anonymize.run(workplace.policy(f"lineage: {{file: {ours}}}"), keyring=keyring)
    transport = FileTransport(FileConfig(log_file_path=str(theirs), append=True))
    for line in ours.read_text().splitlines():
        transport.emit(event_of(json.loads(line)))
    read = [[json.loads(line) for line in path.read_text().splitlines()] for path in (ours, theirs)]
    assert [one["run"]["runId"] for one in read[0]] == [one["run"]["runId"] for one in read[1]]
    assert [one["eventType"] for one in read[1]] == ["START", "COMPLETE"]
