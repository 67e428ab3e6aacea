"""Bad input: one clear error in the house's form, its exit code, nothing published, nothing lost,
no value quoted.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import anonymize
from anonymize.dataset import Dataset, read
from anonymize.errors import AnonymizeError
from anonymize.keys import Keyring, forget_opened_keyrings, init_keyring
from anonymize.keys.keyring.passphrase import forget_passphrase
from tests.conftest import NAMES
from tests.workplace import Workplace

HEAD = b"name,email,zip,born,visits\n"
ROW = b"Ana Castro,ana.castro@example.com,01067,1984-02-29,12\n"
SECRET = "Castro"


def make_rows(count: int) -> bytes:
    """Return rows with different values."""
    return b"".join(b"Ana %d,a%d@example.com,%05d,1984-02-29,1\n" % (n, n, n) for n in range(count))


def _refusal(workplace: Workplace, wait_seconds: float = 60) -> str:
    """Run twice: with the bad input, then look at what is left; return the error's text."""
    with pytest.raises(AnonymizeError) as caught:
        anonymize.run(workplace.policy(), keyring=workplace.keyring_uri, wait_seconds=wait_seconds)
    assert caught.value.exit_code in (1, 2, 3)
    assert Dataset(workplace.sink).current is None
    assert not [path for path in workplace.sink.rglob("*") if path.suffix == ".parquet"]
    assert SECRET not in str(caught.value)
    return str(caught.value)


BAD_FILES: dict[str, tuple[bytes, str]] = {
    "an empty file": (b"", "people.csv: "),
    "a header only": (HEAD, "people.csv: "),
    "ragged rows": (HEAD + ROW + b"Bo,bo@example.org\n", "people.csv: row 2"),
    "not UTF-8": (HEAD + ROW + b"J\xfcrgen,j@example.org,01067,1984-02-29,1\n", "people.csv: "),
    "duplicate column names": (HEAD.replace(b"visits", b"name") + ROW, "people.csv: "),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_one_clear_error(workplace: Workplace, case: str) -> None:
    """The message names the file and what would be right."""
    content, words = BAD_FILES[case]
    workplace.source.write_bytes(content)
    text = _refusal(workplace)
    assert words in text
    assert len(text.splitlines()) == 1


def test_a_column_of_mixed_types_names_row_and_remedy(workplace: Workplace) -> None:
    """A word among numbers is refused where the column is said to hold numbers."""
    workplace.source.write_bytes(
        HEAD + make_rows(100_000) + ROW.replace(b",12\n", b",twelve\n") + make_rows(100_000)
    )
    path = workplace.policy()
    path.write_text(
        path.read_text().replace("people.csv}", "people.csv, types: {visits: integer}}")
    )
    with pytest.raises(AnonymizeError, match=r"people\.csv: column visits: .*row 100001") as caught:
        anonymize.run(path, keyring=workplace.keyring_uri)
    assert "twelve" not in str(caught.value)
    assert Dataset(workplace.sink).current is None


def test_the_byte_offset_of_bad_utf8_is_said(workplace: Workplace) -> None:
    """And ``encoding:`` in the source fixes it."""
    data = HEAD + b"".join(
        b"J\xfcrgen %d,j%d@example.org,01067,1984-02-29,1\n" % (n, n) for n in range(3)
    )
    workplace.source.write_bytes(data)
    assert f"byte {data.index(0xFC)}" in _refusal(workplace)
    path = workplace.policy()
    path.write_text(path.read_text().replace("people.csv}", "people.csv, encoding: latin-1}"))
    assert anonymize.run(path, keyring=workplace.keyring_uri).rows_out == 3


def test_a_missing_header_is_told_without_the_first_row(workplace: Workplace) -> None:
    """Cells in place of names are not quoted as columns that the policy does not know."""
    workplace.source.write_bytes(b"Ana Castro,Dresden,North,1984,12\n" * 2)
    text = _refusal(workplace)
    assert (
        "people.csv: the first row is like the rows below it, not like column names; if it is"
        " data say" in text
    )
    assert "Dresden" not in text


def test_a_missing_file_is_named(workplace: Workplace) -> None:
    """Exit code 2."""
    workplace.source.unlink()
    assert "people.csv: no such file" in _refusal(workplace)


def test_a_byte_order_mark_is_no_part_of_the_first_name(workplace: Workplace) -> None:
    """It is read past."""
    workplace.source.write_bytes(b"\xef\xbb\xbf" + HEAD + ROW)
    assert anonymize.run(workplace.policy(), keyring=workplace.keyring_uri).rows_out == 1


def test_a_ten_megabyte_cell_is_carried_through(workplace: Workplace, keyring: Keyring) -> None:
    """One huge cell is a value like any other."""
    workplace.source.write_bytes(
        HEAD + ROW + b"x" * 10_000_000 + b",x@example.com,01067,1984-02-29,1\n"
    )
    anonymize.run(workplace.policy(), keyring=workplace.keyring_uri)
    assert read(workplace.sink, keyring=keyring).num_rows == 2


@pytest.fixture
def own(workplace: Workplace) -> Workplace:
    """Return the workplace with a keyring of its own."""
    uri = f"file:{workplace.folder / 'own.json'}"
    init_keyring(uri, NAMES)
    forget_opened_keyrings()
    return Workplace(workplace.folder, uri)


def test_a_wrong_passphrase_is_refused(own: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 3; wrong and damaged are not told apart."""
    monkeypatch.setenv("COATCHECK_PASSPHRASE", "not it")
    wrong = _refusal(own)
    forget_passphrase()
    path = own.folder / "own.json"
    text = path.read_text()
    middle = len(text) // 2
    path.write_text(text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :])
    forget_opened_keyrings()
    damaged = _refusal(own)
    assert wrong.split(":")[-1] == damaged.split(":")[-1]


def test_a_keyring_others_may_read_is_refused(own: Workplace) -> None:
    """Mode 0644 is an error that says what to do."""
    (own.folder / "own.json").chmod(0o644)
    assert "has mode 0644: others may read it; chmod 600" in _refusal(own)


def test_two_runs_at_once_are_refused(workplace: Workplace, keyring: Keyring) -> None:
    """The second is told who holds the dataset; the first is not disturbed."""
    with Dataset(workplace.sink).lock():
        text = _refusal(workplace, wait_seconds=0.5)
    assert str(os.getpid()) in text
    assert anonymize.run(workplace.policy(), keyring=workplace.keyring_uri).version == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Yield a folder on a disk of 256 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a tmpfs needs root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_keeps_the_last_version(
    workplace: Workplace, keyring: Keyring, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error says so, nothing of the new version is left, the last one reads."""
    monkeypatch.setattr(
        "anonymize.pipeline.readiness.LEAST_FREE_BYTES", 0
    )  # else it is refused before row one
    sink = small_disk / "out"
    path = workplace.policy()
    path.write_text(path.read_text().replace(str(workplace.sink), str(sink)))
    anonymize.run(path, keyring=workplace.keyring_uri)
    workplace.source.write_bytes(HEAD + make_rows(50_000))
    with pytest.raises(AnonymizeError, match="the disk is full"):
        anonymize.run(path, keyring=workplace.keyring_uri)
    assert Dataset(sink).verify(keyring=keyring).version == 1
    assert len(list(sink.rglob("*.parquet"))) == 1


def test_the_command_line_says_the_same_on_stderr(workplace: Workplace) -> None:
    """One line, exit code 2, nothing on stdout."""
    workplace.source.write_bytes(HEAD + ROW + b"Bo,bo@example.org\n")
    done = workplace.coatcheck("run", str(workplace.policy()))
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
