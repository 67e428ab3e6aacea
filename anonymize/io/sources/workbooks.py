"""Opens workbooks with python-calamine and chooses the sheet to read."""

from __future__ import annotations

from typing import Any

from anonymize.errors import MissingExtraError, SourceError
from anonymize.io.sources.found import Found
from anonymize.io.sources.places import FilePlace
from anonymize.io.sources.sheet_bounds import refuse_large


def sheet_of(place: FilePlace, wanted: str | int | None, found: Found) -> Any:
    """Return the sheet to read: the wanted one, else the only visible one that is not empty.

    Raises:
        MissingExtraError: python-calamine is not installed.
        SourceError: the workbook cannot be read, has no such sheet, or several and none is named.
    """
    try:
        import python_calamine as calamine
    except ImportError:
        raise MissingExtraError.of("Excel and OpenDocument sheets", "excel") from None
    refuse_large(place)
    try:
        source = str(place.local) if place.local else place.open()
        book = calamine.load_workbook(source)
        return _chosen(book, wanted, place, found)
    except calamine.PasswordError:
        raise SourceError(
            "is encrypted with a password; save it without one", place=str(place)
        ) from None
    except (calamine.CalamineError, OSError, ValueError):
        pass
    except BaseException as error:  # the reader's bugs are no `Exception`
        if type(error).__name__ != "PanicException":
            raise
    raise SourceError(
        "cannot be read as a workbook: damaged, cut short or of another kind than its ending",
        place=str(place),
    )


def _chosen(book: Any, wanted: str | int | None, place: FilePlace, found: Found) -> Any:
    names = list(book.sheet_names)
    if wanted is not None:
        at = names.index(wanted) if wanted in names else _index(wanted)
        if not 0 <= at < len(names):
            raise SourceError(
                f"no such sheet; the workbook has {len(names)}, say sheet: 1 for the first",
                place=f"{place}: sheet",
            )
        return book.get_sheet_by_index(at)
    filled = [at for at in range(len(names)) if book.get_sheet_by_index(at).height]
    if not filled:
        raise SourceError("holds no cell with a value", place=str(place))
    visible = [at for at in filled if _is_visible(book, at)]
    hidden = [at + 1 for at in filled if at not in visible]
    if len(visible) != 1:
        what = f"holds {len(visible)} sheets that are not empty" if visible else "holds no value"
        what += f"{', and' if visible else ' but in'} {_hidden(hidden)}" if hidden else ""
        raise SourceError(
            f"{what}; say sheet: NAME, or its number from 1 to {len(names)}", place=str(place)
        )
    if hidden:
        are = "are" if len(hidden) > 1 else "is"
        found.note(f"{_hidden(hidden)} {are} left out; say sheet: {hidden[0]} to read it instead")
    return book.get_sheet_by_index(visible[0])


def _hidden(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"the hidden sheet {numbers[0]}"
    return f"{len(numbers)} hidden sheets ({', '.join(map(str, numbers))})"


def _is_visible(book: Any, at: int) -> bool:
    """Return False for a sheet that is hidden, also for one that only a program can show."""
    return str(book.sheets_metadata[at].visible).endswith("Visible")


def _index(wanted: str | int) -> int:
    return int(wanted) - 1 if isinstance(wanted, int) or wanted.isdecimal() else -1
