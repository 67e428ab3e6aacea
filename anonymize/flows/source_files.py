"""Source files by their number: Prefect keeps the text of refusals in its database, and a file's
name may be a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from anonymize.errors import AnonymizeError, Problem
from anonymize.policy import load_policy

MOST = 100_000
"""Files of a folder that are numbered where the source itself was refused."""


@contextmanager
def files_by_number(files: Sequence[str | Path]) -> Iterator[None]:
    """Tell ``files``, the source's in order, as ``file 3 of the source`` in refusals that leave the
    block.

    The refusal keeps its class and all else that it says; what was chained to it is left out.
    """
    try:
        yield
    except AnonymizeError as error:
        told = [
            Problem(_without_names(one.place, files), _without_names(one.what, files))
            for one in error.problems
        ]
        if tuple(told) == error.problems:
            raise
        raise type(error)(told) from None


@contextmanager
def source_by_number(source: str) -> Iterator[None]:
    """Do the same for a source's path or glob.

    Where the source itself is refused, the files of its folder are numbered.
    """
    with files_by_number(_files_of(source)):
        yield


@contextmanager
def policys_source_by_number(policy: str) -> Iterator[None]:
    """Do the same for the source of the policy in a file; a policy that cannot be read has none."""
    try:
        source = load_policy(policy).source.path
    except AnonymizeError:
        yield
        return
    with source_by_number(source):
        yield


def _files_of(source: str) -> Sequence[Path]:
    from anonymize.io.sources.files import find_files, fixed_part

    if "://" in source:  # of a database or a store, whose tables and objects have no local name
        return ()
    try:
        return [place.local for place in find_files(source) if place.local is not None]
    except AnonymizeError:
        below = (path for path in fixed_part(source).rglob("*") if path.is_file())
        return sorted(islice(below, MOST))


def _without_names(text: str, files: Sequence[str | Path]) -> str:
    paths = [(number, Path(file)) for number, file in enumerate(files, 1)]
    spelled = [
        (spelling, number)
        for number, path in paths
        for spelling in {str(path.absolute()), str(path), path.name}
        if spelling in text
    ]
    for spelling, number in sorted(spelled, key=lambda pair: -len(pair[0])):
        whole = rf"(?<![\w.-]){re.escape(spelling)}(?![\w-]|\.\w)"
        text = re.sub(whole, f"file {number} of the source", text)
    return text
