"""A whole run publishes what its actions made, and the refusal of what is left names a step that
publishes.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import anonymize
from anonymize.errors import GateError
from tests.detect.harmless_columns import values_of
from tests.gates.test_actions_and_gate import COLUMNS

MADE = {
    "ip": "generalize, network: {}",
    "mail": "mask, form: email",
    "salary": "generalize, band: 10000, top: 150000",
    "large": "generalize, quantiles: 5",
    "mac": "mask, keep_first: 6",
    "phone": "fake, kind: phone",
}


def _run(folder: Path, columns: dict[str, list[object]], rules: dict[str, str], uri: str) -> int:
    rows = zip(*(map(str, values) for values in columns.values()), strict=True)
    lines = [",".join(f'"{cell}"' for cell in row) for row in (list(columns), *rows)]
    (folder / "t.csv").write_text("\n".join(lines) + "\n")
    written = "".join(f"  {name}: {{action: {rule}}}\n" for name, rule in rules.items())
    head = "version: 1\ndataset: t\npurpose: test\ndetect: {ner: 'off'}\n"
    (folder / "t.yaml").write_text(
        f"{head}source: {{path: {folder / 't.csv'}}}\nsink: {{path:"
        f" {folder / 'out'}}}\ncolumns:\n{written}"
    )
    return anonymize.run(folder / "t.yaml", keyring=uri).rows_out


def test_a_run_publishes_what_its_actions_made_and_what_is_harmless(
    tmp_path: Path, keyring_uri: str
) -> None:
    """Networks, bands, quantiles, masks and invented numbers beside versions, amounts and epochs
    that are kept.
    """
    kept = {
        kind: values_of(kind, 240)
        for kind in ("version", "amount_eu", "epoch", "part_number", "network")
    }
    columns = {**{name: COLUMNS[name] for name in MADE}, **kept}
    assert _run(tmp_path, columns, {**MADE, **dict.fromkeys(kept, "keep")}, keyring_uri) == 240  # type: ignore[arg-type]


@pytest.mark.usefixtures("gate_alone")
def test_following_a_refusal_publishes(tmp_path: Path, keyring_uri: str) -> None:
    """Five addresses behind a rule that leaves them whole: the step that the message offers
    publishes.
    """
    values: list[object] = [*(f"pallet {i}" for i in range(235)), *COLUMNS["mail"][:5]]
    with pytest.raises(
        GateError, match=r"EMAIL_ADDRESS \(5 of 240 distinct values \(2.1 %\)"
    ) as error:
        _run(tmp_path, {"load": values}, {"load": "keep"}, keyring_uri)
    first, *_ = re.findall(r"\{action: (\w+)\}", str(error.value))
    assert _run(tmp_path, {"load": values}, {"load": first}, keyring_uri) == 240
