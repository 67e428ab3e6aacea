"""How hard it is to single somebody out of a version, as measured, with what each figure means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from anonymize.dataset.facts import DiversityFacts, PrivacyFacts
from anonymize.report.page.reported import Reported
from anonymize.report.terminal import changed_words, nothing_left


@dataclass(frozen=True)
class Measure:
    """One figure and what it means."""

    name: str
    """What was measured."""
    value: str
    """The figure, with its unit."""
    meaning: str
    """What it says to somebody who does not know the term."""


NOT_PROMISED = (
    "k-anonymity is against linkage: against finding somebody's row by what is known of them. It is"
    " not against inference: who knows that somebody is in a group learns what the group has in"
    " common.",
    "Pseudonyms, tokens and encrypted formats show which values are equal and how frequent each is."
    " Whoever has such columns has personal data, as long as anybody holds the keys.",
    "Detection and name models miss some. What they miss is in no number of this report.",
    "The figures hold for this version by itself, and together with the releases that are named."
    " Other versions, and other data about the same people, can tell more together.",
    "The risks of linkage are those of people who are known to be in the data. How sure somebody"
    " can be that a person is in it at all (δ-presence) is not measured: it takes a table of"
    " everybody who could be.",
    "Whether the policy is right for the purpose is for people to judge.",
)
"""What no version promises, a sentence each."""


_WORST = Measure(
    "sensitive values",
    "of the worst group in each measure",
    "The figures below, and k, are each of the group in which it is worst. These may be different"
    " groups, so taken together they describe none.",
)


def measures(said: Reported) -> tuple[Measure, ...]:
    """Return the measures of a version."""
    privacy = said.told.privacy
    if privacy is None:
        meaning = (
            "The policy has no privacy: block. Nobody counted how many rows share the facts by"
            " which somebody could be found."
        )
        return (Measure("k-anonymity", "not asked for, not measured", meaning),)
    found = [
        *_all_lost(privacy),
        *_linkage(privacy, not_counted(said)),
        *_recoded(privacy),
        *_useful(privacy),
        *_people(said, privacy),
    ]
    if privacy.sensitive and privacy.classes > 1:
        found.append(_WORST)
    for one in privacy.sensitive:
        found += [*_diversity(one), *_closeness(one), *_likeness(one)]
    found += _against(privacy)
    if all(one.distance is None for one in privacy.sensitive):
        found.append(
            Measure(
                "t-closeness",
                "not measured",
                "The policy does not ask for it (t:). Nobody looked how much the sensitive values"
                " of a group differ from those of the whole table.",
            )
        )
    return tuple(found)


def not_counted(said: Reported) -> tuple[str, ...]:
    """Return the published columns that are no quasi-identifiers, sorted: nobody counted who shares
    them.
    """
    privacy = said.told.privacy
    counted = privacy.quasi_identifiers if privacy else ()
    return tuple(sorted(name for name in said.published if name not in counted))


def _linkage(privacy: PrivacyFacts, others: Sequence[str]) -> Iterator[Measure]:
    unit, facts = privacy.counts, _listed(privacy.quasi_identifiers)
    if not privacy.k:
        yield Measure("k (k-anonymity)", "no row was published", "There is nobody to be found.")
        return
    yield Measure(
        "k (k-anonymity)",
        f"{privacy.k:,} {unit}; {privacy.asked_k:,} asked for",
        f"Who knows {facts} of somebody finds {privacy.k:,} {unit} or more that share them, and"
        f" cannot tell which one it is. Smaller groups were {_made(privacy)}left out."
        f" {_sentence(privacy.counted)}{_beside(others)}",
    )
    yield Measure(
        "groups",
        f"{privacy.classes:,}",
        f"The number of different combinations of {facts} that were published.",
    )
    yield Measure(
        "highest risk of linkage",
        f"1 in {privacy.k:,} ({privacy.highest:.1%})",
        "The chance of picking the right one in the smallest group, for somebody who knows that the"
        " person is in the data (the prosecutor's risk).",
    )
    yield Measure(
        "average risk of linkage",
        f"{privacy.average:.2%}",
        "The same chance, on average over everybody.",
    )


def _all_lost(privacy: PrivacyFacts) -> Iterator[Measure]:
    if nothing_left(privacy.model_dump(mode="json")):
        yield Measure(
            "detail that is left",
            "none",
            f"Every value of {_listed(privacy.recoded)} was published as * or left out: the figures"
            " below are good because nothing is told of these columns.",
        )


def _beside(others: Sequence[str]) -> str:
    """Return that other columns of the row were not counted."""
    if not others:
        return ""
    named = _listed(tuple(others))
    return (
        f" Only these were counted. Each row also has {named}: who knows some of them, too, may"
        " find fewer, or one."
    )


def _recoded(privacy: PrivacyFacts) -> Iterator[Measure]:
    if privacy.loss is not None:
        yield Measure(
            "loss of detail",
            f"{privacy.loss:.1%}",
            f"How much detail went from {_listed(privacy.recoded)}, which may be made coarser until"
            f" the groups are large enough (method: {privacy.method}), and with rows left out. 0%"
            " means that every value stayed exact, 100% that nothing is left of any.",
        )
    if privacy.asked_of_values:
        yield Measure(
            "asked of sensitive values",
            privacy.asked_of_values,
            "The policy asks this of every group. It was checked on the rows written.",
        )


def _useful(privacy: PrivacyFacts) -> Iterator[Measure]:
    found = privacy.utility
    if found is None:
        return
    compared = _listed(tuple(one.column for one in found.columns))
    worst = max(found.columns, key=lambda one: one.distribution)
    yield Measure(
        "change of distributions",
        f"{changed_words(found.distribution, found.step)} on average;"
        f" {changed_words(worst.distribution, found.step)} of {worst.column}, the most",
        "What the rows are still good for: how far the values of each column lie from those before,"
        " a group's rows spread evenly over the values it covers. 0% means as before; of categories"
        " it is the share of rows that count elsewhere, of numbers and dates how far they moved, of"
        f" the way from the least to the greatest. Compared: {compared}; no other column was."
        f" Told in steps of {found.step:.1%}, so that no change tells of a few people.",
    )
    if found.association is not None:
        weakest = max(found.columns, key=lambda one: one.association or 0.0)
        yield Measure(
            "change of associations",
            f"{changed_words(found.association, found.step)} on average;"
            f" {changed_words(weakest.association or 0.0, found.step)} of {weakest.column}, the"
            " most",
            "How much weaker or stronger two of these columns go together than before, on a scale"
            " from 0% (not at all) to 100% (one follows from the other).",
        )


def _people(said: Reported, privacy: PrivacyFacts) -> Iterator[Measure]:
    if privacy.rows_without_subject:
        yield Measure(
            "rows of nobody",
            said.counted(privacy.rows_without_subject),
            "These rows name no person, and count as nobody in their groups.",
        )
    if top := privacy.most_frequent_subject:
        yield Measure(
            "share of the most frequent person",
            f"{top.share_of_rows:.0%} of the rows" if top.share_of_rows else "under 1% of the rows",
            "Implausible for one person: look whether that value means that nobody is known."
            if top.implausible
            else "A large share would mean that one value stands for many people.",
        )


def _diversity(one: DiversityFacts) -> Iterator[Measure]:
    about, enforced = one.column, "" if one.enforced else ", not enforced"
    yield Measure(
        f"l of {about} (l-diversity)",
        f"{one.distinct:,} different values{enforced}",
        f"Each group has at least this many different values of {about}, missing ones not counted."
        " With 1, who knows the group knows the value. With 0, nobody in some group has one.",
    )
    if one.entropy is None or one.largest_share is None:
        yield Measure(
            f"entropy l and most frequent value of {about}",
            "not told",
            "There is one group. With its size these figures would tell how many people have each"
            " value.",
        )
        return
    yield Measure(
        f"entropy l of {about}",
        f"{one.entropy:.2f}{enforced}",
        "The least varied group is as varied as if it had this many equally frequent values. It is"
        " low where one value is much more frequent than the others.",
    )
    shared = "In at least one group" if one.homogeneous else "In no group"
    yield Measure(
        f"most frequent value of {about} in a group",
        f"{one.largest_share:.0%} of the worst group",
        "Whoever knows somebody's group, and names its most frequent value, is right this often, in"
        f" the worst group. {shared} do all people share one value.",
    )


def _closeness(one: DiversityFacts) -> Iterator[Measure]:
    if one.distance is not None:
        yield Measure(
            f"t-closeness of {one.column}",
            f"{one.distance:.2f}",
            f"How far the values of {one.column} in the worst group are from those of all rows:"
            " with 0 a group tells nothing more than the whole, with 1 nothing is in common.",
        )


def _likeness(one: DiversityFacts) -> Iterator[Measure]:
    if one.likeness is not None:
        yield Measure(
            f"β-likeness of {one.column}",
            f"{one.likeness:.2f}",
            f"In the worst group a value of {one.column} is {one.likeness + 1:.1f} times as"
            " frequent as in all rows: who knows the group is that much surer of it. With 0 no"
            " value is more frequent in any group than in all rows, with 1 one is twice as"
            " frequent.",
        )


def _made(privacy: PrivacyFacts) -> str:
    return "made coarser, or " if privacy.recoded else ""


def _against(privacy: PrivacyFacts) -> Iterator[Measure]:
    """Yield what the version tells together with earlier releases."""
    if privacy.against is None:
        yield Measure(
            "together with earlier releases",
            "not compared",
            "The policy does not ask for it (against:). Who has an earlier version, too, may learn"
            " more than each tells.",
        )
        return
    if not privacy.against:
        yield Measure(
            "together with earlier releases",
            "none to compare with",
            "Nothing was published before.",
        )
    for one in privacy.against:
        where = f"together with {one.release}"
        missed = "".join(f" Not compared: {what}." for what in one.uncompared)
        if one.nothing:
            yield Measure(where, "nothing compared", missed.strip())
            continue
        unmatched = (
            " Nobody was matched: of how many rows the person is in both is not known, so each row"
            " counts that fits a group of the earlier release."
        )
        yield Measure(
            where,
            one.in_both,
            "What somebody learns who has both releases, knows of a person"
            f" {_listed(one.columns) if one.columns else 'nothing'}, and that they are in both."
            + (unmatched if one.counts == "rows" else "")
            + missed,
        )
        for name, count, meaning in one.findings():
            yield Measure(f"{where}: {name}", count, _sentence(meaning))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _listed(columns: tuple[str, ...]) -> str:
    *first, last = columns
    return f"{', '.join(first)} and {last}" if first else last
