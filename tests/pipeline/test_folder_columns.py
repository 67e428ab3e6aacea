"""Columns of folders pass the policy, and the folders' names are in nothing that is written."""

from __future__ import annotations

import anonymize
from tests.workplace import Workplace


def test_names_of_folders_pass_the_policy_and_leak_nowhere(workplace: Workplace) -> None:
    """A person per folder: a fake name in the output, and no trace in manifest and logs."""
    root = workplace.folder / "people"
    for number, who in enumerate(["Ana Castro", "Bo Jensen", "Mira Köhler"]):
        folder = root / f"name={who}"
        folder.mkdir(parents=True)
        lines = [f"{who[:2].lower()}{at}@example.org,01067,1984-02-29,{at}" for at in range(9)]
        (folder / f"part-{number}.csv").write_text("\n".join(["email,zip,born,visits", *lines, ""]))
    policy = workplace.policy()
    policy.write_text(policy.read_text().replace(str(workplace.source), str(root)))
    summary = anonymize.run(policy, keyring=workplace.keyring_uri)
    read = anonymize.read(workplace.sink, keyring=workplace.keyring_uri)
    assert summary.rows_out == read.num_rows == 27
    names = set(read["name"].to_pylist())
    assert len(names) == 3
    assert not names & {"Ana Castro", "Bo Jensen", "Mira Köhler"}
    written = [path for path in workplace.sink.rglob("*") if path.is_file()]
    assert len(written) > 5
    for path in written:
        assert b"Castro" not in path.read_bytes()
        assert "K\u00f6hler".encode() not in path.read_bytes()
