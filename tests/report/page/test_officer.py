"""What a privacy officer asks of the sample's report, and the page's answer, in its own section."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.keys import Keyring
from anonymize.report.page import dpia_markdown, report_page, reported
from tests.report.page.parsed import Element, parsed
from tests.workplace import ROOT

QUESTIONS = {
    "What is the data for?": ("header", "Purpose: length of stay."),
    "Which columns hold personal data, and which of them are published as they are?": (
        "short",
        "of these published as they are gender, systolic",
    ),
    "What was found in the birth dates, and on what evidence?": (
        "found",
        "born date of birth 98% the name says 'born' values are dates or years",
    ),
    "What was done to them, and why?": (
        "done",
        "born generalize (to decade) made coarser: a range, a period or a part in place of the"
        " exact value can be combined with other data to find somebody (quasi-identifier);"
        " identifies somebody, alone or with little else",
    ),
    "What of the source is in no output?": ("done", "Dropped by the policy: full_name, ssn."),
    "How many rows has the source, and how many were looked at?": (
        "found",
        "Of the source's rows (3,000) all were looked at",
    ),
    "Do the codes of diagnoses give one away?": (
        "risk",
        "l of icd10 (l-diversity) 4 different values, not enforced",
    ),
    "Did the scan look for the gender that is published?": (
        "left",
        "Personal data that is published as it is, and that it does not look for: gender,"
        " systolic.",
    ),
    "What did nobody look at?": (
        "short",
        "not looked at, or not told what restricted and nested columns hold; columns beside the"
        " quasi-identifiers; health data and restricted columns that the policy does not name as"
        " sensitive; t-closeness; earlier releases; attacks; what a law asks",
    ),
    "Do the general figures hold for German notes?": ("left", "every other text: other languages"),
    "Which key signs, and who holds it?": (
        "keys",
        "signing signs the manifest and the log of acts; its version is under Sign-off not stated",
    ),
    "How many people share the facts by which somebody could be found?": (
        "risk",
        "6 people; 5 asked for Who knows born, gender and zip of somebody finds 6 people or more",
    ),
    "How likely is it that somebody picks the right person?": ("risk", "1 in 6 (16.7%)"),
    "Does a group give away its diagnosis?": (
        "risk",
        "l of diagnosis (l-diversity) 4 different values, not enforced",
    ),
    "How much surer of a diagnosis is somebody who knows the group?": (
        "risk",
        "β-likeness of diagnosis",
    ),
    "Can somebody find out that a person is in the data at all?": (
        "not-promised",
        "is in it at all (δ-presence) is not measured: it takes a table of everybody who could be.",
    ),
    "Which columns show who is the same person, and how often?": (
        "left",
        "Which values are equal, and how frequent each is, shows in: patient_id",
    ),
    "Was it held to what a law asks?": (
        "checks",
        "No preset of a law or guideline was asked for.",
    ),
    "What may still be in there that nobody found?": (
        "left",
        "missed, on tables that no rule was tuned on 3-13 % with a header, 10-18 % without one",
    ),
    "Was the result checked before it was published?": (
        "checks",
        "k-anonymity: 5 asked for, 6 reached, counted again on what was written",
    ),
    "Which key opens the diagnoses, and who holds it?": (
        "keys",
        "clinical 1 alone opens the restricted columns diagnosis, icd10",
    ),
    "What was done with the dataset since, and by whom?": ("origin", "1. publish"),
    "Whose data is it?": (
        "short",
        "about whom not stated: ____________; rows with the same patient_id are of one person",
    ),
    "Where does it come from, by name?": (
        "origin",
        "1 file (parquet); names and places of files are in the part that the owner's key opens",
    ),
    "Did anybody look for planted rows?": ("checks", "not asked for, so nobody looked."),
    "How long is it kept?": ("after", "The manifest states no date."),
    "What is to be done if a key leaks?": ("after", "coatcheck incident KEY DATASET prints the"),
    "What is to be done if rows leak?": ("after", "treat it as a leak of personal data."),
    "Whose leak is a table that somebody found?": (
        "after",
        "This page says neither whether it did nor how many there are",
    ),
    "What may be handed on?": (
        "after",
        "Keys and rows in the clear: only to those who need them for the purpose (length of stay).",
    ),
    "What does nobody promise?": ("not-promised", "It is not against inference"),
}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory, keyring_uri: str) -> Dataset:
    """The sample of hospital stays, published."""
    folder = tmp_path_factory.mktemp("officer")
    policy = (ROOT / "schemas/patients.yaml").read_text()
    for place, here in (("data/samples", ROOT / "data/samples"), ("out/patients", folder / "out")):
        policy = policy.replace(place, str(here))
    (folder / "patients.yaml").write_text(policy)
    anonymize.run(folder / "patients.yaml", keyring=keyring_uri)
    return Dataset(folder / "out")


@pytest.fixture(scope="module")
def page(dataset: Dataset, keyring: Keyring) -> Element:
    """Its report."""
    return parsed(report_page(reported(dataset, keyring=keyring)))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_a_privacy_officer_has_its_answer(page: Element, question: str) -> None:
    """In words, at the place where somebody would look."""
    place, answer = QUESTIONS[question]
    where = next(page.all("header")) if place == "header" else page.by_id(place)
    assert answer in where.text.replace(" ,", ",").replace(" .", ".")


def test_what_is_signed_for_is_the_manifest_on_disk(dataset: Dataset, page: Element) -> None:
    """By its digest, the key and the key's fingerprint; with lines to sign on."""
    path: Path = dataset.folder(1) / "manifest.json"
    text = page.by_id("signatures").text
    assert hashlib.sha256(path.read_bytes()).hexdigest() in text
    assert "signed by key signing.1" in text
    assert "role name place date signature" in text


def test_the_report_beside_the_manifest_is_of_the_same_facts(
    dataset: Dataset, keyring: Keyring, page: Element
) -> None:
    """It verifies with the version, and differs in charts, acts and digest alone."""
    card = dataset.card("report.html", keyring=keyring)
    assert card is not None
    beside = parsed(card.decode())
    for place in (
        "short",
        "found",
        "done",
        "risk",
        "left",
        "checks",
        "keys",
        "after",
        "not-promised",
    ):
        assert beside.by_id(place).text == page.by_id(place).text
    assert dataset.verify(keyring=keyring).problems == ()


def test_an_assessment_is_filled_in_as_far_as_the_manifest_knows(
    dataset: Dataset, keyring: Keyring
) -> None:
    """What only people know is marked."""
    text = dpia_markdown(reported(dataset, keyring=keyring, charts=False))
    assert "| purpose | length of stay |" in text
    assert "| legal basis (article 6, and 9 for special categories) | _to be filled in_ |" in text
    assert "dropped by the policy: `full_name`, `ssn`" in text
    assert "Who knows born, gender and zip of somebody finds 6 people or more" in text
    assert "`gender`, `systolic`: why it is needed: _to be filled in_" in text
    assert "groups of fewer than 5 people are left out" in text
