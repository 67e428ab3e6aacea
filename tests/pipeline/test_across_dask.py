"""Comparisons with earlier releases on a real Dask cluster of two worker processes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import anonymize
from anonymize.errors import GateError
from tests.dask_cluster import dask_cluster
from tests.pipeline.test_across import BASE, Place, swapped


@pytest.mark.soak
def test_a_cluster_compares_with_an_earlier_release_as_this_machine_does(
    tmp_path: Path, keyring_uri: str
) -> None:
    """The same figures, a finding is refused, and what the cluster wrote names nobody."""
    (tmp_path / "dask").mkdir()
    with dask_cluster(tmp_path / "dask") as cluster:
        found = [
            _compared(tmp_path / name, keyring_uri, given)
            for name, given in (("here", {"workers": 1}), ("there", {"runner": cluster.runner}))
        ]
        texts = cluster.texts()
    assert found[0] == found[1]
    assert (found[0]["narrowed"], found[0]["counts"]) == ("8", "people")
    assert b"coatcheck-writing" in texts
    assert not [who for who, *_ in BASE if who.encode() in texts]


def _compared(folder: Path, keyring_uri: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return what two versions tell together; to refuse them by default is tried before."""
    folder.mkdir()
    place = Place(folder, keyring_uri)
    place.run(BASE, files=3, recode="")
    place.source(swapped(BASE, 25)[:-1], files=3)
    path = folder / "policy.yaml"
    path.write_text(place.policy(recode="", privacy="l: 4"))
    with pytest.raises(GateError, match="8 people have fewer possible values of dx"):
        anonymize.run(path, keyring=keyring_uri, accept_change=True, **given)
    path.write_text(place.policy(recode="", privacy="l: 4\n  on_against: report"))
    done = anonymize.run(path, keyring=keyring_uri, accept_change=True, **given)
    assert done.privacy is not None
    (against,) = done.privacy.against or ()
    return against.model_dump(exclude={"release"})
