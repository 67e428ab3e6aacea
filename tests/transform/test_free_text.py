"""Text is rewritten where personal data stands, and nowhere else."""

from __future__ import annotations

import html.parser
import json
import re
import time
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anonymize.names import ColumnName
from anonymize.plan.bind.registry import transform_for
from anonymize.plan.bind.rule_context import RuleError
from anonymize.transform import Row, UnsupportedTypeError
from anonymize.transform.free_text.markup import joined, pieces_of
from tests.examples import examples
from tests.transform.conftest import RULE, Context

PATTERNS = {"EMAIL_ADDRESS": r"[\w.]+@[\w.]+\w", "PERSON": r"Mr \w+"}


def told(
    texts: list[Any],
    kind: pa.DataType | None = None,
    row: Row | None = None,
    context: Context | None = None,
    **rule: Any,
) -> list[Any]:
    """Return texts as a free_text rule leaves them, with e-mails and Misters as what detection
    finds.
    """
    kind = kind or pa.string()
    spoken = RULE.validate_python({"action": "free_text", **rule})
    transform: Any = transform_for(
        spoken, ColumnName("notes"), kind, context or Context(patterns=PATTERNS)
    )
    result = transform(pa.array(texts, kind), row or Row())
    assert result.type == transform.output_type(kind)
    return result.to_pylist()  # type: ignore[no-any-return]


def test_labels_are_numbered_within_a_text() -> None:
    """One value, one number; each text starts anew."""
    texts = ["a@b.c met d@e.f, said A@B.c", None, "d@e.f"]
    assert told(texts) == [
        "<EMAIL_ADDRESS_1> met <EMAIL_ADDRESS_2>, said <EMAIL_ADDRESS_1>",
        None,
        "<EMAIL_ADDRESS_1>",
    ]


def of_subjects(subjects: list[Any]) -> Row:
    """Return rows of these subjects."""
    return Row({ColumnName("who"): pa.array(subjects)})


def test_labels_can_be_numbered_within_a_subject() -> None:
    """One value, one number in all of a subject's texts, in any order and batch; another subject's
    is another.
    """
    label = {"action": "label", "numbered": "subject", "by": "who"}
    texts = ["a@b.c met d@e.f", "D@e.f", "a@b.c", "d@e.f"]
    one, two, other, nobody = told(
        texts, row=of_subjects([7, 7, 8, None]), entities={"DEFAULT": label}
    )
    first, second = re.findall(r"<EMAIL_ADDRESS_([1-9][0-9]{5})>", one)
    assert two == f"<EMAIL_ADDRESS_{second}>" != other
    assert first != second
    assert first not in other
    assert nobody == "<EMAIL_ADDRESS>"
    assert told(texts[1:2], row=of_subjects([7]), entities={"DEFAULT": label}) == [two]


def test_a_label_s_number_tells_subject_from_value() -> None:
    """No subject's text can be chosen so that its labels equal another's."""
    label = {"action": "label", "numbered": "subject", "by": "who"}
    scanner = Context(patterns={"X": r"(?s).+"})
    done = told(
        ["2:X:c", "c"], row=of_subjects(["1", "1:X:2"]), context=scanner, entities={"X": label}
    )
    assert done[0] != done[1]


def test_dates_in_text_move_with_their_subject() -> None:
    """By the days that its columns move; a date written otherwise gets the label."""
    shift = {"action": "shift_dates", "within_days": 30, "by": "who", "domain": "visits"}
    context = Context(patterns={"DATE_TIME": r"\d{4}-\d\d-\d\d|May \d+"})
    days = pa.array([date(2024, 2, 28), date(2024, 2, 28)])
    column: Any = transform_for(
        RULE.validate_python(shift), ColumnName("visit"), days.type, context
    )
    row = of_subjects(["p1", "p2"])
    moved = column(days, row).to_pylist()
    texts = ["seen 2024-02-28, and May 3", "seen 2024-02-28"]
    assert told(texts, row=row, context=context, entities={"DATE_TIME": shift}) == [
        f"seen {moved[0]}, and <DATE_TIME_1>",
        f"seen {moved[1]}",
    ]


def test_vault_tokens_in_text_are_their_subject_s() -> None:
    """So that forgetting the subject takes them too."""
    token = {"action": "tokenize", "method": "vault"}
    context = Context(patterns=PATTERNS, subject="who")
    transform: Any = transform_for(
        RULE.validate_python({"action": "free_text", "entities": {"EMAIL_ADDRESS": token}}),
        ColumnName("notes"),
        pa.string(),
        context,
    )
    assert transform.reads == ("who",)
    text = transform(pa.array(["to zz9@b.c"]), of_subjects(["p9"])).to_pylist()[0]
    operator = transform.operators["EMAIL_ADDRESS"]
    assert text == "to " + operator.vault.tokens(operator.key, pa.array(["zz9@b.c"])).to_pylist()[0]
    assert operator.vault.forget_subjects(operator.key, pa.array(["p9"])) == 1


def test_each_entity_gets_its_own_action() -> None:
    """Presidio's names of operators work too."""
    entities = {"EMAIL_ADDRESS": {"action": "mask", "form": "email"}, "PERSON": "redact"}
    assert told(["Mr X: jane@b.com"], entities=entities) == ["<REDACTED>: j***@b.com"]
    assert told(["Mr X"], entities={"PERSON": {"action": "replace", "new_value": "NN"}}) == ["NN"]
    assert len(told(["Mr X"], entities={"PERSON": "hash"})[0]) == 26


def test_a_span_that_an_action_cannot_take_gets_the_label() -> None:
    """Never the original."""
    assert told(["Mr X"], entities={"PERSON": {"action": "generalize", "to": "year"}}) == [
        "<PERSON_1>"
    ]


def test_a_pseudonym_in_text_joins_its_column() -> None:
    """Within one named domain, a value in a text and in a column get the same pseudonym."""
    rule = {"action": "pseudonymize", "domain": "email"}
    column: Any = transform_for(
        RULE.validate_python(rule), ColumnName("email"), pa.string(), Context()
    )
    assert (
        told(["a@b.c"], entities={"EMAIL_ADDRESS": rule}) == column(pa.array(["a@b.c"])).to_pylist()
    )


def test_the_row_s_values_come_before_what_detection_finds() -> None:
    """What a span holds besides is still replaced, but for a title."""
    row = Row(
        {ColumnName("name"): pa.array(["Mia Moon"])}, {ColumnName("name"): pa.array(["Ann Lee"])}
    )
    assert told(["Mr Moon and Mia"], row=row, same_row={"name": "name"}) == ["Mr Lee and Ann"]


@pytest.mark.parametrize("entities", [{"DEFAULT": "keep"}, {"PERSON": "keep"}])
def test_a_row_s_own_value_is_not_kept_with_its_entity(entities: dict[str, str]) -> None:
    """A dropped column's values were named to be hunted; what detection alone finds is kept as the
    rule says.
    """
    row = Row({ColumnName("name"): pa.array(["Mia Moon"])})
    assert told(["Mia met Mr X"], row=row, same_row={"name": "name"}, entities=entities) == [
        "<PERSON_1> met Mr X"
    ]


def test_lists_of_texts_keep_their_shape() -> None:
    """Nulls, empty lists and nulls in lists stay; labels count per list."""
    lists = [["a@b.c", None, "x"], None, [], ["d@e.f", "a@b.c, d@e.f"]]
    one, two = "<EMAIL_ADDRESS_1>", "<EMAIL_ADDRESS_2>"
    for kind in (pa.list_(pa.string()), pa.large_list(pa.large_string())):
        assert told(lists, kind) == [[one, None, "x"], None, [], [one, f"{two}, {one}"]]


@pytest.mark.parametrize(
    "cell,expected",
    [
        ("<p>a@b.c</p>", "<p>&lt;EMAIL_ADDRESS_1&gt;</p>"),
        (
            "<a title='x' href=\"mailto:a@b.c\">a</a>",
            "<a title='x' href=\"mailto:&lt;EMAIL_ADDRESS_1&gt;\">a</a>",
        ),
        (
            "<!-- a@b.c --><br/>Mr X & co",
            "<!-- <EMAIL_ADDRESS_1> --><br/>&lt;PERSON_1&gt; &amp; co",
        ),
        (
            '{"n": ["a@b.c", 1, {"n": "Mr \\u0058"}]}',
            '{"n": ["<EMAIL_ADDRESS_1>", 1, {"n": "<PERSON_1>"}]}',
        ),
        ('{"a@b.c": {"b": "a@b.c"}}', '{"<EMAIL_ADDRESS_1>": {"b": "<EMAIL_ADDRESS_1>"}}'),
        (
            "<p>To <a@b.c>, <Mr X></p>",
            "<p>To &lt;&lt;EMAIL_ADDRESS_1&gt;&gt;, &lt;&lt;PERSON_1&gt;&gt;</p>",
        ),
        ("<a href=mailto:a@b.c id=x>a</a>", '<a href="mailto:&lt;EMAIL_ADDRESS_1&gt;" id=x>a</a>'),
        ("<a id='x'title=\"a@b.c\">a</a>", "<a id='x'title=\"&lt;EMAIL_ADDRESS_1&gt;\">a</a>"),
        ("<who at='a@b.c'>Mr X</who>", "<who at='&lt;EMAIL_ADDRESS_1&gt;'>&lt;PERSON_1&gt;</who>"),
        ("<p><![CDATA[a@b.c]]></p>", "<p><![CDATA[<EMAIL_ADDRESS_1>]]></p>"),
        ("<p>x</p><!-- a@b.c <p>", "<p>x</p><!-- <EMAIL_ADDRESS_1> <p>"),
        ("2 < 3 and a@b.c", "2 < 3 and <EMAIL_ADDRESS_1>"),
    ],
)
def test_html_and_json_stay_well_formed(cell: str, expected: str) -> None:
    """Tags and everything untouched stay byte for byte; what only looks like a tag is text, and so
    are keys.
    """
    assert told([cell], markup="auto") == [expected]


@pytest.mark.parametrize("markup", ["json", "auto"])
@pytest.mark.parametrize(
    "cell",
    [
        "a@b.c wrote: {",
        '{"n": "a@b.c"',
        "['a@b.c']",
        "[" * 100_000 + "a@b.c",
        '{"n": "\\ud83d a@b.c"}',
        '{"n": "\n a@b.c"}',
    ],
    ids=len,
)
def test_a_cell_that_is_no_sound_json_is_still_read(cell: str, markup: str) -> None:
    """Broken, endless, with half a character or a raw line break: no run stops and nothing
    passes.
    """
    assert "a@b.c" not in told([cell], markup=markup)[0]


def test_markdown_shows_its_labels() -> None:
    """A label in angle brackets would be taken for a tag."""
    assert told(["[mail](mailto:a@b.c)"], markup="markdown") == [
        r"[mail](mailto:\<EMAIL_ADDRESS_1\>)"
    ]


@pytest.mark.parametrize("part", ["<!--", "<![CDATA[", "<mia>", '<a "', "<a b=c ", "<a " + "= "])
def test_broken_markup_takes_no_more_than_its_length(part: str) -> None:
    """What never ends is looked through once."""
    started = time.process_time()
    pieces_of(part * 20_000, "html")
    assert time.process_time() - started < 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@settings(max_examples=examples(100), deadline=None)
@given(JSON, st.booleans())
def test_json_cells_are_read_back_whatever_is_put_in(value: Any, spaced: bool) -> None:
    """Replacing every text by the nastiest one leaves JSON, with the same keys and shape."""
    cell = json.dumps(value, indent=1 if spaced else None)
    pieces = pieces_of(cell, "json")
    assert joined(pieces, [piece.text for piece in pieces]) == cell
    json.loads(joined(pieces, [None if piece.text is None else '"\\\n</x>' for piece in pieces]))


HTML_PARTS = st.sampled_from(
    ["<b>", "</b>", "<i class='a b'>", "x", "&amp;", " > ", "é", "<br/>", "<!--c-->", "\n"]
)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(HTML_PARTS, max_size=8))
def test_html_cells_keep_their_tags_whatever_is_put_in(parts: list[str]) -> None:
    """The tags a browser sees are the same before and after."""
    cell = "".join(parts)
    pieces = pieces_of(cell, "html")
    changed = joined(pieces, [None if piece.text is None else '<u a="1">' for piece in pieces])
    assert _tags(changed) == _tags(cell)


def _tags(text: str) -> list[str]:
    seen: list[str] = []
    parser = html.parser.HTMLParser()
    parser.handle_starttag = lambda tag, attrs: seen.append(tag)  # type: ignore[method-assign]
    parser.handle_endtag = lambda tag: seen.append("/" + tag)  # type: ignore[method-assign]
    parser.feed(text)
    return seen


def test_what_is_no_text_and_what_needs_whole_columns_is_refused() -> None:
    """Before the first row."""
    with pytest.raises(UnsupportedTypeError, match="text and lists of text"):
        told([1], pa.int64())
    with pytest.raises(RuleError, match="other names are other people"):
        told(["x"], entities={"PERSON": {"action": "fake", "person": "customer"}})
    with pytest.raises(RuleError, match="give the free_text rule a when:"):
        told(
            ["x"],
            entities={
                "PERSON": {
                    "action": "redact",
                    "when": [["a", "=", 1]],
                    "otherwise": {"action": "keep"},
                }
            },
        )
    with pytest.raises(RuleError, match="needs by:"):
        told(["x"], entities={"PERSON": {"action": "label", "numbered": "subject"}})
    with pytest.raises(RuleError, match="needs a first pass over whole columns"):
        told(["x"], entities={"PERSON": {"action": "generalize", "rare": 5}})
