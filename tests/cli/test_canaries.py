"""The commands about canaries: what they print, and what they end with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from anonymize.cli import canaries
from tests.pipeline.canaries.made import Made
from tests.workplace import Workplace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a published version of 300 people with 20 canaries."""
    place = Made(tmp_path_factory.mktemp("canaries"), rows=300)
    place.run()
    return place


def test_a_leak_ends_with_1_and_is_named(made: Made) -> None:
    """What is none ends with 0."""
    leak, desk = made.leak(made.rows()), Workplace(made.folder, made.uri)
    done = desk.coatcheck("canaries", "check", str(leak), "out")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (
        1,
        f"{leak}: a leak of customers version 1",
    )
    done = desk.coatcheck("canaries", "check", "policy.yaml", "--policy", "policy.yaml")
    assert (done.returncode, "no canary of 1 versions" in done.stdout) == (0, True)


def test_json_is_for_programs(made: Made) -> None:
    """With every figure."""
    leak, desk = made.leak(made.rows()), Workplace(made.folder, made.uri)
    told = json.loads(desk.coatcheck("canaries", "check", str(leak), "out", "--json").stdout)
    assert told["leak"] is True
    assert told["held"][0]["found"] == told["held"][0]["version"]["canaries"] == 20
    (listed,) = json.loads(desk.coatcheck("canaries", "list", "out", "--json").stdout)
    assert 0.19 < listed["share_for_99_percent"] < 0.23


def test_a_missing_key_ends_with_3(made: Made, keyring_uri: str) -> None:
    """As for every command."""
    done = Workplace(made.folder, keyring_uri).coatcheck("canaries", "list", "out")
    assert (done.returncode, "'canary' is not in the keyring" in done.stderr) == (3, True)


def test_exposure_reads_scores(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A row per candidate; each canary is compared with those that are none."""
    lines = ["score,canary", "1.0,true", "9.5,TRUE", *(f"{2 + one},false" for one in range(7))]
    (tmp_path / "scores.csv").write_text("\n".join(lines))
    canaries.exposure_command(tmp_path / "scores.csv", higher=False, as_json=True)
    first, second = json.loads(capsys.readouterr().out)
    assert (first["rank"], first["bits"], second["rank"]) == (1, 3.0, 8)
    canaries.exposure_command(tmp_path / "scores.csv", higher=True, as_json=True)
    assert json.loads(capsys.readouterr().out)[1]["rank"] == 1


@pytest.mark.parametrize(
    "text", ["score,other\n1,2\n", "score,canary\n1,false\n", "score,canary\nx,true\n1,no\n"]
)
def test_a_file_that_is_no_list_of_scores_is_refused(tmp_path: Path, text: str) -> None:
    """It says what is missing, and quotes no cell."""
    from anonymize.errors import SourceError

    (tmp_path / "scores.csv").write_text(text)
    with pytest.raises(SourceError) as refused:
        canaries.exposure_command(tmp_path / "scores.csv", higher=False, as_json=False)
    assert "x" not in str(refused.value).rpartition(":")[2].split()
