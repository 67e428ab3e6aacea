"""What a policy says of a quasi-identifier's groups."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from anonymize.policy import PrivacySpec
from anonymize.policy.actions import StrictModel
from anonymize.policy.load import _yaml_path
from anonymize.policy.recode import RECODE_TAGS, Recode
from anonymize.policy.yaml_places import PlacedYaml
from anonymize.privacy.hierarchies import WAYS, HierarchySpec, hierarchy_of
from anonymize.privacy.hierarchies.dates import Dates
from anonymize.privacy.hierarchies.ranges import Edges, Ranges


class Block(StrictModel):
    """A block with such an entry."""

    recode: dict[str, Recode] = {}  # noqa: RUF012


def spec_of(said: Any) -> Any:
    """Return the model of what is said of a column."""
    return Block.model_validate({"recode": {"c": said}}).recode["c"]


def test_a_word_is_short_for_its_key() -> None:
    """So both have one digest, and either makes its hierarchy."""
    assert spec_of("dates") == spec_of({"dates": True})
    assert hierarchy_of(spec_of("dates")) == Dates()
    again = Block.model_validate(Block(recode={"c": spec_of("dates")}).model_dump(mode="json"))
    assert again.recode["c"] == spec_of("dates")


def test_a_list_of_edges_is_one_level() -> None:
    """A list of lists has a level each."""
    assert hierarchy_of(spec_of({"edges": [0, 18]})) == Edges(((0, 18),))
    assert hierarchy_of(spec_of({"edges": [[0, 18], [0]]})) == Edges(((0, 18), (0,)))
    assert hierarchy_of(spec_of({"ranges": [5, 10], "top": 90})) == Ranges((5, 10), 90)


def test_the_model_has_what_hierarchies_ask_for() -> None:
    """One that is added to one of them and not to the other is missed here."""
    fields = set(type(spec_of("dates")).model_fields)
    assert fields == set(HierarchySpec.__dataclass_fields__)
    assert set(WAYS) <= fields


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("datez", "Input should be 'dates', 'ages', 'countries' or 'values'"),
        ({}, "does not say how; say one of ranges, edges"),
        ({"dates": True, "ages": True}, "dates and ages do not go together"),
        ({"dates": True, "top": 90}, "top: goes with ranges:"),
        ({"ranges": [5, 10], "width": 3}, "width: goes with prefix:"),
        ({"ranges": [5, 12]}, "ranges: 12 is not a multiple of 5"),
        ({"ranges": [0]}, "Input should be greater than 0"),
        ({"ranges": [float("nan")]}, "Input should be a finite number"),
        ({"ranges": [5], "top": 91}, "top: is a multiple of the first width"),
        ({"ranges": [5], "top": 5, "bottom": 10}, "bottom: must be below top:"),
        ({"ranges": []}, "ranges: is empty; say at least one number"),
        ({"edges": []}, "edges: is empty"),
        ({"edges": [[1], []]}, "edges: is empty"),
        ({"edges": [3, 1]}, "edges: edges must rise"),
        ({"edges": [[1, 2], [3]]}, "edges: each level has some of the edges of the one before"),
        ({"prefix": [3, 4]}, "prefix: numbers of characters must fall"),
        ({"prefix": [3], "width": 2}, "width: is not below the first prefix"),
        ({"codes": "icd9"}, "Input should be 'icd10' or 'naics'"),
        ({"postcodes": "usa"}, "String should match pattern"),
        ({"file": "a\0b"}, "NUL"),
        ({"rangez": [5]}, "Extra inputs are not permitted"),
    ],
)
def test_mistakes_are_said_once_each(said: Any, what: str) -> None:
    """Places have keys of the policy alone, and nothing that the model added."""
    with pytest.raises(ValidationError) as error:
        spec_of(said)
    (found,) = error.value.errors()
    assert what in found["msg"]
    data = {"recode": {"c": said}}
    path = _yaml_path(found["loc"], PlacedYaml(data, {}))
    assert path[:2] == ("recode", "c")
    assert RECODE_TAGS.isdisjoint(path)


def test_effort_goes_with_what_has_it() -> None:
    """A setting that would do nothing is refused."""
    block = {"quasi_identifiers": ["zip"], "recode": {"zip": "values"}, "effort": "best"}
    assert PrivacySpec.model_validate(block).effort == "best"
    for other in ({"method": "mondrian"}, {"recode": {}}):
        with pytest.raises(ValueError, match="goes with recode: and method: local"):
            PrivacySpec.model_validate({**block, **other})


def test_settings_that_are_not_used_leave_digests_as_they_were() -> None:
    """A policy of before is not a changed one: its run would stop for it."""
    before = {"quasi_identifiers": ["zip"], "sensitive": [], "k": 5, "max_suppressed": 0.02}
    assert PrivacySpec(quasi_identifiers=("zip",)).model_dump(mode="json") == before
    used = PrivacySpec.model_validate(
        {"quasi_identifiers": ["zip"], "recode": {"zip": "values"}, "method": "hierarchy"}
    ).model_dump(mode="json")
    assert used["method"] == "hierarchy"
    assert used["recode"]["zip"]["values"]
    assert "l" not in used


@pytest.mark.parametrize(
    ("recode", "what"),
    [
        ({"zip": "values"}, "give sex an entry in recode:"),
        ({"zip": {"prefix": [3]}, "sex": "values"}, "recode: zip: method: mondrian publishes"),
        ({"zip": {"ranges": [5], "top": 90}, "sex": "values"}, "keeps to no levels and no ends"),
    ],
)
def test_sets_and_intervals_take_no_levels_and_no_ends(recode: Any, what: str) -> None:
    """What mondrian would not keep to is refused, not ignored."""
    block = {"quasi_identifiers": ["zip", "sex"], "recode": recode, "method": "mondrian"}
    with pytest.raises(ValueError, match=what):
        PrivacySpec.model_validate(block)
