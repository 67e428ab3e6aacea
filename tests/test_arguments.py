"""Public functions refuse arguments of a wrong type with an error of ours that says what they
take.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from anonymize.arguments import checked
from anonymize.dataset import Dataset
from anonymize.errors import AnonymizeError, ArgumentError

_BY_ROOM = {
    "anonymize.policy": "load_policy parse_policy",
    "anonymize.plan": "compile_plan PlanWithKeys PlanWithKeys.apply",
    "anonymize.pipeline.run": "run anonymize_frame",
    "anonymize.dataset": (
        "read iter_batches read_quarantine export open_facts is_of_source Dataset "
        "Dataset.manifest Dataset.rollback Dataset.expire Dataset.verify Dataset.count_rows "
        "Dataset.schema Dataset.to_batches"
    ),
    "anonymize.pipeline.prepare": "inspect_source preview_plan",
    "anonymize.custody.reveal": "reveal",
    "anonymize.custody.forget": "forget",
    "anonymize.custody.rotate_keys": "rotate relock destroy",
    "anonymize.custody.revocation": "revoke",
    "anonymize.keys": "open_keyring init_keyring rotate_key revoke_key destroy_key share_keyring",
    "anonymize.vault": "open_vault",
    "anonymize.io": "open_source",
    "anonymize.detect": "make_scanner",
}
PUBLIC = [f"{room}:{name}" for room, names in _BY_ROOM.items() for name in names.split()]


class Odd:
    """What no function takes; its text is a value that nobody may see."""

    def __repr__(self) -> str:
        """Return a secret."""
        return "Zuqo Kaxi"


def _found(name: str) -> tuple[Callable[..., Any], inspect.Signature]:
    module, _, path = name.partition(":")
    made: Any = import_module(module)
    for part in path.split("."):
        made = getattr(made, part)
    return made, inspect.signature(made)


def _places() -> list[tuple[str, str]]:
    return [
        (name, parameter)
        for name in PUBLIC
        for parameter in _found(name)[1].parameters
        if parameter != "self"
    ]


@pytest.mark.parametrize(("name", "parameter"), _places())
def test_a_wrong_type_is_refused_by_name(name: str, parameter: str) -> None:
    """Read(None) ended in a TypeError of pathlib, anonymize_frame(df, None) in one of os.fspath."""
    function, signature = _found(name)
    if signature.parameters[parameter].annotation in ("Any", "object"):
        return
    taken = [
        value
        for value in signature.parameters.values()
        if value.default is value.empty or value.name == parameter
    ]
    wrong: dict[str, Any] = {value.name: Odd() for value in taken}
    positional = [wrong.pop(value.name) for value in taken if value.kind is value.POSITIONAL_ONLY]
    with pytest.raises(ArgumentError) as refused:
        function(*positional, **wrong)
    problem = next(one for one in refused.value.problems if one.place == parameter)
    assert problem.what.startswith("is of type Odd; give ")
    assert "Zuqo" not in str(refused.value)


@pytest.mark.parametrize("name", PUBLIC)
def test_nothing_and_text_in_place_of_everything_raise_errors_of_ours(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever of them are taken, nothing but our own errors comes out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COATCHECK_KEYRING", raising=False)
    function, signature = _found(name)
    for value in (None, "a\0b", b"x", 3, ["x"], {"a": 1}, True):
        needed = [one for one in signature.parameters.values() if one.default is one.empty]
        said = {one.name: value for one in needed if one.kind is not one.POSITIONAL_ONLY}
        try:
            function(*[value for one in needed if one.kind is one.POSITIONAL_ONLY], **said)
        except AnonymizeError:
            continue
    with pytest.raises(ArgumentError):
        function(no_such_argument=1)


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("str | None", ["a", None], [3, b"a"]),
        ("int", [3, np.int64(3)], [True, 3.0, "3", None]),
        ("float", [0.5, 1, np.float32(1)], [True, "1"]),
        ("Sequence[str] | None", [["a"], ("a", "b"), [], None], ["a", [3], {"a"}, 3]),
        ("Mapping[str, str] | None", [{"a": "b"}, None], [{"a": 3}, {3: "a"}, ["a"]]),
        ("Literal['arrow', 'pandas']", ["arrow"], ["Arrow", 3, None]),
        ("str | Path", ["a", Path("a")], [None, "a\0", Path("a\0b"), b"a"]),
        ("pa.Array", [pa.array([1])], [pa.chunked_array([[1]]), [1]]),
        ("Callable[[int], None]", [print], [3]),
        ("Whatever", [3, None, "x"], []),
    ],
)
def test_annotations_say_what_is_taken(kind: str, right: list[Any], wrong: list[Any]) -> None:
    """What an annotation names that is not loaded, takes anything."""

    def function(given: Any) -> Any:
        return given

    function.__annotations__["given"] = kind
    function.__globals__.update(_NAMES)
    asked = checked(function)
    assert [asked(value) for value in right] == right
    for value in wrong:
        with pytest.raises(ArgumentError, match=r"^given: "):
            asked(value)


def test_a_class_is_named_as_its_caller_wrote_it() -> None:
    """Not by the class whose constructor it inherits."""
    with pytest.raises(ArgumentError, match=r"^Dataset: got an unexpected keyword .*'keyring'$"):
        Dataset("out", keyring="file:keys.json")  # type: ignore[call-arg]


_NAMES = {
    name: getattr(__import__("typing"), name)
    for name in ("Sequence", "Mapping", "Literal", "Callable")
}
