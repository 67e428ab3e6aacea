"""Recall of PERSON by name origin and gender, and by evasion trick, on templates and names that
training never saw.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import pyarrow as pa

from anonymize.detect.name_models.shipped import NameRecogniser
from training.names import ORIGINS, Origin, held_out

SENTENCES = (
    "The keys are with {}, who sits on the fourth floor.",
    "I had a long chat with {} about the broken heater.",
    "{} asked for a window seat and got none.",
    "Could you forward this to {} before lunch?",
    "Rent for March was paid by {} in cash.",
    "We never heard back from {} after the interview.",
    "Name on the parcel: {}",
    "The blood sample of {} was mislabelled.",
    "i think {} has my umbrella",
    "Kind regards,\n{}",
    "Best,\n{}\nRegional Sales",
    "The complaint filed by {} against the housing office was rejected.",
    "{} and her brother share the account.",
    "No reply from {}; second reminder sent.",
    "{}",
    "Seat 14C: {}",
)
"""Written for measuring only; none is among the training templates."""

TRICKS = (
    "plain",
    "lower",
    "upper",
    "zero-width",
    "soft hyphen",
    "homoglyph",
    "full-width",
    "mathematical",
    "combining",
    "leet",
    "dots",
    "spaced",
    "no space",
    "doubled",
    "random case",
    "hyphen inside",
)
"""How a name is disguised; see ``disguised``."""


@dataclass(frozen=True)
class Slice:
    """Texts of one group, each with one name."""

    texts: list[str]
    names: list[str]


def slice_of(origin: Origin, gender: str, count: int, seed: int) -> Slice:
    """Return ``count`` texts with held-out full names of ``origin``, the same sentences for every
    group.
    """
    source = random.Random(seed)
    given, family = held_out(getattr(origin, gender)), held_out(origin.family)
    names = [f"{source.choice(given)} {source.choice(family)}" for _ in range(count)]
    return Slice(
        [SENTENCES[at % len(SENTENCES)].format(name) for at, name in enumerate(names)], names
    )


def covered(recogniser: NameRecogniser, texts: list[str], names: list[str]) -> list[bool]:
    """Return for each text whether PERSON spans cover every letter of its name."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for span in recogniser.scan(pa.array(texts, pa.string())).to_pylist():
        if span["entity"] == "PERSON":
            spans.setdefault(span["row"], []).append((span["start"], span["end"]))
    result = []
    for row, (text, name) in enumerate(zip(texts, names, strict=True)):
        begin = text.index(name)
        letters = [at for at in range(begin, begin + len(name)) if text[at].isalnum()]
        result.append(
            all(any(start <= at < end for start, end in spans.get(row, [])) for at in letters)
        )
    return result


def recalls(
    recogniser: NameRecogniser, count: int = 160, seed: int = 5
) -> dict[tuple[str, str], float]:
    """Return PERSON recall by origin and gender."""
    result = {}
    for origin, names in ORIGINS.items():
        for gender in ("female", "male"):
            group = slice_of(names, gender, count, seed)
            result[origin, gender] = sum(covered(recogniser, group.texts, group.names)) / count
    return result


def disguised(name: str, trick: str, source: random.Random) -> str:
    """Return ``name`` as ``trick`` would write it."""
    at = source.randrange(1, len(name) - 1)
    match trick:
        case "lower" | "upper":
            return getattr(name, trick)()  # type: ignore[no-any-return]
        case "zero-width":
            return name[:at] + "\u200b" + name[at:]
        case "soft hyphen":
            return name[:at] + "\u00ad" + name[at:]
        case "homoglyph":
            return name.translate(str.maketrans("aeopcxyAEOPCKMT", "аеорсхуАЕОРСКМТ"))
        case "full-width":
            return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)
        case "mathematical":
            return "".join(
                (
                    chr(0x1D400 + ord(c) - 65)
                    if "A" <= c <= "Z"
                    else chr(0x1D41A + ord(c) - 97)
                    if "a" <= c <= "z"
                    else c
                )
                for c in name
            )
        case "combining":
            return name[:at] + "\u0336" + name[at:]
        case "leet":
            return name.translate(str.maketrans("aeio", "4310"))
        case "dots":
            return name.replace(" ", ".")
        case "spaced":
            return "  ".join(" ".join(word) for word in name.split())
        case "no space":
            return name.replace(" ", "")
        case "doubled":
            return name[:at] + name[at] * 2 + name[at:]
        case "random case":
            return "".join(c.upper() if source.random() < 0.5 else c.lower() for c in name)
        case "hyphen inside":
            return name[:at] + "-" + name[at:]
    return name


def trick_recalls(recogniser: NameRecogniser, count: int = 160, seed: int = 6) -> dict[str, float]:
    """Return PERSON recall by evasion trick, over all origins."""
    result = {}
    for trick in TRICKS:
        source = random.Random(seed)
        names, texts = [], []
        for at in range(count):
            origin = ORIGINS[source.choice(tuple(ORIGINS))]
            plain = (
                f"{source.choice(held_out(origin.female + origin.male))}"
                f" {source.choice(held_out(origin.family))}"
            )
            names.append(disguised(plain, trick, source))
            texts.append(SENTENCES[at % len(SENTENCES)].format(names[-1]))
        result[trick] = sum(covered(recogniser, texts, names)) / count
    return result


def report(recogniser: NameRecogniser) -> None:
    """Print both tables."""
    groups = recalls(recogniser)
    print("PERSON recall by origin (female, male):")
    for origin in ORIGINS:
        print(f"  {origin}: {groups[origin, 'female']:.3f} {groups[origin, 'male']:.3f}")
    low, high = min(groups.values()), max(groups.values())
    print(f"  lowest {low:.3f}, highest {high:.3f}, spread {high - low:.3f}")
    print(
        "PERSON recall by evasion trick:",
        ", ".join(f"{trick} {share:.2f}" for trick, share in trick_recalls(recogniser).items()),
    )
