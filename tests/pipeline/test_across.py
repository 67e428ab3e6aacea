"""A version is compared with earlier ones: attacks that were planted are refused, what is the same
is published, and what cannot be compared is told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest

import anonymize
from anonymize.dataset import Dataset
from anonymize.dataset.facts import AgainstFacts
from anonymize.dataset.history import history
from anonymize.errors import AnonymizeError, ArgumentError, DatasetError, GateError, PolicyError
from anonymize.keys import Keyring
from anonymize.pipeline.across import NOBODY
from anonymize.pipeline.prepare import preview_plan
from anonymize.pipeline.what_if import what_if
from anonymize.plan.against import Earlier

Person = tuple[str, int, str]
BASE: list[Person] = [
    (f"person{at:03}", 20 + at // 8, ("flu", "cold", "gout", "asthma")[at % 4]) for at in range(80)
]
"""Ten ages of eight people each, with each of four diagnoses twice."""
KEEP = "{action: keep, accept: test}"


class Place:
    """A dataset, and what is published into it."""

    def __init__(self, folder: Path, keyring_uri: str) -> None:
        self.folder, self.uri = folder, keyring_uri

    def policy(
        self,
        *,
        against: str = "[previous]",
        k: int = 4,
        privacy: str = "",
        recode: str = "recode: {age: ages}",
        who: str = "{action: drop}",
        more: str = "subject: who\nerasure: {index: true}",
        out: str = "out",
        dx: str = KEEP,
        sensitive: str = "[dx]",
    ) -> str:
        """Return the policy."""
        return "\n".join(
            (
                "version: 1\ndataset: d\npurpose: test",
                f"source: {{path: {self.folder}/in/*.csv}}",
                f"sink: {{path: {self.folder / out}}}",
                "detect: {ner: off}\nchecks: {residual: off}",
                more,
                f"privacy:\n  quasi_identifiers: [age]\n  sensitive: {sensitive}\n  k: {k}",
                f"  {recode}\n  against: {against}\n  {privacy}",
                f"columns:\n  who: {who}\n  age: {KEEP}\n  dx: {dx}",
            )
        ).replace("against: []", "")

    def run(self, people: Sequence[Person], *, files: int = 1, incremental: bool = False,
            workers: int = 1, **said: str | int) -> tuple[AgainstFacts, ...]:  # fmt: skip
        """Publish people; return what was measured."""
        self.source(people, files)
        path = self.folder / "policy.yaml"
        path.write_text(self.policy(**said))  # type: ignore[arg-type]
        done = anonymize.run(
            path, keyring=self.uri, accept_change=True, workers=workers, incremental=incremental
        )
        assert done.privacy is not None
        return done.privacy.against or ()

    def source(self, people: Sequence[Person], files: int = 1) -> None:
        """Write the source."""
        (self.folder / "in").mkdir(exist_ok=True)
        for at in range(files):
            lines = [f"{who},{age},{dx}" for who, age, dx in people[at::files]]
            (self.folder / "in" / f"{at}.csv").write_text("\n".join(("who,age,dx", *lines, "")))

    @property
    def dataset(self) -> Dataset:
        """Return the dataset."""
        return Dataset(self.folder / "out")


@pytest.fixture
def place(tmp_path: Path, keyring_uri: str) -> Place:
    """Return an empty place."""
    return Place(tmp_path, keyring_uri)


def finding(act: Callable[[], object]) -> str:
    """Return why an act is refused."""
    with pytest.raises(GateError) as caught:
        act()
    return str(caught.value)


def test_a_first_version_has_nothing_to_be_compared_with_and_says_so(place: Place) -> None:
    """Manifest, plan and report words tell it."""
    assert place.run(BASE) == ()
    made = place.dataset.manifest(keyring=place.uri)
    assert made.privacy is not None
    assert made.privacy.against == ()


@pytest.mark.parametrize("more", ["", "subject: who", "subject: who\nerasure: {index: true}"])
def test_the_same_data_twice_is_published(place: Place, more: str) -> None:
    """By rows, by published ids and by the subject index."""
    who = "{action: pseudonymize}" if more == "subject: who" else "{action: drop}"
    place.run(BASE, more=more, who=who)
    (found,) = place.run(BASE, more=more, who=who)
    assert (found.narrowed, found.isolated) == ("0", "0")
    assert found.uncompared == (() if more else (NOBODY,))
    assert (found.counts, found.both) == ("people" if more else "rows", "about 80")
    assert found.changed == ("0" if more else None)
    assert found.joined == ("0" if who != "{action: drop}" else None)


def swapped(people: Sequence[Person], age: int) -> list[Person]:
    """Return people of whom those of one age have other diagnoses but for flu."""
    return [(who, at, f"other {dx}" if at == age and dx != "flu" else dx) for who, at, dx in people]


def test_classes_that_have_one_value_in_common_are_refused(place: Place) -> None:
    """Each class has four diagnoses, and both together leave flu."""
    place.run(BASE, recode="")
    said = finding(lambda: place.run(swapped(BASE, 25), recode="", privacy="l: 4"))
    assert "8 people have fewer possible values of dx than promised (of 8 one value)" in said
    assert "columns.dx: {action: drop}" in said
    assert "on_against: {values: report}" in said


def test_what_the_message_proposes_helps(place: Place) -> None:
    """Without the column, or with report, the version is published."""
    place.run(BASE, recode="")
    other = swapped(BASE, 25)
    (found,) = place.run(other, recode="", privacy="on_against: {values: report, counts: report}")
    assert (found.narrowed, found.known) == ("8", "8")
    (found,) = place.run(other, recode="", dx="{action: drop}", sensitive="[]", against="[1]")
    assert (found.narrowed, found.isolated) == (None, "0")


def test_who_left_or_came_is_refused(place: Place) -> None:
    """A class of eight has seven, or nine."""
    place.run(BASE)
    for people in (BASE[1:], [*BASE, ("person999", 22, "flu")]):
        said = finding(lambda people=people: place.run(people))
        assert "the classes' counts single out fewer than 4 people" in said
        assert "on_against: {counts: report}" in said
    assert place.dataset.versions() == (1,)


def test_as_many_as_k_may_come(place: Place) -> None:
    """A difference of k or more singles out nobody."""
    place.run(BASE, recode="")
    new = [(f"new{at}", 23, dx) for at, dx in enumerate(("flu", "cold", "gout", "asthma"))]
    (found,) = place.run([*BASE, *new], recode="")
    assert found.isolated == "0"


def test_a_changed_value_is_refused(place: Place) -> None:
    """One person's diagnosis is another."""
    place.run(BASE, recode="")
    who, age, _ = BASE[0]
    said = finding(lambda: place.run([(who, age, "gout"), *BASE[1:]], recode=""))
    assert "in differences of fewer than 4" in said
    (found,) = place.run([(who, age, "gout"), *BASE[1:]], recode="", privacy="on_against: report")
    assert found.isolated == "fewer than 4"


def test_another_k_of_the_same_data_is_published(place: Place) -> None:
    """Classes are other unions of the same people."""
    place.run(BASE)
    (found,) = place.run(BASE, k=12)
    assert (found.isolated, found.narrowed) == ("0", "0")


def test_published_ids_that_join_narrow_a_class(place: Place) -> None:
    """Who moved from one class to another is alone among those of both."""
    who = "{action: pseudonymize}"
    place.run(BASE, recode="", who=who)
    moved = [(one, 21 if at < 2 else age, dx) for at, (one, age, dx) in enumerate(BASE)]
    said = finding(lambda: place.run(moved, recode="", who=who))
    assert "ids that both publish put 8 people into groups of fewer than 4" not in said
    assert "ids that both publish put fewer than 4 people into groups of fewer than 4" in said
    (found,) = place.run(moved, recode="", privacy="on_against: report")
    assert found.joined is None


def test_signatures_are_stated_and_refused_on_request(place: Place) -> None:
    """m-invariance: everybody in a class with a new value has another signature."""
    place.run(BASE, recode="")
    other = [(who, age, "new" if dx == "gout" else dx) for who, age, dx in BASE]
    answers = "on_against: {values: report, counts: report, signatures: %s}"
    said = finding(lambda: place.run(other, recode="", privacy=answers % "refuse"))
    assert "80 people are in a class with other values of dx" in said
    (found,) = place.run(other, recode="", privacy=answers % "report")
    assert found.changed == "80"


def test_parts_workers_and_incremental_runs_measure_the_same(place: Place) -> None:
    """However the work is divided."""
    place.run(BASE, files=3, incremental=True)
    people, on = [*BASE[2:], ("person999", 22, "new")], "on_against: report"
    one = place.run(people, files=1, against="[1]", privacy=on)
    assert one[0].isolated == "fewer than 4"
    assert place.run(people, files=3, against="[1]", privacy=on, workers=2) == one
    assert place.run(people, files=3, against="[1]", privacy=on, incremental=True) == one
    more = [*people[::3], *people[1::3], *people[2::3]]
    assert place.run(more, files=3, against="[1]", privacy=on, incremental=True) == one


def test_a_frame_is_compared(place: Place) -> None:
    """With the current version of the policy's sink."""
    place.run(BASE)
    path = place.folder / "policy.yaml"
    frame = pd.DataFrame(BASE, columns=["who", "age", "dx"])
    assert len(anonymize.anonymize_frame(frame, path, keyring=place.uri)) == 80
    said = finding(lambda: anonymize.anonymize_frame(frame[1:].reset_index(drop=True), path,
                                                     keyring=place.uri))  # fmt: skip
    assert "the classes' counts single out fewer than 4" in said


def test_another_dataset_is_compared(place: Place) -> None:
    """By its folder, and by a version of it."""
    place.run(BASE, out="other", against="[]")
    other = place.folder / "other"
    (found,) = place.run(BASE, against=f"[{other}]")
    assert found.release == f"{other} version 1"
    assert found.isolated == "0"
    said = finding(lambda: place.run(BASE[1:], against=f"[{{dataset: {other}, version: 1}}]"))
    assert f"together with {other} version 1" in said


def test_withdrawn_versions_are_compared_too(place: Place) -> None:
    """After a rollback somebody still has the version that was current before."""
    place.run(BASE)
    place.run([*BASE[8:], *[(f"new{at}", 20, BASE[at][2]) for at in range(8)]])
    place.dataset.rollback(1, keyring=place.uri, why="test")
    found = place.run(BASE, privacy="on_against: report")
    assert [one.release.rpartition(" ")[2] for one in found] == ["1", "2"]
    place.dataset.rollback(1, keyring=place.uri, why="test")
    place.dataset.expire(versions=[2, 3], keyring=place.uri, why="test")
    found = place.run(BASE)
    assert [one.uncompared[:1] for one in found[1:]] == [
        ("a rollback withdrew it, and it was expired: nothing of it is left",)
    ] * 2


def test_an_expired_version_cannot_be_compared(place: Place) -> None:
    """It is refused by name, and told under report; one that never was is an error."""
    place.run(BASE)
    place.run(BASE)
    place.dataset.expire(versions=[1], keep=1, keyring=place.uri, why="test")
    said = finding(lambda: place.run(BASE, against="[1]"))
    assert "it was expired, and nothing of it is left; take it out of against:" in said
    (found,) = place.run(BASE, against="[1]", privacy="on_against: report")
    assert found.nothing
    with pytest.raises(DatasetError, match="no version 9"):
        place.run(BASE, against="[9]")


def test_a_version_before_the_first_is_refused(place: Place) -> None:
    """Nothing has a number yet."""
    with pytest.raises(ArgumentError, match="nothing is published yet"):
        place.run(BASE, against="[1]")


def test_a_changed_earlier_version_stops_the_run(place: Place) -> None:
    """A byte of it is another."""
    place.run(BASE)
    part = next(place.dataset.folder(1).glob("part-*.parquet"))
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 1
    part.chmod(0o600)
    part.write_bytes(data)
    with pytest.raises(DatasetError):
        place.run(BASE)
    assert place.dataset.versions() == (1,)


def test_an_earlier_version_without_rows_tells_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No source without rows is published today, so one is feigned."""
    place.run(BASE)
    monkeypatch.setattr(
        "anonymize.pipeline.earlier.Earlier",
        lambda path, dataset, version, rows, link: Earlier(path, dataset, version, 0, link),
    )
    (found,) = place.run(BASE[1:])
    assert found.uncompared == ("it has no rows",)
    assert not found.nothing


def test_other_columns_are_told(place: Place) -> None:
    """Nothing in common is refused; a column that lacks is stated."""
    place.run(BASE)
    path = place.folder / "policy.yaml"
    path.write_text(place.policy(recode="").replace("age", "years"))
    place.source(BASE)
    file = place.folder / "in" / "0.csv"
    file.write_text(file.read_text().replace("age", "years"))
    with pytest.raises(GateError, match=r"nothing of .* can be compared: .*years: it is not in"):
        anonymize.run(path, keyring=place.uri, accept_change=True)


def test_other_hierarchies_are_compared_as_they_are_written_or_told(place: Place) -> None:
    """Intervals are; names of groups that nobody knows are counted."""
    place.run(BASE, recode="recode: {age: {ranges: [3]}}", k=20)
    (found,) = place.run(BASE, recode="recode: {age: {ranges: [5]}}", k=20)
    assert found.uncompared == ()
    assert found.isolated == "0"
    names = place.folder / "names.csv"
    names.write_text("\n".join(f"{age};group{age // 2};*" for age in range(18, 40)))
    recode = f"recode: {{age: {{file: {names}}}}}"
    place.run(BASE, recode=recode, k=16, privacy="on_against: report")
    said = finding(lambda: place.run(BASE, k=16))
    assert "its groups are of other hierarchies" in said


def test_no_value_of_an_earlier_release_is_told(place: Place, keyring: Keyring) -> None:
    """Neither labels nor diagnoses are in messages, facts or the log."""
    place.run([(who, age, f"secretdx{dx}") for who, age, dx in BASE], recode="")
    (found,) = place.run(BASE, recode="", privacy="on_against: report")
    acts = history(place.dataset, keyring)
    told = f"{found} {acts} {(place.dataset.path / 'audit.jsonl').read_text()}"
    assert "secretdx" not in told
    assert any("against" in one for act in acts for one in act.against)
    for name in ("card.md", "croissant.json", "report.html"):
        card = (place.dataset.card(name, keyring=keyring) or b"").decode()
        assert "secretdx" not in card
        assert "out version 1" in card
        assert "narrowed" in card


def test_plan_says_with_what_it_compares(place: Place) -> None:
    """And ``--what-if`` says that it does not."""
    from anonymize.gates.suppression import privacy_sentences

    place.run(BASE)
    path = place.folder / "policy.yaml"
    said = privacy_sentences(preview_plan(path, place.uri).plan)
    assert any("out version 1 (80 rows), by people: its subject index" in one for one in said)
    (one,) = what_if(path, [5], place.uri)
    assert "not compared here" in one.left_out


def test_what_is_compared_needs_no_accepting(place: Place) -> None:
    """``against:`` changes nothing that is published."""
    place.run(BASE, against="[]")
    path = place.folder / "policy.yaml"
    path.write_text(place.policy(privacy="on_against: report"))
    assert anonymize.run(path, keyring=place.uri).version == 2


def test_a_comparison_that_was_not_made_is_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate does not take silence for agreement."""
    place.run(BASE)
    monkeypatch.setattr("anonymize.pipeline.in_progress.with_across", lambda output, *_: output)
    with pytest.raises(AnonymizeError, match="were not compared"):
        place.run(BASE)


def test_signatures_are_refused_where_nobody_could_be_matched(place: Place) -> None:
    """The check would never run."""
    with pytest.raises(PolicyError, match="signatures: refuse needs subject:"):
        place.run(BASE, privacy="on_against: {signatures: refuse}", more="")
