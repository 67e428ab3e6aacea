"""A dataset with versions, quarantine, a token vault and a keyring of its own, in one folder that
can be put back.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

import anonymize
from anonymize.custody.reveal import reveal
from anonymize.dataset import Dataset, read
from anonymize.keys import Keyring, forget_opened_keyrings, init_keyring, open_keyring
from anonymize.names import KeyName
from anonymize.policy import Policy, load_policy

ROWS = 6
POLICY = """version: 1
dataset: people
purpose: test
subject: id
source: {{path: {folder}/people.csv}}
sink: {{path: {folder}/out, key: training, restricted: {{key: clinical, columns: [note]}}}}
rows: {{order: source, max_quarantined: 0.5}}
detect: {{ner: off}}
checks: {{residual: off}}
columns:
  id: {{action: keep, accept: a number}}
  mail: {{action: tokenize, method: vault, domain: mail}}
  born: {{action: generalize, to: year, format: '%Y-%m-%d'}}
  note: {{action: redact}}
"""


@dataclass(frozen=True)
class Scene:
    """Everything that one night's work touches, below one folder."""

    folder: Path
    more: str = ""
    """Further parts of the policy."""

    @property
    def uri(self) -> str:
        """Return the keyring's URI."""
        return f"file:{self.folder / 'keyring.json'}"

    @property
    def dataset(self) -> Dataset:
        """Return the dataset."""
        return Dataset(self.folder / "out")

    @property
    def policy(self) -> Policy:
        """Return the policy."""
        return load_policy(self.folder / "people.yaml")

    def keyring(self) -> Keyring:
        """Return the keyring as it is now."""
        forget_opened_keyrings()
        return open_keyring(self.uri)

    def build(self, versions: int) -> None:
        """Make the keyring and publish that many versions."""
        self.folder.mkdir()
        init_keyring(
            self.uri, [KeyName(name) for name in ("training", "clinical", "reveal", "pseudonym")]
        )
        (self.folder / "people.yaml").write_text(POLICY.format(folder=self.folder) + self.more)
        for _ in range(versions):
            self.run()

    def next_number(self) -> int:
        """Return what the next version's number will be: one that was killed before the log knew it
        is none.
        """
        entries = self.dataset.audit.entries()
        return max([0, *(entry.version or 0 for entry in entries if entry.what == "publish")]) + 1

    def run(self) -> int:
        """Publish the next version, of its own rows; return its number."""
        number = self.next_number()
        lines = [
            f"{ident},{mail},1984-02-29,text {ident}"
            for ident, mail in zip(ids(number), mails(number), strict=True)
        ]
        (self.folder / "people.csv").write_text(
            "\n".join(["id,mail,born,note", *lines, "999,bad@example.org,never,x"])
        )
        return anonymize.run(self.folder / "people.yaml", keyring=self.uri).version

    def copy_to(self, other: Scene) -> None:
        """Put another scene's folder into the state of this one."""
        shutil.rmtree(other.folder, ignore_errors=True)
        shutil.copytree(self.folder, other.folder)

    def check_versions(self) -> int:
        """Check that every published version reads whole, and return the current one."""
        keyring, dataset = self.keyring(), self.dataset
        for number in dataset.versions(keyring):
            table = read(dataset, version=number, keyring=keyring)
            assert table["id"].to_pylist() == ids(number)
            assert table["born"].to_pylist() == [1984] * ROWS
        current = read(dataset, keyring=keyring)["id"].to_pylist()[0] // 100
        assert current == dataset.current
        return int(current)

    def check_tokens(self, forgotten: frozenset[str] = frozenset()) -> None:
        """Check that the current version's tokens turn back, but for who was forgotten, and verify
        it.
        """
        keyring = self.keyring()
        table = read(self.dataset, keyring=keyring)
        number = table["id"].to_pylist()[0] // 100
        tokens = table["mail"].combine_chunks()
        wanted = [
            None if str(ident) in forgotten else mail
            for ident, mail in zip(ids(number), mails(number), strict=True)
        ]
        assert (
            reveal(self.policy, "mail", tokens, keyring, reason="soak test").values.to_pylist()
            == wanted
        )
        self.dataset.verify(keyring=keyring, dataset="people").require()

    def leftovers(self) -> list[str]:
        """Return the hidden files that are no locks."""
        locks = {".lock", ".audit.lock", ".keyring.json.lock"}
        return sorted(str(path) for path in self.folder.rglob(".*") if path.name not in locks)


def ids(number: int) -> list[int]:
    """Return the ids of a version's rows."""
    return list(range(number * 100, number * 100 + ROWS))


def mails(number: int) -> list[str]:
    """Return the e-mail addresses of a version's rows; half of them are the next version's, too."""
    return [f"user{number * 3 + at}@example.org" for at in range(ROWS)]


def tokens_of(scene: Scene) -> dict[str, set[str]]:
    """Return address → its tokens in all versions, checked to be of one address each."""
    found, owner = dict[str, set[str]](), dict[str, str]()
    keyring = scene.keyring()
    for number in scene.dataset.versions(keyring):
        table: pa.Table = read(scene.dataset, version=number, keyring=keyring)
        first = table["id"].to_pylist()[0] // 100
        for mail, token in zip(mails(first), table["mail"].to_pylist(), strict=True):
            found.setdefault(mail, set()).add(token)
            assert owner.setdefault(token, mail) == mail
    return found
