"""Writes what `train_robust.py` learns from: ``python examples/robust_data.py FOLDER [ROWS]``.

``messages.csv`` are messages to the sellers of a market place, of which some want to draw them away
to be cheated; ``claims.csv`` are claims to an insurer, of which some are made up. Everything is
invented and drawn with one seed. 2 % of the labels are wrong, as labels of people are.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

SEED = 20260612
ROWS = 2000
GIVEN = (
    "Ana", "Ben", "Carla", "Dario", "Edith", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Katja",
    "Luis", "Mona", "Nils", "Olga", "Piet",
)  # fmt: skip
FAMILY = (
    "Abend", "Brook", "Castro", "Dunlavin", "Ekberg", "Fonti", "Grier", "Hallow", "Ibsen",
    "Jarosz", "Keller", "Lund",
)  # fmt: skip
ITEMS = (
    "bicycle", "lamp", "camera", "sofa", "guitar", "tent", "laptop", "coat", "table", "drill",
    "kettle", "mirror",
)  # fmt: skip
OPENINGS = (
    "Hello, I saw your {item} today.", "Good morning.", "Hi there, {name} here.",
    "Is the {item} still for sale?", "I am interested in the {item}.", "Dear seller,",
    "My name is {name} and I looked at your {item}.",
)  # fmt: skip
SHARED = (
    "The photos look good.", "I can pay today.", "Please answer soon.", "I live a bit far away.",
    "My brother would like it too.", "What is your best price?", "I hope you are well.",
    "It would be a present for my daughter.", "I am at work until six.",
    "The price is fine for me.", "Please send me a message.", "I have bought here before.",
    "Could you wait until Friday?",
)  # fmt: skip
CHEATING = (
    "Please write to my courier outside of this page.", "I send a cheque above the price.",
    "Confirm your account with the code that you receive.",
    "Pay the insurance of the parcel first.",
    "Open the link and enter your card to receive the money.",
    "My agent collects it after transfer.",
    "The bank needs a small fee before it releases the payment.",
    "Use a voucher for the deposit.", "Your profile will be closed unless you verify it.",
    "I pay with a transfer from abroad.", "Send me the code on the back of the card.",
    "Contact the shipping company by this address.",
)  # fmt: skip
HONEST = (
    "Could I come and see it on Saturday?", "Does it have any scratches?", "I would pay in cash.",
    "How old is it and why do you sell it?", "Does it fit into a small car?",
    "Is the box included?", "Which size is it exactly?", "Can I try it before I buy?",
    "Would you take ten less?", "I can collect it this evening.", "Has it been repaired before?",
    "Is there a receipt?",
)  # fmt: skip
CAUSES = ("water", "theft", "fire", "storm", "breakage")
CHANNELS = ("call", "online", "broker", "letter")


def people(draw: random.Random, count: int) -> list[tuple[str, str]]:
    """Return names and addresses of mail, which two people may share in part, not whole."""
    names = [f"{draw.choice(GIVEN)} {draw.choice(FAMILY)}" for _ in range(count)]
    return [(n, f"{n.lower().replace(' ', '.')}{i}@example.org") for i, n in enumerate(names)]


def message(draw: random.Random, name: str, bad: bool) -> str:
    """Return a message of four to seven sentences; one or two of them tell what it is after, and
    one in five says something of the other kind, too.
    """
    own, other = (CHEATING, HONEST) if bad else (HONEST, CHEATING)
    said = [*draw.sample(SHARED, draw.randint(2, 4)), *draw.sample(own, draw.randint(1, 2))]
    if draw.random() < 0.2:
        said.append(draw.choice(other if not bad else HONEST))
    draw.shuffle(said)
    item = draw.choice(ITEMS)
    return " ".join([draw.choice(OPENINGS), *said]).format(item=item, name=name)


def claim(draw: random.Random, bad: bool) -> dict[str, object]:
    """Return what a claim says: made-up ones are larger, later and earlier in a contract."""
    shift = 1.0 if bad else 0.0
    return {
        "amount": round(draw.lognormvariate(6.6 + 0.55 * shift, 0.6), 2),
        "days_insured": int(draw.lognormvariate(6.2 - 0.9 * shift, 0.8)) + 1,
        "days_to_report": int(draw.expovariate(1 / (4 + 6 * shift))),
        "photos": max(0, int(draw.gauss(3.2 - 1.6 * shift, 1.4))),
        "claims_before": int(draw.expovariate(1 / (0.8 + 0.9 * shift))),
        "cause": draw.choices(CAUSES, (4, 1 + 3 * shift, 1, 3, 3 + shift))[0],
        "channel": draw.choices(CHANNELS, (4, 3 + 3 * shift, 3 - 2 * shift, 1))[0],
    }


def labelled(draw: random.Random, bad: bool, names: Sequence[str]) -> str:
    """Return the label, ``names`` being that of good rows and that of bad ones; 2 % are wrong."""
    return names[bad != (draw.random() < 0.02)]


def write(path: Path, rows: int, make: Callable[[random.Random, str, bool], dict[str, object]],
          names: Sequence[str]) -> None:  # fmt: skip
    """Write a file of ``rows`` rows, four in ten of them bad, of half as many people."""
    draw = random.Random(f"{SEED} {path.stem}")
    known = people(draw, max(rows // 2, 1))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = None
        for number in range(rows):
            (name, mail), bad = draw.choice(known), draw.random() < 0.4
            row = {"number": number, "name": name, "mail": mail, **make(draw, name, bad)}
            row["label"] = labelled(draw, bad, names)
            writer = writer or csv.DictWriter(file, list(row))
            if number == 0:
                writer.writeheader()
            writer.writerow(row)


def write_data(folder: Path, rows: int = ROWS) -> None:
    """Write both files into ``folder``, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    write(
        folder / "messages.csv",
        rows,
        lambda draw, name, bad: {"text": message(draw, name, bad)},
        ("ordinary", "cheating"),
    )
    write(folder / "claims.csv", rows, lambda draw, _, bad: claim(draw, bad), ("honest", "made up"))


if __name__ == "__main__":
    write_data(Path(sys.argv[1]), *map(int, sys.argv[2:3]))
