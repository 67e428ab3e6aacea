"""Models of the data owner's own: a real spaCy pipeline; Transformers and GLiNER by stand-ins
only.
"""

from __future__ import annotations

import os
import pickle
import random
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.detect.interface import SPAN_SCHEMA
from anonymize.detect.name_models.adapted import LEFT_OUT, OwnNames, _loaded, entity_of
from anonymize.detect.name_models.choose import find_name_model, names_scanner
from anonymize.detect.name_models.hub_cache import offline
from anonymize.errors import ArgumentError, DataError, MissingExtraError
from tests.detect.name_models.stand_ins import gliner_stand_in, transformers_stand_in

TEXTS = [
    "Please call Maria Lopez back on Monday.",
    None,
    "",
    "12345",
    "🎉 Maria Lopez moved to Kumasi",
    "an order of Acme's",
    "Please call Maria Lopez back on Monday.",
]
PATTERNS = {
    "PERSON": "Maria Lopez",
    "GPE": "Kumasi",
    "ORG": "Acme",
    "DATE": "Monday",
    "Given name": "Kwame",
}


def spacy_pipeline(folder: Path) -> Path:
    """Write a spaCy pipeline that knows a few names; no download."""
    import spacy

    language = spacy.blank("en")
    ruler = language.add_pipe("entity_ruler")
    ruler.add_patterns([{"label": label, "pattern": name} for label, name in PATTERNS.items()])  # type: ignore[attr-defined]
    language.to_disk(folder)
    return folder


@pytest.fixture(scope="module")
def spacy_names(tmp_path_factory: pytest.TempPathFactory) -> OwnNames:
    """Return the recogniser over such a pipeline."""
    return scanner(f"spacy:{spacy_pipeline(tmp_path_factory.mktemp('spacy') / 'pipeline')}")


def scanner(choice: str) -> OwnNames:
    """Return the recogniser of ``choice``."""
    model = find_name_model(choice)
    assert model is not None
    found = names_scanner(model)
    assert isinstance(found, OwnNames)
    return found


def surfaces(names: OwnNames, texts: list[str | None]) -> list[tuple[str, str]]:
    """Return what is found, with its entity."""
    spans = names.scan(pa.array(texts, pa.string())).to_pylist()
    return [(texts[s["row"]][s["start"] : s["end"]], s["entity"]) for s in spans]  # type: ignore[index]


def test_a_spacy_pipeline_finds_names(spacy_names: OwnNames) -> None:
    """Labels of spaCy become entities of Presidio; dates are left to the rules."""
    assert surfaces(spacy_names, TEXTS) == [
        ("Maria Lopez", "PERSON"),
        ("Maria Lopez", "PERSON"),
        ("Kumasi", "LOCATION"),
        ("Acme", "ORGANIZATION"),
        ("Maria Lopez", "PERSON"),
    ]


def test_a_label_without_an_entity_is_not_lost(spacy_names: OwnNames) -> None:
    """It is reported by its own name, for DEFAULT to deal with."""
    assert surfaces(spacy_names, ["ask Kwame"]) == [("Kwame", "GIVEN_NAME")]


def test_disguises_are_taken_off(spacy_names: OwnNames) -> None:
    """A zero-width space and Cyrillic look-alikes; offsets are the original's."""
    assert surfaces(spacy_names, ["call Mаriа Lo\u200bpez"]) == [("Mаriа Lo\u200bpez", "PERSON")]


@pytest.mark.parametrize(
    "kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int8(), pa.string())]
)
def test_every_kind_of_string_column_is_taken(spacy_names: OwnNames, kind: pa.DataType) -> None:
    """Strings, large strings, dictionaries, chunks and slices give the same spans, of the
    schema.
    """
    plain = spacy_names.scan(pa.array(TEXTS))
    column = pa.array(TEXTS, pa.string()).cast(kind)
    assert plain.schema == SPAN_SCHEMA
    assert spacy_names.scan(column).equals(plain)
    assert spacy_names.scan(pa.chunked_array([column.slice(0, 4), column.slice(4)])).equals(plain)


def test_batch_and_order_do_not_matter(spacy_names: OwnNames) -> None:
    """Each text alone, and all shuffled."""
    whole = surfaces(spacy_names, TEXTS)
    order = random.Random(1).sample(range(len(TEXTS)), len(TEXTS))
    assert [found for text in TEXTS for found in surfaces(spacy_names, [text])] == whole
    assert sorted(surfaces(spacy_names, [TEXTS[at] for at in order])) == sorted(whole)


def test_a_long_text_is_read_to_its_end_and_nothing_twice(spacy_names: OwnNames) -> None:
    """Longer than spaCy takes at once (a million code points)."""
    text = "Please call Maria Lopez back. " * 40_000
    spans = spacy_names.scan(pa.array([text])).to_pylist()
    assert len(text) > 1_000_000
    assert len(spans) == 40_000
    assert all(a["end"] <= b["start"] for a, b in pairwise(spans))


def test_a_distinct_text_is_read_once(spacy_names: OwnNames) -> None:
    """A hundred thousand empty strings, and as many equal ones, cost nothing."""
    assert spacy_names.scan(pa.array([""] * 100_000)).num_rows == 0
    assert spacy_names.scan(pa.array(["Maria Lopez"] * 100_000)).num_rows == 100_000


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=60))
def test_any_text_is_read_without_harm(spacy_names: OwnNames, text: str) -> None:
    """Spans lie inside the text, whatever plane its letters are of."""
    spans = spacy_names.scan(pa.array([f"{text} Maria Lopez"])).to_pylist()
    assert all(0 <= s["start"] < s["end"] <= len(text) + 12 for s in spans)


def test_it_travels_to_another_process(spacy_names: OwnNames) -> None:
    """Pickling carries the choice and the digest, not the model."""
    copy = pickle.loads(pickle.dumps(spacy_names))
    assert copy == spacy_names
    assert len(pickle.dumps(copy)) < 1_000
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(copy.scan, pa.array(TEXTS)).result().num_rows == 5


def test_a_model_that_changed_since_the_plan_is_refused(tmp_path: Path) -> None:
    """Every process reads with the model the plan was made with, or with none."""
    names = scanner(f"spacy:{spacy_pipeline(tmp_path / 'pipeline')}")
    (tmp_path / "pipeline" / "entity_ruler" / "patterns.jsonl").write_text("")
    _loaded.cache_clear()
    with pytest.raises(DataError, match="not the one the plan was made with"):
        names.scan(pa.array(["Maria Lopez"]))


def test_a_pipeline_that_marks_nothing_is_refused(tmp_path: Path) -> None:
    """It would find no name and say nothing."""
    import spacy

    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(DataError, match="no component that marks names"):
        scanner(f"spacy:{tmp_path / 'blank'}").scan(pa.array(["Maria Lopez"]))


def test_a_damaged_pipeline_is_refused_in_one_line(tmp_path: Path) -> None:
    """The library's own error is not passed on."""
    folder = spacy_pipeline(tmp_path / "pipeline")
    (folder / "config.cfg").write_text("[nlp")
    with pytest.raises(DataError, match=r"pipeline: cannot be loaded \(\w+\)"):
        scanner(f"spacy:{folder}").scan(pa.array(["Maria Lopez"]))


@pytest.mark.parametrize("name", ["en_core_web_xxl", "no/such/folder", "tests"])
def test_a_spacy_model_that_is_not_here_is_refused(name: str) -> None:
    """The message says how to get it, and that nothing is downloaded."""
    with pytest.raises(
        ArgumentError, match=r"spaCy has no pipeline .* install it .* does not download"
    ):
        find_name_model(f"spacy:{name}")


@pytest.mark.parametrize(
    ("kind", "extra"), [("transformers", "transformers"), ("gliner", "gliner")]
)
def test_a_missing_library_names_its_extra(kind: str, extra: str) -> None:
    """Neither is installed where the tests run."""
    with pytest.raises(
        MissingExtraError, match=rf"needs the extra {extra}: python -m pip install '{extra}"
    ):
        find_name_model(f"{kind}:some/model")


@pytest.mark.parametrize("choice", ["stanza:en", "spacy:", "spacy", ""])
def test_an_unknown_kind_is_refused_with_the_known_ones(choice: str) -> None:
    """For callers of the library; the policy says the same with its line."""
    with pytest.raises(ArgumentError, match="choose one of off, coatcheck, spacy:MODEL"):
        find_name_model(choice)


def test_labels_mean_what_presidio_says() -> None:
    """But for EMAIL, which Presidio's table leaves under a name of its own, and what is left to
    rules.
    """
    from presidio_analyzer.nlp_engine.ner_model_configuration import (
        MODEL_TO_PRESIDIO_ENTITY_MAPPING as PRESIDIO,
    )

    ours = {
        label: entity_of(label) for label in PRESIDIO if label not in LEFT_OUT and label != "EMAIL"
    }
    assert ours == {label: PRESIDIO[label] for label in ours}
    assert {entity_of(label) for label in ("B-PER", "I-PER", "PER", "per")} == {"PERSON"}


def test_transformers_by_a_stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Local files only, on the processor; a word marked in part is taken whole."""
    calls = transformers_stand_in(monkeypatch, model_max_length=10**30)
    (tmp_path / "config.json").write_text("{}")
    found = surfaces(scanner(f"transformers:{tmp_path}"), TEXTS)
    assert found[:3] == [
        ("Maria Lopez", "PERSON"),
        ("Maria Lopez", "PERSON"),
        ("Kumasi", "LOCATION"),
    ]
    assert [call.get("local_files_only") for call in calls] == [True, True, None]
    assert (calls[2]["stride"], calls[2]["device"], calls[2]["tokenizer"].model_max_length) == (
        64,
        -1,
        512,
    )


def test_a_slow_tokenizer_is_refused_by_a_stand_in(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It cannot say where a name stands."""
    transformers_stand_in(monkeypatch, is_fast=False)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(DataError, match="it takes a fast one"):
        scanner(f"transformers:{tmp_path}").scan(pa.array(["Maria Lopez"]))


def test_gliner_by_a_stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Local files only; a long text is cut, because GLiNER does not read beyond its window."""
    calls = gliner_stand_in(monkeypatch)
    (tmp_path / "gliner_config.json").write_text("{}")
    text = "a b c d e f " * 500 + "Maria Lopez lives in Kumasi"
    assert surfaces(scanner(f"gliner:{tmp_path}"), [text]) == [
        ("Maria Lopez", "PERSON"),
        ("Kumasi", "LOCATION"),
    ]
    assert calls[0] == {"folder": str(tmp_path), "local_files_only": True, "map_location": "cpu"}


@pytest.mark.parametrize("kind", ["transformers", "gliner"])
def test_a_hub_model_that_is_not_here_is_refused(
    monkeypatch: pytest.MonkeyPatch, kind: str, tmp_path: Path
) -> None:
    """By the real hub library over an empty cache."""
    from huggingface_hub import constants

    (transformers_stand_in if kind == "transformers" else gliner_stand_in)(monkeypatch)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    for name in ("org/model", "no/such/folder/here"):
        with pytest.raises(ArgumentError, match="does not download"):
            find_name_model(f"{kind}:{name}")


def test_a_model_in_the_hubs_cache_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Its version is the commit; the cache is laid out as the real hub library reads it."""
    from huggingface_hub import constants

    transformers_stand_in(monkeypatch)
    commit, repo = "a" * 40, tmp_path / "models--org--model"
    (repo / "snapshots" / commit).mkdir(parents=True)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(commit)
    (repo / "snapshots" / commit / "config.json").write_text("{}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    model = find_name_model("transformers:org/model")
    assert model is not None
    assert model.version == commit


def test_the_hub_is_not_asked_while_a_model_loads() -> None:
    """What a model's configuration names is not fetched; afterwards all is as before."""
    from huggingface_hub import constants, model_info
    from huggingface_hub.errors import OfflineModeIsEnabled

    before = (constants.HF_HUB_OFFLINE, os.environ.get("HF_HUB_OFFLINE"))
    with offline(), pytest.raises(OfflineModeIsEnabled):
        model_info("org/model")
    assert (constants.HF_HUB_OFFLINE, os.environ.get("HF_HUB_OFFLINE")) == before
