"""A person's name in a file's name takes the stem: what is left of one names the person still."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest

from anonymize.detect.name_models.shipped import load_recogniser
from anonymize.detect.text.file_names import whole_stem
from anonymize.detect.text.name_bounds import refined
from anonymize.detect.text.scanner import make_scanner


@pytest.mark.parametrize(
    ("text", "name", "whole"),
    [
        ("see Anna_Eric.jpg now", "Anna", "Anna_Eric"),
        ("see Anna_Eric.jpg now", "Eric", "Anna_Eric"),
        ("IMG_Anna_Berg_2023.PNG", "Anna", "IMG_Anna_Berg_2023"),
        ("C:\\x\\Berg-Anna.docx", "Anna", "Berg-Anna"),
        ("/home/anna/Berg_Eric.pdf", "anna/Berg", "anna/Berg_Eric"),
        ("Anna_Eric.tar.gz", "Anna_Eric.tar.", "Anna_Eric"),
        ("Anna_Eric (2).jpg", "Anna", "Anna_Eric"),
        ("Anna_Eric.jpg.", "Anna", "Anna_Eric"),
        ("请看照片Anna_Eric.jpg", "Anna", "Anna_Eric"),
        ("Müller_Jürgen.pdf", "Müller", "Müller_Jürgen"),
        ("Anna.pdf, Eric_Berg.pdf", "Eric", "Eric_Berg"),
        ("Anna.pdf,Eric_Berg.pdf", "Eric", "Eric_Berg"),
        ("ask Anna_Eric again", "Anna", "Anna"),
        ("Anna wrote x_Eric.jpg", "Anna", "Anna"),
        ("anna@mail_berg.zip", "berg", "berg"),
        ("Anna_Eric.jpgx", "Anna", "Anna"),
        ("Anna.Berg said so", "Anna", "Anna"),
    ],
)
def test_a_name_takes_the_stem_that_it_lies_in(text: str, name: str, whole: str) -> None:
    """Not the ending, not what stands around the file's name, and nothing where there is none."""
    at = text.index(name)
    start, end = whole_stem(text, at, at + len(name))
    assert text[start:end] == whole


@pytest.mark.parametrize("entity", ["PERSON", "LOCATION"])
def test_only_names_of_people_are_widened(entity: str) -> None:
    """A place in a file's name says little of anybody."""
    ((start, end, *_),) = refined("see Paris_2.jpg", [(4, 9, entity, 0.9, "model")])
    assert (start, end) == ((4, 11) if entity == "PERSON" else (4, 9))


def test_the_scanner_finds_the_whole_stem() -> None:
    """Where the model finds one of two names."""
    scanner = make_scanner(ner=load_recogniser())
    texts = ["Eric_Anna_Muster.pdf", "IMG_Anna_Berg_2023.png"]
    found = scanner.scan(pa.array(texts)).to_pylist()
    assert [texts[one["row"]][one["start"] : one["end"]] for one in found] == [
        "Eric_Anna_Muster",
        "IMG_Anna_Berg_2023",
    ]


def test_many_names_in_one_long_word_cost_no_more_each() -> None:
    """Neither a text without blanks nor one of dots is searched again for every name."""
    for text in ("a.b_" * 25_000, "x" * 100_000, "照片" * 50_000, "(." * 50_000):
        begun = time.process_time()
        for at in range(0, 100_000, 100):
            whole_stem(text, at, at + 4)
        assert time.process_time() - begun < 2
