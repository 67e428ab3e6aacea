"""The policy that docs/reference/https.md shows is read as it says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.pipeline.opening import open_spec
from anonymize.policy import parse_policy
from tests.tls_server import Answer, Asked, tls_server

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/https.md").read_text()


def test_the_pages_source_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a server in the place of the example's."""

    def answer(asked: Asked) -> Answer:
        assert asked.headers["Authorization"] == "Bearer of-the-test"
        last = "cursor=second" in asked.path
        page = {
            "meta": {"next": None if last else "second"},
            "data": [{"id": f"o{n}", "total": n} for n in ((2, 3) if last else (0, 1))],
        }
        return Answer(json.dumps(page).encode())

    monkeypatch.setenv("ORDERS_TOKEN", "of-the-test")
    text = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    with tls_server(tmp_path, answer) as server:
        here = text.replace("https://api.example.com", server.url).replace(
            "  auth:", f"  ca_file: {server.ca_file}\n  allow_private: true\n  auth:"
        )
        source = open_spec(parse_policy(here).source)
        rows = pa.Table.from_batches(list(source.batches()))
    assert rows["total"].to_pylist() == [0, 1, 2, 3]
    assert set(rows.column_names) == set(parse_policy(text).columns)
