"""A policy file is read whole, or every mistake in it is reported at once."""

from __future__ import annotations

import os
import pickle
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import ValidationError

from anonymize.errors import PolicyError
from anonymize.policy import load_policy, parse_policy
from anonymize.policy.composed import LARGEST_BYTES

SAMPLES = sorted(Path("schemas").glob("*.yaml"))
GOOD = """version: 1
dataset: people
purpose: test
source: {path: people.csv}
sink: {path: out/people}
columns:
  zip: {action: generalize, prefix: 3}
"""


def _mistakes(text: str) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        parse_policy(text, "people.yaml")
    return str(caught.value).splitlines()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_shipped_policy_loads(path: Path) -> None:
    """The policies beside the samples are valid."""
    assert load_policy(path).dataset == path.stem


def test_five_mistakes_are_five_lines() -> None:
    """Every mistake is reported with its own line, path and what would be right."""
    lines = _mistakes(
        GOOD.replace("purpose: test", "purpos: test")
        + "  born: {action: generalize, to: jear}\n  name: {action: blur}\n  card: {action: mask,"
        " keep_lst: 4}\n"
    )
    assert len(lines) == 5
    assert lines[0] == "people.yaml:1: purpose: is missing"
    assert "people.yaml:3: purpos: unknown key; did you mean 'purpose'" in lines
    assert any(
        line.startswith("people.yaml:8: columns.born.to: 'jear' is not one of day, week")
        for line in lines
    )
    assert any(
        line.startswith("people.yaml:9: columns.name: unknown action 'blur'; choose one of")
        for line in lines
    )
    assert any(
        line.startswith(
            "people.yaml:10: columns.card.keep_lst: unknown key; did you mean 'keep_last'"
        )
        for line in lines
    )


def test_what_is_not_built_is_refused_by_name() -> None:
    """A reserved feature is named in the refusal, never ignored."""
    lines = _mistakes(GOOD + "privacy: {quasi_identifiers: [zip], epsilon: 3}\n")
    what = "differential privacy is not built yet; remove the key"
    assert lines == [f"people.yaml:8: privacy.epsilon: {what}"]


@pytest.mark.parametrize("uri", ["wasb://bucket/x.csv", "redis://host/db", "abfss://host/x.csv"])
def test_remote_sources_are_refused_by_name(uri: str) -> None:
    """A source kind that is not built says so."""
    assert (
        "is not supported yet; name a file or folder"
        in _mistakes(GOOD.replace("people.csv", uri))[0]
    )


def test_norway_is_a_country() -> None:
    """NO, yes and off are text; only true and false are booleans."""
    policy = parse_policy(GOOD + "rows: {where: [[country, in, [US, NO]], [on, '=', true]]}\n")
    assert policy.rows.where == (("country", "in", ("US", "NO")), ("on", "=", True))


def test_a_key_that_stands_twice_is_refused() -> None:
    """The second of two equal keys does not silently win."""
    assert _mistakes(GOOD + "  zip: {action: keep}\n") == [
        "people.yaml:8: columns.zip: stands twice; keep one (first on line 7)"
    ]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is empty"),
        ("- a\n", "is not a mapping"),
        ("a: [", "not YAML"),
        ("a: \x00", "not YAML"),
        ("a: 1\n---\nb: 2", "not YAML"),
    ],
)
def test_what_is_not_a_policy_says_so(text: str, what: str) -> None:
    """Broken files get one plain line."""
    assert what in _mistakes(text)[0]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path is in the message."""
    with pytest.raises(PolicyError, match=r"absent\.yaml: no such file"):
        load_policy(tmp_path / "absent.yaml")


def test_a_policy_is_a_plain_file_of_some_size(tmp_path: Path) -> None:
    """A pipe is not waited for, a device not read to its end; a link leads to its file."""
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path / "pipe.yaml", Path("/dev/zero")):
        with pytest.raises(PolicyError, match="is not a plain file"):
            load_policy(path)
    large, link = tmp_path / "large.yaml", tmp_path / "link.yaml"
    large.write_text(GOOD + "#" * LARGEST_BYTES)
    with pytest.raises(PolicyError, match="is larger than 8,388,608 bytes"):
        load_policy(large)
    large.write_text(GOOD)
    link.symlink_to(large)
    assert load_policy(link).digest() == load_policy(large).digest()


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    """Latin-1 is not guessed at."""
    path = tmp_path / "p.yaml"
    path.write_bytes(b"dataset: caf\xe9")
    with pytest.raises(PolicyError, match="is not UTF-8"):
        load_policy(path)


def test_the_digest_is_of_the_meaning() -> None:
    """Comments and the order of keys do not change the digest, a parameter does."""
    same = parse_policy("# note\n" + GOOD)
    other = parse_policy(GOOD.replace("prefix: 3", "prefix: 2"))
    assert parse_policy(GOOD).digest() == same.digest() != other.digest()


def test_how_long_versions_stay_is_no_part_of_the_digest() -> None:
    """It changes nothing of a version, so an incremental run goes on; who must approve does."""
    kept = parse_policy(GOOD + "retention: {keep: 3}\n")
    approved = parse_policy(
        GOOD + f"reveal: {{approvals: 2, approvers: {{anna: 'ed25519:{'A' * 43}='}}}}\n"
    )
    assert kept.digest() == parse_policy(GOOD).digest() != approved.digest()


@pytest.mark.parametrize("said", ["{}", "{keep: 0}", "{older_than: 3y}", "{keep: 2, days: 3}"])
def test_a_retention_that_says_nothing_is_refused(said: str) -> None:
    """An empty block, no version, an age in other words, an unknown key."""
    with pytest.raises(PolicyError, match="retention"):
        parse_policy(GOOD + f"retention: {said}\n")


def test_a_policy_is_frozen_and_pickles() -> None:
    """Policies travel to workers and never change."""
    policy = parse_policy(GOOD)
    with pytest.raises(ValidationError):
        policy.purpose = "other"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(policy)) == policy


MANY = "a: &a [x]\n" + "".join(
    f"{b}: &{b} [{', '.join(20 * [f'*{a}'])}]\n" for a, b in pairwise("abcdef")
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: &a [*a]\n", "an alias holds itself"),
        ("a: " + "[" * 5000 + "]" * 5000, "is nested too deep"),
        (MANY, "stand for too much"),
        (
            GOOD.replace("purpose: test", "purpose: 2024-02-30"),
            "a date or number that does not exist",
        ),
    ],
    ids=["itself", "deep", "many", "date"],
)
def test_yaml_that_cannot_be_read_whole_is_one_line(text: str, what: str) -> None:
    """Recursion, depth, billions of aliases and impossible dates are refused like any other
    mistake.
    """
    lines = _mistakes(text)
    assert len(lines) == 1
    assert lines[0].startswith("people.yaml: ")
    assert what in lines[0]


@pytest.mark.parametrize(
    "mistake",
    [
        "detect: {deny: {PERSON: [Jane Doe]}}",
        "detect: {deny: Jane Doe}",
        "detect: {allow: [[Jane Doe]]}",
        "detect: {deny: [*Jane Doe]}",
        "detect: {deny: [!Jane Doe]}",
        "detect: {recognizers: [{name: x, entity: X, deny: Jane Doe}]}",
        "rows: {where: [[name, Jane Doe, '=']]}",
        "rows: {where: [[name, '=', {is: Jane Doe}]]}",
        "rows: {where: Jane Doe}",
        "rows: {where: [[name, in, Jane Doe]]}",
        "rows: {where: [[name, '=', [Jane Doe]]]}",
        "rows: [Jane Doe]",
        "  b: {action: redact, when: [[name, Jane Doe]], otherwise: {action: keep}}",
        "  b: {action: constant, value: [Jane Doe]}",
        "  b: {action: mask, pattern: [Jane Doe]}",
        "  b: [Jane Doe]",
    ],
)
def test_a_mistake_quotes_nothing_that_a_policy_may_say_of_people(mistake: str) -> None:
    """Lists of names, conditions and constants are raw values, and what is wrong reaches terminals
    and logs.
    """
    lines = _mistakes(GOOD + mistake + "\n")
    assert lines
    assert "Jane" not in "".join(lines)


@pytest.mark.parametrize(
    "mistake",
    ["detect: {languages: []}", "  b: {action: free_text, languages: []}"],
)
def test_a_list_of_languages_that_names_none_is_refused(mistake: str) -> None:
    """Taken, it made every rule look at nothing without a word."""
    assert "none" in "".join(_mistakes(GOOD + mistake + "\n")) or "no language" in "".join(
        _mistakes(GOOD + mistake + "\n")
    )
