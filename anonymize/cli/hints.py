"""Hints of errors in the words of a command that reads a source itself: its options in place of a
policy's keys.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from anonymize.errors import AnonymizeError, Problem

_WORDS = (
    (re.compile(r"\bheader: false\b"), "--no-header"),
    (re.compile(r"\bheader: true\b"), "--header"),
    (re.compile(r"\b(encoding|format|delimiter): (?=\S)"), r"--\1 "),
    (re.compile(r"\bdetect: \{ner: ([^{}]+)\}"), r"--ner \1"),
    (re.compile(r"\btypes: says\b"), "--type says"),
)
_TYPES = re.compile(r'\btypes: \{("(?:[^"\\]|\\.)*"|[^{}:"]+): (\w+)\}')
_PLACES = frozenset(("countries", "languages", "ner", "delimiter", "encoding", "header", "format"))
_TYPE_PLACE = re.compile(r"\btypes\.(?=[^:]+$)")


@contextmanager
def in_options() -> Iterator[None]:
    """Let errors of the block name options, as ``in_words_of_options`` does.

    Raises:
        AnonymizeError: what the block raises, of the same kind.
    """
    try:
        yield
    except AnonymizeError as error:
        raise type(error)([_problem(problem) for problem in error.problems]) from None


def in_words_of_options(text: str) -> str:
    """Return a hint with each key of ``source:`` or ``detect:`` as the option of ``inspect`` and
    ``init`` for it.
    """
    text = _TYPES.sub(_type_option, text)
    for words, option in _WORDS:
        text = words.sub(option, text)
    return text


def _problem(problem: Problem) -> Problem:
    place = (
        f"--{problem.place}"
        if problem.place in _PLACES
        else _TYPE_PLACE.sub("--type ", problem.place)
    )
    return Problem(place, in_words_of_options(problem.what))


def _type_option(found: re.Match[str]) -> str:
    """Return the option for one column's type, quoted as a shell takes it."""
    name = json.loads(found[1]) if found[1].startswith('"') else found[1]
    return f"--type {shlex.quote(f'{name}={found[2]}')}"
