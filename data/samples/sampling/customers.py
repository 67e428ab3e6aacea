"""customers.csv: a CRM export, as untidy as those are."""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from sampling.people import Person, Phone, Town, between, filled, pick, weighted
from sampling.text import Marked, Mention, fill, truth_of

COLUMNS = (
    *(
        "customer_id",
        "full_name",
        "email",
        "phone",
        "gender",
        "born",
        "street",
        "city",
        "zip",
        "country",
    ),
    *("card", "plan", "consent", "visited_at", "lifetime_value", "notes"),
)
"""The header, in order."""

CARD_PATTERNS = (
    *("424242##########", "400000##########", "411111##########") * 3,
    *("555555##########", "545454##########", "222300##########") * 2,
    *("601111##########", "378282#########"),
)
"""Card numbers begin as the test cards that payment processors publish."""

_NOTES = (
    "Prefers to be called {first}.",
    "Called {phone}, no answer, left voicemail.",
    "Asked for invoice copy to {email}, sent same day.",
    "VIP, handle with care",
    'Says the blue one is "just perfect", wants two more',
    "Complained about late delivery; refunded shipping, 10% voucher",
    "Spoke with {other} (spouse), who may collect parcels for {full}.",
    "Duplicate account? Same person as {full} in the old system",
    "Do not call {phone} before 10:00.",
    "{first} moved, forward post to {address}",
    "Met at trade fair, interested in annual plan, follow up in May",
    "{full} returned the parcel.\nRefund issued, see ticket.",
    "wants paper invoices, no e-mail",
    "Second number {alt_phone}, office hours only",
    "{shout} - escalated twice, supervisor informed",
    "Referred by {other}",
    "Chat transcript: 'hi this is {first}, pls update my mail to {email}'",
    "Birthday on {birthday}, send card",
    "Paid by cheque, cleared",
    "Contact via assistant {other}, {other_email}",
)


@dataclass(frozen=True)
class Customer:
    """A person and the row the export holds for them, values as the file says them."""

    person: Person
    row: dict[str, str]
    note: Marked
    """The text of ``notes``, with the spans of what is personal in it."""


def with_check_digit(digits: str) -> str:
    """Return ``digits`` with its last digit replaced so that the Luhn sum holds."""
    total = 0
    for index, sign in enumerate(reversed(digits[:-1])):
        doubled = int(sign) * (2 if index % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return digits[:-1] + str(-total % 10)


def card_number(rng: random.Random) -> str:
    """Return a card number of a test range, grouped in one of three ways."""
    digits = with_check_digit(filled(rng, pick(rng, CARD_PATTERNS)))
    groups = (
        (digits[:4], digits[4:10], digits[10:])
        if len(digits) == 15
        else tuple(digits[i : i + 4] for i in range(0, 16, 4))
    )
    return weighted(rng, (" ".join(groups), "-".join(groups), digits), (60, 25, 15))


def note(rng: random.Random, person: Person, row: dict[str, str], town: Town) -> Marked:
    """Return a remark a clerk left about the customer of ``row``, who is ``person``; it may name
    others.
    """
    friend = town.person(country=person.country.code, bystander=True)
    own = {
        "first": (person.given, "PERSON", "full_name", "part"),
        "full": (person.full_name, "PERSON", "full_name", "variant"),
        "shout": (person.full_name.upper(), "PERSON", "full_name", "variant"),
        "email": (person.email, "EMAIL_ADDRESS", "email", "variant"),
        "phone": (row["phone"] or person.phone.written(0), "PHONE_NUMBER", "phone", "variant"),
        "birthday": (f"{person.born:%d/%m}", "DATE_TIME", "born", "part"),
    }
    others = {
        "alt_phone": (friend.phone.written(between(rng, 0, 5)), "PHONE_NUMBER"),
        "other": (friend.full_name, "PERSON"),
        "other_email": (friend.email, "EMAIL_ADDRESS"),
        "address": (f"{friend.street}, {friend.place.city}", "LOCATION"),
    }

    def value(slot: str) -> Mention:
        if slot in others:
            return Mention(*others[slot])
        text, kind, column, form = own[slot]
        return Mention(
            text, kind, column if row[column] else None, "exact" if text == row[column] else form
        )

    marked = Marked()
    fill(rng, marked, pick(rng, _NOTES), value)
    return marked


def _untidy_name(rng: random.Random, name: str) -> str:
    shapes = (name, name.upper(), name.lower(), f"{name} ", f" {name}", name.replace(" ", "  ", 1))
    shape = weighted(rng, shapes, (88, 3, 3, 3, 1.5, 1.5))
    return unicodedata.normalize("NFD", shape) if rng.random() < 0.015 else shape


def _untidy_email(rng: random.Random, email: str) -> str:
    local, _, host = email.partition("@")
    shapes = (email, f"{local.title()}@{host}", email.upper(), f"{email} ")
    return weighted(rng, shapes, (93, 4, 2, 1))


def _phone_cell(rng: random.Random, phone: Phone) -> str:
    if rng.random() < 0.006:
        return "unknown"
    form = weighted(rng, range(8), (26, 18, 16, 10, 6, 12, 8, 4))
    return phone.written(form) + (f" x{between(rng, 10, 999)}" if rng.random() < 0.012 else "")


def _postcode_cell(rng: random.Random, person: Person) -> str:
    code = person.postcode
    if person.country.code == "US" and rng.random() < 0.06:
        return f"{code}-{filled(rng, '####')}"
    if " " in code and rng.random() < 0.06:
        return code.lower() if rng.random() < 0.3 else code.replace(" ", "")
    return code


def _or_null(rng: random.Random, text: str, share: float) -> str:
    return "" if rng.random() < share else text


def _row(rng: random.Random, number: int, person: Person) -> dict[str, str]:
    visited = dt.datetime(2024, 1, 1) + dt.timedelta(
        seconds=int(rng.random() ** 0.6 * 2 * 365 * 86400)
    )
    plan = weighted(rng, ("free", "basic", "plus", "pro", "team"), (38, 30, 18, 10, 4))
    value = rng.random() ** 3 * 4000 - (20 if rng.random() < 0.02 else 0)
    return {
        "customer_id": f"CUS-{number:06d}",
        "full_name": _or_null(rng, _untidy_name(rng, person.full_name), 0.01),
        "email": _or_null(rng, _untidy_email(rng, person.email), 0.03),
        "phone": _or_null(rng, _phone_cell(rng, person.phone), 0.07),
        "gender": _or_null(
            rng, person.gender.lower() if rng.random() < 0.02 else person.gender, 0.05
        ),
        "born": _or_null(rng, person.born.isoformat(), 0.02),
        "street": _or_null(rng, person.street, 0.03),
        "city": _or_null(
            rng, person.place.city.upper() if rng.random() < 0.04 else person.place.city, 0.02
        ),
        "zip": _or_null(rng, _postcode_cell(rng, person), 0.02),
        "country": person.country.code.lower() if rng.random() < 0.004 else person.country.code,
        "card": _or_null(rng, card_number(rng), 0.28),
        "plan": plan.title() if rng.random() < 0.02 else plan,
        "consent": _or_null(rng, "true" if rng.random() < 0.81 else "false", 0.01),
        "visited_at": _or_null(rng, f"{visited:%Y-%m-%dT%H:%M:%SZ}", 0.01),
        "lifetime_value": _or_null(rng, f"{value:.2f}", 0.015),
        "notes": "",
    }


def _seen_again(rng: random.Random, person: Person) -> Person:
    moved = rng.random() < 0.3
    return replace(
        person,
        middle="" if rng.random() < 0.5 else person.middle,
        street=f"{person.street} (new)" if moved else person.street,
    )


def draw_customers(rng: random.Random, town: Town, count: int, duplicates: int) -> list[Customer]:
    """Return ``count`` customers, ``duplicates`` of which are a person already in the list under
    another id.

    A duplicate repeats the first row's e-mail cell as it stands; name, phone format and address may
    differ.
    """
    customers: list[Customer] = []
    second_rows = {between(rng, 200, count - 1) for _ in range(duplicates)}
    for index in range(count):
        number = 1000 + index * 7 + between(rng, 0, 6)
        if index in second_rows:
            first = pick(rng, customers)
            person = _seen_again(rng, first.person)
            row = _row(rng, number, person) | {
                "email": first.row["email"],
                "born": first.row["born"],
            }
        else:
            person = town.person()
            row = _row(rng, number, person)
        remark = note(rng, person, row, town) if rng.random() < 0.62 else Marked()
        customers.append(Customer(person, row | {"notes": remark.text}, remark))
    return customers


def notes_truth(customers: list[Customer]) -> list[dict[str, Any]]:
    """Return the truth records of the ``notes`` column."""
    return [
        record
        for row, customer in enumerate(customers)
        for record in truth_of(row, "notes", customer.note)
    ]


def csv_text(customers: list[Customer]) -> str:
    """Return the export: a header and a line per row, quoted where needed, nulls as empty cells."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(customer.row for customer in customers)
    return buffer.getvalue()
