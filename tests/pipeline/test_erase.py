"""A person leaves a dataset: no later version has their rows, and none is left that has."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.custody.forget import forget
from anonymize.custody.revocation import revoke
from anonymize.custody.where_is import where_is_subject
from anonymize.dataset import Dataset, audit, open_facts, read, staging
from anonymize.dataset.certificate import open_certificate
from anonymize.errors import ArgumentError, DatasetError, GateError, PlanError
from anonymize.keys import Keyring, init_keyring, open_keyring
from anonymize.names import KeyName
from anonymize.pipeline.erase import erase
from anonymize.pipeline.prepare import preview_plan
from anonymize.pipeline.run import begin
from tests.conftest import NAMES
from tests.dataset.test_killed import killed_at
from tests.workplace import Workplace, in_fork

POLICY = """version: 1
dataset: people
purpose: test
source: {{path: {folder}/in}}
sink: {{path: {folder}/out}}
subject: person
erasure: {{index: true}}
rows: {{max_quarantined: 0.5}}
detect: {{ner: off}}
checks: {{residual: off}}
columns:
  person: {{action: drop}}
  mail: {{action: {action}}}
  number: {{action: keep}}
  zip: {{action: keep, accept: codes are needed}}
{extra}
"""


class Place:
    """A folder with a source of two files, a policy and a keyring of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.uri = folder, f"file:{folder / 'own.json'}"
        self.file = folder / "people.yaml"

    def build(self, extra: str = "", action: str = "drop") -> None:
        """Make the keyring, the source and the policy."""
        init_keyring(self.uri, NAMES)
        (self.folder / "in").mkdir()
        self.write(0, [1, 2, 3, 1])
        self.write(1, [3, 4, 5, 6])
        self.file.write_text(POLICY.format(folder=self.folder, extra=extra, action=action))

    def write(self, file: int, people: list[int]) -> None:
        """Write a file with a row per person named, numbered by file and row."""
        rows = [
            f"Zuqo{one},p{one}@example.org,{file * 100 + at},0{one % 2}"
            for at, one in enumerate(people)
        ]
        text = "\n".join(["person,mail,number,zip", *rows, ""])
        (self.folder / "in" / f"{file}.csv").write_text(text)

    @property
    def keyring(self) -> Keyring:
        """Return the keyring."""
        return open_keyring(self.uri)

    @property
    def dataset(self) -> Dataset:
        """Return the dataset."""
        return Dataset(self.folder / "out")

    def run(self, **how: Any) -> anonymize.pipeline.run.RunSummary:  # type: ignore[name-defined]
        """Publish a version."""
        return anonymize.run(self.file, keyring=self.uri, **how)

    def numbers(self) -> list[int]:
        """Return the rows of the current version."""
        return sorted(read(self.dataset, keyring=self.uri)["number"].to_pylist())

    def holding(self, subject: str) -> list[int]:
        """Return the versions that hold a person."""
        found = where_is_subject(subject, [self.folder / "out"], self.uri)
        return [one.version for one in found.found]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return a place with a policy."""
    made = Place(tmp_path)
    made.build()
    return made


ALL = [0, 1, 2, 3, 100, 101, 102, 103]


def test_a_person_leaves_and_stays_away(place: Place) -> None:
    """From every file; the others stay, and later runs leave the person out."""
    place.run()
    assert place.numbers() == ALL
    erase(place.file, "Zuqo3", place.uri, reason="request 12")
    assert place.numbers() == [0, 1, 3, 101, 102, 103]
    assert place.dataset.versions(place.keyring) == (2,)
    place.write(1, [3, 4, 7])
    place.run()
    assert place.numbers() == [0, 1, 3, 101, 102]
    assert place.holding("Zuqo3") == []
    assert place.dataset.verify(keyring=place.uri, dataset="people").ok


def test_the_certificate_says_what_was_where_and_what_stays(place: Place) -> None:
    """Signed, and without a raw value."""
    place.run()
    place.run()
    made = erase(place.file, "Zuqo1", place.uri, reason="request 12")
    stated = open_certificate(json.dumps(made).encode(), place.keyring, "c.json")
    assert stated["was"] == {"in_versions": [1, 2], "perhaps_in_versions": []}
    assert stated["gone"] == {"versions": [1, 2], "vault": "no column uses one"}
    assert stated["current"]["version"] == 3
    assert stated["stays"][0]["what"] == "the keyed id in the audit log"
    assert "Zuqo1" not in json.dumps(made)
    twice = json.dumps(made).replace('"reason": ', '"reason": "all systems", "reason": ', 1)
    with pytest.raises(DatasetError, match="is not a certificate: damaged"):
        open_certificate(twice.encode(), place.keyring, "c.json")
    made["certificate"]["gone"]["versions"] = [1]
    with pytest.raises(DatasetError, match="the signature is not right"):
        open_certificate(json.dumps(made).encode(), place.keyring, "c.json")


def test_nothing_on_disk_names_who_was_forgotten(place: Place) -> None:
    """Least of all the log, which says that somebody was."""
    place.write(0, [1, 77777])
    place.run()
    erase(place.file, "Zuqo77777", place.uri, reason="request 12")
    for path in (place.folder / "out").rglob("*"):
        if path.is_file():
            assert b"77777" not in path.read_bytes()


def test_only_the_parts_that_held_the_person_are_made_again(place: Place) -> None:
    """The others are taken over, and the next run keeps all."""
    place.run(incremental=True)
    kept = {entry.sha256 for entry in place.dataset.manifest(keyring=place.uri).data_files()}
    erase(place.file, "Zuqo1", place.uri, reason="request 12")
    now = {entry.sha256 for entry in place.dataset.manifest(keyring=place.uri).data_files()}
    assert len(now & kept) == 1
    assert place.numbers() == [1, 2, 100, 101, 102, 103]
    assert place.run(incremental=True).increment.nothing_changed  # type: ignore[union-attr]


def test_an_incremental_run_behind_a_forgetting_leaves_the_person_out(place: Place) -> None:
    """Although no file changed since."""
    place.run(incremental=True)
    forget(place.file, "Zuqo3", place.uri, reason="request 12")
    done = place.run(incremental=True)
    assert done.increment is not None
    assert done.increment.why_again == ("they held rows of somebody who was forgotten",)
    assert place.numbers() == [0, 1, 3, 101, 102, 103]


def test_classes_that_become_too_small_without_the_person_go_too(tmp_path: Path) -> None:
    """The gates are those of any run: classes are counted on what is left."""
    place = Place(tmp_path)
    place.build(extra="privacy: {quasi_identifiers: [zip], k: 3, max_suppressed: 0.9}")
    place.run()
    assert place.dataset.manifest(keyring=place.uri).privacy.k == 3  # type: ignore[union-attr]
    erase(place.file, "Zuqo4", place.uri, reason="request 12")
    assert place.numbers() == [0, 2, 3, 100, 102]  # Zuqo2 and Zuqo6 were of Zuqo4's class of three


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.soak)])
def test_fitted_rules_do_not_learn_from_the_person(tmp_path: Path, workers: int) -> None:
    """Nor does any process; a first pass sees the rows that are published."""
    place = Place(tmp_path)
    place.build(extra="  extra: {action: drop}")
    text = place.file.read_text().replace("  extra: {action: drop}", "")
    place.file.write_text(
        text.replace("number: {action: keep}", "number: {action: generalize, quantiles: 2}")
    )
    place.run(workers=workers)
    before = set(read(place.dataset, keyring=place.uri)["number"].to_pylist())
    for person in ("Zuqo4", "Zuqo5", "Zuqo6"):
        forget(place.file, person, place.uri, reason="request 12")
    place.run(workers=workers)
    after = set(read(place.dataset, keyring=place.uri)["number"].to_pylist())
    assert before != after


def test_tokens_are_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next run would otherwise put the person's values back into the vault."""
    monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / 'vault.db'}")
    place = Place(tmp_path)
    place.build(action="tokenize, method: vault, domain: mail")
    place.run()
    made = erase(place.file, "Zuqo1", place.uri, reason="request 12")
    assert made["certificate"]["gone"]["vault"] == "holds no entry of the person"
    place.run()
    assert forget(place.file, "Zuqo1", place.uri, reason="once more") == 0
    assert place.numbers() == [1, 2, 100, 101, 102, 103]


def test_an_older_version_is_not_made_current_again(place: Place) -> None:
    """It may hold the person; nothing moves."""
    place.run()
    place.run()
    forget(place.file, "Zuqo9", place.uri, reason="request 12")
    with pytest.raises(DatasetError, match="is from before somebody was forgotten"):
        place.dataset.rollback(1, keyring=place.uri, why="a test")
    assert place.dataset.current == 2


def test_retention_keeps_older_versions_and_the_certificate_says_until_when(
    tmp_path: Path,
) -> None:
    """They are not removed before."""
    place = Place(tmp_path)
    place.build()
    text = place.file.read_text().replace("{index: true}", "{index: true, retention: 30d}")
    place.file.write_text(text)
    place.run()
    made = erase(place.file, "Zuqo1", place.uri, reason="request 12")["certificate"]
    assert place.dataset.versions(place.keyring) == (1, 2)
    assert made["gone"]["versions"] == []
    assert made["stays"][0]["what"] == "version 1"
    assert made["stays"][0]["until"] > made["at"]


def test_versions_without_an_index_go_because_they_may_hold_the_person(place: Place) -> None:
    """And a current one is published anew."""
    text = place.file.read_text()
    place.file.write_text(text.replace("erasure: {index: true}", ""))
    place.run()
    place.file.write_text(text)
    made = erase(place.file, "Zuqo1", place.uri, reason="request 12")["certificate"]
    assert made["was"] == {"in_versions": [], "perhaps_in_versions": [1]}
    assert (made["gone"]["versions"], made["current"]["version"]) == ([1], 2)


def test_who_is_in_no_version_needs_no_new_one(place: Place) -> None:
    """They are left out from now on all the same."""
    place.run()
    made = erase(place.file, "Zuqo9", place.uri, reason="request 12")["certificate"]
    assert (made["current"]["version"], made["gone"]["versions"]) == (1, [])
    place.write(1, [9, 4])
    place.run()
    assert place.numbers() == [0, 1, 2, 3, 101]


def test_a_run_that_began_before_does_not_publish_the_person(place: Place) -> None:
    """It is refused at its end; the next one leaves them out."""
    place.run()
    with begin(place.file, place.uri) as running:
        forget(place.file, "Zuqo1", place.uri, reason="request 12")
        from anonymize.pipeline.partition import write_partition

        reports = [write_partition(running.job, number) for number in running.numbers()]
        with pytest.raises(PlanError, match="somebody was forgotten since"):
            running.finish(reports)
    assert place.dataset.current == 1


def test_a_policy_that_no_longer_says_whose_rows_are_is_refused(place: Place) -> None:
    """The person would come back without a word."""
    place.run()
    forget(place.file, "Zuqo1", place.uri, reason="request 12")
    text = place.file.read_text()
    for changed in ("subject: mail", ""):
        other = text.replace("subject: person", changed)
        place.file.write_text(other.replace("erasure: {index: true}", "") if not changed else other)
        with pytest.raises(PlanError, match="people were forgotten by person"):
            place.run(accept_change=True)
    place.file.write_text(text.replace("erasure: {index: true}", ""))
    place.run()
    assert place.numbers() == [1, 2, 100, 101, 102, 103]


def test_forgetting_twice_is_one_entry(place: Place) -> None:
    """The act can be repeated; the certificate is of the first."""
    place.run()
    first = erase(place.file, "Zuqo1", place.uri, reason="request 12")["certificate"]
    again = erase(place.file, "Zuqo1", place.uri, reason="request 12, again")["certificate"]
    acts = [entry.what for entry in place.dataset.audit.entries(place.keyring)]
    assert acts == ["publish", "forget", "publish", "expire"]
    assert (again["log"]["entry"], again["was"]) == (2, first["was"])
    assert again["gone"] == first["gone"]


def test_without_an_index_or_a_subject_nothing_is_done(place: Place) -> None:
    """A half-told erasure would be taken for a whole one."""
    place.run()
    for blank in ("", " "):
        with pytest.raises(ArgumentError, match="is blank"):
            forget(place.file, blank, place.uri, reason="request 12")
    place.file.write_text(place.file.read_text().replace("erasure: {index: true}", ""))
    with pytest.raises(ArgumentError, match="says nothing of an index"):
        erase(place.file, "Zuqo1", place.uri, reason="request 12")
    assert len(place.dataset.audit.entries()) == 1


def test_a_failed_gate_leaves_the_older_versions(place: Place) -> None:
    """Nothing is removed before a version without the person is current."""
    place.run()
    text = place.file.read_text()
    place.file.write_text(text + "privacy: {quasi_identifiers: [zip], k: 50}\n")
    with pytest.raises(GateError):
        erase(place.file, "Zuqo1", place.uri, reason="request 12", accept_change=True)
    assert place.dataset.versions(place.keyring) == (1,)
    place.file.write_text(text)
    erase(place.file, "Zuqo1", place.uri, reason="request 12")
    assert place.holding("Zuqo1") == []


@pytest.mark.soak
@pytest.mark.parametrize("stride", [3])
def test_an_erasure_can_be_killed_at_every_step(
    place: Place, tmp_path: Path, stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A whole version is current, and the act goes on to its certificate."""
    monkeypatch.setattr("anonymize.dataset.verify._PAUSE_SECONDS", 0)
    monkeypatch.setattr("anonymize.dataset.verify._LOOKS", 10)
    place.run()
    saved = tmp_path / "saved"
    shutil.copytree(place.folder / "out", saved)
    step, kills = 1, 0
    while True:
        shutil.rmtree(place.folder / "out")
        shutil.copytree(saved, place.folder / "out")
        if not killed_at(
            step,
            place.folder / "out",
            lambda: erase(place.file, "Zuqo3", place.uri, reason="request 12"),
        ):
            break
        assert place.numbers() in (ALL, [0, 1, 3, 101, 102, 103])
        made = erase(place.file, "Zuqo3", place.uri, reason="request 12")["certificate"]
        assert made["was"]["in_versions"] == [1]
        assert made["gone"]["versions"][0] == 1
        assert place.numbers() == [0, 1, 3, 101, 102, 103]
        assert place.holding("Zuqo3") == []
        assert place.dataset.verify(keyring=place.uri).ok
        step, kills = step + stride, kills + 1
    assert kills > 3


def test_facts_name_who_was_left_out_by_keyed_id(place: Place) -> None:
    """For the owner alone, so that a later run need not look again."""
    place.run()
    assert open_facts(place.dataset.manifest(keyring=place.uri), place.uri)["left_out"] == []
    erase(place.file, "Zuqo1", place.uri, reason="request 12")
    facts = open_facts(place.dataset.manifest(keyring=place.uri), place.uri)
    assert [len(one) for one in facts["left_out"]] == [32]


def test_a_revocation_that_takes_an_erasure_out_of_effect_is_told(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person would be back without a word; every run says so until they are forgotten again."""
    for module in (audit, staging):
        monkeypatch.setattr(module, "now", lambda: "2026-11-20T10:00:00Z")
    place.run()
    monkeypatch.setattr(audit, "now", lambda: "2026-11-25T10:00:00Z")
    forget(place.file, "Zuqo1", place.uri, reason="request 12")
    monkeypatch.undo()
    revoke(KeyName("signing"), 1, "2026-11-24", [place.folder / "out"], place.uri)
    said = [one for one in place.run().not_looked_for if "say to forget" in one]
    assert said == [
        "people whom entries of the log say to forget (1): a revoked key signed these (coatcheck"
        " history), so forget them again"
    ]
    erase(place.file, "Zuqo1", place.uri, reason="request 12, again")
    assert not [one for one in place.run().not_looked_for if "say to forget" in one]
    assert place.numbers() == [1, 2, 100, 101, 102, 103]


def test_versions_of_another_vault_go_and_what_it_holds_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their tokens cannot be erased from here; the versions can."""
    place = Place(tmp_path)
    place.build(action="tokenize, method: vault, domain: mail")
    for name in ("one", "two"):
        monkeypatch.setenv("COATCHECK_VAULT", f"sqlite:{tmp_path / name}.db")
        place.run(accept_change=True)
    made = erase(place.file, "Zuqo1", place.uri, reason="request 12")["certificate"]
    assert made["gone"] == {"versions": [1, 2], "vault": "holds no entry of the person"}


def test_the_plan_shows_no_example_of_who_was_forgotten(place: Place) -> None:
    """Not even masked; and it does not need the sink to be readable."""
    place.run()
    assert preview_plan(place.file, place.uri).plan.forgotten == ()
    forget(place.file, "Zuqo1", place.uri, reason="request 12")
    assert len(preview_plan(place.file, place.uri).plan.forgotten) == 1
    init_keyring(f"file:{place.folder / 'other.json'}", NAMES)
    other = preview_plan(place.file, f"file:{place.folder / 'other.json'}")
    assert other.plan.forgotten == ()


def test_the_command_prints_the_certificate_alone(place: Place) -> None:
    """Data on stdout; the person is read from standard input and said nowhere."""
    place.run()
    work = Workplace(place.folder, place.uri)
    arguments = ("forget", str(place.file), "--subject", "-", "--reason", "request 12")
    env = work._environment({})
    code, out, err = in_fork((*arguments, "--everywhere"), place.folder, env, b"Zuqo1\n")
    assert (code, json.loads(out)["certificate"]["gone"]["versions"]) == (0, [1])
    assert b"Zuqo1" not in out + err
    (place.folder / "c.json").write_bytes(out)
    assert (
        "versions removed: 1; version 2 is current"
        in work.coatcheck("audit", "certificate", "c.json").stdout
    )
    (place.folder / "c.json").write_bytes(out.replace(b"request 12", b"request 13"))
    assert work.coatcheck("audit", "certificate", "c.json").returncode == 1
    code, out, err = in_fork(arguments, place.folder, env, b"Zuqo3\n")
    assert (code, out) == (0, b"")
    assert err.decode().splitlines() == [
        "later runs leave their rows out",
        "versions that hold their rows: 2; --everywhere publishes without them and removes",
    ]


def numbered(place: Place, ids: list[str], extra: str = "") -> None:
    """Write a source of other ids, and a policy for it."""
    lines = [f"{one},{number}" for number, one in enumerate(ids)]
    for path in (place.folder / "in").iterdir():
        path.unlink()
    (place.folder / "in" / "ids.csv").write_text("\n".join(["person,number", *lines, ""]))
    place.file.write_text(
        f"version: 1\ndataset: people\npurpose: test\nsubject: person\n"
        f"source: {{path: {place.folder}/in/*.csv{extra}}}\nsink: {{path: {place.folder}/out}}\n"
        "rows: {max_quarantined: 0.5}\nerasure: {index: true}\ncolumns:\n"
        "  person: {action: pseudonymize, domain: p}\n"
        "  number: {action: keep, accept: a number}\n"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["1007.0", "43.0", "44.5"], ["1007.0", "43.0", "44.5", "X1"]),
        (["0071", "X2", "43"], ["71", "2", "43"]),
    ],
    ids=["a double, then text", "text, then whole numbers"],
)
def test_a_subject_of_another_type_is_refused_where_somebody_was_forgotten(
    tmp_path: Path, before: list[str], after: list[str]
) -> None:
    """A double's text and the file's are two spellings of one person: they came back when the
    change was accepted.
    """
    place = Place(tmp_path)
    place.build()
    numbered(place, before)
    place.run()
    erase(place.file, "43", place.uri, reason="request 12")
    numbered(place, after)
    for _ in range(2):
        with pytest.raises(PlanError, match="they would come back"):
            place.run(accept_change=True)
    assert place.holding("43") == []


def test_whole_numbers_that_become_text_are_spelled_alike(tmp_path: Path) -> None:
    """So a forgotten person stays away."""
    place = Place(tmp_path)
    place.build()
    numbered(place, ["7", "43", "44"])
    place.run()
    erase(place.file, "43", place.uri, reason="request 12")
    numbered(place, ["7", "43", "X1"])
    place.run(accept_change=True)
    assert place.numbers() == [0, 2]


def test_a_subject_inside_a_column_is_refused_with_an_index(tmp_path: Path) -> None:
    """It ended in an internal error."""
    place = Place(tmp_path)
    place.build()
    (tmp_path / "rows.jsonl").write_text('{"user": {"id": 1}, "x": 1}\n' * 3)
    place.file.write_text(
        f"version: 1\ndataset: people\npurpose: test\nsubject: user.id\n"
        f"source: {{path: {tmp_path}/rows.jsonl}}\nsink: {{path: {tmp_path}/inside}}\n"
        "erasure: {index: true}\ncolumns:\n"
        "  user.id: {action: pseudonymize, domain: p}\n  x: {action: keep, accept: a number}\n"
    )
    with pytest.raises(PlanError, match="place inside one"):
        place.run()


def test_nobody_found_is_said_with_a_certificate_that_says_so(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typo read as a person who had left."""
    from anonymize.cli.audit import certificate_command
    from anonymize.cli.reveal import forget_command

    place.run()
    with pytest.raises(GateError, match="no version held rows of this subject"):
        forget_command(place.file, "nobody at all", "request 12", True, place.uri)
    certificate = place.folder / "certificate.json"
    certificate.write_text(capsys.readouterr().out)
    certificate_command(certificate, place.uri)
    assert "no version held rows of a subject spelled so" in capsys.readouterr().out
