"""Presidio's analyzer without a model and without the network: which recognizers run, and on which
words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from anonymize.detect.text.checksums import CHECKSUMS
from anonymize.detect.text.context_words import TOKEN, is_mark
from anonymize.detect.text.ids_by_country import OWN_COUNTRIES
from anonymize.detect.text.slow_patterns import refuse_bombs
from anonymize.errors import ArgumentError
from anonymize.process.quiet_libraries import quiet_libraries

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine

DEFAULT_THRESHOLD = 0.4
"""Findings below this score are dropped: what a bare digit run scores (0.01 to 0.3) says
nothing.
"""


@dataclass(frozen=True)
class CustomRecognizer:
    """A recognizer that a policy defines."""

    name: str
    """Unique among the custom ones."""
    entity: str
    """The entity it finds, ``EMPLOYEE_ID``."""
    patterns: tuple[str, ...] = ()
    """Regular expressions, in the ``regex`` package's syntax, case ignored."""
    score: float = 0.6
    """Score of a match without context, 0 to 1."""
    context: tuple[str, ...] = ()
    """Words that, just before a match, raise its score by 0.35."""
    checksum: str | None = None
    """A name of ``checksums.CHECKSUMS``: a match that fails it is dropped, one that passes scores
    1.
    """
    deny: tuple[str, ...] = ()
    """Words that are always a finding of this recognizer."""


@dataclass(frozen=True)
class EngineConfig:
    """Everything that decides which recognizers run; hashable and picklable."""

    countries: tuple[str, ...] = ()
    """ISO codes of the country packs switched on, lower case; ``uk`` and ``gb`` are one."""
    languages: tuple[str, ...] = ("en",)
    """ISO codes of the texts' languages: context words and language-bound packs."""
    custom: tuple[CustomRecognizer, ...] = field(default=())
    """Recognizers of the policy."""


@lru_cache(maxsize=8)
def build_engine(config: EngineConfig) -> AnalyzerEngine:
    """Return Presidio's analyzer for ``config``: generic recognizers, those of the countries, the
    custom ones.

    Every country's recognizers run for every requested language, because an identity number has the
    same form in all of them. No model is loaded and no host is contacted.

    Raises:
        ArgumentError: a country or checksum is unknown; the message lists the known ones.
    """
    quiet_presidio()
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    words = _word_engine(config.languages)
    registry = RecognizerRegistry(supported_languages=list(config.languages))
    registry.recognizers = [
        r for language in config.languages for r in _recognizers(config, language)
    ]
    return AnalyzerEngine(
        registry=registry, nlp_engine=words, supported_languages=list(config.languages)
    )


def quiet_presidio() -> None:
    """Set what must be set before Presidio is imported: the public suffix list is never fetched,
    logs carry no text.
    """
    import logging

    quiet_libraries()
    logging.getLogger("presidio-analyzer").setLevel(logging.CRITICAL)


def known_countries() -> tuple[str, ...]:
    """Return the codes of the countries whose numbers are known: Presidio's packs and our own
    shapes.
    """
    return tuple(sorted({c for c, _ in _country_classes()} | OWN_COUNTRIES))


@lru_cache(maxsize=1)
def _predefined() -> tuple[dict[str, Any], ...]:
    quiet_presidio()
    from presidio_analyzer.recognizer_registry.recognizers_loader_utils import (
        RecognizerConfigurationLoader,
    )

    return tuple(
        r for r in RecognizerConfigurationLoader.get()["recognizers"] if isinstance(r, dict)
    )


@lru_cache(maxsize=1)
def _country_classes() -> tuple[tuple[str, Any], ...]:
    """Return (country, recognizer class) for every country-bound recognizer that needs no model."""
    import presidio_analyzer.predefined_recognizers as predefined

    found = []
    for entry in _predefined():
        code = entry.get("country_code")
        if code:
            found.append(
                (str(code).lower(), getattr(predefined, entry.get("class_name") or entry["name"]))
            )
    return tuple(found)


def _recognizers(config: EngineConfig, language: str) -> list[Any]:
    wanted = {"uk" if c.lower() == "gb" else c.lower() for c in config.countries}
    if unknown := sorted(wanted - set(known_countries())):
        raise ArgumentError(
            f"no recognizers for the country {', '.join(unknown)}; there are"
            f" {', '.join(known_countries())}"
        )
    return [
        *_generic(language),
        *(cls(supported_language=language) for code, cls in _country_classes() if code in wanted),
        *(custom_recognizer(custom, language) for custom in config.custom),
    ]


def _generic(language: str) -> list[Any]:
    """Return Presidio's enabled recognizers that belong to no country, with the language's context
    words.
    """
    import presidio_analyzer.predefined_recognizers as predefined

    found = []
    for entry in _predefined():
        name = entry.get("class_name") or entry["name"]
        if (
            entry.get("country_code")
            or entry.get("enabled") is False
            or not hasattr(predefined, name)
        ):
            continue
        context = next(
            (
                s.get("context")
                for s in entry.get("supported_languages") or ()
                if isinstance(s, dict) and s.get("language") == language
            ),
            None,
        )
        found.append(
            getattr(predefined, name)(
                supported_language=language, **({"context": context} if context else {})
            )
        )
    return found


def custom_recognizer(custom: CustomRecognizer, language: str) -> Any:
    """Return Presidio's recognizer for ``custom``."""
    if custom.checksum is not None and custom.checksum not in CHECKSUMS:
        known = ", ".join(sorted(CHECKSUMS))
        raise ArgumentError(
            f"recognizer {custom.name}: unknown checksum '{custom.checksum}'; choose one of {known}"
        )
    refuse_bombs(custom.name, custom.patterns)
    from presidio_analyzer import Pattern, PatternRecognizer

    check = CHECKSUMS[custom.checksum] if custom.checksum else None

    class Custom(PatternRecognizer):  # type: ignore[misc]
        """A policy's recognizer."""

        of_policy = True

        def validate_result(self, pattern_text: str) -> bool | None:
            """Return whether the checksum holds; None where there is none."""
            return check(pattern_text) if check else None

    return Custom(
        supported_entity=custom.entity,
        name=custom.name,
        supported_language=language,
        context=list(custom.context) or None,
        patterns=[
            Pattern(f"{custom.name} {i}", text, custom.score)
            for i, text in enumerate(custom.patterns)
        ]
        or None,
        deny_list=list(custom.deny) or None,
    )


@lru_cache(maxsize=8)
def _word_engine(languages: tuple[str, ...]) -> Any:
    """Return an NLP engine that only splits text into words, so that context words count without a
    model.
    """
    from presidio_analyzer.nlp_engine import NlpArtifacts, NoOpNlpEngine

    class WordEngine(NoOpNlpEngine):  # type: ignore[misc]
        """Words and punctuation by a regular expression; a word's lemma is itself."""

        engine_name = "words"

        def process_text(self, text: str, language: str) -> NlpArtifacts:
            """Return the words of ``text``."""
            found = [(m.group(), m.start()) for m in TOKEN.finditer(text)]
            words = [word for word, _ in found]
            return NlpArtifacts(
                entities=[],
                tokens=words,
                tokens_indices=[at for _, at in found],
                lemmas=words,
                nlp_engine=self,
                language=language,
                scores=[],
            )

        def is_punct(self, word: str, language: str) -> bool:
            """Return whether ``word`` is one mark."""
            return is_mark(word)

    engine = WordEngine(models=[{"lang_code": code, "model_name": ""} for code in languages])
    engine.load()
    return engine
