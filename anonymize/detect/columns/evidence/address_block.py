"""Address columns with unhelpful names, recognised by neighbours: street, city, postcode."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from anonymize.detect.columns.column_evidence import ColumnEvidence

_AFTER_CITY = ("REGION", "POSTAL_CODE", "COUNTRY")
_SENDERS = frozenset(
    (
        "ship",
        "bill",
        "sold",
        "deliver",
        "mail",
        "send",
        "pay",
        "sell",
        "delivery",
        "shipping",
        "billing",
    )
)


def weigh_address_blocks(cases: Sequence[ColumnEvidence]) -> None:
    """Add to each nameless case what its place between the parts of an address suggests, from left
    to right.
    """
    for i, case in enumerate(cases):
        before = _best(cases[i - 1]) if i else "NONE"
        after = [_best(other) for other in cases[i + 1 : i + 4]]
        if case.name.meaningless and case.values.n >= 3:
            _city(case, before, after)
            _region(case, cases[i - 1] if i else None, after)
            _postcode(case, {_best(other) for other in cases[max(0, i - 3) : i]}, after)
    _regions_before(cases)
    _streets(cases)
    _recipients(cases)


def _best(case: ColumnEvidence) -> str:
    return case.ranking()[0][0]


def _place_like(case: ColumnEvidence) -> bool:
    v = case.values
    return not v.numeric and not v.boolean and v.words <= 3 and v.name_shaped > 0.9


def _city(case: ColumnEvidence, before: str, after: Sequence[str]) -> None:
    """Names after a street and before a region, postcode or country."""
    if before == "STREET_ADDRESS" and _best(case) in ("NONE", "PERSON_NAME") and _place_like(case):
        unknown = case.values.listed("city") < 0.1 and not set(after) & set(_AFTER_CITY)
        if not unknown and case.values.person < 0.5:
            case.add("CITY", 0.5, "names that stand behind a street, as cities do")
            case.weaken("PERSON_NAME", 0.5)


def _region(case: ColumnEvidence, left: ColumnEvidence | None, after: Sequence[str]) -> None:
    """Names or short codes after a city: before a postcode or country, or cities again that are
    regions too.
    """
    if left is None or _best(left) != "CITY":
        return
    v, regions = case.values, case.values.listed("region")
    if _best(case) == "CITY" and regions > 0.6:
        case.add("REGION", 0.85, "regions that stand behind a city", share=regions)
        case.weaken("CITY", 0.7)
    elif _best(case) == "NONE" and v.n >= 5 and v.share("code2") > 0.9:
        case.add("REGION", 0.5, "codes of two letters behind a city", share=v.share("code2"))
    elif (
        _best(case) == "NONE"
        and not v.numeric
        and v.words <= 3
        and set(after) & {"POSTAL_CODE", "COUNTRY"}
    ):
        known = max(
            regions, v.listed("region_code"), v.share_of(lambda t: 2 <= len(t) <= 3 and t.isupper())
        )
        if known > 0.2:
            case.add(
                "REGION",
                0.5,
                "regions or their codes between a city and a postcode or country",
                share=known,
            )


def _streets(cases: Sequence[ColumnEvidence]) -> None:
    """Names before a column of small whole numbers, two parts of an address beside them, are
    streets and houses.
    """
    if any(_best(case) == "STREET_ADDRESS" for case in cases):
        return
    for i, (case, house) in enumerate(itertools.pairwise(cases)):
        beside = {_best(other) for other in (*cases[max(0, i - 3) : i], *cases[i + 2 : i + 5])}
        if len(beside & {"CITY", "POSTAL_CODE", "REGION"}) < 2:
            continue
        numbers = house.values.numbers
        small = (
            house.values.integers
            and numbers
            and 0 <= min(numbers) <= max(numbers) < 1000
            and house.values.n > 8
        )
        nameless = case.name.meaningless and house.name.meaningless and _best(case) == "NONE"
        if nameless and small and case.values.n >= 3 and _place_like(case):
            case.add(
                "STREET_ADDRESS", 0.55, "names before house numbers, among cities and postcodes"
            )
            return


def _regions_before(cases: Sequence[ColumnEvidence]) -> None:
    """Of two nameless columns of cities side by side, the one with far more known regions holds the
    regions.
    """
    for a, b in itertools.pairwise(cases):
        if _best(a) == _best(b) == "CITY" and a.name.meaningless and b.name.meaningless:
            first, second = a.values.listed("region"), b.values.listed("region")
            case, share = (a, first) if first >= second else (b, second)
            if share > 0.3 and share > 2 * min(first, second):
                case.add(
                    "REGION",
                    0.85,
                    "more of them regions than in the column of cities beside it",
                    share=share,
                )
                case.weaken("CITY", 0.7)


def _postcode(case: ColumnEvidence, before: set[str], after: Sequence[str]) -> None:
    """Codes of postcodes' form, letters or dashes in some of them, beside a city or region."""
    v = case.values
    beside = {*before, *after[:1]} & {"CITY", "REGION"}
    if (
        beside
        and (s := max(v.share("pl_post"), v.share("jp_post"))) > 0.9
        and _best(case) in ("NONE", "RECORD_ID")
    ):
        case.add(
            "POSTAL_CODE",
            0.75,
            "have the form of postcodes and stand beside a city or region",
            share=s,
        )
        case.weaken("RECORD_ID", 0.6)
    if (
        beside
        and _best(case) == "NONE"
        and not v.numeric
        and v.share("any_post") > 0.8
        and v.sequence < 0.2
    ):
        case.add(
            "POSTAL_CODE",
            0.6,
            "codes of postcodes' form beside a city or region",
            share=v.share("any_post"),
        )


def _recipients(cases: Sequence[ColumnEvidence]) -> None:
    """``ship name`` beside ``ship address`` names who receives it, not a ship."""
    beside = {
        c.name.tokens[0] for c in cases if len(c.name.tokens) > 1 and c.says("STREET_ADDRESS") > 0.5
    }
    for case in cases:
        tokens = case.name.tokens
        if (
            len(tokens) == 2
            and tokens[1] == "name"
            and tokens[0] in beside & _SENDERS
            and _best(case) == "NONE"
        ):
            case.add(
                "PERSON_NAME",
                0.75,
                "the name of who receives it: an address with the same word is beside it",
                hard=True,
            )
