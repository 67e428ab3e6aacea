"""What is refused: damaged and missing files, settings that make no sense, a missing package."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import anonymize
from anonymize.detect.name_models import shipped as ner
from anonymize.detect.name_models.shipped import MODEL, load_model, load_recogniser
from anonymize.detect.name_models.shipped_model import SHA256
from anonymize.errors import ArgumentError, DataError, MissingExtraError
from anonymize.names import EntityType
from tests.plan.helpers import policy_of


@pytest.mark.parametrize("place", [0, 1000, 5_000_000, -1])
def test_one_changed_byte_is_refused(tmp_path: Path, place: int) -> None:
    """Header, weights, tokenizer: the digest is over everything."""
    content = bytearray(MODEL.read_bytes())
    content[place] ^= 1
    damaged = tmp_path / "names.onnx"
    damaged.write_bytes(content)
    with pytest.raises(
        DataError, match=r"names\.onnx: the name model is damaged or from another version"
    ):
        load_model(damaged, SHA256)


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    """As by a full disk."""
    cut = tmp_path / "names.onnx"
    cut.write_bytes(MODEL.read_bytes()[:100_000])
    with pytest.raises(DataError, match="damaged"):
        load_model(cut, SHA256)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error says what to do."""
    with pytest.raises(
        DataError, match=r"names\.onnx: the name model is missing; reinstall coatcheck"
    ):
        load_model(tmp_path / "names.onnx", SHA256)


def test_a_run_never_goes_on_without_the_model(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A policy that asks for names is refused over a damaged file; nothing comes out with the names
    left in.
    """
    damaged = tmp_path / "names.onnx"
    damaged.write_bytes(MODEL.read_bytes()[:-1])
    monkeypatch.setattr(ner, "load_model", lambda: load_model(damaged, SHA256))
    policy = policy_of("  note: {action: free_text}\n", "detect: {ner: coatcheck}\n")
    with pytest.raises(DataError, match="damaged"):
        anonymize.anonymize_frame(pd.DataFrame({"note": ["Please call Maria Lopez back"]}), policy)


@pytest.mark.parametrize("package", ["onnxruntime", "tokenizers"])
def test_a_missing_package_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, package: str
) -> None:
    """The extra is ``ner``."""
    real = builtins.__import__

    def refuse(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == package:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(
        MissingExtraError, match="needs the extra ner: python -m pip install 'onnxruntime"
    ):
        load_model(tmp_path / "names.onnx", SHA256)


@pytest.mark.parametrize("recall", [-1.0, 0.0, 1.0, 2.0, float("nan")])
def test_a_recall_outside_0_to_1_is_refused(recall: float) -> None:
    """The message names the bounds."""
    with pytest.raises(ArgumentError, match="between 0 and 1"):
        load_recogniser(recall)


def test_an_unknown_entity_is_refused_with_the_known_ones() -> None:
    """PHONE_NUMBER is the rules' business."""
    with pytest.raises(
        ArgumentError, match=r"does not know PHONE_NUMBER; it knows DATE_TIME, ID, LOCATION"
    ):
        load_recogniser(entities=[EntityType("PHONE_NUMBER")])


def test_the_file_is_small() -> None:
    """It ships in the wheel."""
    assert MODEL.stat().st_size < 20_000_000
