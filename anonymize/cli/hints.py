"""Translates hints in errors for commands that read a source themselves: options instead of a
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
    (re.compile(r"\bpaging: \{(\w+): (\w+)\}"), r"--paging \1=\2"),
    (re.compile(r"\bheader: false\b"), "--no-header"),
    (re.compile(r"\bheader: true\b"), "--header"),
    (
        re.compile(
            r"\b(encoding|format|delimiter|comment|decimal|thousands|sheet|records|member):"
            r" (?=\S)"
        ),
        r"--\1 ",
    ),
    (re.compile(r"\bskip_rows: (?=\S)"), "--skip-rows "),
    (re.compile(r"\bskip_footer: (?=\S)"), "--skip-footer "),
    (re.compile(r"\bskip_footer leaves out\b"), "--skip-footer leaves out"),
    (re.compile(r"\btake skip_footer out of the settings\b"), "leave --skip-footer away"),
    (re.compile(r"\bwidths: \[([\d, ]+)\]"), lambda found: "--widths " + found[1].replace(" ", "")),
    (re.compile(r"\brename: \{(\w+): NAME\}"), r"--rename \1=NAME"),
    (re.compile(r"\bdetect: \{ner: ([^{}]+)\}"), r"--ner \1"),
    (re.compile(r"\btypes: says\b"), "--type says"),
    (re.compile(r"\ballow_private: true\b"), "--allow-private"),
    (re.compile(r"\bca_file: FILE\b"), "--ca-file FILE"),
    (re.compile(r"\bsource: \{auth: \{(\w+): NAME\}\}"), r"--auth \1=NAME"),
    (re.compile(r"\b(?:source: \{auth: …\}|auth:)"), "--auth bearer_env=NAME or basic_env=NAME"),
    (re.compile(r"\bmost_bytes: (?=\S)"), "--most-bytes "),
    (re.compile(r"\bmost_seconds: (?=\S)"), "--most-seconds "),
)
_TYPES = re.compile(r'\btypes: \{("(?:[^"\\]|\\.)*"|[^{}:"]+): (\w+)\}')
_PLACES = frozenset(
    (
        "countries", "languages", "ner", "delimiter", "encoding", "header", "format",
        "skip_rows", "skip_footer", "comment", "decimal", "thousands",
        "widths", "sheet", "records", "member",
    )
)  # fmt: skip
_TYPE_PLACE = re.compile(r"\btypes\.(?=[^:]+$)")


@contextmanager
def in_options() -> Iterator[None]:
    """Translate errors of the block with ``in_words_of_options``.

    Raises:
        AnonymizeError: the block's error, of the same kind.
    """
    try:
        yield
    except AnonymizeError as error:
        raise type(error)([_problem(problem) for problem in error.problems]) from None


def in_words_of_options(text: str) -> str:
    """Return a hint in which each key of ``source:`` or ``detect:`` is replaced by the option of
    ``inspect`` and ``init``.
    """
    text = _TYPES.sub(_type_option, text)
    for words, option in _WORDS:
        text = words.sub(option, text)
    return text


def _problem(problem: Problem) -> Problem:
    place = (
        f"--{problem.place.replace('_', '-')}"
        if problem.place in _PLACES
        else _TYPE_PLACE.sub("--type ", problem.place)
    )
    return Problem(place, in_words_of_options(problem.what))


def _type_option(found: re.Match[str]) -> str:
    """Return the option for one column's type, quoted for a shell."""
    name = json.loads(found[1]) if found[1].startswith('"') else found[1]
    return f"--type {shlex.quote(f'{name}={found[2]}')}"
