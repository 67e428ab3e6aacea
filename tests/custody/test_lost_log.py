"""A log that lost versions which were published: no act signs it anew, no look-up finds nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import anonymize
from anonymize.custody.approval import request_approval
from anonymize.custody.forget import forget
from anonymize.custody.reveal import reveal
from anonymize.custody.revocation import revoke
from anonymize.custody.rotate_keys import destroy, unreadable_without
from anonymize.custody.unusual import unusual
from anonymize.custody.where_is import where_is_key, where_is_subject
from anonymize.dataset import Dataset
from anonymize.dataset.audit_lines import audit_problems
from anonymize.dataset.history import history
from anonymize.errors import DatasetError
from anonymize.keys import Keyring, init_keyring, open_keyring
from anonymize.names import KeyId, KeyName
from anonymize.pipeline.erase import erase
from anonymize.policy import Policy, load_policy
from tests.conftest import NAMES
from tests.workplace import Workplace, write_people

LOST = "does not know version|was told of 3 entries"


@dataclass(frozen=True)
class Place:
    """A dataset of three versions, with a vault, an index of persons and an anchor."""

    folder: Path
    uri: str
    policy: Policy

    @property
    def sink(self) -> Path:
        """Return the dataset's folder."""
        return self.folder / "out"

    @property
    def anchor(self) -> Path:
        """Return the file that gets the log's heads."""
        return self.folder / "heads.jsonl"

    @property
    def keyring(self) -> Keyring:
        """Return the keyring as its file says now."""
        return open_keyring(self.uri)

    def log(self) -> bytes:
        """Return what the log's files hold."""
        files = (self.sink / name for name in ("audit.jsonl", "audit.head"))
        return b"\n".join(file.read_bytes() if file.exists() else b"-" for file in files)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Three versions of one source, and beside them a copy from after the first."""
    folder = tmp_path_factory.mktemp("lost") / "place"
    folder.mkdir()
    own = Workplace(folder, f"file:{folder / 'own.json'}")
    write_people(own.source)
    init_keyring(own.keyring_uri, NAMES)
    anchor = f"audit: {{anchor: {{file: {folder}/heads.jsonl}}}}"
    path = own.policy(f"subject: visits\nerasure: {{index: true}}\n{anchor}")
    vault = "tokenize, method: vault, domain: email"
    path.write_text(path.read_text().replace("pseudonymize, domain: email", vault))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COATCHECK_VAULT", f"sqlite:{folder / 'vault.db'}")
        for version in (1, 2, 3):
            anonymize.run(path, keyring=own.keyring_uri)
            if version == 1:
                shutil.copytree(own.sink, folder / "first")
        shutil.copytree(folder, folder.with_name("kept"))
        yield Place(folder, own.keyring_uri, load_policy(path))


@pytest.fixture
def place(made: Place) -> Place:
    """Return the place as it was made."""
    shutil.rmtree(made.folder)
    shutil.copytree(made.folder.with_name("kept"), made.folder)
    return made


def removed(place: Place) -> None:
    """Remove the log and its head."""
    for name in ("audit.jsonl", "audit.head"):
        (place.sink / name).unlink()


def put_back(place: Place) -> None:
    """Put the log, its head and ``CURRENT`` back to the first version's."""
    for name in ("audit.jsonl", "audit.head", "CURRENT"):
        shutil.copy2(place.folder / "first" / name, place.sink / name)


ACTS: dict[str, Callable[[Place], Any]] = {
    "destroy": lambda p: destroy(KeyName("training"), 1, [p.sink], reason="over", keyring=p.uri),
    "ask what it opens": lambda p: unreadable_without(KeyId("training.1"), [p.sink], p.keyring),
    "revoke": lambda p: revoke(KeyName("signing"), 1, "2026-12-01", [p.sink], keyring=p.uri),
    "forget": lambda p: forget(p.policy, "7", p.keyring, reason="request 9"),
    "erase": lambda p: erase(p.policy, "7", p.uri, reason="request 9"),
    "reveal": lambda p: reveal(
        p.policy, "email", pa.array(["token"]), p.keyring, reason="ticket 9"
    ),
    "ask for approval": lambda p: request_approval(
        p.policy, "email", pa.array(["token"]), p.keyring, reason="ticket 9"
    ),
    "name the unusual": lambda p: unusual(p.sink, p.keyring),
    "find a person": lambda p: where_is_subject("7", [p.sink], p.keyring),
    "find a key": lambda p: where_is_key("training", [p.sink], p.keyring),
    "list acts": lambda p: history(p.sink, p.keyring),
}


@pytest.mark.parametrize("lose", [removed, put_back])
@pytest.mark.parametrize("act", ACTS)
def test_a_log_that_lost_versions_is_refused_by_every_act_and_look_up(
    place: Place, act: str, lose: Callable[[Place], None]
) -> None:
    """Before the log, the anchor or the keyring are changed."""
    lose(place)
    before = (place.log(), place.anchor.read_bytes(), (place.folder / "own.json").read_bytes())
    with pytest.raises(DatasetError, match=LOST):
        ACTS[act](place)
    assert before == (
        place.log(),
        place.anchor.read_bytes(),
        (place.folder / "own.json").read_bytes(),
    )


@pytest.mark.parametrize("lose", [removed, put_back])
def test_such_a_log_does_not_verify(place: Place, lose: Callable[[Place], None]) -> None:
    """It was `0 acts, chained and signed`."""
    lose(place)
    (problem,) = audit_problems(place.sink, place.keyring)
    assert "does not know version" in problem.what


def test_a_list_of_versions_is_not_short_without_a_word(place: Place) -> None:
    """The command ended with 0 and an empty table."""
    own = Workplace(place.folder, place.uri)
    assert own.coatcheck("versions", "out").returncode == 0
    removed(place)
    listed = own.coatcheck("versions", "out")
    assert (listed.returncode, listed.stdout) == (2, "")
    assert "the audit log does not know version" in listed.stderr


def test_a_folder_put_back_as_a_whole_gets_no_act_that_the_anchor_belies(place: Place) -> None:
    """Its own log knows nothing of what is missing; the policy's anchor does, and gets no head of
    a second branch, which would have the true folder refused for good.
    """
    shutil.rmtree(place.sink)
    shutil.copytree(place.folder / "first", place.sink)
    told = place.anchor.read_bytes()
    with pytest.raises(DatasetError, match="was told of"):
        forget(place.policy, "7", place.keyring, reason="request 9")
    assert place.anchor.read_bytes() == told


def test_a_folder_where_nothing_was_published_stops_a_revocation_before_the_keyring(
    place: Place,
) -> None:
    """The other datasets named beside it were left with a revoked key."""
    (place.folder / "fresh" / "versions").mkdir(parents=True)
    both = [place.folder / "fresh", place.sink]
    with pytest.raises(DatasetError, match="nothing was published there"):
        revoke(KeyName("signing"), 1, "2026-12-01", both, keyring=place.uri)
    assert Dataset(place.sink).verify(keyring=place.keyring).ok
