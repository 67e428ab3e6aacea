"""What detection leaves out is refused where a rule promises it, and said where somebody chose
it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import anonymize
from anonymize.detect.languages import SERVED, unserved_languages
from anonymize.detect.unserved import LANGUAGES, SCRIPTS, unserved_cells
from anonymize.errors import ArgumentError, PlanError, install_command
from anonymize.gates.not_looked_for import not_looked_for
from anonymize.io.spread import SpreadRows
from anonymize.pipeline.prepare import inspect_source
from anonymize.plan import Plan, compile_plan
from anonymize.plan.findings import findings_for
from tests.plan.helpers import policy_of

TEXT = pa.table(
    {"n": range(40), "note": [f"Please call Maria Lopez about order {n}" for n in range(40)]}
)
NOTE = "  note: {action: free_text}\n"
SAMPLES = {
    "Han": "昨天王小明打电话来询问订单",
    "Kana": "昨日佐藤さんから電話がありました",
    "Hangul": "어제 김민수 고객이 전화했습니다",
    "Devanagari": "कल राहुल शर्मा ने फोन किया",
    "Arabic": "اتصل أحمد محمود أمس بخصوص الطلب",
    "Hebrew": "אתמול דוד כהן התקשר בנוגע להזמנה",
    "Thai": "เมื่อวานสมชายโทรมาสอบถาม",
    "Bengali": "গতকাল রহিম ফোন করেছেন",
    "Tamil": "நேற்று குமார் அழைத்தார்",
    "Ethiopic": "ትናንት አበበ ደውሎ ነበር",
    "Georgian": "გუშინ გიორგიმ დარეკა",
    "Armenian": "Երեկ Արամը զանգահարեց",
    "other scripts": "ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ",
}


def _plan(table: pa.Table, columns: str, extra: str = "") -> Plan:
    policy, rows = policy_of(columns, extra), SpreadRows(table.schema)
    rows.add(table.combine_chunks().to_batches()[0])
    return compile_plan(policy, table.schema, findings_for(policy, rows))


@pytest.fixture
def without_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the packages of the extra be absent."""
    for package in ("onnxruntime", "tokenizers"):
        monkeypatch.setitem(sys.modules, package, None)


def test_free_text_has_the_shipped_model_by_default() -> None:
    """Nobody has to know that names need one; nothing is then left out."""
    plan = _plan(TEXT, NOTE)
    assert plan.names is not None
    assert plan.names.choice == "coatcheck"
    assert not_looked_for(plan) == ()


@pytest.mark.usefixtures("without_model")
def test_free_text_without_the_packages_is_refused_with_what_helps() -> None:
    """The command that adds them, and the word that does without."""
    with pytest.raises(PlanError) as caught:
        _plan(TEXT, NOTE)
    (problem,) = caught.value.problems
    assert problem.place.endswith("detect.ner")
    assert install_command("ner") in problem.what
    assert problem.what.endswith("or leave names in: detect: {ner: off}")


@pytest.mark.usefixtures("without_model")
def test_other_policies_work_without_the_packages_and_say_so() -> None:
    """A rule that promises no names needs no model; one that a policy names by itself is missed all
    the same.
    """
    plan = _plan(TEXT, "  n: {action: keep}\n  note: {action: drop}\n")
    assert not_looked_for(plan) == (
        (
            "names in columns that rules leave open: no name model is here; add it:"
            f" {install_command('ner')}"
        ),
    )
    with pytest.raises(PlanError, match="needs the extra ner"):
        _plan(TEXT, "  n: {action: keep}\n", "detect: {ner: coatcheck}\n")
    with pytest.warns(UserWarning, match="not looked for: names in columns that rules leave open"):
        anonymize.anonymize_frame(pd.DataFrame({"n": [1, 2]}), policy_of("  n: {action: keep}\n"))


@pytest.mark.usefixtures("without_model")
@pytest.mark.parametrize("rule", ["free_text, same_row: [n], scan: false", "redact"])
def test_a_rule_that_does_not_scan_needs_no_model(rule: str) -> None:
    """It promises the row's own values only."""
    assert _plan(TEXT, f"  n: {{action: keep}}\n  note: {{action: {rule}}}\n").names is None


@pytest.mark.usefixtures("without_model")
def test_free_text_behind_otherwise_needs_the_model_too() -> None:
    """Wherever the rule for some rows stands."""
    with pytest.raises(PlanError, match="needs the extra ner"):
        _plan(
            TEXT, "  note: {action: redact, when: [[n, '<', 3]], otherwise: {action: free_text}}\n"
        )


@pytest.mark.parametrize(
    ("extra", "rules", "said"),
    [
        ("detect: {ner: 'off'}\n", NOTE, "the policy says detect: {ner: off}"),
        ("checks: {residual: 'off'}\n", NOTE, "personal data left in the output: the policy says"),
        ("checks: {residual: report}\n", NOTE, "so findings are published"),
        (
            "checks: {residual_sample: 200}\n",
            NOTE,
            "the output beyond 200 distinct values a column",
        ),
        ("", "  note: {action: free_text, score_threshold: 0.9}\n", "score_threshold: 0.9"),
        (
            "",
            NOTE + "  n: {action: keep, accept: it is a count}\n",
            "anything in the output of 'n': accepted",
        ),
        (
            "",
            "  n: {action: keep}\n  note: {action: free_text, same_row: [n], scan: false}\n",
            "scan: false",
        ),
    ],
)
def test_what_a_policy_switches_off_is_said(extra: str, rules: str, said: str) -> None:
    """One sentence for one thing, and none where nothing is switched off."""
    (sentence,) = not_looked_for(_plan(TEXT, rules, extra))
    assert said in sentence


@pytest.mark.parametrize("script", SAMPLES)
def test_free_text_in_a_script_that_nothing_serves_is_refused(script: str) -> None:
    """The script is named; a reason, or a model that reads it, lets it through; a few such cells
    are counted.
    """
    assert unserved_cells(pa.array([SAMPLES[script], None, "Maria Lopez"])) == {script: 1}
    mostly = pa.table(
        {
            "n": range(40),
            "note": [f"{SAMPLES[script]} {n}" for n in range(30)] + ["Call me back"] * 10,
        }
    )
    with pytest.raises(PlanError, match=rf"free_text, but 30 of 40 cells .*\({script}\)") as caught:
        _plan(mostly, NOTE)
    assert SAMPLES[script][:4] not in str(caught.value)
    accepted = _plan(mostly, "  note: {action: free_text, accept: only codes in it}\n")
    assert any(
        "names in 30 of the 40 cells of 'note' looked at" in said
        for said in not_looked_for(accepted)
    )
    few = pa.table(
        {"n": range(40), "note": [SAMPLES[script]] * 3 + [f"Call me back {n}" for n in range(37)]}
    )
    assert [f"({script} 3)" in sentence for sentence in not_looked_for(_plan(few, NOTE))] == [True]


def test_names_in_another_script_inside_served_text_do_not_count() -> None:
    """A name behind its Latin form, accents, Cyrillic and Greek are served."""
    served = [
        "Wang Xiaoming (王小明) asked for a later date",
        "Où est José? Il est là",
        "Mr Yılmaz called",
        "Nguyễn Thị Lan paid",
        "Вчера звонил Иван",
        "Χθες κάλεσε ο Γιώργος",
    ]
    assert unserved_cells(pa.array(served)) == {}


@given(st.lists(st.text(st.characters(max_codepoint=0x24F), max_size=30), max_size=20))
def test_other_latin_text_is_never_counted(texts: list[str]) -> None:
    """Whatever letters, marks and signs of the first blocks stand in it, small words of two
    languages aside.
    """
    assert not unserved_cells(pa.array(texts, pa.string())).keys() - LANGUAGES.keys()


def test_every_named_script_is_one_that_unicode_has() -> None:
    """A class that the engine does not know would raise when the first such text comes."""
    for letters in SCRIPTS.values():
        assert pa.compute.match_substring_regex(pa.array(["a"]), f"[{letters}]").to_pylist() == [
            False
        ]


@pytest.mark.parametrize(
    ("code", "why"),
    [("xx", "is no ISO 639-1 code"), ("zh", "are not found"), ("tr", "are not found")],
)
def test_a_language_that_nothing_serves_is_refused(code: str, why: str) -> None:
    """With the ones served, for the policy, a rule and inspect alike."""
    for rules, extra in (
        (NOTE, f"detect: {{languages: [en, {code}]}}\n"),
        (f"  note: {{action: free_text, languages: [{code}]}}\n", ""),
    ):
        with pytest.raises(
            PlanError, match=rf"languages: .*'{code}'.*{why}.*; choose among bg, cs, .*, en,"
        ):
            _plan(TEXT, rules, extra)
    with pytest.raises(ArgumentError, match=why):
        inspect_source("absent.csv", languages=[code])


@pytest.mark.parametrize("ner", ["off", "coatcheck", "spacy:ours"])
def test_served_languages_are_taken(ner: str) -> None:
    """And beside a model of one's own every language that there is."""
    assert unserved_languages(SERVED, ner) == ()
    assert bool(unserved_languages(["ja"], ner)) == (ner != "spacy:ours")
    assert unserved_languages(["qq"], ner)


def test_findings_are_required() -> None:
    """A plan without them would refuse nothing of what detection sees."""
    compiled: Callable[..., Plan] = compile_plan
    with pytest.raises(ArgumentError, match="findings"):
        compiled(policy_of(NOTE), TEXT.schema)
