"""Makes the scanner for a policy's ``detect:`` block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from anonymize.detect import DEFAULT_THRESHOLD, CustomRecognizer, make_scanner
from anonymize.detect.columns.identifiers_in_cells import SearchedKinds, of_countries
from anonymize.detect.interface import Scanner
from anonymize.detect.name_models.choose import NameModel, find_name_model, names_scanner
from anonymize.errors import ArgumentError, MissingExtraError
from anonymize.policy import DetectSpec

DENY_LIST = "deny list"
"""Recognizer name in spans of a deny list."""
ALWAYS: tuple[CustomRecognizer, ...] = (
    CustomRecognizer(
        name="payment cards that begin with 2",
        entity="CREDIT_CARD",
        patterns=(
            r"\b2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)[- ]?\d{4}[- ]?\d{4}[- ]?\d{4}\b",
        ),
        score=0.3,
        context=("credit", "card", "mastercard", "debit", "payment"),
        checksum="luhn",
    ),
)
"""Patterns in addition to Presidio's recognizers, which lack Mastercard's range 2221-2720."""


def scanner_of(
    detect: DetectSpec,
    names: NameModel | None = None,
    *,
    countries: Sequence[str] | None = None,
    languages: Sequence[str] | None = None,
    score_threshold: float | None = None,
    allow: Sequence[str] = (),
    deny: Sequence[str] = (),
) -> Scanner:
    """Return a scanner for ``detect``; a rule's own settings replace or extend the policy's.

    ``names`` is the model that finds names, None for none.

    Raises:
        ArgumentError: a country, language or checksum is unknown (raised when the first text is
            scanned).
    """
    custom = (*ALWAYS, *(CustomRecognizer(**spec.model_dump()) for spec in detect.recognizers))
    made = make_scanner(
        countries=detect.countries if countries is None else countries,
        languages=languages or detect.languages,
        score_threshold=DEFAULT_THRESHOLD if score_threshold is None else score_threshold,
        custom=custom,
        allow=(*detect.allow, *allow),
        deny=(*detect.deny, *deny),
        ner=names_scanner(names) if names else None,
    )
    return cast("Scanner", made)


def asked_by(
    detect: DetectSpec,
    scanner: Scanner | None = None,
    *,
    countries: Sequence[str] | None = None,
    has_own: bool = False,
) -> SearchedKinds:
    """Return the scanner for the cells of columns, before and after a run, and which of its
    findings count in addition to those of fixed form.

    ``scanner`` and ``countries`` are a rule's own and replace the policy's; ``has_own`` is True if
    the rule has a deny list.
    """
    own = frozenset({*(spec.name for spec in detect.recognizers), DENY_LIST})
    has_own = bool(detect.recognizers or detect.deny or has_own)
    codes = of_countries(detect.countries if countries is None else countries)
    return SearchedKinds(scanner or scanner_of(detect), own if has_own else frozenset(), codes)


def names_if_here(detect: DetectSpec) -> Scanner | None:
    """Return the name finder for inspected columns; None if the policy switches it off.

    Also None if the model is not on this machine; ``compile_plan`` reports that together with all
    other problems.
    """
    try:
        model = find_name_model(detect.ner)
    except (ArgumentError, MissingExtraError):
        return None
    return names_scanner(model) if model else None
