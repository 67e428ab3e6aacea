"""A training reads a version with a reader's keys, and only if it was paid for."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import anonymize
from anonymize.errors import ArgumentError, DatasetError, GateError, KeysError
from anonymize.policy import load_policy
from anonymize.readers.private import attack
from anonymize.readers.private.allowance import CLAIMS

from .conftest import FEATURES, Paid, rows, terms

torch = pytest.importorskip("torch")
pytest.importorskip("opacus", reason="it is in .venv-readers alone; make soak runs these")
pytestmark = pytest.mark.soak

from anonymize.readers.private import train as order  # noqa: E402
from anonymize.readers.private.descent import Descent  # noqa: E402
from anonymize.readers.private.measured import area_under_curve  # noqa: E402
from anonymize.readers.private.models import made  # noqa: E402
from anonymize.readers.private.train import scores_by, train  # noqa: E402
from anonymize.readers.private.unprotected import train_unprotected  # noqa: E402

CPU = torch.device("cpu")


def test_a_reader_trains_once(paid: Paid) -> None:
    """The report says what was paid, and nothing of rows; a second training is refused."""
    path = paid.allowance()
    found = train(paid.dataset, path, hold_out=0.3, keyring=paid.reader)
    assert found.report["epsilon"] <= 2
    assert found.report["unit"] == "person by person"
    said = {name: value for name, value in found.report.items() if name != "allowance"}
    assert "150" not in json.dumps(said)  # the digits of a drawn id may be so
    shares = found.scores(anonymize.read(paid.dataset, keyring=paid.reader))
    assert shares.shape == (300, 2)
    assert np.allclose(shares.sum(axis=1), 1)
    assert 10 < found.held_out.people < 90
    with pytest.raises(GateError, match="used already"):
        train(paid.dataset, path, keyring=paid.reader)
    with pytest.raises(GateError, match="used already"):
        train(paid.dataset, path, claims=paid.folder / "others", keyring=paid.reader)
    own = train(paid.dataset, paid.allowance("b.json"), keyring=paid.reader, model=torch.nn.Linear)
    assert isinstance(own.model, torch.nn.Linear)
    assert anonymize.read(paid.dataset, keyring=paid.owner).num_rows == 300
    assert len(list((paid.folder / "out" / CLAIMS).iterdir())) == 2


def test_trainers_at_once_train_once(paid: Paid) -> None:
    """All pass the first look; one gets to the first step."""
    path, refused = paid.allowance(), []

    def one(_: int) -> None:
        try:
            train(paid.dataset, path, keyring=paid.reader)
        except GateError:
            refused.append(1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(4)))
    assert len(refused) == 3


def test_nothing_is_used_up_by_what_is_refused_before(
    paid: Paid, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong model or keyring; but a training that fails on its way has used it."""
    path = paid.allowance()
    with pytest.raises(ArgumentError):
        train(paid.dataset, path, keyring=paid.reader, model="forest")
    with pytest.raises(ArgumentError, match="hold_out"):
        train(paid.dataset, path, keyring=paid.reader, hold_out=1.0)
    with pytest.raises(DatasetError, match="no such allowance"):
        train(paid.dataset, paid.folder / "none.json", keyring=paid.reader)
    with monkeypatch.context() as patch:
        patch.setattr(order, "use_up", lambda *_: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError):
            train(paid.dataset, path, keyring=paid.reader)
    with monkeypatch.context() as patch:
        patch.setattr(Descent, "run", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            train(paid.dataset, path, keyring=paid.reader)
    with pytest.raises(GateError, match="used already"):
        train(paid.dataset, path, keyring=paid.reader)


def test_another_version_or_dataset_is_refused(paid: Paid, tmp_path: Path) -> None:
    """The allowance is for the parts that were there."""
    path = paid.allowance()
    anonymize.run(load_policy(paid.folder / "p.yaml"), keyring=paid.owner)
    assert train(paid.dataset, path, keyring=paid.reader).report["version"] == 1
    now = paid.allowance("now.json")
    assert train(paid.dataset, now, keyring=paid.reader).report["version"] == 2


def test_a_log_that_was_cut_pays_for_nothing(paid: Paid) -> None:
    """Its last lines were taken off, with the head that says so or without."""
    path, log = paid.allowance(), paid.folder / "out" / "audit.jsonl"
    log.write_bytes(b"".join(log.read_bytes().splitlines(True)[:-1]))
    with pytest.raises((GateError, DatasetError)):
        train(paid.dataset, path, keyring=paid.reader)


def test_a_folder_that_cannot_be_written_to_is_no_way_around(paid: Paid) -> None:
    """Another one is named, and is asked next time."""
    path, file = paid.allowance(), paid.folder / "claims-file"
    file.write_text("")
    with pytest.raises(DatasetError, match="say claims="):
        train(paid.dataset, path, keyring=paid.reader, claims=file)
    claims = paid.folder / "claims"
    train(paid.dataset, path, keyring=paid.reader, claims=claims)
    with pytest.raises(GateError, match="used already"):
        train(paid.dataset, path, keyring=paid.reader, claims=claims)


def test_a_strangers_keyring_opens_nothing(paid: Paid, tmp_path: Path) -> None:
    """It cannot check the signature either."""
    from anonymize.keys import init_keyring
    from anonymize.names import KeyName

    uri = f"file:{tmp_path / 'stranger' / 'keyring.json'}"
    (tmp_path / "stranger").mkdir()
    init_keyring(uri, [KeyName("training")])
    with pytest.raises(KeysError):
        train(paid.dataset, paid.allowance(), keyring=uri)


def test_the_attack_sees_an_overfitted_model_and_not_one_with_noise() -> None:
    """Labels are coins, so whatever a model knows of them it learned by heart. Without noise the
    difference goes: see `test_without_noise_the_attack_succeeds`.
    """
    held = rows(120, 1, seed=4)
    asked = terms(noise=6.0, share=0.5, steps=60, people=60)

    def plain(some: object) -> object:
        return scores_by(train_unprotected(made("mlp", FEATURES), some, CPU, epochs=200))

    def private(some: object) -> object:
        return scores_by(Descent(made("mlp", FEATURES), some, asked, CPU).run())

    torch.manual_seed(5)
    bare = attack(plain, held, models=12)
    kept = attack(private, held, models=12)
    assert bare.low > 0.6
    assert 0.38 < kept.auc < 0.62
    assert kept.auc < bare.low


def test_without_noise_the_attack_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same training with its noise taken off is caught, so it is the noise that hides."""
    from anonymize.readers.private.randomness import SecretDraws

    monkeypatch.setattr(SecretDraws, "normal", lambda self, count: np.zeros(count))
    held, asked = rows(120, 1, seed=4), terms(noise=6.0, share=0.5, steps=300, people=60)

    def private(some: object) -> object:
        return scores_by(Descent(made("mlp", FEATURES), some, asked, CPU).run())

    torch.manual_seed(5)
    assert attack(private, held, models=12).low > 0.6


def test_the_area_is_the_share_of_pairs_in_order() -> None:
    """Ties count half."""
    scores, right = np.array([0.1, 0.4, 0.4, 0.8]), np.array([False, True, False, True])
    assert area_under_curve(scores, right) == (2 + 1 + 0.5) / 4
    assert np.isnan(area_under_curve(scores, np.zeros(4, bool)))
