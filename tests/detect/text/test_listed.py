"""Listed texts are compared in one form, and found where they stand in the text as it is
written.
"""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.detect import SPAN_SCHEMA, make_scanner
from anonymize.detect.text.listed import AllowList, DenyRule, plain_form

LISTED = "Projekt Äquator GmbH"
WRITTEN = [
    LISTED,
    "PROJEKT ÄQUATOR GMBH",
    "projekt  äquator   gmbh",
    "Projekt\u00a0Äquator\u202fGmbH",
    "Projekt\u2003Äquator\u3000GmbH",
    "Projekt\tÄquator\r\n GmbH",
    unicodedata.normalize("NFD", LISTED),
    "Ｐｒｏｊｅｋｔ Äquator ＧｍｂＨ",
    "Pro\u00adjekt Äqua\u200btor GmbH\u200b",
]


def _found(text: str, **said: list[str]) -> list[str]:
    spans = make_scanner(**said).scan(pa.array([text])).to_pylist()  # type: ignore[arg-type]
    return [text[span["start"] : span["end"]] for span in spans if span["entity"] == "DENY_LISTED"]


@pytest.mark.parametrize("written", WRITTEN)
def test_a_denied_text_is_found_however_it_is_written(written: str) -> None:
    """Double spaces, Unicode's spaces, case, width and what cannot be seen hid it; the span is the
    text's own.
    """
    found = _found(f"über {written}, wie besprochen", deny=[LISTED])
    assert [plain_form(one) for one in found] == [plain_form(LISTED)]
    assert found[0].rstrip("\u200b") == written.rstrip("\u200b")


@pytest.mark.parametrize("written", WRITTEN)
def test_a_list_may_be_written_so_too(written: str) -> None:
    """What stands in the policy was pasted from somewhere, too."""
    assert _found(f"über {LISTED}.", deny=[written]) == [LISTED]


@pytest.mark.parametrize(
    ("text", "listed", "found"),
    [
        ("Annabel and Ann", ["ann"], ["Ann"]),
        ("Jose\u0301 and Jose", ["Jose"], ["Jose"]),
        ("Bo Li Ming, Bo Li", ["Bo Li", "Bo Li Mingus"], ["Bo Li", "Bo Li"]),
        ("昨日田中さん", ["田中"], ["田中"]),
        ("#42 and 7#42", ["#42"], ["#42", "#42"]),
        ("nothing", ["", " \u200b "], []),
        ("x_ann ann_x", ["ann"], []),
    ],
)
def test_whole_words_are_found_and_no_pieces(
    text: str, listed: list[str], found: list[str]
) -> None:
    """A letter with a mark is another letter; scripts without spaces have no word bounds to look
    for.
    """
    spans = DenyRule("deny list", "DENY_LISTED", listed).find(text, ())
    assert [text[start:end] for start, end, _, _ in spans] == found


@pytest.mark.parametrize("written", ["A@Example.ORG", "ａ@example.org", "a@exam\u00adple.org"])
def test_an_allowed_text_is_allowed_however_it_is_written(written: str) -> None:
    """Both lists are compared alike."""
    texts = pa.array([f"write to {written} now"])
    assert "EMAIL_ADDRESS" in make_scanner().scan(texts)["entity"].to_pylist()
    assert (
        "EMAIL_ADDRESS"
        not in make_scanner(allow=["a@example.org"]).scan(texts)["entity"].to_pylist()
    )
    assert "b@example.org" not in AllowList(["a@example.org"])


class _Names:
    """Finds one name, as a model would."""

    def scan(self, texts: pa.Array) -> pa.Table:
        """Return where it stands in each text."""
        starts = [text.index("ROSE") for text in texts.to_pylist()]
        spans = [
            (row, start, start + 5, "PERSON", 0.9, "model") for row, start in enumerate(starts)
        ]
        return pa.Table.from_pylist(
            [dict(zip(SPAN_SCHEMA.names, span, strict=True)) for span in spans], SPAN_SCHEMA
        )


@pytest.mark.parametrize(
    ("allow", "left"), [([], ["PERSON"]), (["rose"], []), (["roses"], ["PERSON"])]
)
def test_names_that_a_model_finds_are_compared_with_the_allow_list(
    allow: list[str], left: list[str]
) -> None:
    """They were replaced although the policy allows them."""
    found = make_scanner(allow=allow, ner=_Names()).scan(pa.array(["a ROSE  is", "the ROSE  is"]))
    assert found["entity"].to_pylist() == left * 2


@given(
    words=st.lists(
        st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=1),
        min_size=1,
        max_size=3,
    ),
    before=st.text(),
    after=st.text(),
    space=st.sampled_from([" ", "  ", "\u00a0", "\u2009\u2009", "\u3000"]),
    change=st.sampled_from([str, str.lower, lambda text: unicodedata.normalize("NFD", text)]),
)
def test_a_listed_text_between_spaces_is_always_found(
    words: list[str], before: str, after: str, space: str, change: object
) -> None:
    """Whatever stands around it: a span covers it to the character."""
    written = change(space.join(words))  # type: ignore[operator]
    text = f"{before} ; {written} ; {after}"
    rule = DenyRule("deny list", "DENY_LISTED", [" ".join(words)])
    start = len(before) + 3
    if plain_form(written) == plain_form(" ".join(words)) and plain_form(written):
        assert any(
            low <= start and high >= start + len(written) for low, high, _, _ in rule.find(text, ())
        )
