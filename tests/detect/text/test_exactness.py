"""The scanner finds what Presidio's analyzer finds, text by text."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from anonymize.detect import known_countries, make_scanner
from anonymize.detect.text.presidio_engine import EngineConfig, build_engine
from tests.detect.text.corpus import texts

Found = set[tuple[int, int, str, float]]


def presidio(config: EngineConfig, text: str, threshold: float) -> Found | None:
    """Return what ``AnalyzerEngine.analyze`` finds; None where one of its validations breaks on the
    text.
    """
    try:
        results = build_engine(config).analyze(
            text, language=config.languages[0], score_threshold=threshold
        )
    except (KeyError, ValueError):
        return None
    return {(r.start, r.end, r.entity_type, round(r.score, 9)) for r in results}


def differing(
    corpus: Iterable[str],
    countries: tuple[str, ...],
    language: str,
    threshold: float,
    hyperscan: bool,
) -> list[str]:
    """Return the texts on which the scanner and Presidio differ."""
    config = EngineConfig(countries, (language,))
    scanner = make_scanner(
        countries=countries,
        languages=(language,),
        score_threshold=threshold,
        fold=False,
        hyperscan=hyperscan,
    )
    different = []
    for text in corpus:
        found = {
            (start, end, entity, round(score, 9))
            for start, end, entity, score, _ in scanner.scan_text(text)
        }
        expected = presidio(config, text, threshold)
        if expected is not None and found != expected:
            different.append(text)
    return different


@pytest.mark.parametrize("hyperscan", [True, False])
@pytest.mark.parametrize(("countries", "threshold"), [((), 0.4), (("us", "uk", "de"), 0.0)])
def test_every_finding_is_presidios(
    countries: tuple[str, ...], threshold: float, hyperscan: bool
) -> None:
    """A few hundred texts of every kind, with and without Hyperscan."""
    assert differing(texts(400, 5), countries, "en", threshold, hyperscan) == []


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("countries", "language", "threshold", "count", "hyperscan"),
    [
        ((), "en", 0.4, 20_000, True),
        (("us", "uk", "de", "au", "in"), "en", 0.0, 12_000, True),
        (("us", "uk"), "es", 0.35, 6_000, True),
        ("all", "en", 0.0, 6_000, True),
        ("all", "en", 0.4, 6_000, False),
    ],
)
def test_fifty_thousand_texts_give_presidios_findings(
    countries: tuple[str, ...] | str, language: str, threshold: float, count: int, hyperscan: bool
) -> None:
    """Every finding is equal, with all recognizers and several countries switched on."""
    packs = known_countries() if countries == "all" else tuple(countries)
    assert differing(texts(count, 101), packs, language, threshold, hyperscan) == []
