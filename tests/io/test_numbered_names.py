"""Names of columns that look like record numbers: ``rs429358``."""

from __future__ import annotations

from pathlib import Path

import pytest

from anonymize.errors import SourceError
from anonymize.pipeline.prepare import inspect_source


def test_a_variants_name_among_words_is_the_name_of_a_column(tmp_path: Path) -> None:
    """The rows below hold something else there."""
    path = tmp_path / "p.csv"
    path.write_text("pat,rs429358,cd4\n" + "".join(f"P{i},CT,{i}\n" for i in range(100, 140)))
    assert [one.column for one in inspect_source(str(path))] == ["pat", "rs429358", "cd4"]


def test_a_record_number_above_record_numbers_is_data(tmp_path: Path) -> None:
    """Then the first row is refused, as before."""
    path = tmp_path / "p.csv"
    path.write_text("".join(f"ward,AB{i},west\n" for i in range(10_000, 10_040)))
    with pytest.raises(SourceError, match="looks like data"):
        inspect_source(str(path))
