"""What columns say about each other: a city beside a postcode, a login inside an e-mail address."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from anonymize.detect.case import Case

PERSONAL = ("PERSON_NAME", "EMAIL_ADDRESS", "PHONE_NUMBER", "NATIONAL_ID", "USERNAME", "STREET_ADDRESS")


def best(case: Case) -> tuple[str, float]:
    """Return the leading verdict and its score."""
    return case.ranking()[0]


def weigh_neighbours(cases: Sequence[Case]) -> None:
    """Add to each case what the rest of the table suggests."""
    verdicts = [best(case)[0] for case in cases]
    _coordinates(cases)
    _postcodes(cases, verdicts)
    _logins(cases)
    _birth_dates(cases, verdicts)


def _coordinates(cases: Sequence[Case]) -> None:
    """Two neighbouring columns of finely divided numbers, one within ±90, one within ±180, are a position."""
    for a, b in itertools.pairwise(cases):
        if all(_degrees(c, 180) for c in (a, b)) and (_degrees(a, 90) or _degrees(b, 90)):
            hinted = any(c.says("LATITUDE_LONGITUDE") for c in (a, b)) or all(c.name.meaningless for c in (a, b))
            for case in (a, b):
                case.add(
                    "LATITUDE_LONGITUDE",
                    0.8 if hinted else 0.4,
                    "two neighbouring columns read as latitude and longitude",
                    share=1.0,
                )


def _degrees(case: Case, limit: float) -> bool:
    v = case.values
    if not v.numeric or v.integers or len(v.numbers) < 3:
        return False
    fine = v.share_of(lambda t: len(t.partition(".")[2]) >= 4)
    span = max(v.numbers) - min(v.numbers)
    return fine > 0.7 and max(map(abs, v.numbers)) <= limit and max(map(abs, v.numbers)) > 1.5 and span < 2 * limit


def _postcodes(cases: Sequence[Case], verdicts: Sequence[str]) -> None:
    for i, case in enumerate(cases):
        v = case.values
        around = set(verdicts[max(0, i - 2) : i + 3])
        if (
            around & {"CITY", "REGION", "STREET_ADDRESS"}
            and v.n >= 3
            and v.share("zip_like") > 0.9
            and v.share_of(lambda t: len(t) == 5) > 0.6
        ):
            case.add("POSTAL_CODE", 0.6, "five digits beside a city, state or street", share=v.share("zip_like"))


def _logins(cases: Sequence[Case]) -> None:
    """Values that are the part before @ of another column's addresses are logins."""
    local = {
        text.split("@", 1)[0].casefold()
        for case in cases
        if best(case)[0] == "EMAIL_ADDRESS"
        for text in case.values.texts
    }
    if not local:
        return
    for case in cases:
        v = case.values
        if v.n and not v.numeric and v.words <= 1 and best(case)[0] not in ("EMAIL_ADDRESS",):
            s = v.share_of(lambda t: t.casefold() in local)
            if s > 0.3 and v.share("username") > 0.5:
                case.add(
                    "USERNAME",
                    0.6 + 0.35 * s,
                    f"{s:.0%} are the part before @ of an e-mail column".replace("%", " %"),
                    share=s,
                )


def _birth_dates(cases: Sequence[Case], verdicts: Sequence[str]) -> None:
    """Dates that spread over a generation and end long ago, in a table about people."""
    if not set(verdicts) & set(PERSONAL):
        return
    for case, verdict in zip(cases, verdicts, strict=True):
        years = sorted(case.values.years)
        if verdict != "DATE_TIME" or len(years) < 5 or not case.name.meaningless or case.values.date_share < 0.5:
            continue
        middle = years[len(years) // 2]
        if years[-1] - years[0] >= 20 and 1915 <= middle <= 2002 and years[-1] <= 2015:
            case.add("DATE_OF_BIRTH", 0.93, f"dates from {years[0]} to {years[-1]} in a table about people", share=1.0)
