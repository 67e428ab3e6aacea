"""A policy with relative paths: read, staged and published from the folder that it is run in."""

from __future__ import annotations

import pytest

from anonymize.dataset import Dataset
from anonymize.pipeline.run import begin, write_partition
from tests.workplace import Workplace


def test_a_relative_sink_is_published_where_the_command_was_given(workplace: Workplace) -> None:
    """And the job says where in full, so that a process in another folder finds it."""
    path = workplace.policy()
    text = path.read_text().replace(str(workplace.sink), "out")
    path.write_text(text.replace(str(workplace.source), workplace.source.name))
    done = workplace.coatcheck("run", path.name)
    assert done.returncode == 0, done.stderr
    assert Dataset(workplace.sink).verify(keyring=workplace.keyring_uri).ok


def test_a_job_names_its_folder_in_full(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever its tasks run."""
    path = workplace.policy()
    path.write_text(path.read_text().replace(str(workplace.sink), "out"))
    monkeypatch.chdir(workplace.folder)
    with begin(path, workplace.keyring_uri) as running:
        assert running.job.staging.startswith(f"{workplace.sink}/")


def test_a_jobs_partitions_are_read_from_any_folder(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A worker's folder is not the one in which the policy was read."""
    path = workplace.policy()
    path.write_text(path.read_text().replace(str(workplace.source), workplace.source.name))
    monkeypatch.chdir(workplace.folder)
    with begin(path, workplace.keyring_uri) as running:
        monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
        assert write_partition(running.job, 0).rows_out == 3
