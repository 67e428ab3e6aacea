"""The order of a training: check the allowance, read, use it up, take the paid steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from anonymize.arguments import checked
from anonymize.dataset import Dataset
from anonymize.dataset.signing import Keyring, opened_keyring
from anonymize.errors import ArgumentError
from anonymize.process.core_files import no_core_files
from anonymize.readers.private.allowance import (
    CLAIMS,
    Allowance,
    open_allowance,
    refuse_other,
    refuse_used,
    require_paid,
    use_up,
)
from anonymize.readers.private.descent import Descent, Optimizer, sgd
from anonymize.readers.private.features import Encoded, Features
from anonymize.readers.private.measured import Floats
from anonymize.readers.private.models import Maker, made
from anonymize.readers.private.needed import chosen_device, torch
from anonymize.readers.private.people import read_people
from anonymize.readers.private.randomness import SecretDraws
from anonymize.readers.training import TrainingBatches


@dataclass(frozen=True)
class Trained:
    """A model, and what may be said of it."""

    model: torch.nn.Module = field(repr=False)
    """On the CPU. It may be given to whom the allowance's ε is meant for."""
    features: Features = field(repr=False)
    """How rows become its inputs."""
    report: Mapping[str, Any]
    """What was trained on what and at which price, as JSON; nothing in it comes from rows."""
    held_out: Encoded = field(repr=False)
    """People who were kept out of training. Scores on them are not private."""

    def scores(self, rows: pa.Table | pa.RecordBatch | Encoded) -> Floats:
        """Return the probability of each class, shape (rows, classes)."""
        encoded = rows if isinstance(rows, Encoded) else self.features.encoded(rows)
        logits = scores_by(self.model)(encoded.matrix(np.arange(len(encoded.labels))))
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: Floats = powers / powers.sum(axis=1, keepdims=True)
        return shares


class ScoresOf:
    """A trained model as a function of arrays."""

    def __init__(self, model: torch.nn.Module) -> None:
        """Take a model on the CPU."""
        self._model = model

    def __call__(self, inputs: np.ndarray) -> Floats:
        """Return logits, shape (rows, classes)."""
        with torch.no_grad():
            found: Floats = self._model(torch.from_numpy(inputs)).double().numpy()
        return found


def scores_by(model: torch.nn.Module) -> ScoresOf:
    """Return a model as a function of arrays."""
    return ScoresOf(model)


@checked
@no_core_files()
def train(
    folder: str | Path | Dataset,
    allowance: str | Path,
    *,
    model: str | Maker = "linear",
    optimizer: Optimizer = sgd,
    hold_out: float = 0.0,
    device: str | None = None,
    claims: str | Path | None = None,
    keyring: Keyring | str | None = None,
) -> Trained:
    """Train a model with differential privacy on the version that an allowance names.

    The allowance must be in the dataset's signed log, and is used up before the first step; it
    stays used if training fails later. Rows are decrypted in memory, and stay there as numbers.

    Args:
        folder: The dataset, or its folder.
        allowance: The file that ``coatcheck allow-training`` wrote.
        model: ``linear``, ``mlp``, or a function of the numbers of inputs and classes. Its first
            weights must not come from this data.
        optimizer: Makes torch's optimizer of the weights. Its settings must not come from trying
            them on this data without an allowance for each.
        hold_out: Each person is kept out with this probability, for `Trained.held_out`.
        device: For torch; by default the GPU where there is one.
        claims: A folder in which allowances are marked as used, the same for all trainers; by
            default the folder ``training`` of the dataset.
        keyring: What opens the version, or its URI; by default what COATCHECK_KEYRING says.

    Raises:
        GateError: the allowance was used, or the log does not know it.
        ArgumentError: it is for another version, a column does not fit, or a model mixes rows.
        DatasetError: a row is of nobody; or the dataset or allowance is damaged.
        KeysError: the keyring does not open the columns, or not check the allowance.
        MissingExtraError: torch or Opacus is not installed.
    """
    if not 0 <= hold_out < 1:
        raise ArgumentError("say a number from 0 to below 1", place="hold_out")
    opened = opened_keyring(keyring)
    allowed = open_allowance(allowance, opened)
    dataset = folder if isinstance(folder, Dataset) else Dataset(folder)
    used = Path(dataset.path) / CLAIMS if claims is None else Path(claims)
    for folder_of_claims in (used, Path(dataset.path) / CLAIMS):  # also if claims= names another
        refuse_used(allowed, folder_of_claims)
    require_paid(allowed, dataset, opened)
    features = Features(allowed.columns, allowed.label)
    built = made(model, features)
    rows = _rows(dataset, allowed, features, opened)
    draws = SecretDraws()
    out = draws.uniform(rows.people) < hold_out
    inside, held_out = rows.of(np.flatnonzero(~out)), rows.of(np.flatnonzero(out))
    descent = Descent(built, inside, allowed.terms, chosen_device(device), optimizer, draws)
    use_up(allowed, used)
    return Trained(descent.run(), features, _report(allowed), held_out)


def _rows(dataset: Dataset, allowed: Allowance, features: Features, keyring: Keyring) -> Encoded:
    batches = TrainingBatches(
        dataset,
        allowed.read,
        dataset=allowed.dataset,
        purpose=allowed.purpose,
        version=allowed.version,
        keyring=keyring,
        rank=0,
        ranks=1,
    )
    parts = {one.path: one.sha256 for one in batches.source.opened().files()}
    refuse_other(allowed, parts, batches.version)
    features.check(batches.schema)
    return read_people(batches, features, allowed.whose, allowed.terms.most_rows)


def _report(allowed: Allowance) -> dict[str, Any]:
    person = "row" if allowed.whose is None else f"person by {allowed.whose}"
    return {
        "allowance": allowed.id,
        "dataset": allowed.dataset,
        "purpose": allowed.purpose,
        "version": allowed.version,
        "unit": person,
        **allowed.terms.as_json(),
        "software": {name: version_of(name) for name in ("coatcheck", "torch", "opacus")},
    }
