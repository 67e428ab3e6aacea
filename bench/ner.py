"""Speed of the shipped name recogniser: ``python -m bench.ner``.

Prints short cells and word pieces of running text per second on one thread, two processes against
one, load time and memory, beside Presidio's rules alone on the same texts, and beside spaCy where a
model is installed.
Best of several rounds: on a busy machine ratios hold better than absolutes.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pyarrow as pa

from anonymize.detect.name_models import shipped as ner
from anonymize.detect.name_models import shipped_encode as ner_encode
from training.templates import Filler, load_templates

LOAD = """
import time
began = time.perf_counter()
from anonymize.detect.name_models.shipped import load_recogniser
recogniser = load_recogniser()
print(time.perf_counter() - began)
import re, pyarrow
texts = [f"Row {n}: please call Maria Lopez back before noon." for n in range(2_000)]
recogniser.scan(pyarrow.array(texts))
print(int(re.search("VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""


def cells(count: int) -> list[str]:
    """Return distinct short texts of 15 to 25 word pieces, filled from the project's templates."""
    filler, tokenizer, found = Filler(21), ner.load_model().tokenizer, set()
    templates = load_templates()
    while len(found) < count:
        text = filler.fill(filler.pick(templates)).text
        if 15 <= len(tokenizer.encode(text, add_special_tokens=False).ids) <= 25:
            found.add(text)
    return sorted(found)


def prose(count: int) -> list[str]:
    """Return distinct texts of about 400 word pieces."""
    filler, source, templates = Filler(22), random.Random(1), load_templates()
    return [
        " ".join(filler.fill(source.choice(templates)).text for _ in range(18))
        for _ in range(count)
    ]


def pieces(texts: list[str]) -> int:
    """Return the number of word pieces in ``texts``."""
    return sum(len(text.ids) for text in ner_encode.encode(ner.load_model().tokenizer, texts))


def best(
    work: Callable[[], object], rounds: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Return the shortest time of ``rounds`` by ``clock``, seconds."""
    times = []
    for _ in range(rounds):
        began = clock()
        work()
        times.append(clock() - began)
    return min(times)


def scan(texts: list[str]) -> int:
    """Return the number of spans in ``texts``; runs in any process."""
    return int(ner.load_recogniser().scan(pa.array(texts)).num_rows)


def two_processes(texts: list[str], rounds: int) -> float:
    """Return how many times faster two processes are than one."""
    half = len(texts) // 2
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(scan, [texts[:8]] * 4))
        one = best(lambda: pool.submit(scan, texts).result(), rounds)
        two = best(lambda: list(pool.map(scan, [texts[:half], texts[half:]])), rounds)
    return one / two


def started() -> tuple[float, float]:
    """Return the seconds a fresh process takes to import and load, and the megabytes it peaks
    at.
    """
    done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, check=True, text=True)
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes


def rules_alone(texts: list[str]) -> Callable[[], object]:
    """Return a scan by Presidio's rules, no model."""
    from anonymize.detect.text.scanner import make_scanner

    scanner = make_scanner()
    scanner.scan(pa.array(texts[:2]))
    return lambda: scanner.scan(pa.array(texts))


def spacy_model() -> str | None:
    """Return the name of an installed English spaCy model."""
    try:
        import spacy.util
    except ImportError:
        return None
    return next(
        (name for name in spacy.util.get_installed_models() if name.startswith("en_")), None
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=1_000)
    parser.add_argument("--texts", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    loads = [started() for _ in range(3)]
    print(f"import and load: {min(seconds for seconds, _ in loads):.2f} s")
    print(f"memory after 2,000 texts: {max(size for _, size in loads):.0f} MB at its peak")
    recogniser = ner.load_recogniser()
    recogniser.scan(pa.array(["warm up, Maria Lopez"]))
    short, long = cells(options.cells), prose(options.texts)
    for name, texts in (("short cells", short), ("running text", long)):
        seconds, count = (
            best(lambda texts=texts: recogniser.scan(pa.array(texts)), options.rounds),
            pieces(texts),
        )
        each = f"({count / len(texts):.0f} a text)"
        print(
            f"{name}: {len(texts) / seconds:,.0f} texts/s, {count / seconds:,.0f} word pieces/s"
            f" {each}"
        )
        seconds = best(
            lambda texts=texts: recogniser.scan(pa.array(texts)), options.rounds, time.process_time
        )
        print(
            f"  per second of processor time: {len(texts) / seconds:,.0f} texts,"
            f" {count / seconds:,.0f} word pieces"
        )
    print(f"two processes: {two_processes(short, options.rounds):.2f} times one")
    some = short[:200]
    print(
        f"Presidio's rules alone, short cells: {len(some) / best(rules_alone(some), 2):,.0f}"
        " texts/s"
    )
    if model := spacy_model():
        import spacy

        language = spacy.load(model)
        print(
            f"spaCy {model}, short cells:"
            f" {len(some) / best(lambda: list(language.pipe(some)), 2):,.0f} texts/s"
        )
    else:
        print("spaCy: no model installed")


if __name__ == "__main__":
    main()
