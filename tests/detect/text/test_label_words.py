"""Words that say what a number is are no names."""

from __future__ import annotations

import pyarrow as pa
import pytest

from anonymize.detect.name_models.shipped import load_recogniser
from anonymize.detect.vocabulary.label_words import without_labels

CUT = [
    ("IBAN DE89370400440532013000", "IBAN", ""),
    ("NINO QQ 12 34 56 C", "NINO QQ", ""),
    ("DNI 12345678Z, NIE X1234567L", "NIE", ""),
    ("PAN ABCDE1234F", "PAN", ""),
    ("身份证号 11010519491231002X", "身份证号", ""),
    ("lat 51.4", "lat 51", ""),
    ("Marie Dupont DNI 12345678Z", "Marie Dupont DNI", "Marie Dupont"),
    ("SSN: Marie Dupont", "SSN: Marie Dupont", "Marie Dupont"),
    ("NIE WEI came", "NIE WEI", "NIE WEI"),
    ("Tan said so", "Tan", "Tan"),
    ("Nir Cohen 12345", "Nir Cohen", "Nir Cohen"),
    ("Ibanez called", "Ibanez", "Ibanez"),
    ("xIBAN DE89", "xIBAN", "xIBAN"),
    ("Mobile, Alabama", "Mobile, Alabama", "Mobile, Alabama"),
]


@pytest.mark.parametrize(("text", "name", "left"), CUT, ids=[text for text, *_ in CUT])
def test_labels_are_cut_off_a_name(text: str, name: str, left: str) -> None:
    """A word that is a name as well is a label only where a number follows."""
    start, end = without_labels(text, text.index(name), text.index(name) + len(name))
    assert text[start:end] == left


@pytest.mark.parametrize(
    "text",
    [
        "IBAN DE89370400440532013000 failed",
        "PESEL 44051401458",
        "DNI 12345678Z, NIE X1234567L",
        "SSN on file, IBAN missing, DOB unknown, NHS letter sent, PIN reset",
        "RUT 12.345.678-5, CURP GODE561231HDFABC09",
        "NIR 1 85 05 78 006 084 36",
        "AHV 756.9217.0769.85",
        "身份证号 11010519491231002X",
    ],
)
def test_the_name_model_names_no_label(text: str) -> None:
    """The model took each of these for a person, a place or an organization."""
    assert load_recogniser().scan(pa.array([text])).num_rows == 0
