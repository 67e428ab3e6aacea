"""What a scan returns, whatever the texts and however they are batched."""

from __future__ import annotations

import pickle
import random
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.detect.interface import SPAN_SCHEMA
from anonymize.detect.name_models import shipped as ner
from anonymize.detect.name_models.shipped import NameRecogniser, load_recogniser
from tests.examples import examples

TEXTS = [
    "Please call Maria Lopez back before noon.",
    "Hi, this is Kwame Mensah from Kumasi, my parcel never came",
    "Kind regards,\nNguyễn Thị Hoa\nAcme Logistics GmbH",
    None,
    "",
    "12345",
    "The German embassy in Nairobi wrote to Dr. O'Neill.",
    "the quick brown fox jumps over the lazy dog",
    "Please call Maria Lopez back before noon.",
    "Send it to 12 Main St.\nSpringfield, IL 62704",
]


def names(table: pa.Table, entity: str = "PERSON") -> list[tuple[int, int, int]]:
    """Return (row, start, end) of the spans of ``entity``."""
    return [(s["row"], s["start"], s["end"]) for s in table.to_pylist() if s["entity"] == entity]


def test_spans_point_into_the_original_text(recogniser: NameRecogniser) -> None:
    """Start and end are code points, row is the row."""
    found = names(recogniser.scan(pa.array(TEXTS)))
    surfaces = [TEXTS[row][start:end] for row, start, end in found]  # type: ignore[index]
    assert surfaces[:3] == ["Maria Lopez", "Kwame Mensah", "Nguyễn Thị Hoa"]
    assert "O'Neill" in surfaces


def test_the_table_has_the_schema_and_its_order(recogniser: NameRecogniser) -> None:
    """Sorted by row and start, scores in 0 to 1, no overlap."""
    table = recogniser.scan(pa.array(TEXTS))
    spans = table.to_pylist()
    assert table.schema == SPAN_SCHEMA
    assert spans == sorted(spans, key=lambda s: (s["row"], s["start"]))
    assert all(0 <= s["score"] <= 1 for s in spans)
    assert all(a["end"] <= b["start"] for a, b in pairwise(spans) if a["row"] == b["row"])


def test_equal_texts_get_equal_spans_and_nulls_none(recogniser: NameRecogniser) -> None:
    """Rows 0 and 8 hold the same text."""
    found = names(recogniser.scan(pa.array(TEXTS)))
    assert [f[1:] for f in found if f[0] == 0] == [f[1:] for f in found if f[0] == 8]
    assert not [f for f in found if f[0] in (3, 4, 5, 7)]


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]
)
def test_every_kind_of_string_column_is_taken(
    recogniser: NameRecogniser, kind: pa.DataType
) -> None:
    """Strings, large strings, dictionaries, chunks and slices give the same spans."""
    plain = recogniser.scan(pa.array(TEXTS))
    column = pa.array(TEXTS, pa.string()).cast(kind)
    assert recogniser.scan(column).equals(plain)
    assert recogniser.scan(pa.chunked_array([column.slice(0, 4), column.slice(4)])).equals(plain)


def mixed_texts(count: int, seed: int) -> list[str]:
    """Return texts of many lengths, made of the ones above."""
    source = random.Random(seed)
    known = [text for text in TEXTS if text]
    return [
        " ".join(source.choices(known, k=source.choice((1, 1, 1, 2, 5, 12)))) for _ in range(count)
    ]


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_any_batch_size_gives_the_same_spans(recogniser: NameRecogniser, size: int) -> None:
    """Scores too: bounds of activations are fixed, and nothing is padded."""
    texts = mixed_texts(80, 1)
    whole = recogniser.scan(pa.array(texts)).drop_columns("row").to_pylist()
    parts = [
        recogniser.scan(pa.array(texts[at : at + size])).drop_columns("row").to_pylist()
        for at in range(0, 80, size)
    ]
    assert [span for part in parts for span in part] == whole


def test_any_order_gives_the_same_spans(recogniser: NameRecogniser) -> None:
    """A shuffled column gives the shuffled spans."""
    texts = mixed_texts(80, 2)
    order = list(range(80))
    random.Random(3).shuffle(order)
    straight = recogniser.scan(pa.array(texts)).to_pylist()
    shuffled = recogniser.scan(pa.array([texts[at] for at in order])).to_pylist()
    back = sorted(
        ({**span, "row": order[span["row"]]} for span in shuffled),
        key=lambda s: (s["row"], s["start"]),
    )
    assert back == straight


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(30)), st.sets(st.integers(1, 29), max_size=6))
def test_any_order_in_any_batches_gives_the_same_spans(order: list[int], cuts: set[int]) -> None:
    """Each text's spans and scores, whatever stands beside it."""
    texts, recogniser = mixed_texts(30, 5), load_recogniser()
    whole: dict[int, list[dict[str, object]]] = {}
    for span in recogniser.scan(pa.array(texts)).to_pylist():
        whole.setdefault(span.pop("row"), []).append(span)
    found: dict[int, list[dict[str, object]]] = {}
    for start, stop in pairwise([0, *sorted(cuts), 30]):
        for span in recogniser.scan(pa.array([texts[at] for at in order[start:stop]])).to_pylist():
            found.setdefault(order[start + span.pop("row")], []).append(span)
    assert found == whole


@settings(max_examples=examples(60), deadline=None)
@given(
    st.lists(
        st.one_of(
            st.none(), st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=80)
        ),
        max_size=6,
    )
)
def test_unicode_of_every_plane_is_read_without_harm(texts: list[str | None]) -> None:
    """Spans lie inside their text."""
    table = load_recogniser().scan(pa.array(texts, pa.string()))
    assert all(0 <= s["start"] < s["end"] <= len(texts[s["row"]] or "") for s in table.to_pylist())


def test_one_letter_of_every_block_is_read(recogniser: NameRecogniser) -> None:
    """Each of the 17 planes, at every 97th code point, between names; spans lie inside their
    text.
    """
    letters = [chr(code) for code in range(0x20, 0x110000, 97) if not 0xD800 <= code < 0xE000]
    texts = [f"Anna {''.join(letters[at : at + 40])} Lopez" for at in range(0, len(letters), 40)]
    spans = recogniser.scan(pa.array(texts)).to_pylist()
    assert {ord(letter) >> 16 for letter in letters} == set(range(17))
    assert spans
    assert all(0 <= s["start"] < s["end"] <= len(texts[s["row"]]) for s in spans)


def test_a_name_after_astral_letters_keeps_its_place(recogniser: NameRecogniser) -> None:
    """Offsets count code points, not bytes or UTF-16 units."""
    text = "🎉🎉 thanks a lot, 𝐌𝐚𝐫𝐢𝐚 Lopez called 🎉"
    ((_, start, end),) = names(recogniser.scan(pa.array([text])))
    assert text[start:end] == "𝐌𝐚𝐫𝐢𝐚 Lopez"


def test_a_megabyte_of_text_is_read(recogniser: NameRecogniser) -> None:
    """The same sentence gives the same name wherever it stands, to the end."""
    line = "Please call Maria Lopez back before noon." + " " * 460 + "1" * 498 + "\n"
    text = line * 1_000
    found = names(recogniser.scan(pa.array([text])))
    assert len(text) == 1_000_000
    assert sum(text[start:end] == "Maria Lopez" for _, start, end in found) >= 980


@pytest.mark.soak
def test_a_dense_megabyte_of_text_is_read(recogniser: NameRecogniser) -> None:
    """A quarter of a million word pieces in one cell."""
    sentence = (
        "The committee will publish its report in the autumn. Please call Maria Lopez back before"
        " noon.\n"
    )
    text = sentence * (1_000_000 // len(sentence))
    assert len(names(recogniser.scan(pa.array([text])))) >= 0.98 * (1_000_000 // len(sentence))


def test_a_word_of_a_hundred_thousand_letters_is_read(recogniser: NameRecogniser) -> None:
    """No sentence end, no blank: still windows."""
    assert (
        recogniser.scan(pa.array(["a" * 100_000, "A-" * 5_000, "x.y" * 3_000])).schema
        == SPAN_SCHEMA
    )


def test_a_hundred_thousand_empty_strings_cost_nothing(recogniser: NameRecogniser) -> None:
    """Texts without two letters in a row are not read."""
    began = time.perf_counter()
    assert recogniser.scan(pa.array([""] * 100_000)).num_rows == 0
    assert recogniser.scan(pa.array([f"{n} {n}" for n in range(100_000)])).num_rows == 0
    assert time.perf_counter() - began < 2


def test_a_cell_of_spaced_out_letters_is_read(recogniser: NameRecogniser) -> None:
    """A name is found where no two letters stand in a row, and all of it, from its first letter."""
    spans = recogniser.scan(
        pa.array(["D a v i d  P a r k e r", "I w o n a  K o w a l s k a"])
    ).to_pylist()
    assert [(span["start"], span["end"], span["entity"]) for span in spans] == [
        (0, 22, "PERSON"),
        (0, 26, "PERSON"),
    ]


def test_a_distinct_text_is_read_once(
    recogniser: NameRecogniser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand equal rows cost one."""
    seen: list[int] = []
    encode = ner.ner_encode.encode
    monkeypatch.setattr(
        ner.ner_encode,
        "encode",
        lambda tokenizer, texts: seen.append(len(texts)) or encode(tokenizer, texts),
    )
    table = recogniser.scan(pa.array(["Maria Lopez called"] * 1_000))
    assert seen == [1]
    assert table.num_rows == 1_000


def test_an_empty_column_gives_an_empty_table(recogniser: NameRecogniser) -> None:
    """No rows, no nulls only, no surprise."""
    assert recogniser.scan(pa.array([], pa.string())).num_rows == 0
    assert recogniser.scan(pa.array([None, None], pa.string())).schema == SPAN_SCHEMA
    assert recogniser.scan(pa.array(["\u3164\u3164"])).num_rows == 0


def test_higher_recall_covers_at_least_as_much() -> None:
    """A word left alone at 0.9 is left alone at 0.5 too."""
    texts = pa.array(mixed_texts(40, 4))
    few, many = (
        sum(s["end"] - s["start"] for s in load_recogniser(recall).scan(texts).to_pylist())
        for recall in (0.5, 0.98)
    )
    assert many >= few


def test_it_travels_to_another_process() -> None:
    """Pickling carries the settings, not the model."""
    copy = pickle.loads(pickle.dumps(load_recogniser(0.9)))
    assert copy == load_recogniser(0.9)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        spans = pool.submit(copy.scan, pa.array(["Please call Maria Lopez"])).result()
    assert names(spans) == [(0, 12, 23)]


def test_a_column_without_a_type_holds_no_names(recogniser: NameRecogniser) -> None:
    """Arrow's null type is what an empty list and a column of nulls become."""
    for column in (pa.array([]), pa.nulls(3)):
        assert recogniser.scan(column).schema == SPAN_SCHEMA
        assert recogniser.scan(column).num_rows == 0
