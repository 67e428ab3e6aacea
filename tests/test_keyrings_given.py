"""Keys are given in one way everywhere: an open keyring, its URI, or nothing (the default one)."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import anonymize
from anonymize.custody.revocation import revoke
from anonymize.custody.rotate_keys import destroy, relock, rotate
from anonymize.dataset import Dataset, export, iter_batches, open_facts, read, read_quarantine
from anonymize.keys import (
    Keyring,
    change_passphrase,
    destroy_key,
    init_keyring,
    open_keyring,
    relock_keyring,
    revoke_key,
    rotate_key,
    share_keyring,
)
from anonymize.pipeline.drift import drift
from anonymize.pipeline.opening import open_spec
from anonymize.pipeline.prepare import preview_plan
from anonymize.pipeline.run import begin
from tests.workplace import Workplace

TAKE_KEYS: tuple[Callable[..., Any], ...] = (
    anonymize.reveal,
    anonymize.forget,
    anonymize.run,
    anonymize.anonymize_frame,
    anonymize.compile_plan,
    begin,
    preview_plan,
    read,
    iter_batches,
    read_quarantine,
    export,
    open_facts,
    Dataset.manifest,
    Dataset.rollback,
    Dataset.expire,
    Dataset.verify,
    Dataset.rewrap,
    Dataset.count_rows,
    Dataset.schema,
    Dataset.to_batches,
    rotate,
    relock,
    destroy,
    revoke,
    open_keyring,
    init_keyring,
    rotate_key,
    revoke_key,
    destroy_key,
    share_keyring,
    change_passphrase,
    relock_keyring,
)
TAKE_POLICIES = (
    anonymize.reveal,
    anonymize.forget,
    anonymize.run,
    anonymize.anonymize_frame,
    anonymize.compile_plan,
    begin,
    preview_plan,
    drift,
)


@pytest.mark.parametrize("function", TAKE_KEYS, ids=lambda one: one.__qualname__)
def test_every_function_takes_keys_alike(function: Callable[..., Any]) -> None:
    """Some took a URI called keyring_uri or uri, some an open keyring only."""
    said = inspect.signature(function).parameters["keyring"]
    assert said.annotation == "Keyring | str | None"
    assert said.default is None or function is relock_keyring


@pytest.mark.parametrize("function", TAKE_POLICIES, ids=lambda one: one.__qualname__)
def test_every_function_takes_policies_alike(function: Callable[..., Any]) -> None:
    """Some took the path of a file only, some only what was loaded."""
    said = inspect.signature(function).parameters["policy"].annotation
    assert said.removesuffix(" | None") == "Policy | str | PathLike[str]"


@pytest.mark.parametrize("form", ["open", "uri", "default"])
def test_a_run_and_its_reading_take_every_form(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """What one form opens, every form opens."""
    keyring: Keyring | str | None = workplace.keyring_uri
    if form == "open":
        keyring = open_keyring(workplace.keyring_uri)
    if form == "default":
        keyring = None
        monkeypatch.setenv("COATCHECK_KEYRING", workplace.keyring_uri)
    path = workplace.policy()
    summary = anonymize.run(anonymize.load_policy(path), keyring=keyring)
    dataset = Dataset(summary.path)
    assert dataset.verify(keyring=keyring).ok
    assert len(anonymize.read(dataset, keyring=keyring)) == summary.rows_out
    assert open_facts(dataset.manifest(keyring=keyring), keyring)["rows"]["written"]
    assert preview_plan(anonymize.load_policy(path), keyring).examples
    assert dataset.rollback(1, keyring=keyring).version == 1
    assert dataset.versions(keyring) == (1,)


def test_a_plan_takes_the_keys_of_an_open_keyring(workplace: Workplace, tmp_path: Path) -> None:
    """Key ids need not be collected by hand; of the keyring the plan keeps the place alone."""
    keyring, path = open_keyring(workplace.keyring_uri), workplace.policy()
    source = anonymize.load_policy(path).source
    opened = open_spec(source)
    plan = anonymize.compile_plan(path, opened.schema, anonymize.inspect(source), keyring=keyring)
    assert plan.keyring_uri == keyring.place
    used = {key_id for step in plan.steps for key_id in step.key_ids}
    assert used
    assert used <= set(keyring.key_ids())
    other = init_keyring(f"file:{tmp_path / 'other.json'}")
    with pytest.raises(anonymize.AnonymizeError, match="is not in the keyring"):
        anonymize.compile_plan(path, opened.schema, anonymize.inspect(source), keyring=other)


def test_annotations_resolve() -> None:
    """A type checker and ``get_type_hints`` find what the signatures name."""
    names = {"pd": pd, "pa": __import__("pyarrow")}
    for function in (anonymize.run, anonymize.anonymize_frame, anonymize.compile_plan):
        hints = typing.get_type_hints(inspect.unwrap(function), localns=names)
        assert hints["keyring"] == Keyring | str | None
