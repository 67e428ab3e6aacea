"""A run stops where types, purpose, rules, models or files are not those of the version that
readers have.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import anonymize
from anonymize.dataset import Dataset, open_facts
from anonymize.errors import GateError
from anonymize.keys import Keyring, rotate_key
from anonymize.pipeline.other_source import other_sources, source_facts
from anonymize.pipeline.prepare import preview_plan
from anonymize.policy import SourceSpec, load_policy
from tests.workplace import Workplace

RULES = """  id: {action: pseudonymize}
  amount: {action: keep}
  plan: {action: keep}
  note: {action: mask, keep_last: 1}
"""
ROW: dict[str, Callable[[int], object]] = {
    "id": lambda i: f"C-{i:05}",
    "amount": lambda i: i * 7,
    "plan": lambda i: "ab"[i % 2],
    "note": lambda i: "xyz",
}


def _policy(
    place: Workplace,
    rules: str = RULES,
    head: str = "",
    purpose: str = "test",
    source: str = "t.jsonl",
) -> Path:
    path = place.folder / "t.yaml"
    path.write_text(
        f"version: 1\ndataset: t\npurpose: {purpose}\nsource: {{path:"
        f" {place.folder / source}}}\nsink: {{path: {place.sink}}}\ndetect: {{ner:"
        f" 'off'}}\n{head}\ncolumns:\n{rules}"
    )
    return path


def _rows(place: Workplace, **columns: Callable[[int], object]) -> None:
    rows = [{name: value(i) for name, value in {**ROW, **columns}.items()} for i in range(60)]
    (place.folder / "t.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")


@pytest.fixture
def published(workplace: Workplace) -> Workplace:
    """Return a workplace with a first version."""
    _rows(workplace)
    anonymize.run(_policy(workplace), keyring=workplace.keyring_uri)
    return workplace


def _stopped(place: Workplace, path: Path, what: str) -> None:
    """A run is refused with ``what``, the plan says it before, and accepting it publishes."""
    with pytest.raises(GateError, match=what):
        anonymize.run(path, keyring=place.keyring_uri)
    assert Dataset(place.sink).current == 1
    assert not [folder for folder in (place.sink / "versions").iterdir() if folder.name != "000001"]
    assert preview_plan(path, place.keyring_uri).changes.stopping
    assert anonymize.run(path, keyring=place.keyring_uri, accept_change=True).version == 2
    assert preview_plan(path, place.keyring_uri).changes.found == ()


@pytest.mark.parametrize(
    ("column", "value", "was_and_is"),
    [
        (
            "amount",
            lambda i: f"{i} EUR",
            "was integer in the source, is string now; some of its cells are none",
        ),
        ("amount", lambda i: i + 0.5, "was integer in the source, is float now"),
        ("plan", lambda i: i, "was string in the source, is integer now"),
        ("id", lambda i: 70_000 + i, "was string in the source, is integer now"),
        ("note", lambda i: 100 + i, "was string in the source, is integer now"),
    ],
)
def test_a_changed_type_stops_the_run(
    published: Workplace, column: str, value: Callable[[int], object], was_and_is: str
) -> None:
    """Promise 4, under every action: `keep` would publish what nobody looked at."""
    _rows(published, **{column: value})
    _stopped(published, _policy(published), rf"t.yaml:\d+: columns.{column}: {was_and_is}")


@pytest.mark.parametrize(
    ("rules", "head", "purpose", "what"),
    [
        (RULES, "", "another", "purpose: is another"),
        (
            RULES.replace("pseudonymize", "pseudonymize, domain: person"),
            "",
            "test",
            "columns.id: the rule is another",
        ),
        (
            RULES.replace("keep_last: 1", "keep_last: 2"),
            "",
            "test",
            "columns.note: the rule is another",
        ),
        (RULES, "rows: {where: [[amount, '>', 70]]}", "test", "rows.where: says something else"),
        (RULES, "default_keys: {pseudonym: reveal}", "test", "default_keys: says something else"),
        (RULES, "subject: id", "test", "subject: says something else"),
    ],
    ids=["purpose", "domain", "parameter", "filter", "key", "subject"],
)
def test_a_changed_meaning_stops_the_run(
    published: Workplace, rules: str, head: str, purpose: str, what: str
) -> None:
    """Pseudonyms that join no more, values that say something else, other rows."""
    _stopped(published, _policy(published, rules, head, purpose), what)


@pytest.mark.parametrize(
    ("rules", "head"),
    [
        (RULES + "  more: {action: redact}\n", ""),
        (RULES.replace("  plan: {action: keep}\n", ""), ""),
        (RULES.replace("keep}\n  plan", 'keep, accept: "numbers of no person"}\n  plan'), ""),
        ("# a comment\n" + RULES, ""),
        (RULES, "checks: {residual_sample: 500}"),
        (RULES, "rows: {max_quarantined: 0.2}"),
    ],
    ids=["new rule", "rule gone", "reason", "comment", "gate", "limit"],
)
def test_what_changes_no_published_value_passes(
    published: Workplace, rules: str, head: str
) -> None:
    """Nights would be for nothing otherwise."""
    _rows(published, more=lambda i: "x")
    assert (
        anonymize.run(_policy(published, rules, head), keyring=published.keyring_uri).version == 2
    )


def test_the_policys_line_accepts_for_one_version_only(
    published: Workplace, keyring: Keyring
) -> None:
    """The next change is refused again; what was accepted and why is kept for the owner."""
    line = 'accept_change: {version: 1, reason: "amounts come as text"}'
    _rows(published, amount=lambda i: f"{i} EUR")
    path = _policy(published, head=line)
    assert anonymize.run(path, keyring=published.keyring_uri).version == 2
    facts = open_facts(Dataset(published.sink).manifest(keyring=keyring), keyring)
    assert facts["accepted_because"] == "amounts come as text"
    assert "was integer" in facts["accepted_changes"][0]
    _rows(published)
    with pytest.raises(GateError, match="not as version 2 was made"):
        anonymize.run(path, keyring=published.keyring_uri)


def test_an_identifier_in_a_column_that_was_accepted_before_stops_the_run(
    workplace: Workplace,
) -> None:
    """`accept:` was said of other values."""
    rules = RULES.replace("  plan: {action: keep}", '  plan: {action: keep, accept: "two letters"}')
    head = "checks: {residual: report}"
    _rows(workplace)
    anonymize.run(_policy(workplace, rules, head), keyring=workplace.keyring_uri)
    _rows(workplace, plan=lambda i: f"somebody.{i}@mail.example.org")
    _stopped(
        workplace, _policy(workplace, rules, head), "columns.plan: looked like .* EMAIL_ADDRESS now"
    )


def test_a_rotated_key_is_said_and_does_not_stop(
    published: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who rotates a key asks for other pseudonyms."""
    from anonymize.keys import init_keyring

    uri = f"file:{published.folder / 'own.json'}"
    init_keyring(uri, ["training", "pseudonym"])
    path = _policy(published)
    path.write_text(path.read_text().replace(str(published.sink), str(published.folder / "own")))
    anonymize.run(path, keyring=uri)
    rotate_key("pseudonym", uri)
    (change,) = preview_plan(path, uri).changes.found
    assert not change.stops
    assert anonymize.run(path, keyring=uri).version == 2


def test_a_version_that_cannot_be_told_is_no_version_to_go_on_from(published: Workplace) -> None:
    """A manifest that does not verify tells nothing of what changed."""
    manifest = published.sink / "versions" / "000001" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"rows"', b'"rowz"', 1))
    with pytest.raises(anonymize.errors.AnonymizeError):
        anonymize.run(_policy(published), keyring=published.keyring_uri)
    assert Dataset(published.sink).current == 1


def test_the_digest_does_not_know_the_line(published: Workplace) -> None:
    """Taking it out again is no change of the policy."""
    line = 'accept_change: {version: 1, reason: "why"}'
    digests = {load_policy(_policy(published, head=head)).digest() for head in ("", line)}
    assert len(digests) == 1


def test_the_command_says_what_changed_and_takes_the_consent(published: Workplace) -> None:
    """Plan, run, run with the option."""
    _rows(published, amount=lambda i: f"{i} EUR")
    _policy(published)
    told = published.coatcheck("plan", "t.yaml").stderr
    assert "was integer in the source, is string now" in told
    assert "1 changes stop a run" in told
    refused = published.coatcheck("run", "t.yaml")
    assert (refused.returncode, "run --accept-change" in refused.stderr) == (1, True)
    assert published.coatcheck("run", "t.yaml", "--accept-change").returncode == 0


def test_another_source_stops_the_run(published: Workplace) -> None:
    """Its rows would take the place of the last one's, and nothing said so."""
    (published.folder / "eu").mkdir()
    (published.folder / "t.jsonl").rename(published.folder / "eu" / "t.jsonl")
    _stopped(
        published, _policy(published, source="eu/t.jsonl"), "source.path: names another source"
    )


def test_a_nightly_file_goes_on(workplace: Workplace) -> None:
    """Its day, a number or a month in its name makes no other source of it."""
    for version, name in enumerate(("t-2024-01-31-a3f.jsonl", "t-2024-Feb-01-b9.jsonl"), 1):
        _rows(workplace)
        (workplace.folder / "t.jsonl").rename(workplace.folder / name)
        path = _policy(workplace, source=name)
        assert anonymize.run(path, keyring=workplace.keyring_uri).version == version


@pytest.mark.parametrize(
    ("before", "now", "other"),
    [
        ({"path": "in/2024-01-05/a_1.csv"}, {"path": "./in/2024-01-06/a_2.csv"}, []),
        ({"path": "in/us/a.csv"}, {"path": "in/eu/a.csv"}, ["path"]),
        ({"path": "in/*.csv"}, {"path": "in/a*.csv"}, ["path"]),
        ({"path": "s3://b-1/k/20240105/"}, {"path": "s3://b-1/k/20240106/"}, []),
        ({"path": "s3://b-1/k/a.csv"}, {"path": "s3://b-2/k/a.csv"}, ["path"]),
        ({"path": "https://h1.org/x?day=5"}, {"path": "https://h1.org/x?day=6"}, []),
        ({"path": "https://h1.org/x"}, {"path": "https://h2.org/x"}, ["path"]),
        (
            {"path": "sqlite:///a_1.db", "table": "t"},
            {"path": "sqlite:///a_2.db", "table": "t"},
            [],
        ),
        (
            {"path": "postgresql://ana@h1/db1", "table": "a.t"},
            {"path": "postgresql://bo@h1/db1", "table": "a.t"},
            [],
        ),
        (
            {"path": "postgresql://u@h1/db1", "table": "t1"},
            {"path": "postgresql://u@h1/db2", "table": "t2"},
            ["path", "table"],
        ),
        (
            {"path": "postgresql://u@h/d", "query": "select 1", "parameters": {}},
            {"path": "postgresql://u@h/d", "query": "select  1\n"},
            [],
        ),
        (
            {"path": "postgresql://u@h/d", "query": "select a from t where d = :d"},
            {"path": "postgresql://u@h/d", "query": "select a from u where d = :d"},
            ["query"],
        ),
    ],
)
def test_what_makes_another_source(
    before: dict[str, object], now: dict[str, object], other: list[str]
) -> None:
    """A server, a bucket, a database and a table are told apart by their digits too."""
    facts = {"reads": source_facts(SourceSpec.model_validate(before))}
    found = other_sources(facts, SourceSpec.model_validate(now))
    assert [name.removeprefix("source.") for name, _ in found] == other
    assert not list(other_sources({}, SourceSpec.model_validate(now)))
