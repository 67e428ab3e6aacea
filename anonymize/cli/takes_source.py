"""Gives a command the arguments by which a source is read: its path, and an option for each setting
of a policy's ``source:``.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from anonymize.cli import options

READING: dict[str, Any] = {
    "delimiter": options.Delimiter,
    "encoding": options.Encoding,
    "header": options.Header,
    "format": options.Format,
    "skip_rows": options.SkipRows,
    "comment": options.Comment,
    "decimal": options.Decimal,
    "thousands": options.Thousands,
    "widths": options.Widths,
    "sheet": options.Sheet,
    "records": options.Records,
    "member": options.Member,
    "null_values": options.NullValues,
    "rename": options.Rename,
    "types": options.Types,
}
"""The options, by the settings' names."""


def takes_source(command: Callable[..., None]) -> Callable[..., None]:
    """Return ``command`` with the arguments that make its first one, ``source``: a `SourceSpec`."""
    own = inspect.signature(command, eval_str=True)

    @functools.wraps(command)
    def with_spec(source: str, **said: Any) -> None:
        from anonymize.cli.source_options import source_spec

        reading = {name: said.pop(name) for name in READING}
        types, rename = reading.pop("types") or [], reading.pop("rename") or []
        reading["null_values"] = reading["null_values"] or None
        command(source_spec(source, types, reading, rename), **said)

    keyword = inspect.Parameter.KEYWORD_ONLY
    path = inspect.Parameter("source", keyword, annotation=options.SourcePath)
    others = [one.replace(kind=keyword) for name, one in own.parameters.items() if name != "source"]
    reading = [
        inspect.Parameter(name, keyword, default=None, annotation=kind)
        for name, kind in READING.items()
    ]
    parameters = [path, *others, *reading]
    with_spec.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    with_spec.__annotations__ = {one.name: one.annotation for one in parameters}
    del with_spec.__wrapped__  # type: ignore[attr-defined]
    return with_spec
