"""What cards say of a version, and what they never say."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest
import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

import anonymize
from anonymize.dataset import Dataset, Manifest, RowCounts
from anonymize.dataset.facts import CheckFacts, NamesLeftCount, PrivacyFacts, ResidualFacts
from anonymize.keys import Keyring
from anonymize.report.cards import CARD_NAMES, Naming, cards_of, started
from tests.report.odd import CANARY, NAMES, PURPOSE, K, published
from tests.workplace import ROOT

SCHEMA = pa.schema([("zone", pa.string())])


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory, keyring_uri: str) -> Dataset:
    """A dataset whose columns and purpose would be markup."""
    return published(tmp_path_factory.mktemp("odd"), keyring_uri)


@pytest.fixture(scope="module")
def restricted(tmp_path_factory: pytest.TempPathFactory, keyring_uri: str) -> Dataset:
    """A dataset with a column under a key of its own."""
    return published(tmp_path_factory.mktemp("restricted"), keyring_uri, restricted=True)


def cards(dataset: Dataset, keyring: Keyring) -> dict[str, str]:
    """Return format → content of the current version's cards."""
    found = {form: dataset.card(name, keyring=keyring) for form, name in CARD_NAMES.items()}
    return {form: data.decode() for form, data in found.items() if data is not None}


def page_of(card: str) -> tuple[dict[str, Any], list[Token]]:
    """Return a card's front matter, and the tokens of its Markdown."""
    _, front, page = re.split(r"^---\n", card, maxsplit=2, flags=re.MULTILINE)
    made = MarkdownIt("commonmark").enable("table").parse(page)
    return yaml.safe_load(front), made


def shown(token: Token) -> str:
    """Return the text of an inline token as a reader sees it."""
    return "".join(inner.content for inner in token.children or ())


def test_every_version_has_its_cards_listed_in_the_signed_manifest(
    odd: Dataset, keyring: Keyring
) -> None:
    """And the whole verifies."""
    made = odd.manifest(keyring=keyring)
    assert {card.name for card in made.cards} == set(CARD_NAMES.values())
    assert odd.verify(keyring=keyring).problems == ()


MAKES = """
import sys, hashlib, pyarrow as pa
from anonymize.dataset.manifest import Manifest
from anonymize.report.cards import cards_of
made = Manifest.model_validate_json(sys.stdin.read())
found = cards_of(made, pa.schema([("b", pa.string()), ("a", pa.int8())]))
print(*(hashlib.sha256(data).hexdigest() for data in found.values()))
"""


def test_equal_manifests_give_equal_cards(odd: Dataset, keyring: Keyring) -> None:
    """In processes whose sets and hashes have another order."""
    bare = odd.manifest(keyring=keyring).model_copy(update={"cards": ()}).model_dump_json()
    found = {
        subprocess.run(
            [sys.executable, "-c", MAKES],
            input=bare.encode(),
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


def test_no_card_holds_a_value_a_place_without_a_rule_or_a_raw_files_name(
    odd: Dataset, restricted: Dataset, keyring: Keyring
) -> None:
    """Every value and the file's name hold the canary."""
    for dataset in (odd, restricted):
        text = "".join(cards(dataset, keyring).values())
        assert CANARY not in text
        assert "secret_place" not in text
        assert "payload.$.who" not in text


def test_cards_say_what_was_removed_and_what_may_be_left(odd: Dataset, keyring: Keyring) -> None:
    """In lines of their own; small counts raised."""
    card = cards(odd, keyring)["md"]
    assert "* 1 columns or places that the policy drops: `gone`" in card
    assert "* 2 columns or places that the policy does not name" in card
    assert f"* rows left out because too few share their quasi-identifiers: {K}" in card
    assert "published as they are, in some rows at least: `zone`, `ward`" in card
    assert "findings are published" in card
    assert "* k asked for: 4" in card


def test_the_front_matter_holds_no_key_that_a_purpose_injects(
    odd: Dataset, keyring: Keyring
) -> None:
    """The purpose has line feeds, `---` and YAML."""
    front, _ = page_of(cards(odd, keyring)["md"])
    assert set(front) == {"pretty_name", "size_categories", "tags", "coatcheck"}
    assert front["coatcheck"]["purpose"] == PURPOSE.replace("\n", "\\n")
    assert front["size_categories"] == ["n<1K"]


def test_no_name_becomes_markup_on_the_page(odd: Dataset, keyring: Keyring) -> None:
    """No HTML, link, image or heading but the page's own, and tables of as many cells as heads."""
    _, tokens = page_of(cards(odd, keyring)["md"])
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inner)}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "em_open", "strong_open"}
    headings = [
        shown(tokens[at + 1]) for at, one in enumerate(tokens) if one.type == "heading_open"
    ]
    assert headings == [
        "odd, version 1", "What it is", "How it was made", "What was removed",
        "What may be left", "Measures", "How to read it",
    ]  # fmt: skip
    assert sum(token.type == "table_open" for token in tokens) == 2


def test_every_name_is_shown_as_it_is(odd: Dataset, keyring: Keyring) -> None:
    """In the first cell of its row, in the policy's order; a line feed is shown as an escape."""
    _, tokens = page_of(cards(odd, keyring)["md"])
    cells = [shown(tokens[at + 1]) for at, one in enumerate(tokens) if one.type == "td_open"]
    rows = [cells[at : at + 6] for at in range(16, len(cells), 6)]
    names = [name.replace("\n", "\\n").strip() for name in NAMES]
    assert [row[0] for row in rows[-len(NAMES) :]] == names
    assert all(row[5] == "accepted: so | it ] is" for row in rows[-len(NAMES) :])


def test_a_restricted_column_is_told_by_name_type_and_action_alone(
    restricted: Dataset, keyring: Keyring
) -> None:
    """No verdict, in no card and not in the metadata of its field."""
    found = cards(restricted, keyring)
    line = next(line for line in found["md"].splitlines() if line.startswith("| `profile.mail`"))
    assert "not told | key clinical" in line
    assert "EMAIL_ADDRESS" not in "".join(found.values()).replace("\\", "")
    field = restricted.schema(keyring=keyring).field("profile")
    places = json.loads(field.metadata[b"coatcheck.places"])
    assert places["profile.size"] == {"action": "generalize (band 2)", "unit": "bands of 2"}


def test_fields_say_verdict_action_unit_and_domain(odd: Dataset, keyring: Keyring) -> None:
    """In the schema, and in what is read; places inside a column by their path."""
    schema = odd.schema(keyring=keyring)
    assert schema.field("person").metadata == {
        b"coatcheck.verdict": b"PERSON_NAME",
        b"coatcheck.action": b"pseudonymize (domain person)",
        b"coatcheck.domain": b"person",
    }
    places = json.loads(schema.field("profile").metadata[b"coatcheck.places"])
    assert places["profile.mail"]["verdict"] == "EMAIL_ADDRESS"
    assert set(json.loads(schema.field("payload").metadata[b"coatcheck.places"])) == {
        "payload.$.visits"
    }
    assert schema.field(NAMES[2]).metadata[b"coatcheck.action"] == b"keep"
    assert schema.metadata is None


def test_what_is_read_of_a_version_carries_the_fields_facts(odd: Dataset, keyring: Keyring) -> None:
    """As a table, as batches, and where columns or places inside them are asked for."""
    whole = odd.schema(keyring=keyring)
    asked = odd.schema(["zone", "profile.size"], keyring=keyring)
    for field in (asked.field("zone"), asked.field("profile")):
        assert field.metadata == whole.field(field.name).metadata is not None
    read = anonymize.read(odd, columns=["zone"], keyring=keyring).schema.field("zone")
    batch = odd.to_batches(["zone"], keyring=keyring).read_next_batch().schema.field("zone")
    assert read.metadata == batch.metadata == whole.field("zone").metadata


def test_the_event_names_job_source_and_columns(odd: Dataset, keyring: Keyring) -> None:
    """The source by the dataset's name and a keyed digest; each column with what was done."""
    made = odd.manifest(keyring=keyring)
    event = json.loads(cards(odd, keyring)["openlineage"])
    assert (event["eventType"], event["eventTime"]) == ("COMPLETE", made.created_at)
    source, output = event["inputs"][0], event["outputs"][0]
    assert (source["namespace"], source["name"]) == ("coatcheck", "odd.source")
    assert source["facets"]["version"]["datasetVersion"] == made.source.hmac_sha256
    lineage = output["facets"]["columnLineage"]["fields"]
    assert lineage["person"]["inputFields"][0]["transformations"][0]["masking"]
    assert not lineage["zone"]["inputFields"][0]["transformations"][0]["masking"]
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 38


def test_the_start_is_of_the_same_run(odd: Dataset, keyring: Keyring) -> None:
    """Without the facts that only its end knows."""
    event = json.loads(cards(odd, keyring)["openlineage"])
    begun = started(event, "2026-01-01T00:00:00Z")
    assert begun["run"] == event["run"]
    assert (begun["eventType"], begun["eventTime"]) == ("START", "2026-01-01T00:00:00Z")
    assert begun["outputs"] == [{"namespace": "coatcheck", "name": "odd"}]


def small(k: int) -> Manifest:
    """Return a manifest with counts below 5, of a policy with that k (0: without one)."""
    privacy = PrivacyFacts(
        quasi_identifiers=("zone",), asked_k=k, counts="people", counted="people counted",
        measured_on="the rows written", k=k, classes=3, highest=0.2, average=0.1,
        rows_without_subject=2,
    )  # fmt: skip
    residual = ResidualFacts(
        sample=1000, names_left={"notes": NamesLeftCount(cells=4, named=3)}, names_left_says="x"
    )
    sentence = "names in 2 of the 3 cells of 'notes 2' looked at (Han 1,204, Thai 3), at 0.5 of it"
    return Manifest(
        dataset="small",
        version=1,
        created_at="2026-01-01T00:00:00Z",
        rows=RowCounts(read=100, written=100, raised_to=k),
        privacy=privacy if k else None,
        checks=CheckFacts(residual=residual, not_looked_for=(sentence,)),
    )


def test_counts_below_k_are_in_no_card() -> None:
    """Of cells with a name left, of rows of nobody, in sentences; names that hold digits stay."""
    text = b"".join(cards_of(small(5), SCHEMA).values()).decode()
    assert "5 of 5 in notes" in text
    assert "5 rows without a subject" in text
    sentence = "names in fewer than 5 of the fewer than 5 cells of 'notes 2' looked at"
    assert f"{sentence} (Han 1,204, Thai fewer than 5), at 0.5 of it" in text


def test_without_a_privacy_block_counts_are_those_of_the_manifest() -> None:
    """There is no k that they could be below."""
    text = b"".join(cards_of(small(0), SCHEMA).values()).decode()
    assert "3 of 4 in notes" in text
    assert "Thai 3" in text


def test_a_version_of_which_little_is_known_has_cards_too() -> None:
    """A manifest with a name and a number, and no column."""
    found = cards_of(Manifest(dataset="d", version=3), pa.schema([]), Naming("prod", "lake"))
    assert "# d, version 3" in found["card.md"].decode()
    assert json.loads(found["croissant.json"])["version"] == "3.0.0"
    assert json.loads(found["openlineage.json"])["inputs"][0]["name"] == "lake"


def test_a_version_of_many_files_lists_the_first_thousand_in_croissant(
    odd: Dataset, keyring: Keyring
) -> None:
    """The file set holds them all, so the card does not grow with a dataset of 100,000 parts."""
    made = odd.manifest(keyring=keyring)
    many = tuple(
        made.files[0].model_copy(update={"path": f"part-{n:05}.parquet"}) for n in range(1500)
    )
    found = cards_of(made.model_copy(update={"files": many}), SCHEMA)
    assert len(json.loads(found["croissant.json"])["distribution"]) == 1001
