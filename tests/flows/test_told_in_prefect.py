"""What Prefect is told of a run that goes wrong, or that only the anchor did not hear of: files of
the source by their number, and the artifact of a version that is there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from anonymize.errors import AnchorError, SourceError
from tests.prefect_server import database_text
from tests.workplace import Workplace

FILES = ("zuqo_kaxi.csv", "bome.ruvi 2024.csv", "tiza-fole.csv")


def folder_of_people(workplace: Workplace) -> Path:
    """Write a source of three files that are named like people; return the policy."""
    policy = workplace.policy()
    folder = workplace.folder / "staff"
    folder.mkdir()
    for name in FILES:
        (folder / name).write_text(workplace.source.read_text())
    policy.write_text(policy.read_text().replace(str(workplace.source), str(folder)))
    return policy


@pytest.mark.parametrize("broken", FILES)
def test_a_refusal_tells_the_number_of_a_file(
    flow_of: Any, workplace: Workplace, capfd: pytest.CaptureFixture[str], broken: str
) -> None:
    """In states, logs and the exception: whoever has the source knows which file it is."""
    policy = folder_of_people(workplace)
    path = workplace.folder / "staff" / broken
    path.write_text(path.read_text() + "one,two\n")
    number = sorted(FILES).index(broken) + 1
    with pytest.raises(SourceError, match=f"file {number} of the source.*cells instead of"):
        flow_of.anonymize_dataset(str(policy), workplace.keyring_uri)
    shown = capfd.readouterr()
    told = database_text() + shown.out + shown.err
    assert not [name for name in ("zuqo", "bome.ruvi", "tiza") if name in told]


@pytest.mark.soak
def test_a_source_that_cannot_be_opened_is_told_so(flow_of: Any, workplace: Workplace) -> None:
    """Also by the flow that inspects."""
    from anonymize.flows.inspect_dataset import inspect_dataset

    policy = folder_of_people(workplace)
    (workplace.folder / "staff" / FILES[0]).write_text("a,a\n1,2\n")
    with pytest.raises(SourceError, match="file 3 of the source"):
        flow_of.anonymize_dataset(str(policy), workplace.keyring_uri)
    with pytest.raises(SourceError, match="file 3 of the source"):
        inspect_dataset(str(workplace.folder / "staff"))
    assert "zuqo" not in database_text()


def test_short_names_are_replaced_as_a_whole() -> None:
    """A file called ``a`` is in no word."""
    from anonymize.flows.source_files import files_by_number

    with pytest.raises(SourceError) as told, files_by_number(["/data/a", "/data/b.csv"]):
        raise SourceError("a row of a.csv and a-b", place="/data/b.csv: column a")
    assert str(told.value) == (
        "file 2 of the source: column file 1 of the source: file 1 of the source row of a.csv and"
        " a-b"
    )


@pytest.mark.soak
def test_a_version_that_only_the_anchor_did_not_hear_of_has_its_artifact(
    flow_of: Any, workplace: Workplace
) -> None:
    """It is published, and the state says what is left to do."""
    anchor = "audit: {anchor: {command: [/bin/false], latest: [/bin/true]}}\n"
    before = database_text().count("people, version 1")
    with pytest.raises(AnchorError, match="the act is done"):
        flow_of.anonymize_dataset(str(workplace.policy(anchor)), workplace.keyring_uri)
    assert database_text().count("people, version 1") > before
