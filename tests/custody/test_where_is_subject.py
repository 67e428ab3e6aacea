"""Which versions hold a person: by keyed ids that the owner alone can make, in the rows' order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.rotate_keys import rotate
from anonymize.custody.where_is import where_is_subject
from anonymize.dataset import Dataset, read
from anonymize.dataset.owner import open_facts
from anonymize.dataset.reader import read_role
from anonymize.errors import ArgumentError, DatasetError, KeysError, PlanError, PolicyError
from anonymize.keys import init_keyring, open_keyring, share_keyring
from anonymize.names import KeyId, KeyName
from anonymize.transform.subject_ids import subject_digests, subject_key
from tests.conftest import NAMES
from tests.workplace import Workplace, in_fork

POLICY = """version: 1
dataset: people
purpose: test
source: {{path: {source}}}
sink: {{path: {sink}}}
{subject}
{extra}
rows: {{max_quarantined: 0.5}}
detect: {{ner: off}}
checks: {{residual: off}}
columns:
  person: {{action: {action}}}
  number: {{action: keep}}
  born: {{action: generalize, to: year, format: '%Y-%m-%d'}}
"""


class Place:
    """A folder with a source, a policy and a keyring of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.sink = folder, folder / "out"
        self.uri = f"file:{folder / 'own.json'}"
        init_keyring(self.uri, NAMES)
        (folder / "in").mkdir()

    def run(
        self,
        *files: list[str],
        action: str = "drop",
        extra: str = "erasure: {index: true}",
        subject: str = "subject: person",
        **how: Any,
    ) -> int:
        """Publish a version of files with these lines (person and year); return its number."""
        for at, lines in enumerate(files):
            text = [
                f"{line.partition(' ')[0]},{at * 1000 + n},{line.partition(' ')[2]}-01-02"
                for n, line in enumerate(lines)
            ]
            (self.folder / "in" / f"{at}.csv").write_text(
                "\n".join(["person,number,born", *text, ""])
            )
        path = self.folder / "people.yaml"
        given = {
            "subject": subject,
            "source": self.folder / "in",
            "sink": self.sink,
            "extra": extra,
            "action": action,
        }
        path.write_text(POLICY.format(**given))
        return anonymize.run(path, keyring=self.uri, accept_change=True, **how).version

    def found(self, subject: str) -> dict[int, tuple[str, ...]]:
        """Return version → how a subject was found there."""
        result = where_is_subject(subject, [self.sink], self.uri)
        return {one.version: one.how for one in result.found}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return an empty place."""
    return Place(tmp_path)


ROWS, ASIDE = "has rows of this subject", "has rows of this subject that were set aside"


def test_a_person_is_found_in_the_versions_that_hold_them(place: Place) -> None:
    """Although the column itself is in none of them."""
    place.run(["P1 1984", "P2 1991", "P1 1984"])
    place.run(["P2 1991", "P3 1991"])
    assert place.found("P1") == {1: (ROWS,)}
    assert place.found("P2") == {1: (ROWS,), 2: (ROWS,)}
    assert place.found("P4") == {}
    assert "person" not in read(place.sink, keyring=place.uri).schema.names


def test_rows_that_were_set_aside_are_found_too(place: Place) -> None:
    """They are the person's, too."""
    place.run(["P1 1984", "P2 never", "P3 1991", "P3 never"])
    assert place.found("P2") == {1: (ASIDE,)}
    assert place.found("P3") == {1: (ROWS, ASIDE)}


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_are_those_of_the_part_in_its_order(place: Place, workers: int) -> None:
    """The index has the position that a row has in the part, whichever process wrote it."""
    files = [[f"P{n % 7} 19{n % 50 + 10}" for n in range(40)], [f"P{n % 5} 1984" for n in range(9)]]
    version = place.run(*files, workers=workers)
    dataset, keyring = Dataset(place.sink), open_keyring(place.uri)
    made = dataset.manifest(version, keyring=keyring)
    key = subject_key(keyring, KeyId(made.owner.key), "people")
    parts = [entry.path for entry in made.files if entry.role == "data"]
    assert len(parts) == 2
    numbers = read(dataset, keyring=keyring)["number"].to_pylist()
    index = pa.Table.from_batches(read_role(dataset, version, keyring, "subjects")).to_pylist()
    ends = [0]
    lines = []
    for row in index:  # the indexes come one part after the other, each sorted by the id
        if lines and (row["high"], row["low"]) < (lines[-1]["high"], lines[-1]["low"]):
            ends.append(len(lines))
        lines.append(row)
    assert len(ends) == 2
    for start, end in zip(ends, [*ends[1:], len(lines)], strict=True):
        for row in lines[start:end]:
            number = numbers[start + row["row"]]
            person = files[number // 1000][number % 1000].partition(" ")[0]
            wanted = subject_digests(key, pa.array([person]), "exact")[0]
            assert (row["high"], row["low"]) == tuple(wanted.tolist())


def test_spellings_that_a_rule_makes_equal_are_one_person(place: Place) -> None:
    """The same as for `forget`; what no rule folds is two people."""
    place.run(["p1 1984", "P2 1991"], action="pseudonymize, normalize: fold")
    assert place.found("P1") == {1: (ROWS,)}
    place.run(["p1 1984", "P2 1991"], action="pseudonymize")
    assert list(place.found("P1")) == [1]


def test_rows_without_a_person_are_nobodys(place: Place) -> None:
    """A blank subject is not looked for."""
    place.run(["P1 1984", " 1991"])
    for blank in ("", "  "):
        with pytest.raises(ArgumentError, match="is blank"):
            where_is_subject(blank, [place.sink], place.uri)


def test_a_version_without_an_index_is_not_one_without_the_person(place: Place) -> None:
    """It is named, with what would have told."""
    place.run(["P1 1984", "P2 1991"], extra="")
    place.run(["P1 1984", "P2 1991"])
    result = where_is_subject("P1", [place.sink], place.uri)
    assert [one.version for one in result.found] == [2]
    assert [(one.version, one.why) for one in result.untold] == [
        (1, "it was published without erasure: {index: true}")
    ]


def test_nothing_in_the_folder_shows_or_confirms_a_person(place: Place) -> None:
    """Neither an id nor one keyed by what a reader has; a reader's keyring opens no index."""
    place.run(["CANARY-7f 1984", "P2 1991"])
    for path in place.sink.rglob("*"):
        if path.is_file():
            assert b"CANARY-7f" not in path.read_bytes()
    reader = share_keyring([KeyName("training")], place.folder / "r.json", place.uri)
    with pytest.raises(KeysError):
        where_is_subject("CANARY-7f", [place.sink], reader)
    with pytest.raises(KeysError):
        list(read_role(Dataset(place.sink), 1, reader, "subjects"))
    assert read(place.sink, keyring=reader).num_rows == 2
    assert Dataset(place.sink).verify(keyring=reader).ok


def test_ids_of_two_owner_keys_do_not_join(place: Place) -> None:
    """One person has another id in each; both are found."""
    place.run(["P1 1984", "P2 1991"])
    rotate(KeyName("owner"), [place.sink], place.uri)
    place.run(["P1 1984", "P2 1991"])
    keyring = open_keyring(place.uri)
    ids = [
        {
            row["high"]
            for batch in read_role(Dataset(place.sink), n, keyring, "subjects")
            for row in batch.to_pylist()
        }
        for n in (1, 2)
    ]
    assert not ids[0] & ids[1]
    assert list(place.found("P1")) == [1, 2]


def test_kept_parts_of_an_incremental_run_keep_their_index(place: Place) -> None:
    """No byte is copied, and whoever was in them is still found."""
    one, two = ["P1 1984", "P2 1991"], ["P3 1984", "P4 1991"]
    place.run(one, two, incremental=True)
    place.run(one, [*two, "P5 1991"], incremental=True)
    for person, versions in (("P1", [1, 2]), ("P3", [1, 2]), ("P5", [2])):
        assert list(place.found(person)) == versions
    made = Dataset(place.sink).manifest(keyring=place.uri)
    assert sum(entry.role == "subjects" for entry in made.files) == 2
    assert Dataset(place.sink).verify(keyring=place.uri).ok


def test_a_changed_index_is_not_read(place: Place) -> None:
    """A person who was cut out of it would count as not there."""
    place.run(["P1 1984", "P2 1991"])
    path = next(place.sink.rglob("subjects/part-*.parquet"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(DatasetError):
        where_is_subject("P1", [place.sink], place.uri)
    assert not Dataset(place.sink).verify(keyring=place.uri).ok


def test_an_index_needs_a_subject(place: Place) -> None:
    """Nothing would say whose a row is."""
    with pytest.raises(PolicyError, match=r"erasure\.index: needs subject:"):
        place.run(["P1 1984"], extra="erasure: {index: true}", subject="")


def test_an_index_needs_one_subject_a_row(place: Place) -> None:
    """Refused before a row is read: some of them would be found, and others not."""
    line = '{"person": "P1", "number": 1, "born": "1984-01-02", "tags": ["a", "b"]}'
    (place.folder / "in" / "0.jsonl").write_text(line)
    with pytest.raises(PlanError, match="has no one value per row by which people could be"):
        place.run(subject="subject: tags[]")


def test_the_command_takes_the_subject_from_standard_input(place: Place) -> None:
    """So that it is in no list of processes; it is in no output either."""
    place.run(["CANARY-7f 1984", "P2 1991"], extra="")
    place.run(["CANARY-7f 1984", "P2 1991"])
    work = Workplace(place.folder, place.uri)
    env = work._environment({})
    arguments = ["where-is", "out", "--subject", "-", "--json"]
    code, out, err = in_fork(arguments, place.folder, env, b"CANARY-7f\n")
    assert (code, [one["version"] for one in json.loads(out)["found"]]) == (1, [2])
    assert b"out version 1: cannot be told: it was published without erasure" in err
    assert b"CANARY" not in out + err
    for given, held in ((b"\n", b"an empty line"), (b"", b"0 lines"), (b"P1\nP2\n", b"2 lines")):
        code, out, err = in_fork(arguments, place.folder, env, given)
        assert (code, out) == (2, b"")
        assert b"standard input holds " + held in err


def test_the_facts_say_how_subjects_are_spelled(place: Place) -> None:
    """By the policy of that version, whatever today's says."""
    place.run(["P1 1984", "P2 1991"], action="pseudonymize, normalize: fold")
    made = Dataset(place.sink).manifest(keyring=place.uri)
    assert open_facts(made, place.uri)["subject_spelled"] == "fold"
