"""What was not looked for is said by the plan, the summary, the manifest and the artifact, in the
same words.
"""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from anonymize.dataset import Dataset
from anonymize.gates.not_looked_for import not_looked_for
from anonymize.keys import Keyring
from anonymize.pipeline.prepare import preview_plan
from anonymize.report import summary_line, summary_markdown
from tests.workplace import Workplace

OFF = "names in text and in columns that rules leave open: the policy says detect: {ner: off}"


def test_it_is_said_in_all_places(workplace: Workplace, keyring: Keyring) -> None:
    """For people and for programs."""
    policy = str(workplace.policy("detect: {ner: 'off'}"))
    plan = workplace.coatcheck("plan", policy).stdout
    planned = json.loads(workplace.coatcheck("plan", policy, "--json").stdout)
    run = workplace.coatcheck("run", policy).stdout
    done = json.loads(workplace.coatcheck("run", policy, "--json").stdout)
    manifest = Dataset(workplace.sink).manifest(keyring=keyring)
    assert f"not looked for: {OFF}" in " ".join(plan.split())  # in lines of 80 columns
    assert f"not looked for: {OFF}" in run
    assert (
        planned["not_looked_for"]
        == done["not_looked_for"]
        == list(manifest.checks.not_looked_for)
        == [OFF]
    )
    assert planned["name_model"] is None
    assert f"| not looked for | {OFF} |" in summary_markdown(done).replace("<br>", " ")


def test_nothing_is_said_where_all_was_looked_for(workplace: Workplace, keyring: Keyring) -> None:
    """The usual policy: an empty list, and a line without it."""
    done = json.loads(workplace.coatcheck("run", str(workplace.policy()), "--json").stdout)
    assert (
        done["not_looked_for"]
        == list(Dataset(workplace.sink).manifest(keyring=keyring).checks.not_looked_for)
        == []
    )
    assert "not looked for" not in summary_line(done)
    page = summary_markdown(done)
    assert "| not looked for | nothing left out |" in page
    (report,) = workplace.sink.glob("versions/*/report.html")  # which Prefect's page names
    assert f"`{done['path']}/{report.relative_to(workplace.sink)}`" in page
    assert f"`coatcheck report {done['path']} --version 1 -o report.html`" in page


def test_columns_of_bytes_are_said_to_be_read_as_utf_8_alone(workplace: Workplace) -> None:
    """Names in UTF-16 or in a gzip were published under keep, and nothing was said."""
    table = pa.table({"blob": [f"Ana {n}".encode("utf-16") for n in range(40)], "n": range(40)})
    pq.write_table(table, workplace.folder / "b.parquet")
    text = workplace.policy().read_text().split("columns:")[0]
    text = text.replace(str(workplace.source), str(workplace.folder / "b.parquet"))
    rules = "columns:\n  blob: {action: keep}\n  n: {action: keep}\n"
    plan = preview_plan(write(workplace.folder / "b.yaml", text + rules)).plan
    assert any(
        "UTF-8 text in 'blob', whose cells are bytes" in said for said in not_looked_for(plan)
    )
    redacted = rules.replace("blob: {action: keep}", "blob: {action: redact}")
    plan = preview_plan(write(workplace.folder / "b.yaml", text + redacted)).plan
    assert not any("bytes" in said for said in not_looked_for(plan))


def write(path: Path, text: str) -> Path:
    """Write a file and return its path."""
    path.write_text(text)
    return path
