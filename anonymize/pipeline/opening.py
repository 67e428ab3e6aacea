"""Opens a policy's source. Refuses a source whose column names are names of people, because plans
and errors quote column names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from anonymize.arguments import checked
from anonymize.errors import Problem, SourceError
from anonymize.policy import SourceSpec

if TYPE_CHECKING:
    from anonymize.io import Source
    from anonymize.io.stores.https_settings import HttpsSettings


def spec_of(path: str, table: str | None = None) -> SourceSpec:
    """Return the source settings for a path without settings, or for a database's table.

    Raises:
        SourceError: the text is an address (URL) that is not read, or not a path; or it is a
            database's address and no table is named.
    """
    from pydantic import ValidationError

    try:
        return SourceSpec(path=path) if table is None else SourceSpec(path=path, table=table)
    except ValidationError as error:
        what = str(error.errors(include_url=False)[0]["msg"]).removeprefix("Value error, ")
        raise SourceError(what, place="source") from None


@checked
def open_spec(spec: SourceSpec, *, guess: bool = False) -> Source:
    """Open the source that a policy's ``source:`` describes; ``guess`` as in `open_source`.

    Raises:
        SourceError: the source is missing, is not what the policy describes, or its columns, fields
            or keys are named like people; the error does not quote such names.
    """
    from anonymize.addresses.databases import is_database
    from anonymize.detect.columns.headings import is_heading
    from anonymize.io import open_source

    if is_database(spec.path):
        source = _open_database(spec)
        refuse_persons_for_names(source.schema, source.path)
        return source
    source = open_source(
        spec.path,
        format=spec.format,
        encoding=spec.encoding,
        delimiter=spec.delimiter,
        header=spec.header if "header" in spec.model_fields_set else None,
        skip_rows=spec.skip_rows,
        skip_footer=spec.skip_footer,
        comment=spec.comment,
        decimal=spec.decimal,
        thousands=spec.thousands,
        widths=spec.widths,
        sheet=spec.sheet,
        records=spec.records,
        member=spec.member,
        rename=spec.rename,
        guess=guess,
        null_values=spec.null_values,
        types=spec.types,
        heading=is_heading,
        https=_https(spec),
    )
    refuse_persons_for_names(
        source.schema,
        spec.path,
        first_row=source.format in ("csv", "fixed", "excel") and spec.header,
    )
    return source


def _https(spec: SourceSpec) -> HttpsSettings:
    """Return how an ``https://`` address of a policy is asked; names of variables, no secrets."""
    from anonymize.io.stores.https_settings import HttpsSettings

    auth, paging = spec.auth, spec.paging
    return HttpsSettings(
        bearer_env=(auth.bearer_env if auth else "") or "",
        basic_env=(auth.basic_env if auth else "") or "",
        ca_file=spec.ca_file or "",
        allow_private=spec.allow_private,
        most_bytes=spec.most_bytes,
        most_seconds=spec.most_seconds,
        paging_by=paging.by if paging else "",
        records=(paging.records if paging else "") or "",
        cursor=(paging.cursor if paging else "") or "",
        parameter=(paging.parameter if paging else "") or "",
        most_pages=paging.most_pages if paging else 1,
    )


def _open_database(spec: SourceSpec) -> Source:
    from anonymize.addresses.databases import database_address
    from anonymize.io.sources.reading import resolve_types
    from anonymize.io.tables import Asked, open_tables

    asked = Asked(
        table=spec.table,
        query=spec.query,
        parameters=spec.parameters,
        split_by=spec.split_by,
        partitions=spec.partitions,
        types=resolve_types(spec.types, spec.path),
    )
    return open_tables(database_address(spec.path), asked)


def stated(spec: SourceSpec) -> tuple[SourceSpec, tuple[str, ...]]:
    """Return ``spec`` with the settings that were found in the data, guesses included, and notes
    about them, which the caller must show.

    Opened by the result, the source is read equally without guessing.

    Raises:
        SourceError: as `open_spec`.
    """
    source = open_spec(spec, guess=True)
    found = dict(source.settings)
    if "types" in found:
        found["types"] = {**dict(found["types"]), **spec.types}  # type: ignore[call-overload]
    return spec.model_copy(update=found), source.notes


def refuse_persons_for_names(schema: pa.Schema, place: str, *, first_row: bool = False) -> None:
    """Refuse columns, and fields inside them, whose names hold somebody's name, address or number.
    The error gives their positions.

    ``first_row`` is True if the names are the first row of a CSV file, which may be data.

    Raises:
        SourceError: with every such column and field.
    """
    from anonymize.nested.raw_names import counted, told_path

    top = [at + 1 for at in _personal(schema.names)]
    problems = []
    if top:
        are = "is" if len(top) == 1 else "are"
        remedy = "rename them" + (
            ", or say header: false if the first row is data" if first_row else ""
        )
        what = f"{counted(top)} {are} called like people; {remedy}"
        problems.append(Problem(place, what))
    for path, count in _inside(schema):
        are = "field is" if count == 1 else "fields are"
        what = (
            f"{count} {are} called like people; rename them, or keep the objects as text or as"
            " a map"
        )
        problems.append(Problem(f"{place}: column {told_path(path)}", what))
    if problems:
        raise SourceError(problems)


def _inside(schema: pa.Schema) -> Iterator[tuple[str, int]]:
    """Yield the structs with fields that are named like people, and the number of those fields."""
    from anonymize.nested.schema import structs

    for field in schema:
        for path, kind in structs(field.name, field.type):
            if count := len(_personal([child.name for child in kind])):
                yield path, count


def _personal(names: Sequence[str]) -> list[int]:
    """Return the positions of names that hold somebody's name, address or number."""
    from anonymize.detect.columns.personal_names import holds_a_person, logins, single_names

    held = {at for at, name in enumerate(names) if holds_a_person(name)}
    return sorted(held.union(logins(names), single_names(names)))
