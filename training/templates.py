"""Sentences of our own, filled at random: every slot in capitals becomes a labelled span.

Slots: P a person in any form, P1 a given name, PL a family name, PLF family name first, Wn and Wl
given and family names that are ordinary words; T a title (not part of the name); L a place, LC a
city, LR a region, A an address; O an organization; N a nationality, faith or political group; D a
date; I an identifier. Lower-case slots carry no label, except that e-mails, phones, handles and
codes are left open (nothing, or ID; nothing, or PERSON).
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from training import lexicon
from training.names import ORIGINS, Origin, is_held_out, trained_on
from training.noise import CASES, perturb_name, typos
from training.pools import Pools

_PARTICLES = ("van", "de", "von", "bin", "al", "della", "Mc", "St.", "O’", "D’")
_MINISTRIES = ("Finance", "Justice", "Education", "Defence", "Labour", "Interior")

HERE = Path(__file__).parent
SLOT = re.compile(r"\{([A-Za-z0-9]+)\}")
CHOICE = re.compile(r"\[([^\[\]]*\|[^\[\]]*)\]")
Segment = tuple[str, str]
"""Text and its label; ``""`` is nothing personal, ``?ID`` and ``?PERSON`` are left open to the
model.
"""


@dataclass(frozen=True)
class Sentence:
    """A filled template."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    template: str
    """The template it came from: held-out templates never reach training."""


def load_templates() -> list[str]:
    """Return every template, line breaks and tabs decoded."""
    lines = (HERE / "templates.txt").read_text(encoding="utf-8").splitlines()
    return [
        line.replace("\\n", "\n").replace("\\t", "\t")
        for line in lines
        if line and not line.startswith(("# ==", "# Sentence"))
    ]


def template_is_held_out(template: str) -> bool:
    """Return whether ``template`` is one of the tenth kept for measuring; bare cells are never held
    out.
    """
    if len(SLOT.sub("", template)) < 6:
        return False
    return hashlib.sha256(template.encode()).digest()[0] % 10 == 0


def markov(words: list[str], order: int = 3) -> dict[str, list[str]]:
    """Return a letter chain over ``words``, from which names nobody has are drawn."""
    chain: dict[str, list[str]] = {}
    for word in words:
        padded = "^" * order + word.lower() + "$"
        for at in range(order, len(padded)):
            chain.setdefault(padded[at - order : at], []).append(padded[at])
    return chain


class Filler:
    """Fills slots from one random stream; the same seed gives the same sentences."""

    def __init__(
        self, seed: int, *, held_out_names: bool = False, pools: Pools | None = None
    ) -> None:
        """Draw the pools; ``held_out_names`` takes names that training never saw, and no Faker
        names.
        """
        self.random = random.Random(seed)
        self.held_out_names = held_out_names
        self.pools = pools or Pools.draw(seed=7)
        known = [
            name
            for origin in ORIGINS.values()
            for name in trained_on(origin.female + origin.male + origin.family)
        ]
        self.chain = markov([name for name in known if " " not in name])
        self.chains = {
            key: markov(
                [
                    name
                    for name in trained_on(origin.female + origin.male + origin.family)
                    if " " not in name
                ]
            )
            for key, origin in ORIGINS.items()
        }
        self.prose = (HERE / "prose.txt").read_text(encoding="utf-8").splitlines()

    def pick(self, values: list[str] | tuple[str, ...]) -> str:
        """Return one of ``values``."""
        return values[self.random.randrange(len(values))]

    def number(self, low: int, high: int) -> int:
        """Return a number from ``low`` to below ``high``."""
        return self.random.randrange(low, high)

    def some(self, share: float) -> bool:
        """Return True in ``share`` of the calls."""
        return self.random.random() < share

    def invented(self, origin: str = "") -> str:
        """Return a name that sounds like one, of ``origin`` or of none, and is nobody's."""
        chain = self.chains[origin] if origin else self.chain
        for _ in range(20):
            state, letters = "^^^", ""
            while len(letters) < 12 and (letter := self.pick(chain[state])) != "$":
                letters, state = letters + letter, state[1:] + letter
            if len(letters) > 2 and not is_held_out(letters.title()):
                return letters.title()
        return "Nemo"

    def _names_of(self, origin: Origin, part: str) -> tuple[str, ...]:
        values: tuple[str, ...] = getattr(origin, part)
        chosen = (
            tuple(v for v in values if is_held_out(v))
            if self.held_out_names
            else trained_on(values)
        )
        return chosen or values

    def name_parts(self) -> tuple[str, str, bool]:
        """Return a given name, a family name of one origin, and whether the family name comes
        first.
        """
        draw = self.random.random()
        if not self.held_out_names:
            if draw < 0.36:
                return self.pick(self.pools.first), self.pick(self.pools.last), False
            if draw < 0.38:
                return self.invented(), self.invented(), False
            if draw < 0.46:
                origin = self.pick(tuple(ORIGINS))
                return (
                    self.invented(origin),
                    self.invented(origin),
                    ORIGINS[origin].family_first and self.some(0.35),
                )
            if draw < 0.48:
                return self.name_parts()[0], self.of_words(), False
        home = ORIGINS[self.pick(tuple(ORIGINS))]
        given = self._names_of(home, self.pick(("female", "male")))
        family = home
        if self.some(0.08):
            family = ORIGINS[self.pick(tuple(ORIGINS))]
        return (
            self.pick(given),
            self.pick(self._names_of(family, "family")),
            home.family_first and self.some(0.35),
        )

    def of_words(self) -> str:
        """Return a family name made of two words, as some Native American ones are."""
        for _ in range(20):
            name = f"{self.pick(lexicon.NAME_QUALITIES)} {self.pick(lexicon.NAME_BEINGS)}"
            if not is_held_out(name):
                break
        return name

    def person(self) -> str:
        """Return a person's name in one of its usual written forms."""
        first, last, family_first = self.name_parts()
        middle = self.name_parts()[0]
        draw = self.random.random()
        forms: tuple[tuple[float, str], ...] = (
            (0.50, f"{last} {first}" if family_first else f"{first} {last}"),
            (0.58, f"{first} {middle[0]}. {last}"),
            (0.61, f"{first} {middle[0]} {last}"),
            (0.66, f"{first} {middle} {last}"),
            (0.71, f"{first[0]}. {last}"),
            (0.74, f"{first[0]}.{middle[0]}. {last}"),
            (0.755, f"{first[0]}. {middle[0]}. {last}"),
            (0.78, f"{first} {last[0]}."),
            (0.79, f"{first} {last[0]}"),
            (0.82, f"{first} {last}-{self.name_parts()[1]}"),
            (0.84, f"{first} {last} {self.name_parts()[1]}"),
            (0.86, f"{first} {last} {self.pick(('Jr.', 'Jr', 'Sr.', 'III', 'II'))}"),
            (
                0.88,
                f"{first} {self.pick(_PARTICLES)} {last}",
            ),
            (0.90, f"{last} {first}"),
            (0.93, f"{first} {last.upper()}"),
            (0.96, first),
            (1.0, last),
        )
        return next(text for limit, text in forms if draw <= limit)

    def family_first(self) -> str:
        """Return ``Last, First`` in one of its forms."""
        first, last, _ = self.name_parts()
        initial = f" {self.name_parts()[0][0]}." if self.some(0.25) else ""
        return self.pick(
            (
                f"{last}, {first}{initial}",
                f"{last.upper()}, {first}{initial}",
                f"{last}, {first[0]}.",
                f"{last.upper()} {first}",
                f"{last}/{first}".upper(),
                f"{last},{first}",
                f"{last} {first[0]}.",
            )
        )

    def place(self) -> str:
        """Return a city, region, country or landmark."""
        draw = self.random.random()
        if draw < 0.15 and not self.held_out_names:
            return self.pick(self.pools.cities)
        if draw < 0.20:
            return (
                self.pick(
                    (
                        "North ",
                        "South ",
                        "New ",
                        "Port ",
                        "St. ",
                        "East ",
                        "Upper ",
                        "Mount ",
                        "Lake ",
                        "San ",
                    )
                )
                + self.invented()
            )
        pools = (
            lexicon.CITIES,
            lexicon.CITIES,
            lexicon.COUNTRIES,
            lexicon.REGIONS,
            lexicon.LANDMARKS,
        )
        return self.pick(self.random.choice(pools))

    def address(self) -> str:
        """Return a street address, on one line or several."""
        draw = self.random.random()
        if draw < 0.25:
            return self.pick(self.pools.addresses).replace(
                "\n", self.pick((", ", "\n", ", ", "\n", " "))
            )
        if draw < 0.35:
            return self.pick(self.pools.streets)
        number = str(self.random.randrange(1, 9999 if self.some(0.3) else 300))
        name = self.pick(
            (self.pick(lexicon.STREET_WORDS), self.pick(lexicon.STREET_WORDS), self.name_parts()[1])
        )
        street = (
            f"{number}{self.pick(('', '', '', 'A', 'b', '/2'))} {name}"
            f" {self.pick(lexicon.STREET_KINDS)}"
        )
        if self.some(0.3):
            foreign = self.pick(lexicon.FOREIGN_STREETS)
            street = self.pick(
                (f"{foreign} {number}", f"{number} {foreign}", f"{foreign}, {number}")
            )
        if self.some(0.2):
            street += self.pick(
                (", Apt ", " Apt. ", ", Suite ", " #", ", Flat ", ", Unit ", ", Floor ")
            ) + str(self.random.randrange(1, 60))
        if self.some(0.3):
            return street
        comma = self.pick((", ", ", ", "\n", " "))
        zip_code = self.pick(
            (
                f"{self.random.randrange(501, 99950):05d}",
                f"{self.random.randrange(1000, 9999)}",
                self.pick(("SW", "NW", "E", "M", "LS", "EH"))
                + f"{self.number(1, 20)} {self.number(1, 9)}AB",
            )
        )
        city = self.pick((self.pick(lexicon.CITIES), self.pick(self.pools.cities)))
        tail = self.pick(
            (
                f"{city}, {self.pick(lexicon.US_STATES)} {zip_code}",
                f"{city}, {self.pick(lexicon.US_STATES)} {zip_code}",
                f"{zip_code} {city}",
                f"{city} {zip_code}",
                city,
                f"{city}, {self.pick(lexicon.COUNTRIES)}",
                f"{zip_code} {city}, {self.pick(lexicon.COUNTRIES)}",
            )
        )
        return street + comma + tail

    def organization(self) -> str:
        """Return a company, school, hospital or public body."""
        draw = self.random.random()
        name, field_ = self.name_parts()[1], self.pick(lexicon.ORGANIZATION_FIELDS)
        suffix, word = (
            self.pick(lexicon.ORGANIZATION_SUFFIXES),
            self.pick(lexicon.ORGANIZATION_WORDS),
        )
        if draw < 0.30:
            return self.pick(lexicon.KNOWN_ORGANIZATIONS)
        if draw < 0.48:
            return self.pick(self.pools.companies)
        return self.pick(
            (
                f"{name} {field_}",
                f"{name} {suffix}",
                f"{word} {field_}",
                f"{word} {field_} {suffix}",
                f"{name} & {self.name_parts()[1]}",
                word
                + self.pick(
                    (
                        "soft",
                        "tech",
                        "net",
                        "corp",
                        "ware",
                        "link",
                        "via",
                        "labs",
                        "pay",
                        "health",
                        "gen",
                    )
                ),
                f"{self.pick(lexicon.CITIES)} {field_}",
                f"{field_} of {self.pick(lexicon.CITIES + lexicon.COUNTRIES)}",
                f"University of {self.place()}",
                f"{name} Memorial Hospital",
                f"St. {self.name_parts()[0]}'s {self.pick(('School', 'Hospital', 'Church'))}",
                f"Ministry of {self.pick(_MINISTRIES)}",
                f"{name}, {self.name_parts()[1]} and {self.name_parts()[1]}",
                f"{self.invented()} {suffix}",
                self.invented() + self.pick(("", " AI", ".com", " Labs")),
                f"{self.pick(lexicon.CITIES)} {self.pick(lexicon.CITY_BODIES)}",
                "".join(
                    self.pick(tuple("ABCDEFGHIJKLMNOPRSTUVW"))
                    for _ in range(self.random.randrange(2, 5))
                ),
            )
        )

    def date(self) -> str:
        """Return a date or a time in words or digits."""
        day, month, year = (
            self.random.randrange(1, 29),
            self.random.randrange(1, 13),
            self.random.randrange(1930, 2027),
        )
        names = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ]
        return self.pick(
            (
                f"{day} {names[month - 1]} {year}",
                f"{names[month - 1]} {day}, {year}",
                f"{year}-{month:02d}-{day:02d}",
                f"{month}/{day}/{year}",
                f"{day:02d}.{month:02d}.{year}",
                f"{day}/{month}/{str(year)[2:]}",
                f"{names[month - 1]} {year}",
                str(year),
                f"{names[month - 1][:3]} {day}",
                f"the {day}th of {names[month - 1]}",
                self.pick(
                    (
                        "Monday",
                        "last Tuesday",
                        "yesterday",
                        "next Friday",
                        "two weeks ago",
                        "today",
                        "tomorrow",
                    )
                ),
            )
        )

    def identifier(self) -> str:
        """Return an order, account or case number."""
        digits = "".join(
            str(self.random.randrange(10)) for _ in range(self.random.randrange(5, 14))
        )
        return self.pick(
            (
                digits,
                f"#{digits[:6]}",
                f"{self.letters(2)}-{digits}",
                f"{digits[:4]}/{digits[4:6]}",
                f"{self.letters(3)}{digits[:5]}",
                f"no. {digits[:5]}/{digits[:2]}",
                f"{digits[:3]}-{digits[:2]}-{digits[:4]}",
            )
        )

    def letters(self, count: int) -> str:
        """Return ``count`` random capitals."""
        return "".join(self.pick(tuple("ABCDEFGHJKLMNPRSTUVWXYZ")) for _ in range(count))

    def handle(self) -> str:
        """Return a user name, often built from a name."""
        first, last, _ = self.name_parts()
        number = str(self.random.randrange(1, 2010))
        return (
            self.pick(
                (
                    f"{first}{number}",
                    f"{first}_{last}",
                    f"{first[0]}{last}",
                    f"{first}.{last}",
                    f"{self.pick(lexicon.WORDS_LIKE_NAMES)}{number}",
                    f"xx_{first}_xx",
                    f"user{number}",
                )
            )
            .replace(" ", "")
            .lower()
        )

    def slot(self, slot: str) -> Segment:
        """Return the text of one slot and its label."""
        labelled: dict[str, tuple[Callable[[], str], str]] = {
            "P": (self.person, "PERSON"),
            "P1": (lambda: self.name_parts()[0], "PERSON"),
            "PL": (lambda: self.name_parts()[1], "PERSON"),
            "PLF": (self.family_first, "PERSON"),
            "Wn": (lambda: self.pick(lexicon.WORDS_LIKE_NAMES).title(), "PERSON"),
            "Wl": (lambda: self.pick(lexicon.WORDS_LIKE_NAMES).title(), "PERSON"),
            "L": (self.place, "LOCATION"),
            "LC": (
                lambda: self.pick(self.pools.cities if self.some(0.3) else lexicon.CITIES),
                "LOCATION",
            ),
            "LR": (lambda: self.pick(lexicon.REGIONS + lexicon.US_STATES), "LOCATION"),
            "A": (self.address, "LOCATION"),
            "O": (self.organization, "ORGANIZATION"),
            "N": (lambda: self.pick(lexicon.NRP), "NRP"),
            "D": (self.date, "DATE_TIME"),
            "I": (self.identifier, "ID"),
            "T": (lambda: self.pick(lexicon.TITLES), ""),
            "email": (lambda: self.pick(self.pools.emails), "?ID"),
            "phone": (lambda: self.pick(self.pools.phones), "?ID"),
            "url": (lambda: self.pick(self.pools.urls), "?ID"),
            "code": (self.identifier, "?ID"),
            "handle": (self.handle, "?PERSON"),
            "ip": (lambda: ".".join(str(self.random.randrange(256)) for _ in range(4)), "?ID"),
            "num": (lambda: str(self.random.randrange(1, 2000)), ""),
            "amt": (self.amount, ""),
            "ts": (
                lambda: (
                    f"2026-0{self.number(1, 9)}-1{self.number(0, 9)}"
                    f"T0{self.number(0, 9)}:12:5{self.number(0, 9)}Z"
                ),
                "?ID",
            ),
            "job": (lambda: self.pick(lexicon.JOBS), ""),
            "Job": (lambda: self.pick(lexicon.JOBS).title(), ""),
            "thing": (lambda: self.pick(lexicon.THINGS), ""),
            "Thing": (lambda: self.pick(lexicon.THINGS).title(), ""),
            "THING": (lambda: self.pick(lexicon.THINGS).upper(), ""),
            "Product": (self.product, ""),
            "cell": (lambda: self.pick(lexicon.CELLS_WITHOUT_NAMES), ""),
            "word": (self.word, ""),
            "Word": (lambda: self.word().capitalize(), ""),
            "quote": (lambda: self.pick(self.prose), ""),
            "cond": (
                lambda: self.pick(
                    (
                        "asthma",
                        "hypertension",
                        "a broken wrist",
                        "type 2 diabetes",
                        "chest pain",
                        "migraine",
                        "pneumonia",
                        "back pain",
                        "Crohn's disease",
                        "Parkinson's disease",
                        "Alzheimer's disease",
                        "Hodgkin lymphoma",
                        "Down syndrome",
                        "Lyme disease",
                        "a fractured tibia",
                        "depression",
                        "anxiety",
                        "COVID-19",
                    )
                ),
                "",
            ),
        }
        make, label = labelled[slot]
        return make(), label

    def product(self) -> str:
        """Return an invented product: ``QuietFan 200``, ``Clara Lamp``."""
        first, last = self.pick(lexicon.PRODUCT_FIRST), self.pick(lexicon.PRODUCT_LAST)
        name = self.pick(
            (first + last, first + last, f"{first} {last}", f"{first}-{last}", first + last.lower())
        )
        return name + self.pick(
            (
                "",
                "",
                "",
                f" {self.number(1, 9)}",
                f" {100 * self.number(1, 9)}",
                " Pro",
                " X",
                " Plus",
            )
        )

    def amount(self) -> str:
        """Return an amount of money."""
        value = self.random.randrange(1, 90000)
        return self.pick(
            (
                f"${value:,}",
                f"{value} EUR",
                f"£{value}",
                f"{value}.00",
                f"USD {value}",
                f"€{value},50",
                f"{value} Rs",
            )
        )

    def word(self) -> str:
        """Return an ordinary word."""
        return self.pick(self.pick(self.prose).split()).strip(".,") or "thing"

    def fill(self, template: str, *, plain: bool = False) -> Sentence:
        """Return ``template`` filled; ``plain`` leaves case and spelling alone."""
        while CHOICE.search(template):
            template_ = CHOICE.sub(
                lambda match: self.pick(match.group(1).split("|")), template, count=1
            )
            template = template_
        segments: list[Segment] = []
        for number, part in enumerate(SLOT.split(template)):
            segments.append(self.slot(part) if number % 2 else (part, ""))
        return self.assemble(segments if plain else self.disturb(segments))

    def disturb(self, segments: list[Segment]) -> list[Segment]:
        """Return ``segments`` as hurried people, scanners and evaders would have written them."""
        draw = self.random.random()
        case = next((change for limit, change in CASES if draw < limit), None)
        if case is not None:
            segments = [(case(text), label) for text, label in segments]
        elif self.some(0.09):
            change = self.pick(("lower", "upper"))
            segments = [
                (getattr(text, change)() if label == "PERSON" else text, label)
                for text, label in segments
            ]
        if self.some(0.05):
            segments = [
                (perturb_name(text, self.random), label) if label == "PERSON" else (text, label)
                for text, label in segments
            ]
        if self.some(0.06):
            segments = [(typos(text, self.random), label) for text, label in segments]
        return segments

    def assemble(self, segments: list[Segment]) -> Sentence:
        """Return one sentence of ``segments``."""
        text = ""
        spans: list[tuple[int, int, str]] = []
        for part, label in segments:
            if label and part:
                start = len(text)
                if spans and label == "PERSON" == spans[-1][2] and text[spans[-1][1] :] == " ":
                    start = spans.pop()[0]
                spans.append((start, len(text) + len(part), label))
            text += part
        return Sentence(text, tuple(spans), "")


def sentences(count: int, seed: int, templates: list[str], **options: bool) -> Iterator[Sentence]:
    """Yield ``count`` sentences of ``templates``, some joined into a longer text, each template
    equally often.
    """
    plain = options.pop("plain", False)
    filler = Filler(seed, **options)
    for _ in range(count):
        template = filler.pick(templates)
        sentence = filler.fill(template, plain=plain)
        if not plain and filler.some(0.25):
            gap = filler.pick((" ", " ", "\n", "\n\n", " - "))
            for _ in range(filler.random.randrange(1, 4)):
                more = filler.fill(filler.pick(templates))
                shift = len(sentence.text) + len(gap)
                moved = tuple(
                    (start + shift, end + shift, label) for start, end, label in more.spans
                )
                sentence = Sentence(sentence.text + gap + more.text, sentence.spans + moved, "")
        yield Sentence(sentence.text, sentence.spans, template)
