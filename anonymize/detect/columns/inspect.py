"""The verdict on every column of a table: names, values and neighbours weighed together."""

from __future__ import annotations

from collections.abc import Sequence

from anonymize.detect.columns.column_evidence import ColumnEvidence
from anonymize.detect.columns.evidence.address_block import weigh_address_blocks
from anonymize.detect.columns.evidence.long_table import weigh_long_tables
from anonymize.detect.columns.evidence.name_model import ask_for_names
from anonymize.detect.columns.evidence.neighbours import weigh_neighbours
from anonymize.detect.columns.evidence.people_table import weigh_people_tables
from anonymize.detect.columns.evidence.positions import fine_positions
from anonymize.detect.columns.evidence.prose import look_into_prose
from anonymize.detect.columns.evidence.unread import nothing_found, weigh_unread
from anonymize.detect.columns.evidence.values import CLUES
from anonymize.detect.columns.header import (
    is_number_of_a_device,
    is_number_of_things,
    name_evidence,
)
from anonymize.detect.columns.identifiers_in_cells import SearchedKinds, of_countries
from anonymize.detect.columns.inside_cells import look_inside
from anonymize.detect.columns.json_keys import look_at_keys
from anonymize.detect.columns.measures import ColumnMeasures
from anonymize.detect.columns.name_fits import FITS
from anonymize.detect.columns.sample import ColumnSample
from anonymize.detect.columns.structured_cells import look_at_pieces
from anonymize.detect.columns.vins import is_vin
from anonymize.detect.interface import Finding, Scanner
from anonymize.detect.text.scanner import make_scanner
from anonymize.detect.weights import STRONG
from anonymize.names import EntityType, Verdict

ENOUGH_VALUES = 100
"""Of fewer values frequencies say nothing."""
SURE_POSITION = 0.7
"""Below this a column is read as degrees by its numbers alone, under a name that says another
thing.
"""
ENTITIES: dict[str, str] = {
    "PERSON_NAME": "PERSON",
    "EMAIL_ADDRESS": "EMAIL_ADDRESS",
    "PHONE_NUMBER": "PHONE_NUMBER",
    "CREDIT_CARD": "CREDIT_CARD",
    "IP_ADDRESS": "IP_ADDRESS",
    "MAC_ADDRESS": "MAC_ADDRESS",
    "URL": "URL",
    "DATE_TIME": "DATE_TIME",
    "DATE_OF_BIRTH": "DATE_TIME",
    "STREET_ADDRESS": "LOCATION",
    "CITY": "LOCATION",
    "REGION": "LOCATION",
    "COUNTRY": "LOCATION",
}
"""Presidio's entity behind a verdict, where there is one."""


def inspect_samples(
    samples: Sequence[ColumnSample],
    *,
    countries: Sequence[str] = (),
    languages: Sequence[str] = ("en",),
    scanner: Scanner | None = None,
    names: Scanner | None = None,
    asked: SearchedKinds | None = None,
    inside: bool = True,
) -> tuple[Finding, ...]:
    """Return one finding per sampled column, in order; neighbours count, so pass the whole table.

    Deterministic; no network. Presidio is only asked about columns of prose, a name model only
    where one is given and only about what the rules leave open.

    Args:
        samples: the table's columns from ``sample_columns``.
        countries: country packs for what is looked for in prose.
        languages: languages of the prose.
        scanner: looks for spans in prose; None builds one from ``countries`` and ``languages``.
        names: finds people in prose and in columns without a verdict; None leaves names to the
            dictionaries.
        asked: what reads cells beside forms, and which of its finds count, as in the scan of the
            output; None takes ``scanner`` (or makes one) and the identifiers of ``countries``.
        inside: whether the cells of columns that are not personal as a whole are read for single
            identifiers.
    """
    cases = [_case(sample, position) for position, sample in enumerate(samples)]
    weigh_neighbours(cases)
    weigh_address_blocks(cases)
    weigh_people_tables(cases)
    look_into_prose(cases, scanner, countries, languages)
    ask_for_names(cases, names)
    look_at_keys(cases, _alone)
    look_at_pieces(cases, _alone)
    if inside:
        look_inside(cases, asked or _asked(scanner, countries, languages))
    for case in cases:
        weigh_unread(case)
    weigh_long_tables(cases)
    return tuple(_finding(case) for case in cases)


def _alone(sample: ColumnSample) -> str:
    """Return the verdict on a column by itself."""
    return _case(sample, 0).ranking()[0][0]


def _asked(
    scanner: Scanner | None, countries: Sequence[str], languages: Sequence[str]
) -> SearchedKinds:
    return SearchedKinds(
        scanner or make_scanner(countries=countries, languages=languages),
        entities=of_countries(countries),
    )


def _case(sample: ColumnSample, position: int) -> ColumnEvidence:
    case = ColumnEvidence(sample, ColumnMeasures(sample), name_evidence(sample.name), position)
    if case.values.n:
        for clue in CLUES:
            clue(case)
    _hear_name(case)
    return case


def _hear_name(case: ColumnEvidence) -> None:
    """Add evidence from the column's name, weighted by how well the values match it. An empty
    column has only its name.
    """
    for verdict, weight in case.name.says.items():
        fit = FITS[verdict](case.values) if case.values.n else (0.75 if weight >= STRONG else 0.5)
        if fit > 0:
            word = case.name.words.get(verdict, "")
            why = f"the name says '{word}'" if word else "the name says so"
            case.add(
                verdict,
                weight * fit,
                why if case.values.n else f"{why}; there are no values to check",
                hard=True,
            )
    login_shaped = (
        not case.values.numeric and case.values.share("username") > 0.8 and case.values.words <= 1
    )
    if (
        case.says("EMAIL_ADDRESS") >= STRONG
        and case.values.n
        and not case.values.mail
        and login_shaped
    ):
        case.add("USERNAME", 0.6, "the name says 'email', the values are what stands before @")
    if case.says("DATE_OF_BIRTH") * FITS["DATE_OF_BIRTH"](case.values) > 0.5:
        case.add(
            "DATE_OF_BIRTH",
            case.scores.get("DATE_TIME", 0.0),
            "values are dates or years",
            share=case.shares.get("DATE_TIME"),
        )
        case.weaken("DATE_TIME", 0.8)


def _finding(case: ColumnEvidence) -> Finding:
    ranked = case.ranking()
    verdict, score = ranked[0]
    runner_up = ranked[1][0] if len(ranked) > 1 else "NONE"
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    reasons = list(case.reasons.get(verdict, ())) or [nothing_found(case)]
    entity = ENTITIES.get(verdict)
    confidence = round(_confidence(verdict, score, second), 3)
    position = verdict == "LATITUDE_LONGITUDE" and confidence >= SURE_POSITION
    return Finding(
        column=case.sample.name,
        verdict=Verdict(verdict),
        confidence=confidence,
        runner_up=Verdict(runner_up),
        share=round(case.shares.get(verdict, 0.0), 4),
        entity=EntityType(entity) if entity else None,
        evidence=tuple(reasons),
        sampled_distinct=len(case.sample.distinct),
        distinct_estimate=case.sample.distinct_total_estimate,
        repeats=case.sample.looked_at >= ENOUGH_VALUES and case.sample.distinct_share <= 0.5,
        cells=case.sample.looked_at,
        prose=case.values.prose or (case.says("FREE_TEXT") >= STRONG and case.values.words >= 2),
        names_people=case.names_people,
        unread=case.unread,
        device=verdict == "RECORD_ID" and _of_a_device(case),
        position=position and fine_positions(case) > 0.5,
        unserved=tuple(
            sorted(case.sample.scripts.items(), key=lambda found: (-found[1], found[0]))
        ),
    )


def _of_a_device(case: ColumnEvidence) -> bool:
    """Return whether a column numbers devices or vehicles: by its name, or by a check that nearly
    all pass.
    """
    v = case.values
    vehicles = v.passing("vin") > 0.6 or (v.n >= 3 and v.share_of(is_vin) > 0.9)
    checked = vehicles or (v.passing("imei") > 0.8 and v.n >= 10)
    return is_number_of_a_device(case.name) or (checked and not is_number_of_things(case.name))


def _confidence(verdict: str, score: float, second: float) -> float:
    """Return the odds of the verdict, divided by the runner-up's where those are better than even,
    as a share.
    """
    if verdict == "NONE":
        return 1.0 - max(0.1, second)
    first, other = min(score, 0.995), min(max(second, 0.5), 0.99)
    odds = first / (1 - first) * (1 - other) / other
    return odds / (1 + odds)
