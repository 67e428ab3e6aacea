"""JSON Lines that are nested too deep are refused before a parser sees them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.errors import SourceError
from anonymize.io.sources import json_depth
from anonymize.io.sources.json_depth import DEEPEST, too_deep_at
from tests.examples import examples
from tests.workplace import Workplace

RAW = "jane.canary@example.org"


def nested(levels: int, kind: str = "list", closed: bool = True, between: str = "") -> str:
    """Return a row of so many levels, its own object included."""
    opening, closing = {"list": ("[", "]"), "object": ('{"k":', "}")}[kind]
    ends = between.join([closing] * (levels - 1)) if closed else ""
    return (
        '{"id": 1, "a": '
        + between.join([opening] * (levels - 1))
        + ("0" if kind == "object" else "")
        + ends
        + "}"
    )


def counted(text: str) -> int | None:
    """Return the same as ``too_deep_at``, by reading one character after the other."""
    depth, at, in_string = 0, 0, False
    while at < len(text):
        letter = text[at]
        if in_string:
            at += letter == "\\"
            in_string = letter != '"' or text[at] == "\\"
            if letter == "\\":
                in_string = True
        elif letter == '"':
            in_string = True
        elif letter in "[{":
            depth += 1
            if depth > DEEPEST:
                return at
        elif letter in "]}":
            depth -= 1
        at += 1
    return None


@pytest.mark.parametrize("kind", ["list", "object"])
@pytest.mark.parametrize("between", ["", "\n", " \r\n"])
@pytest.mark.parametrize("closed", [True, False])
def test_the_level_too_many_is_found(kind: str, between: str, closed: bool) -> None:
    """In one line or over many, closed or not; one level less is none."""
    for rows in (0, 500):
        before = '{"id": 1}\n' * rows
        for levels, deep in ((DEEPEST, False), (DEEPEST + 1, True), (20_000, True)):
            text = (before + nested(levels, kind, closed, between)).encode()
            assert (too_deep_at(text, len(text)) is not None) == deep
            assert too_deep_at(text, len(text)) == counted(text.decode())


VALUES = st.recursive(
    st.none() | st.integers() | st.text('[]{}"\\\n ab'),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text('[{"\\k', max_size=3), inner, max_size=3)
    ),
    max_leaves=20,
)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(st.dictionaries(st.text("ab[", max_size=2), VALUES, max_size=3), max_size=12),
    st.lists(st.integers(0, 12), max_size=2),
    st.sampled_from(["\n", "\r\n", "\n\n"]),
    st.integers(1, 40),
)
def test_levels_are_those_of_a_reader(
    rows: list[Any], deep: list[int], end: str, chunk: int
) -> None:
    """Brackets in strings are none, escaped quotes end no string, whatever is looked at
    together.
    """
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    for at in deep:
        lines.insert(at, nested(DEEPEST - 1 + at % 4))
    text = end.join(lines)
    data = text.encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_depth, "_CHUNK_BYTES", chunk)
        assert too_deep_at(data, len(data)) == counted(text)


def test_rows_of_many_small_objects_are_not_deep() -> None:
    """They are counted, which is slower, and right."""
    text = "\n".join(json.dumps({"items": [{"s": ']][[{{\\"'}] * 80}) for _ in range(40)).encode()
    assert too_deep_at(text, len(text)) is None


@pytest.mark.parametrize("row", [0, 3])
def test_a_deep_row_is_an_error_with_its_number(source: Callable[..., Any], row: int) -> None:
    """And no value of it."""
    lines = [json.dumps({"id": n, "mail": RAW}) for n in range(6)]
    lines[row] = nested(20_000)
    with pytest.raises(
        SourceError, match=rf"data.jsonl: row {row + 1}: JSON deeper than {DEEPEST} levels"
    ) as refused:
        source("\n".join(lines), "data.jsonl")
    assert RAW not in str(refused.value)


def test_texts_of_mixed_fields_are_bounded_too(source: Callable[..., Any]) -> None:
    """They are parsed by another reader."""
    content = '{"a": 1}\n{"a": "x"}\n' + nested(30_000)
    with pytest.raises(SourceError, match="row 3: JSON deeper than"):
        source(content, "data.jsonl", types={"a": "string"})


@pytest.mark.parametrize("command", ["inspect", "init"])
def test_a_command_ends_with_a_refusal_and_no_core(command: str, workplace: Workplace) -> None:
    """It ended by a segmentation fault."""
    lines = [json.dumps({"id": n, "mail": RAW}) for n in range(50)]
    (workplace.folder / "deep.jsonl").write_text("\n".join([*lines, nested(100_000)]))
    done = workplace.coatcheck(
        command, "deep.jsonl", *(["-o", "p.yaml"] if command != "inspect" else [])
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "row 51: JSON deeper than" in done.stderr
    assert not list(workplace.folder.glob("core*"))


def test_arrow_s_reader_is_why() -> None:
    """Where Arrow reads such a row the bound could go."""
    code = (
        "import pyarrow as pa, pyarrow.json, resource\nresource.setrlimit(resource.RLIMIT_CORE, (0,"
        " 0))\ntext = b'{\"a\":' + b'[' * 100_000 + b']' * 100_000 +"
        " b'}'\npa.json.read_json(pa.BufferReader(text), pa.json.ReadOptions(block_size=len(text)"
        " + 1))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode
        != 0
    )
