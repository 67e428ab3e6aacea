"""support_tickets.jsonl: nested tickets whose free text says who the customer is, and the spans
where it does.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Sequence
from typing import Any

from sampling.customers import Customer, card_number
from sampling.people import Person, Town, between, pick, weighted
from sampling.phrases import (
    AGENT_CLOSINGS,
    ANSWERS,
    CLOSINGS,
    CONTACTS,
    FOREIGN,
    GREETINGS,
    INTRODUCTIONS,
    LANGUAGE_OF,
    PROBLEMS,
    REPLIES,
    SUBJECTS,
)
from sampling.text import Marked, Mention, fill, slip, truth_of

PRODUCTS = (
    "AeroBrew 2",
    "Lumen Desk Lamp",
    "PocketScale",
    "QuietFan Pro",
    "RainGauge",
    "TrailCam X",
    "Tidal Speaker",
)
TAGS = ("billing", "delivery", "login", "refund", "hardware", "address", "privacy", "vip", "spam?")
IP_PATTERNS = ("192.0.2.{}", "198.51.100.{}", "203.0.113.{}")
"""Documentation networks of RFC 5737."""
IBANS = (
    "DE89 3704 0044 0532 0130 00",
    "GB82WEST12345698765432",
    "FR14 2004 1010 0505 0001 3M02 606",
    "NL91ABNA0417164300",
)
"""The examples with which the registry of IBANs and textbooks show the format."""

HONORIFICS = {"F": "Ms ", "M": "Mr "}

Truth = list[dict[str, Any]]


class Conversation:
    """Writes one ticket's texts: fills slots with what its customer, agent and third persons are
    called.
    """

    def __init__(
        self, rng: random.Random, town: Town, person: Person, agent: Person, row: dict[str, Any]
    ) -> None:
        self._rng, self._person, self._agent, self._row = rng, person, agent, row
        home = person.country.code if rng.random() < 0.7 else "US"
        self._other = town.person(country=home, bystander=True)
        self._colleague = town.person(country="US", bystander=True)
        self._product, self._order = pick(rng, PRODUCTS), f"#{between(rng, 100000, 999999)}"

    @property
    def product(self) -> str:
        """Return the product that the ticket is about."""
        return self._product

    def written(self, *templates: str) -> Marked:
        """Return the templates filled and joined; a template that starts no new line gets a space
        before it.
        """
        marked = Marked()
        for template in filter(str.strip, templates):
            if marked.text and not template.startswith("\n"):
                marked.add(" ")
            fill(self._rng, marked, template, self._value)
        return marked

    def _value(self, slot: str) -> Mention | str:
        plain = {
            "product": self._product,
            "order": self._order,
            "honorific": HONORIFICS.get(self._person.gender, ""),
        }
        if slot in plain:
            return plain[slot]
        if slot.startswith(("email", "phone")):
            return self._contact(slot)
        if slot.startswith(("agent", "colleague")):
            return self._staff(slot)
        if slot.startswith("other"):
            return self._third_person(slot)
        return self._particular(slot) or self._name(slot)

    def _name(self, slot: str) -> Mention:
        person = self._person
        full = person.full_name
        first, last = person.given, person.family
        if not person.is_latin and self._rng.random() < 0.35:
            full, first, last = person.latin_name, person.latin_given, person.latin_family
        texts: dict[str, tuple[str, str]] = {
            "full": (full, "exact"),
            "first": (first, "part"),
            "last": (last, "part"),
            "plain": (f"{first} {last}", "variant"),
            "swapped": (f"{last} {first}", "variant"),
            "lower": (full.lower(), "variant"),
            "lower_first": (first.lower(), "part"),
            "upper": (full.upper(), "variant"),
            "reversed": (f"{last}, {first}", "variant"),
            "initialed": (f"{first[0]}. {last}", "variant"),
            "typo": (" ".join((first, slip(self._rng, last))), "typo"),
            "possessive": (full if self._rng.random() < 0.5 else first, "part"),
        }
        text, form = texts[slot]
        return self._mention(text, "PERSON", "full_name", form)

    def _mention(self, text: str, kind: str, column: str, form: str) -> Mention:
        value = self._row[column]
        path = f"customer.{column}" if value is not None else None
        if text == value:
            form = "exact"
        elif form == "exact":
            form = "variant"
        return Mention(text, kind, path, form)

    def _contact(self, slot: str) -> Mention:
        rng, email = self._rng, (self._row["email"] or self._person.email).strip()
        phone = self._row["phone"] or self._person.phone.written(1)
        if slot.startswith("phone"):
            written = {"phone": phone, "phone_solid": self._person.phone.written(6)}.get(slot)
            return self._mention(
                written or self._person.phone.written(between(rng, 0, 7)),
                "PHONE_NUMBER",
                "phone",
                "exact",
            )
        spelled = {
            "email": email,
            "email_upper": email.upper(),
            "email_spelled": email.replace("@", " (at) "),
        }
        return self._mention(spelled[slot], "EMAIL_ADDRESS", "email", "exact")

    def _staff(self, slot: str) -> Mention:
        agent = self._agent
        if slot == "colleague":
            return Mention(self._colleague.full_name, "PERSON", None)
        texts = {
            "agent": (agent.full_name, "exact"),
            "agent_first": (agent.given, "part"),
            "agent_initialed": (f"{agent.given} {agent.family[0]}.", "variant"),
        }
        text, form = texts[slot]
        return Mention(text, "PERSON", "messages[].author", form)

    def _third_person(self, slot: str) -> Mention:
        other = self._other
        if slot == "other_email":
            return Mention(other.email, "EMAIL_ADDRESS", None)
        if slot == "other_phone":
            return Mention(other.phone.written(between(self._rng, 0, 6)), "PHONE_NUMBER", None)
        return Mention(other.full_name if slot == "other" else other.given, "PERSON", None)

    def _particular(self, slot: str) -> Mention | None:
        rng, person = self._rng, self._person
        if slot == "custid":
            return Mention(self._row["id"], "CUSTOMER_ID", "customer.id")
        if slot == "address":
            return Mention(
                f"{person.street}, {person.postcode} {person.place.city}", "LOCATION", None
            )
        if slot == "card":
            return Mention(card_number(rng), "CREDIT_CARD", None)
        if slot == "ip":
            return Mention(pick(rng, IP_PATTERNS).format(between(rng, 1, 254)), "IP_ADDRESS", None)
        if slot == "iban":
            return Mention(pick(rng, IBANS), "IBAN_CODE", None)
        if slot == "birth":
            return Mention(
                person.born.strftime(pick(rng, ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"))),
                "DATE_TIME",
                None,
            )
        return None


def _customer_row(
    rng: random.Random, person: Person, customer_id: str, email: str
) -> dict[str, Any]:
    phone = person.phone.written(weighted(rng, range(8), (30, 20, 15, 8, 8, 8, 8, 3)))
    return {
        "id": customer_id,
        "full_name": person.full_name if rng.random() > 0.01 else None,
        "email": email if email and rng.random() > 0.03 else None,
        "phone": None if rng.random() < 0.12 else phone,
    }


def _bodies(rng: random.Random, talk: Conversation, language: str) -> list[tuple[str, Marked]]:
    opening = (
        talk.written(pick(rng, FOREIGN[language]))
        if language != "en"
        else talk.written(
            *(pick(rng, part) for part in (GREETINGS, INTRODUCTIONS, PROBLEMS, CONTACTS)),
            "\n\n" + pick(rng, CLOSINGS),
        )
    )
    bodies = [("customer", opening)]
    for _ in range(weighted(rng, (0, 1, 2, 3), (26, 44, 22, 8))):
        bodies.append(("agent", talk.written(pick(rng, ANSWERS), "\n" + pick(rng, AGENT_CLOSINGS))))
        if rng.random() < 0.55:
            bodies.append(("customer", talk.written(pick(rng, REPLIES))))
    return bodies


def _ticket(
    rng: random.Random, index: int, person: Person, row: dict[str, Any], agent: Person, town: Town
) -> tuple[dict[str, Any], Truth]:
    talk = Conversation(rng, town, person, agent, row)
    language = LANGUAGE_OF.get(person.country.code, "en") if rng.random() < 0.6 else "en"
    moment = dt.datetime(2025, 1, 1) + dt.timedelta(seconds=between(rng, 0, 364 * 86400))
    subject = talk.written(pick(rng, SUBJECTS))
    truth, messages = truth_of(index, "subject", subject), []
    opened = moment
    for number, (side, body) in enumerate(_bodies(rng, talk, language)):
        author = agent.full_name if side == "agent" else row["full_name"]
        messages.append(
            {
                "at": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
                "side": side,
                "author": author,
                "body": body.text,
            }
        )
        truth += truth_of(index, f"messages[{number}].body", body)
        moment += dt.timedelta(seconds=between(rng, 300, 2 * 86400))
    ticket = {
        "ticket_id": f"T-{40000 + index}",
        "opened_at": f"{opened:%Y-%m-%dT%H:%M:%SZ}",
        "priority": weighted(rng, ("low", "normal", "high", "urgent"), (20, 55, 20, 5)),
        "language": language,
        "product": talk.product,
        "subject": subject.text,
        "customer": row,
        "client": {
            "ip": pick(rng, IP_PATTERNS).format(between(rng, 1, 254)),
            "app": pick(rng, ("web", "ios", "android")),
        },
        "tags": [tag for tag in TAGS if rng.random() < 0.18],
        "satisfaction": between(rng, 1, 5) if rng.random() < 0.4 else None,
        "resolved": rng.random() < 0.8,
        "messages": messages,
    }
    return ticket, truth


def draw_tickets(
    rng: random.Random, town: Town, customers: Sequence[Customer], count: int
) -> tuple[list[dict[str, Any]], Truth]:
    """Return ``count`` tickets and their truth spans.

    Three in four tickets come from a customer of ``customers`` and carry that row's id and e-mail
    cell as it stands, so that pseudonyms of one domain join; the rest come from people with no
    account there.
    """
    agents = [town.person((1970, 2003), pick(rng, ("US", "GB", "IE", "DE"))) for _ in range(18)]
    outsider: Callable[[int], tuple[Person, str, str]] = lambda n: (  # noqa: E731
        p := town.person(),
        f"EXT-{n:05d}",
        p.email,
    )
    tickets: list[dict[str, Any]] = []
    truth: Truth = []
    for index in range(count):
        if rng.random() < 0.75:
            customer = customers[int(rng.random() ** 1.5 * len(customers))]
            person, customer_id, email = (
                customer.person,
                customer.row["customer_id"],
                customer.row["email"],
            )
        else:
            person, customer_id, email = outsider(index)
        row = _customer_row(rng, person, customer_id, email)
        ticket, spans = _ticket(rng, index, person, row, pick(rng, agents), town)
        tickets.append(ticket)
        truth += spans
    return tickets, truth
