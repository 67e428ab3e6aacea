"""The options that say how a source is read: one table for inspect, init and anonymize."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

_OF_FILES = "How files are read"
_OF_DATABASES = "What is read of a database"
_OF_SERVERS = "How a server is asked"


def _option(name: str, help: str, panel: str, **more: Any) -> Any:
    return typer.Option(name, help=help, rich_help_panel=panel, show_default=False, **more)


SOURCE_OPTIONS: dict[str, Any] = {
    "format": Annotated[
        str | None,
        _option(
            "--format",
            "csv, fixed, jsonl, json, parquet, arrow, orc, avro or excel, where no ending tells.",
            _OF_FILES,
        ),
    ],
    "delimiter": Annotated[
        str | None,
        _option(
            "--delimiter", "What stands between a CSV file's fields, if it is not found.", _OF_FILES
        ),
    ],
    "encoding": Annotated[
        str | None, _option("--encoding", "Of text files; by default utf-8.", _OF_FILES)
    ],
    "header": Annotated[
        bool | None,
        _option(
            "--header/--no-header",
            "Whether the first CSV row names the columns; without names they become column_1, …",
            _OF_FILES,
        ),
    ],
    "skip_rows": Annotated[
        int | None,
        _option("--skip-rows", "Lines above the header, such as titles.", _OF_FILES, min=0),
    ],
    "skip_footer": Annotated[
        int | None,
        _option(
            "--skip-footer", "Last lines or rows that are none, such as totals.", _OF_FILES, min=0
        ),
    ],
    "comment": Annotated[
        str | None, _option("--comment", "Lines that begin with it are left out.", _OF_FILES)
    ],
    "decimal": Annotated[
        str | None, _option("--decimal", "The decimal mark of numbers: , or .", _OF_FILES)
    ],
    "thousands": Annotated[
        str | None, _option("--thousands", "What separates thousands in numbers.", _OF_FILES)
    ],
    "widths": Annotated[
        str | None,
        _option("--widths", "Characters of each column (--format fixed): 5,12,8.", _OF_FILES),
    ],
    "sheet": Annotated[
        str | None,
        _option("--sheet", "A workbook's sheet: its name or its number from 1.", _OF_FILES),
    ],
    "records": Annotated[
        str | None,
        _option("--records", "The path of the rows in a JSON document: result.items.", _OF_FILES),
    ],
    "member": Annotated[
        str | None, _option("--member", "The file inside a ZIP archive of several.", _OF_FILES)
    ],
    "rename": Annotated[
        list[str] | None,
        _option("--rename", "OLD=NEW, or POSITION=NEW from 1. Repeatable.", _OF_FILES),
    ],
    "null_values": Annotated[
        list[str] | None,
        _option("--null-values", "A text that means null in all columns. Repeatable.", _OF_FILES),
    ],
    "types": Annotated[
        list[str] | None,
        _option(
            "--type",
            "A column's type, NAME=TYPE, where it should not be inferred: zip=string. Repeatable.",
            _OF_FILES,
        ),
    ],
    "auth": Annotated[
        str | None,
        _option(
            "--auth",
            "bearer_env=NAME or basic_env=NAME: the environment variable that holds the secret.",
            _OF_SERVERS,
        ),
    ],
    "paging": Annotated[
        str | None,
        _option(
            "--paging",
            "How JSON comes in pages: by=link, by=offset or by=cursor,cursor=meta.next; also"
            " records=data, parameter=after, most_pages=99.",
            _OF_SERVERS,
        ),
    ],
    "most_bytes": Annotated[
        int | None,
        _option("--most-bytes", "A longer body is refused; by default 4 GiB.", _OF_SERVERS, min=1),
    ],
    "most_seconds": Annotated[
        float | None,
        _option("--most-seconds", "A longer download is refused; by default an hour.", _OF_SERVERS),
    ],
    "ca_file": Annotated[
        str | None,
        _option("--ca-file", "The authority of an https:// server's certificate.", _OF_SERVERS),
    ],
    "allow_private": Annotated[
        bool | None,
        _option("--allow-private", "Read from an address inside this network too.", _OF_SERVERS),
    ],
    "table": Annotated[
        str | None, _option("--table", "A database's table or view: schema.table.", _OF_DATABASES)
    ],
    "query": Annotated[
        str | None, _option("--query", "One SELECT, instead of --table.", _OF_DATABASES)
    ],
}
"""Setting of a policy's ``source:`` → the option that says it."""


def reads_source(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options above. Its parameter ``source`` is then called with the settings
    that the argument and the options say, a ``SourceSpec``.
    """
    own = inspect.signature(command, eval_str=True)
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in SOURCE_OPTIONS.items()
    ]

    @functools.wraps(command)
    def wrapped(**values: Any) -> None:
        from anonymize.cli.source_settings import source_spec

        said = {name: values.pop(name) for name in SOURCE_OPTIONS}
        types, rename = said.pop("types") or [], said.pop("rename") or []
        said["null_values"] = said["null_values"] or None
        command(**{**values, "source": source_spec(values["source"], types, said, rename)})

    parameters = [
        *(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own.parameters.values()),
        *options,
    ]
    wrapped.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {one.name: one.annotation for one in parameters}
    return wrapped
