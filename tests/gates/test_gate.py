"""Nothing is published, and no frame returned, when the rows written have a class below k."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.errors import GateError
from anonymize.plan.bind import registry
from anonymize.plan.show import explain
from anonymize.policy import Policy, parse_policy

CALLS: list[int] = []


@dataclass(frozen=True)
class Liar:
    """Says that it is a function of the row, and gives another split of the rows at its second
    call.
    """

    function_of_row = True

    def make(self, parameters: object) -> Liar:
        """Stand in for an installed action."""
        return self

    distribution = "liar"
    version = "1"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def __call__(self, column: pa.Array) -> pa.Array:
        """Return three rows of each class first, five and one then."""
        CALLS.append(len(column))
        return pa.array(["a"] * 3 + ["b"] * 3 if len(CALLS) == 1 else ["a"] * 5 + ["b"])


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Policy:
    """Return a policy whose quasi-identifier is the liar's, over six rows."""
    CALLS.clear()
    for room in (registry, explain):
        monkeypatch.setattr(room, "custom_action", lambda name: Liar())
    (tmp_path / "p.csv").write_text("zip\n" + "00001\n" * 6)
    return parse_policy(
        f"version: 1\ndataset: d\npurpose: test\nsource: {{path: {tmp_path}/p.csv, types: {{zip:"
        f" string}}}}\nsink: {{path: {tmp_path}/out}}\ndetect: {{ner: off}}\nchecks: {{residual:"
        " off}\nprivacy: {quasi_identifiers: [zip], k: 3}\ncolumns:\n  zip: {action: custom,"
        " name: liar}\n",
        "p.yaml",
    )


def test_a_run_whose_written_classes_are_too_small_publishes_nothing(
    policy: Policy, keyring_uri: str
) -> None:
    """The count on what was written is what decides."""
    with pytest.raises(GateError, match="1 of 2 classes in what was written are smaller than 3"):
        anonymize.run(policy, keyring=keyring_uri)
    assert Dataset(policy.sink.path).current is None


def test_a_frame_whose_classes_are_too_small_is_not_returned(policy: Policy) -> None:
    """The same for frames."""
    with pytest.raises(GateError, match="1 of 2 classes in what was written are smaller than 3"):
        anonymize.anonymize_frame(pd.DataFrame({"zip": ["00001"] * 6}), policy)
