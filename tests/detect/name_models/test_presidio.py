"""The recogniser inside Presidio's own analyzer."""

from __future__ import annotations

from anonymize.detect.name_models.shipped import RECOGNIZER, presidio_recognizer
from anonymize.detect.text.presidio_engine import quiet_presidio


def test_presidio_takes_it_as_a_recognizer() -> None:
    """Same spans, same scores, and the recognizer's name in the explanation."""
    quiet_presidio()
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    words = NoOpNlpEngine(models=[{"lang_code": "en", "model_name": ""}])
    words.load()
    registry = RecognizerRegistry(recognizers=[presidio_recognizer()], supported_languages=["en"])
    engine = AnalyzerEngine(registry=registry, nlp_engine=words, supported_languages=["en"])
    (found,) = engine.analyze(
        "Please call Maria Lopez back before noon.", language="en", entities=["PERSON"]
    )
    assert (found.start, found.end, found.entity_type) == (12, 23, "PERSON")
    assert found.recognition_metadata["recognizer_name"] == RECOGNIZER
