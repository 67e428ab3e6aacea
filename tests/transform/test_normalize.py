"""Which spellings of a text are one value, and which are not."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.transform.blank import is_blank
from anonymize.transform.normalize import normalized

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


@pytest.mark.parametrize(("one", "other"), [("José", "Jose"), ("a b", "ab"), ("ana+x@a.org", "ana@a.org"), ("О", "O")])
def test_fold_keeps_values_apart(one: str, other: str) -> None:
    """Accents, spaces, tags and other alphabets count."""
    assert len(normalized(pa.array([one, other]), "fold").unique()) == 2


@given(st.lists(st.none() | st.text(max_size=12), max_size=10), st.sampled_from(["trim", "fold"]))
def test_each_text_is_looked_at_alone_and_once_is_enough(texts: list[str | None], how: str) -> None:
    """Its neighbours do not matter; trimming changes the ends only."""
    column = pa.array(texts, pa.string())
    made = normalized(column, how).to_pylist()  # type: ignore[arg-type]
    assert made == [normalized(pa.array([text], pa.string()), how)[0].as_py() for text in texts]  # type: ignore[arg-type]
    pairs = [(after, before) for after, before in zip(made, texts, strict=True) if before is not None]
    assert how == "fold" or all(after in before for after, before in pairs)


@given(st.text(st.characters(codec="utf-8"), max_size=6))
def test_blank_is_what_trim_leaves_nothing_of(text: str) -> None:
    """The two agree on what cannot be seen."""
    blank = is_blank(pa.array([text, None, "x" + text]))
    assert blank.to_pylist()[1:] == [False, False]
    assert blank[0].as_py() == (normalized(pa.array([text]), "trim")[0].as_py() == "")
