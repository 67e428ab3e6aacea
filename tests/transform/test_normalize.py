"""Which spellings of a text are one value, and which are not."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.transform.blank import is_blank
from anonymize.transform.normalize import _EDGES, _folded, normalized

MAIL = "ana.ash@example.org"
SAME_MAIL = [
    "ANA.ASH@Example.ORG", f" {MAIL}\t", f"{MAIL}\u00a0", f"\u200b{MAIL}", f"\ufeff{MAIL}",
    "ana\u00ad.ash@exam\u2060ple.org",
    "\uff41\uff4e\uff41.\uff41\uff53\uff48@example.org", f"mailto:{MAIL}", f"MAILTO:{MAIL.upper()}",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SAME_MAIL)
def test_fold_takes_spellings_of_an_address_for_one(spelling: str) -> None:
    """NBSP, zero width, full width and a copied link differed before."""
    assert normalized(pa.array([spelling, MAIL, None]), "fold").to_pylist() == [MAIL, MAIL, None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("José  Müller", "jose\u0301\u00a0mu\u0308ller"),
        ("STRASSE", "straße"),
        ("ΟΔΟΣ", "οδος"),
        ("ﬁn", "FIN"),
        ("A\tB", "a b"),
    ],
)
def test_fold_works_in_other_scripts(one: str, other: str) -> None:
    """Composed or not, capital or not, ligature or not."""
    assert len(normalized(pa.array([one, other]), "fold").unique()) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("José", "Jose"), ("a b", "ab"), ("ana+x@a.org", "ana@a.org"), ("О", "O")]
)
def test_fold_keeps_values_apart(one: str, other: str) -> None:
    """Accents, spaces, tags and other alphabets count."""
    assert len(normalized(pa.array([one, other]), "fold").unique()) == 2


def test_number_ignores_zeros_in_front_of_digits_alone() -> None:
    """What is no number keeps its zeros; a zero stays."""
    texts = pa.array(["0042", "42", " 042 ", "000", "0", "00A1", "a1", "0.5", None])
    made = ["42", "42", "42", "0", "0", "00a1", "a1", "0.5", None]
    assert normalized(texts, "number").to_pylist() == made


@given(st.lists(st.none() | st.text(max_size=12), max_size=10), st.sampled_from(["trim", "fold"]))
def test_each_text_is_looked_at_alone_and_once_is_enough(texts: list[str | None], how: str) -> None:
    """Its neighbours do not matter; trimming changes the ends only."""
    column = pa.array(texts, pa.string())
    made = normalized(column, how).to_pylist()  # type: ignore[arg-type]
    assert made == [normalized(pa.array([text], pa.string()), how)[0].as_py() for text in texts]  # type: ignore[arg-type]
    pairs = [
        (after, before) for after, before in zip(made, texts, strict=True) if before is not None
    ]
    assert how == "fold" or all(after in before for after, before in pairs)


@given(st.text(st.characters(codec="utf-8"), max_size=6))
def test_blank_is_what_trim_leaves_nothing_of(text: str) -> None:
    """The two agree on what cannot be seen."""
    blank = is_blank(pa.array([text, None, "x" + text]))
    assert blank.to_pylist()[1:] == [False, False]
    assert blank[0].as_py() == (normalized(pa.array([text]), "trim")[0].as_py() == "")


def _by_every_rule(texts: list[str | None]) -> list[str | None]:
    """Return ``texts`` folded without a look at what they hold first."""
    column = pc.utf8_trim_whitespace(pa.array(texts, pa.string()))
    column = pc.ascii_trim(column, characters="".join(map(chr, range(33))) + "\x7f")
    folded = _folded(pc.utf8_lower(pc.replace_substring_regex(column, _EDGES, "")))
    return pc.replace_substring_regex(folded, "^(?:mailto|tel): ?", "").to_pylist()  # type: ignore[no-any-return]


PLACES = ["{}", "a{}", "{}a", "a{}b", "{0}{0}", " {} x", "S{}s"]


@pytest.mark.parametrize("place", PLACES)
def test_every_character_is_folded_as_by_every_rule(place: str) -> None:
    """Which characters need which rule is told from bytes alone; none is told wrong, wherever it
    stands.
    """
    characters = [
        chr(point)
        for point in (*range(0x20, 0x500), *range(0x1E00, 0x2100), *range(0xFB00, 0xFB10))
    ]
    texts: list[str | None] = [place.format(one) for one in characters]
    alone = [normalized(pa.array([text]), "fold")[0].as_py() for text in texts]
    assert alone == normalized(pa.array(texts), "fold").to_pylist() == _by_every_rule(texts)


LATIN = st.text(
    st.sampled_from("aZ z:ßÉéÖıİŉſĲÿ\u0307\u00a0\u00ad\t\x7f"), max_size=8
) | st.sampled_from(["mailto:É", "tel: ß"])


@given(st.lists(st.none() | LATIN, max_size=8), st.integers(0, 3))
def test_a_column_is_folded_as_each_of_its_values_is_by_every_rule(
    texts: list[str | None], start: int
) -> None:
    """Also a slice of it, and beside values that need more rules."""
    made = normalized(
        pa.array(texts, pa.string()).slice(min(start, len(texts))), "fold"
    ).to_pylist()
    assert made == _by_every_rule(texts[start:])


_EDGY = st.text(
    st.sampled_from(" \t\n\x1c\x7f\u00a0\u200b\u00adaZé ßÀſÿ中ı0:mailto"), min_size=0, max_size=6
)


@given(st.lists(st.none() | _EDGY, max_size=8), st.integers(0, 2), st.booleans())
def test_a_column_is_compared_as_each_of_its_values_is(
    values: list[str | None], start: int, ascii_alone: bool
) -> None:
    """The shortcuts for columns of plain letters change nothing; a slice and nulls neither."""
    if ascii_alone:
        values = [value and value.encode("ascii", "ignore").decode() for value in values]
    texts = pa.array(values, pa.string()).slice(start)
    for how in ("trim", "fold"):
        alone = [
            None if value is None else normalized(pa.array([value, "中 "]), how)[0].as_py()
            for value in texts.to_pylist()
        ]
        assert normalized(texts, how).to_pylist() == alone
        assert (
            normalized(pa.array([*values, "中 "], pa.string()), how).to_pylist()[start:-1] == alone
        )
