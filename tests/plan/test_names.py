"""``detect: {ner: …}``: the policy names a model, the plan says which one it is, the text is
rewritten by it.
"""

from __future__ import annotations

import pickle
from pathlib import Path

import pyarrow as pa
import pytest

from anonymize.detect import inspect_samples, sample_columns
from anonymize.detect.name_models.shipped_model import SHA256
from anonymize.errors import PlanError, PolicyError
from anonymize.plan.bind.scanners import names_if_here
from anonymize.policy import DetectSpec, SourceSpec
from tests.detect.name_models.test_adapted import spacy_pipeline
from tests.plan.helpers import applied, draft_policy, plan_of, policy_of

TABLE = pa.table(
    {"note": ["Please call Maria Lopez on Monday, she moved to Kumasi", None, "nothing here"]}
)
RULE = "  note: {action: free_text}\n"


def test_free_text_is_rewritten_by_a_spacy_pipeline(tmp_path: Path) -> None:
    """A real pipeline, named by its folder."""
    extra = f"detect: {{ner: 'spacy:{spacy_pipeline(tmp_path / 'ours')}'}}\n"
    rows = applied(TABLE, RULE, extra)
    assert rows[0]["note"] == "Please call <PERSON_1> on Monday, she moved to <LOCATION_1>"
    assert [row["note"] for row in rows[1:]] == [None, "nothing here"]


def test_the_plan_says_which_model_it_is(tmp_path: Path) -> None:
    """By digest, so that another process cannot read with another one; pickled with the plan."""
    extra = f"detect: {{ner: 'spacy:{spacy_pipeline(tmp_path / 'ours')}'}}\n"
    plan = pickle.loads(pickle.dumps(plan_of(TABLE, RULE, extra)))
    assert plan.names.version == "en_pipeline 0.0.0"
    assert len(plan.names.sha256) == 64
    assert str(plan_of(TABLE, RULE, "detect: {ner: coatcheck}\n").names).startswith(
        f"coatcheck, sha256 {SHA256}"
    )
    assert plan_of(TABLE, RULE).names == plan_of(TABLE, RULE, "detect: {ner: coatcheck}\n").names
    assert plan_of(TABLE, RULE, "detect: {ner: 'off'}\n").names is None


def test_a_model_that_is_not_here_is_refused_with_its_line() -> None:
    """Before row one, beside every other problem."""
    with pytest.raises(PlanError) as caught:
        plan_of(
            TABLE, RULE + "  gone: {action: keep}\n", "detect: {ner: 'spacy:en_core_web_xxl'}\n"
        )
    first, second = sorted(str(caught.value).splitlines())
    assert first.startswith(
        "people.yaml:6: detect.ner: spaCy has no pipeline 'en_core_web_xxl' here; install it"
    )
    assert "columns.gone: the source has no such column" in second


@pytest.mark.parametrize("kind", ["transformers", "gliner"])
def test_a_missing_library_is_refused_with_its_extra(kind: str) -> None:
    """Neither is installed where the tests run."""
    hint = rf"people\.yaml:6: detect\.ner: .*needs the extra {kind}: python -m pip install '{kind}"
    with pytest.raises(PlanError, match=hint):
        plan_of(TABLE, RULE, f"detect: {{ner: '{kind}:org/model'}}\n")


@pytest.mark.parametrize("choice", ["stanza:en", "spacy", "'spacy:'", "'spacy: '", "on"])
def test_an_unknown_kind_is_refused_with_the_known_ones(choice: str) -> None:
    """By the policy already."""
    with pytest.raises(
        PolicyError, match=r"detect\.ner: .*(is not one of off, coatcheck, spacy:MODEL|true)"
    ):
        policy_of(RULE, f"detect: {{ner: {choice}}}\n")


TALK = pa.table(
    {"talk": [f"I spoke with Bahar Rostami about case {n}, she was kind" for n in range(30)]}
)


def test_a_plan_asks_the_policys_model_about_prose() -> None:
    """Prose in which only the model sees people is not kept unseen."""
    rows = TALK.to_batches()

    def verdict(ner: str) -> str:
        return inspect_samples(sample_columns(rows), names=names_if_here(DetectSpec(ner=ner)))[
            0
        ].verdict

    assert (verdict("off"), verdict("coatcheck")) == ("FREE_TEXT", "FREE_TEXT_PII")
    assert verdict("spacy:en_core_web_xxl") == "FREE_TEXT"


def test_a_draft_asks_for_the_model_that_inspected(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default is the shipped one; what was named is written down, and what either needs is said
    where it lacks.
    """
    findings = inspect_samples(sample_columns(TALK.to_batches()))
    source = SourceSpec(path="talk.csv")
    drafted = draft_policy(source, TALK.schema, findings)
    assert "ner:" not in drafted
    assert "pip install" not in drafted
    monkeypatch.setattr("anonymize.plan.draft.write.names_if_here", lambda detect: None)
    assert "python -m pip install 'onnxruntime" in draft_policy(source, TALK.schema, findings)
    drafted = draft_policy(source, TALK.schema, findings, DetectSpec(ner="spacy:ours"))
    assert 'ner: "spacy:ours"' in drafted
    assert "python -m pip install 'spacy" in drafted
