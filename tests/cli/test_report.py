"""`coatcheck report` writes a page or an assessment; `coatcheck risk` says the measures."""

from __future__ import annotations

import json

import pytest

from tests.workplace import ROWS, Workplace


@pytest.fixture
def published(workplace: Workplace) -> Workplace:
    """Return a workplace with one version."""
    workplace.coatcheck("run", str(workplace.policy()))
    return workplace


def test_a_report_is_written_to_a_file_or_printed(published: Workplace) -> None:
    """The same bytes, no value in them; a second one replaces the first."""
    for _ in range(2):
        done = published.coatcheck("report", "out", "-o", "report.html")
        said = "report.html: privacy report of people version 1\n"
        assert (done.returncode, done.stdout, done.stderr) == (0, "", said)
    printed = published.coatcheck("report", "out", "--version", "1")
    assert printed.stdout == (published.folder / "report.html").read_text()
    values = [word for row in ROWS for word in map(str, row[:4]) if word]
    assert [word for word in values if word in printed.stdout] == []


def test_a_report_names_dropped_columns_and_holders_on_request(published: Workplace) -> None:
    """A key that the version does not use, and what is no KEY=WHO, is refused."""
    asked = ("report", "out", "--name-dropped", "--holder", "training=ML team")
    done = published.coatcheck(*asked)
    assert "ML team" in done.stdout
    for wrong, said in (
        ("trainin=ML team", "no key of this version is called trainin; it has training"),
        ("training", "say --holder KEY=WHO"),
    ):
        done = published.coatcheck("report", "out", "--holder", wrong)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in " ".join(done.stderr.split())


def test_an_assessment_is_markdown(published: Workplace) -> None:
    """Of the same facts."""
    done = published.coatcheck("report", "out", "--dpia", "-o", "dpia.md")
    assert "skeleton of an assessment of people version 1" in done.stderr
    text = (published.folder / "dpia.md").read_text()
    assert text.startswith("# Data protection impact assessment: people, version 1\n")


def test_a_report_is_refused_where_only_runs_write(published: Workplace) -> None:
    """And of a version that is not there, or by a keyring that checks nothing."""
    done = published.coatcheck("report", "out", "-o", "out/report.html")
    assert (done.returncode, done.stdout) == (2, "")
    assert "lies in the folder of the dataset" in done.stderr
    done = published.coatcheck("report", "out", "--version", "7")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no version 7; it has 1" in done.stderr
    done = published.coatcheck("risk", "out", "--keyring", "file:absent.json")
    assert (done.returncode, done.stdout) == (3, "")
    done = published.coatcheck("report", "out", "-o", "no/such/folder/report.html")
    assert done.returncode == 2
    assert "cannot be written: no such file or directory" in done.stderr


def test_a_report_of_a_changed_manifest_is_refused(published: Workplace) -> None:
    """Nothing of it is printed."""
    path = published.sink / "versions" / "000001" / "manifest.json"
    path.write_text(path.read_text().replace('"people"', '"peoplf"'))
    for command in ("report", "risk"):
        done = published.coatcheck(command, "out")
        assert (done.returncode, done.stdout) == (2, "")
        assert "is not the manifest that was published" in done.stderr


def test_risk_says_what_was_not_measured(published: Workplace) -> None:
    """In a table, and for machines with the manifest's digest."""
    done = published.coatcheck("risk", "out")
    assert "not asked for, not measured" in done.stdout
    assert "not promised:" in done.stderr
    assert "not looked at, or not told:" in done.stderr
    assert "nobody counted how many people share" in " ".join(done.stderr.split())
    plain = json.loads(published.coatcheck("risk", "out", "--json").stdout)
    assert (plain["dataset"], plain["version"], plain["privacy"]) == ("people", 1, None)
    assert [one["name"] for one in plain["measures"]] == ["k-anonymity"]
    assert len(plain["manifest_sha256"]) == 64
