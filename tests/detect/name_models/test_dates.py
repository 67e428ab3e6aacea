"""The model's dates and numbers count where they say when, or number a case."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect.name_models.choose import find_name_model, names_scanner


def kinds(text: str) -> dict[str, str]:
    """Return the date and the number that the model finds in a text, as free text is looked
    through.
    """
    model = find_name_model("coatcheck")
    assert model is not None
    spans = names_scanner(model).scan(pa.array([text])).to_pylist()
    return {
        s["entity"]: text[s["start"] : s["end"]]
        for s in spans
        if s["entity"] in ("DATE_TIME", "ID")
    }


def test_a_date_and_the_number_of_an_application_are_found() -> None:
    """They were thrown away."""
    text = (
        "The case originated in an application (no. 36244/06) against the Kingdom of Denmark lodged"
        " on 29 August 2006."
    )
    assert kinds(text) == {"ID": "36244/06", "DATE_TIME": "29 August 2006"}


@pytest.mark.parametrize(
    "text",
    [
        "He was held for three years and appealed within ten days.",
        "The order no. 4512 shipped, version 10.4.2 is out.",
        "confidence: 0.4111111111111111",
        "The score was 48, then 12.",
    ],
)
def test_durations_and_numbers_of_other_things_stay(text: str) -> None:
    """Not every number is somebody's."""
    assert kinds(text) == {}
