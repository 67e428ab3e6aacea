"""What is refused: changed exports, results that are not what they say, precision that is lost."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import tenseal

from anonymize.custody.homomorphic import (
    decrypt,
    encrypted_linear,
    encrypted_sum,
    encrypted_weighted,
    export_homomorphic,
    native,
    open_folder,
)
from anonymize.custody.homomorphic.checks import CHANCE, Checks, agrees, passes_below
from anonymize.custody.homomorphic.folder import PAIR, EncryptedFolder
from anonymize.custody.homomorphic.holder import open_holder
from anonymize.custody.homomorphic.native import BLOCK_BYTES, Block
from anonymize.custody.homomorphic.parameters import SLOTS, check_error
from anonymize.custody.homomorphic.result import Claim, write_result
from anonymize.dataset.canonical import canonical
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, GateError, KeysError
from anonymize.keys import Keyring, Secret, init_keyring, share_keyring
from anonymize.names import KeyName
from tests.custody.homomorphic.conftest import ROWS, Exported
from tests.dataset.test_export import publish

Pairs = list[tuple[Block, Block]]


def swapped(folder: Path, first: str, second: str) -> None:
    """Exchange two files."""
    one, two = (folder / first).read_bytes(), (folder / second).read_bytes()
    (folder / first).write_bytes(two)
    (folder / second).write_bytes(one)


def blocks_swapped(folder: Path) -> None:
    """Exchange the two blocks of a column."""
    data = (folder / "column-000.ckks").read_bytes()
    (folder / "column-000.ckks").write_bytes(data[PAIR:] + data[:PAIR])


def check_swapped(folder: Path) -> None:
    """Exchange a block and its check block."""
    data = (folder / "column-000.ckks").read_bytes()
    pair = data[BLOCK_BYTES:PAIR] + data[:BLOCK_BYTES]
    (folder / "column-000.ckks").write_bytes(pair + data[PAIR:])


def flipped(name: str, at: int) -> Callable[[Path], None]:
    """Return what flips a bit of a file."""

    def change(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[at] ^= 1
        (folder / name).write_bytes(data)

    return change


def said(key: str, value: object) -> Callable[[Path], None]:
    """Return what changes a statement of the manifest."""

    def change(folder: Path) -> None:
        path = folder / "manifest.json"
        document = json.loads(path.read_text())
        document["homomorphic export"][key] = value
        path.write_text(json.dumps(document))

    return change


def parameters_changed(folder: Path) -> None:
    """State parameters of less security, and give the context that belongs to them."""
    weak = tenseal.context(
        tenseal.SCHEME_TYPE.CKKS, 4096, coeff_mod_bit_sizes=[40, 40, 29],
        encryption_type=tenseal.ENCRYPTION_TYPE.SYMMETRIC,
    )  # fmt: skip
    context = weak.serialize(False, False, False, False)
    (folder / "context.tenseal").write_bytes(context)
    said("context_sha256", hashlib.sha256(context).hexdigest())(folder)


def context_changed(folder: Path) -> None:
    """Give a context of other parameters."""
    parameters_changed(folder)
    said("parameters", {"scheme": "CKKS", "polynomial_degree": 4096})(folder)


CHANGES: dict[str, Callable[[Path], Any]] = {
    "a bit of a block": flipped("column-001.ckks", 999),
    "a bit of a check block": flipped("column-001.ckks", BLOCK_BYTES + 7),
    "a bit of the context": flipped("context.tenseal", 40),
    "cut short": lambda f: (f / "column-000.ckks").write_bytes(b"x" * (2 * PAIR - 1)),
    "a block less": lambda f: (f / "column-000.ckks").write_bytes(bytes(PAIR)),
    "longer": lambda f: (f / "column-000.ckks").open("ab").write(b"x"),
    "empty": lambda f: (f / "column-002.ckks").write_bytes(b""),
    "gone": lambda f: (f / "column-002.ckks").unlink(),
    "a link": lambda f: (
        (f / "column-002.ckks").rename(f.parent / "x"),
        (f / "column-002.ckks").symlink_to(f.parent / "x"),
    ),
    "blocks reordered": blocks_swapped,
    "checks and values exchanged": check_swapped,
    "another column's file": lambda f: swapped(f, "column-000.ckks", "column-001.ckks"),
    "other parameters": parameters_changed,
    "other context and parameters": context_changed,
    "other parameters, said alone": said("parameters", {"scheme": "CKKS"}),
    "no manifest": lambda f: (f / "manifest.json").unlink(),
    "no JSON": lambda f: (f / "manifest.json").write_bytes(b"{"),
    "a name out of the folder": said("columns", [{"name": "age", "file": "../x", "blocks": []}]),
    "rows without end": said("rows", 10**12),
    "rows as text": said("rows", "5000"),
}


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_a_changed_export_is_refused(change: str, exported: Exported, tmp_path: Path) -> None:
    """By its digests, without a key; nothing is written."""
    CHANGES[change](exported.folder)
    with pytest.raises(DatasetError):
        encrypted_sum(exported.folder, tmp_path / "r")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("key, value", [("rows", 4_999), ("dataset", "x"), ("at", "2020")])
def test_a_statement_is_signed(key: str, value: object, exported: Exported, tmp_path: Path) -> None:
    """Who names the holder's key sees what was said anew; who does not is told that no signature
    was checked, and the holder refuses the result.
    """
    said(key, value)(exported.folder)
    with pytest.raises(DatasetError, match="signature"):
        open_folder(exported.folder, exported.made.public_key)
    made = encrypted_sum(exported.folder, tmp_path / "r")
    assert not made.signed
    with pytest.raises(DatasetError, match="another export"):
        decrypt(tmp_path / "r", keyring=exported.keyring)


def test_another_keys_signature_is_refused(exported: Exported, tmp_path: Path) -> None:
    """Also where it is right."""
    other = init_keyring(f"file:{tmp_path / 'k' / 'keyring.json'}", [KeyName("training")])
    made = export_homomorphic(exported.dataset, tmp_path / "mine", columns=["age"],
                              keyring=exported.keyring)  # fmt: skip
    from anonymize.keys.keyring.public_keys import own_public_text

    open_folder(tmp_path / "mine", made.public_key)
    for key in (own_public_text(other), "ed25519:x", "", made.public_key[8:]):
        with pytest.raises(DatasetError, match="signature"):
            open_folder(tmp_path / "mine", key)


def test_the_folder_decrypts_nothing(exported: Exported) -> None:
    """Its context has no secret key, TenSEAL refuses to decrypt with it, another key gives noise,
    and no file holds the key's bytes.
    """
    context = tenseal.context_from((exported.folder / "context.tenseal").read_bytes())
    assert not context.has_secret_key()
    opened = open_folder(exported.folder)
    (block, _), *_ = opened.pairs(opened.manifest.columns["age"])
    with pytest.raises(ValueError, match="secret_key"):
        opened.context.decrypted(block, product=False)
    with pytest.raises(ValueError, match="secret_key"):
        native.Context(context, opened.context.header, opened.context.prefix).decrypted(
            block, product=False
        )
    other = native.new_context().decrypted(block, product=False)
    right = open_holder(exported.holder, exported.keyring).context
    values = exported.floats("age")[:SLOTS]
    assert np.abs(right.decrypted(block, product=False) * 128 - values).max() < 1e-9
    assert np.abs(other).min() > 1
    secret = native.secret_bytes(right).reveal()
    files = [one.read_bytes() for one in (*exported.folder.iterdir(), exported.holder)]
    pieces = [secret[at : at + 32] for at in range(200, len(secret) - 32, 1_000)]
    assert not [one for one in pieces if any(one in data for data in files)]


def test_only_the_keyring_opens_the_holders_file(exported: Exported, tmp_path: Path) -> None:
    """Not another one, not a reader's, and not if a letter of it was changed."""
    encrypted_sum(exported.folder, tmp_path / "r", columns=["age"])
    other = init_keyring(f"file:{tmp_path / 'k' / 'keyring.json'}", [KeyName("training")])
    reader = share_keyring([KeyName("training")], tmp_path / "reader.json", exported.keyring.place)
    for keyring in (other, reader):
        with pytest.raises(KeysError):
            decrypt(tmp_path / "r", keyring=keyring)
    with pytest.raises(KeysError):
        export_homomorphic(exported.dataset, tmp_path / "e", keyring=reader)
    text = exported.holder.read_text()
    at = text.index("ck1:") + 900
    exported.holder.write_text(text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :])
    with pytest.raises(KeysError):
        decrypt(tmp_path / "r", keyring=exported.keyring)
    exported.holder.write_text("{}")
    with pytest.raises(ArgumentError, match="--holder"):
        decrypt(tmp_path / "r", keyring=exported.keyring)


# what a computer who cheats hands in


def forged(exported: Exported, path: Path, claim: Claim, pairs: Pairs) -> None:
    """Write a result that claims one thing and holds another."""
    write_result(path, claim, ROWS, iter(pairs), claim.header("2026-01-01T00:00:00Z", {}))


def columns_of(opened: EncryptedFolder, name: str) -> Pairs:
    """Return a column's blocks."""
    return list(opened.pairs(opened.manifest.columns[name]))


def added(opened: EncryptedFolder, pairs: Pairs, weights: list[Any]) -> tuple[Block, Block]:
    """Return a sum that is honest of its kind."""
    totals = opened.context.sum(), opened.context.sum()
    for pair, weight in zip(pairs, weights, strict=True):
        for total, block in zip(totals, pair, strict=True):
            total.add(block, weight)
    return totals[0].block(), totals[1].block()


def test_blocks_that_cancel_each_other_out_are_refused(exported: Exported) -> None:
    """Their sum would be readable without a key; the native library's error says nothing of it."""
    opened = open_folder(exported.folder)
    pairs = columns_of(opened, next(iter(opened.manifest.columns)))[:1]
    with pytest.raises(DatasetError, match="cancel each other out"):
        added(opened, [*pairs, *pairs], [1.0, -1.0])


def cheats(opened: EncryptedFolder) -> Iterator[tuple[str, tuple[Block, Block]]]:
    """Yield what might stand for the sum of ages, by what it is."""
    age, cost = columns_of(opened, "age"), columns_of(opened, "cost")
    right = added(opened, age, [None, None])
    yield "right", right
    yield "a block left out", age[0]
    yield "a block twice", added(opened, [*age, age[0]], [None] * 3)
    yield "another column", added(opened, cost, [None, None])
    yield "a block of another column", added(opened, [age[0], cost[1]], [None, None])
    yield "values alone of another column", (added(opened, cost, [None, None])[0], right[1])
    yield "the values as their checks", (right[0], right[0])
    yield "checks as values", (right[1], right[1])
    yield "one prime's numbers moved", (np.roll(right[0], 1, axis=2), right[1])
    noise = np.random.default_rng(1).integers(0, 2**59, right[0].shape, np.uint64)
    yield "random numbers", (noise, noise[::-1].copy())


def test_a_result_that_was_not_computed_so_is_refused(exported: Exported, tmp_path: Path) -> None:
    """Every one of `cheats` but the first."""
    opened = open_folder(exported.folder)
    claim = Claim(opened.manifest.id, opened.manifest_sha256, "sum", ("age",))
    passed = []
    for at, (name, pair) in enumerate(cheats(opened)):
        forged(exported, tmp_path / f"{at}.r", claim, [pair])
        try:
            decrypt(tmp_path / f"{at}.r", holder=exported.holder, keyring=exported.keyring,
                    after_refusal=True)  # fmt: skip
            passed.append(name)
        except GateError:
            pass
    assert passed == ["right"]


def test_other_weights_than_stated_are_refused(exported: Exported, tmp_path: Path) -> None:
    """Of one row among 5,000, by a hundredth; of a model by a millionth."""
    weights = np.ones(ROWS)
    encrypted_weighted(exported.folder, tmp_path / "r", column="age", weights=weights)
    data = bytearray((tmp_path / "r").read_bytes())
    start = len(data) - PAIR - 8 * ROWS
    assert np.frombuffer(data, "<f8", ROWS, start).tolist() == weights.tolist()
    weights[77] = 1.01
    data[start : start + 8 * ROWS] = weights.astype("<f8").tobytes()
    (tmp_path / "w").write_bytes(data)
    decrypt(tmp_path / "r", holder=exported.holder, keyring=exported.keyring)
    with pytest.raises(GateError):
        decrypt(tmp_path / "w", holder=exported.holder, keyring=exported.keyring)
    encrypted_linear(exported.folder, tmp_path / "l", coefficients={"age": 0.5})
    data = (tmp_path / "l").read_bytes().replace(b'"coefficients":[0.5]', b'"coefficients":[0.6]')
    (tmp_path / "m").write_bytes(data)
    with pytest.raises(GateError):
        decrypt(tmp_path / "m", holder=exported.holder, keyring=exported.keyring,
                output=tmp_path / "out.csv", after_refusal=True)  # fmt: skip
    assert not (tmp_path / "out.csv").exists()


def test_the_first_false_result_is_the_last_one_looked_at(
    exported: Exported, tmp_path: Path
) -> None:
    """Or answers would give the multipliers away: whoever adds d to a slot and g to its check
    passes if α is within τ/d of g/d, so each answer halves where α can be. With --after-refusal
    that is so; without, also a right result is refused after a false one, which it tells.
    """
    guess = Guesser(exported, tmp_path)
    for _ in range(14):
        guess.half()
    assert not guess.passes(1.0, 0.0)
    assert guess.high - guess.low < 2.0**-9
    secret = open_holder(exported.holder, exported.keyring).checks.multipliers()[0]
    assert guess.low <= secret <= guess.high
    encrypted_sum(exported.folder, tmp_path / "r", columns=["age"])
    with pytest.raises(GateError, match=r"refused before.*--after-refusal"):
        decrypt(tmp_path / "r", holder=exported.holder, keyring=exported.keyring)
    note = exported.holder.with_name(f"{exported.holder.name}.refused")
    note.write_text("0" * 32)  # another export, of before, under the same name
    assert decrypt(tmp_path / "r", holder=exported.holder, keyring=exported.keyring).answers


class Guesser:
    """Who has the folder, and learns which results are refused."""

    def __init__(self, exported: Exported, folder: Path) -> None:
        self._exported, self._folder = exported, folder
        self._opened = open_folder(exported.folder)
        self._claim = Claim(self._opened.manifest.id, self._opened.manifest_sha256, "sum", ("age",))
        age = columns_of(self._opened, "age")
        self._sums = added(self._opened, age, [None] * len(age))
        self.low, self.high = -1.0, 1.0

    def half(self) -> None:
        """Learn in which half the first slot's multiplier is, a little more for the noise."""
        width = self.high - self.low
        wrong = check_error(2.0, 2.0) / (width / 4)
        if self.passes(wrong, (self.low + width / 4) * wrong):
            self.high = self.low + width / 2
        else:
            self.low += width / 2
        self.low, self.high = self.low - width * 0.04, self.high + width * 0.04

    def passes(self, *plus: float) -> bool:
        """Return whether it passes with so much more in the first slot, and in its check."""
        pair = []
        for block, one in zip(self._sums, plus, strict=True):
            shifted = self._opened.context._loaded(block)
            shifted += [one, *[0.0] * (SLOTS - 1)]
            members = native._members(native._seal_in(shifted.serialize()))
            pair.append(native._numbers_in(members))
        path = self._folder / f"{os.urandom(8).hex()}.r"
        forged(self._exported, path, self._claim, [(pair[0], pair[1])])
        try:
            decrypt(path, holder=self._exported.holder, keyring=self._exported.keyring,
                    after_refusal=True)  # fmt: skip
        except GateError:
            return False
        return True


def test_scores_of_exchanged_rows_are_refused(exported: Exported, tmp_path: Path) -> None:
    """Blocks of scores in another order, and one that was scored by another model: no score of the
    others appears.
    """
    opened = open_folder(exported.folder)
    encrypted_linear(exported.folder, tmp_path / "l", coefficients={"age": 0.5})
    data = (tmp_path / "l").read_bytes()
    head, one, two = data[: -2 * PAIR], data[-2 * PAIR : -PAIR], data[-PAIR:]
    other = added(opened, columns_of(opened, "age")[1:], [0.4])
    last = b"".join(one.tobytes() for one in other)
    for at, blocks in enumerate((two + one, one + one, one + last)):
        (tmp_path / f"{at}").write_bytes(head + blocks)
        with pytest.raises(GateError):
            decrypt(tmp_path / f"{at}", holder=exported.holder, keyring=exported.keyring,
                    output=tmp_path / "out.csv", after_refusal=True)  # fmt: skip
        assert not (tmp_path / "out.csv").exists()


def test_results_of_another_export_are_refused(exported: Exported, tmp_path: Path) -> None:
    """Of the same rows under another key; also with the right name on them."""
    again = export_homomorphic(exported.dataset, tmp_path / "again", columns=["age"],
                               keyring=exported.keyring)  # fmt: skip
    encrypted_sum(tmp_path / "again", tmp_path / "r")
    assert again.id != exported.made.id
    with pytest.raises(DatasetError, match="another export"):
        decrypt(tmp_path / "r", holder=exported.holder, keyring=exported.keyring)
    opened, foreign = open_folder(exported.folder), open_folder(tmp_path / "again")
    claim = Claim(opened.manifest.id, opened.manifest_sha256, "sum", ("age",))
    pair = added(foreign, columns_of(foreign, "age"), [None, None])
    forged(exported, tmp_path / "f", claim, [pair])
    with pytest.raises(GateError):
        decrypt(tmp_path / "f", holder=exported.holder, keyring=exported.keyring)


def test_columns_whose_names_look_alike_are_two(tmp_path: Path, keyring: Keyring) -> None:
    """Composed and decomposed letters are normalised elsewhere."""
    names = "caf\u00e9", "cafe\u0301"
    table = pa.table({names[0]: [1.0, 2.0], names[1]: [1.5, 1.75]})
    dataset = publish(tmp_path / "d", table, keyring)
    export_homomorphic(dataset, tmp_path / "e", keyring=keyring)
    opened = open_folder(tmp_path / "e")
    passed = []
    for name in names:
        claim = Claim(opened.manifest.id, opened.manifest_sha256, "sum", (names[0],))
        pair = added(opened, columns_of(opened, name), [None])
        write_result(tmp_path / name, claim, 2, iter([pair]), claim.header("x", {}))
        try:
            passed.append(decrypt(tmp_path / name, holder=tmp_path / "e.holder.json",
                                  keyring=keyring).answers[0].value)  # fmt: skip
        except GateError:
            pass
    assert passed == [3.0]


def test_a_killed_export_leaves_nothing_that_stays(exported: Exported, tmp_path: Path) -> None:
    """No folder under the name; what is left is hidden, and the next export removes it."""
    code = (
        "import os, signal\n"
        "from anonymize.custody import homomorphic as he\n"
        "from anonymize.custody.homomorphic import export\n"
        "export._write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"he.export_homomorphic({str(exported.dataset.path)!r}, {str(tmp_path / 'k')!r},"
        f" columns=['age'], keyring={exported.keyring.place!r})\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    left = [one.name for one in tmp_path.iterdir() if "k." in one.name or one.name == "k"]
    assert len(left) == 1
    assert left[0].startswith(".k.")
    export_homomorphic(exported.dataset, tmp_path / "k", columns=["age"], keyring=exported.keyring)
    assert sorted(one.name for one in tmp_path.glob("*k*")) == ["k", "k.holder.json"]


def test_what_passes_the_check_by_chance() -> None:
    """Of results that are off by so much in one slot, and whose check is off by a guess times that,
    a share of τ/d passes at most: 1 % of 40,000 secrets here, within six standard deviations.
    """
    chance = np.random.default_rng(7)
    off = 100 * check_error(1, 1)
    passed = 0
    for _ in range(10):
        multipliers = Checks(Secret(chance.bytes(32))).multipliers()[:4_000]
        values = chance.uniform(-1, 1, 4_000)
        for alpha, value in zip(multipliers, values, strict=True):
            one = np.array([value + off]), np.array([alpha * value + off * 0.3])
            passed += agrees(*one, np.array([alpha]), np.zeros(1), check_error(1, 1))
    assert 400 - 6 * 20 < passed < 400 + 6 * 20


def test_the_stated_size_of_what_may_pass_is_of_the_best_forger() -> None:
    """Little in each slot, which passes for sure, and the rest in one."""
    tau = check_error(2, 2)
    stated = passes_below(tau, 4_096)
    assert tau / (stated - 4_095 * tau) == pytest.approx(CHANCE)


def test_multipliers_and_offsets_are_all_different() -> None:
    """By slot, block, column and key, over all of [-1, 1)."""
    checks = Checks(Secret(bytes(32)))
    drawn = [
        checks.multipliers(), checks.offsets("a", 0), checks.offsets("a", 1),
        checks.offsets("b", 0), Checks(Secret(bytes(31) + b"x")).offsets("a", 0),
    ]  # fmt: skip
    assert len(set(np.concatenate(drawn).tolist())) == 5 * SLOTS
    for one in drawn:
        assert -1 <= one.min() < -0.98 < 0.98 < one.max() < 1
        assert abs(one.mean()) < 6 / np.sqrt(3 * SLOTS)
    assert (checks.offsets("a", 1) == drawn[2]).all()


# what is malformed


def test_malformed_results_are_refused_before_they_are_parsed(
    exported: Exported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut anywhere, longer, numbers beyond the primes, headers that say what cannot be: the native
    library gets nothing of it.
    """
    encrypted_weighted(exported.folder, tmp_path / "r", column="age", weights=[1.0] * ROWS)
    data = (tmp_path / "r").read_bytes()
    at = data.index(b"{")
    end = at + int.from_bytes(data[at - 8 : at], "little")
    header = json.loads(data[at:end])

    def with_header(**changed: object) -> bytes:
        new = canonical({**header, **changed})
        return data[: at - 8] + len(new).to_bytes(8, "little") + new + data[end:]

    huge = bytearray(data)
    huge[-8:] = b"\xff" * 8
    bad = {
        **{f"cut to {cut}": data[:cut] for cut in (0, 5, at - 3, at + 20, end, end + 999, -1)},
        "longer": data + b"x",
        "beyond the prime": bytes(huge),
        "zeros": data[:-PAIR] + bytes(PAIR),
        "a column of nobody": with_header(columns=["nobody"]),
        "no column": with_header(columns=[]),
        "twice": with_header(columns=["age", "age"]),
        "numbers": with_header(columns=[1]),
        "another operation": with_header(operation="decrypt"),
        "a sum": with_header(operation="sum"),
        "linear": with_header(operation="linear"),
        "a model too": with_header(coefficients=[1]),
        "more": with_header(more=1),
        "a number beyond doubles": data[:at]
        + data[at:end].replace(b":0,", b":1e999,")
        + data[end:],
        "long header": data[: at - 8] + b"\xff" * 8 + data[at:],
        "weights of nothing": data[:end] + bytes(8 * ROWS) + data[-PAIR:],
        "weights that are none": data[:end] + b"\xff" * 8 * ROWS + data[-PAIR:],
        "null": data[: at - 8] + (4).to_bytes(8, "little") + b"null" + data[end:],
    }

    def never(*_: object) -> None:
        raise AssertionError("parsed")

    decrypt(tmp_path / "r", keyring=exported.keyring)
    monkeypatch.setattr(native.Context, "_loaded", never)
    for name, bytes_ in bad.items():
        (tmp_path / "bad").write_bytes(bytes_)
        try:
            decrypt(tmp_path / "bad", holder=exported.holder, keyring=exported.keyring)
        except DatasetError:
            continue
        pytest.fail(name)


def test_what_is_no_file_is_refused(exported: Exported, tmp_path: Path) -> None:
    """A folder, nothing, a device."""
    for path in (tmp_path, tmp_path / "none", Path("/dev/null")):
        with pytest.raises(DatasetError):
            decrypt(path, holder=exported.holder, keyring=exported.keyring)
        with pytest.raises(DatasetError):
            open_folder(path)


# what would lose digits, and what is no number


@pytest.mark.parametrize(
    "values, says",
    [
        ([2**53, 1], "whole numbers beyond"),
        ([1e12, 1e-6], "would be lost"),
        ([1.0, float("nan")], "NaN or infinite"),
        ([float("inf")], "NaN or infinite"),
        ([1.5e308], "too large"),
        ([-(2.0**401)], "too large"),
        ([5e-324], "too small"),
        (["text"], "is no number"),
        ([[1]], "is no number"),
    ],
)
def test_what_cannot_be_encrypted_is_refused(
    values: list[object], says: str, tmp_path: Path, keyring: Keyring
) -> None:
    """Before a folder appears, and without a value in the message."""
    dataset = publish(tmp_path / "d", pa.table({"x": values}), keyring)
    with pytest.raises(ArgumentError, match=says) as error:
        export_homomorphic(dataset, tmp_path / "e", columns=["x"], keyring=keyring)
    assert "text" not in str(error.value)
    assert not list(tmp_path.glob("*e*"))


@pytest.mark.parametrize("values", [[], [None, None]])
def test_no_row_and_no_value(values: list[None], tmp_path: Path, keyring: Keyring) -> None:
    """A version without a row is refused; a column of nulls has a sum, and no mean."""
    dataset = publish(tmp_path / "d", pa.table({"x": pa.array(values, pa.float64())}), keyring)
    if not values:
        with pytest.raises(ArgumentError, match="no row"):
            export_homomorphic(dataset, tmp_path / "e", keyring=keyring)
        return
    export_homomorphic(dataset, tmp_path / "e", keyring=keyring)
    for mean in (False, True):
        encrypted_sum(tmp_path / "e", tmp_path / f"{mean}", mean=mean)
        (one,) = decrypt(tmp_path / f"{mean}", keyring=keyring).answers
        assert one.value is None if mean else abs(one.value) <= one.within < 1e-9


@pytest.mark.parametrize(
    "coefficients, intercept, says",
    [
        ({}, 0, "not 0"),
        ({"age": 0.0}, 0, "not 0"),
        ({"nobody": 1}, 0, "no column nobody"),
        ({"age": float("nan")}, 0, "numbers"),
        ({"age": 1e308}, 0, "numbers"),
        ({"age": 1}, float("inf"), "numbers"),
        ({"age": 1e9, "change": 1e-9}, 0, "--coefficient change: its share"),
        ({"age": 1e-300}, 0, "numbers"),
    ],
)
def test_models_that_would_lose_a_column_are_refused(
    coefficients: dict[str, float], intercept: float, says: str, exported: Exported, tmp_path: Path
) -> None:
    """Rather than leave it out in silence."""
    with pytest.raises(ArgumentError, match=says):
        encrypted_linear(
            exported.folder, tmp_path / "r", coefficients=coefficients, intercept=intercept
        )


@pytest.mark.parametrize(
    "weights, says",
    [
        ([1.0], "1 weights for 5,000 rows"),
        ([0.0] * ROWS, "all weights are 0"),
        ([float("inf")] + [1.0] * (ROWS - 1), "infinite"),
        ([1e-12] + [1.0] * (ROWS - 1), "would be lost"),
        ([1.7e308] * ROWS, "too large"),
    ],
)
def test_weights_that_do_not_fit_are_refused(
    weights: list[float], says: str, exported: Exported, tmp_path: Path
) -> None:
    """One per row, none lost."""
    with pytest.raises(ArgumentError, match=says):
        encrypted_weighted(exported.folder, tmp_path / "r", column="age", weights=weights)


def test_nothing_is_overwritten_or_left(
    exported: Exported, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a folder, a holder's file, a result or scores; not in a dataset's folder; and what failed
    or was killed leaves nothing.
    """
    dataset, keyring = exported.dataset, exported.keyring
    (tmp_path / "b.holder.json").touch()
    for name in ("encrypted", "b"):
        with pytest.raises(ArgumentError, match="is there already"):
            export_homomorphic(dataset, tmp_path / name, keyring=keyring)
    with pytest.raises(ArgumentError, match="lies in the folder"):
        export_homomorphic(dataset, dataset.path / "e", keyring=keyring)
    encrypted_sum(exported.folder, tmp_path / "r")
    with pytest.raises(ArgumentError, match="is there already"):
        encrypted_sum(exported.folder, tmp_path / "r")
    (tmp_path / f".c.{'0' * 16}.tmp").mkdir()
    acts = len(dataset.audit.entries(keyring))

    def fails(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(native.Context, "encrypted", fails)
    with pytest.raises(AnonymizeError, match="disk is full"):
        export_homomorphic(dataset, tmp_path / "c", columns=["age"], keyring=keyring)
    assert not list(tmp_path.glob("*c.*"))
    assert len(dataset.audit.entries(keyring)) == acts


def test_an_export_is_in_the_log(exported: Exported) -> None:
    """With its columns and the manifest's digest."""
    act = [one for one in exported.dataset.audit.entries(exported.keyring)
           if one.details.get("export") == exported.made.id]  # fmt: skip
    assert [one.what for one in act] == ["export homomorphic"]
    assert act[0].details["columns"] == ["age", "cost", "change"]
    digest = hashlib.sha256((exported.folder / "manifest.json").read_bytes()).hexdigest()
    assert act[0].details["manifest_sha256"] == digest
