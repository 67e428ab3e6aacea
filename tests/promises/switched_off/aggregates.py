"""Mechanisms of aggregates, synthetic rows and their budget."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests.promises.switched_off.off import SwitchedOff

_RELEASES = "pipeline/aggregate/test_aggregate.py::"
_LEDGER = "custody/budget/test_ledger.py::"
_SYNTHETIC = "pipeline/synthesize/test_synthesize.py::"
_ALL = 10**9


def _noise(patch: pytest.MonkeyPatch) -> None:
    from anonymize.privacy.differential import estimates

    patch.setattr(estimates, "noisy", lambda numbers, scale: list(numbers))


def _whole_noise(patch: pytest.MonkeyPatch) -> None:
    """Half of the noise that ε asks for."""
    from anonymize.privacy.differential import mechanisms

    dp = mechanisms._opendp()
    whole = dp.m.make_laplace
    patch.setattr(dp.m, "make_laplace", lambda *space, scale: whole(*space, scale=scale / 2))


def _clamp(patch: pytest.MonkeyPatch) -> None:
    from anonymize.privacy.differential import estimates

    added = estimates._added

    def unclamped(codes: Any, values: Any, number: int, bounds: Any, *rest: Any) -> Any:
        return added(codes, values, number, (-_ALL, _ALL), *rest)

    patch.setattr(estimates, "_added", unclamped)


def _contribution_bound(patch: pytest.MonkeyPatch) -> None:
    from anonymize.pipeline.aggregate import release

    whole = release.bounded
    patch.setattr(release, "bounded", lambda p, g, groups, rows: whole(p, g, _ALL, _ALL))


def _threshold(patch: pytest.MonkeyPatch) -> None:
    from anonymize.privacy.differential import estimates

    patch.setattr(estimates, "noisy_above", lambda counts, *rest: dict(counts))


def _types_of_the_policy(patch: pytest.MonkeyPatch) -> None:
    from anonymize.pipeline.aggregate import contributions

    patch.setattr(contributions, "untold", lambda *said: None)


def _ledger(patch: pytest.MonkeyPatch) -> None:
    """A release goes on without an entry."""
    from anonymize.custody.budget import Budget
    from anonymize.pipeline.aggregate import publish
    from anonymize.privacy.differential import Loss

    patch.setattr(publish, "spend", lambda *said, **more: Budget(Loss(), Loss()))


def _sum_of_the_ledger(patch: pytest.MonkeyPatch) -> None:
    """Entries are written, and not added up."""
    from anonymize.custody.budget import ledger

    patch.setattr(ledger, "_check", lambda *said: None)


def _lock(patch: pytest.MonkeyPatch) -> None:
    from anonymize.dataset.audit import AuditLog

    @contextlib.contextmanager
    def unlocked(self: Any, *, wait: bool = True) -> Iterator[bool]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        yield True

    patch.setattr(AuditLog, "alone", unlocked)


def _once(patch: pytest.MonkeyPatch) -> None:
    from anonymize.custody.budget import ledger

    patch.setattr(ledger, "_refuse_paid", lambda *said: None)


def _head_of_the_log(patch: pytest.MonkeyPatch) -> None:
    """The signed number of the log's lines is not compared with the log."""
    from anonymize.custody.budget import ledger
    from anonymize.dataset.audit import AuditLog

    for name in ("_check_head", "_check_signed_head"):
        patch.setattr(AuditLog, name, lambda *said: None)
    patch.setattr(
        ledger, "require_whole_log", lambda dataset, keyring: dataset.audit.entries(keyring)
    )


def _anchor(patch: pytest.MonkeyPatch) -> None:
    from anonymize.custody.budget import ledger

    patch.setattr(
        ledger, "require_whole_log", lambda dataset, keyring: dataset.audit.entries(keyring)
    )


def _signature(patch: pytest.MonkeyPatch) -> None:
    from anonymize.dataset import certificate

    patch.setattr(certificate, "check_signature", lambda *said, **more: None)


def _noise_of_marginals(patch: pytest.MonkeyPatch) -> None:
    from anonymize.privacy.synthetic import fit

    patch.setattr(fit, "noisy", lambda numbers, scale: list(numbers))


def _bound_of_synthetic(patch: pytest.MonkeyPatch) -> None:
    from anonymize.pipeline.synthesize import make

    whole = make.bounded
    patch.setattr(make, "bounded", lambda p, g, groups, rows: whole(p, np.zeros_like(g), 1, _ALL))


def _digest_of_rows(patch: pytest.MonkeyPatch) -> None:
    from anonymize.pipeline.synthesize import make

    patch.setattr(make, "require_rows", lambda *said: None)


OFF = (
    SwitchedOff(
        "noise", f"{_RELEASES}test_two_releases_differ_because_noise_is_drawn_anew", _noise
    ),
    SwitchedOff(
        "half of the noise",
        "privacy/differential/test_mechanisms.py::"
        "test_two_tables_that_differ_in_one_person_are_hard_to_tell_apart",
        _whole_noise,
    ),
    SwitchedOff("clamp", f"{_RELEASES}test_sums_means_quantiles_and_ranges", _clamp),
    SwitchedOff(
        "contribution bound",
        f"{_RELEASES}test_a_person_counts_in_as_many_groups_as_said",
        _contribution_bound,
    ),
    SwitchedOff(
        "threshold", f"{_RELEASES}test_found_groups_show_those_of_many_people_alone", _threshold
    ),
    SwitchedOff(
        "types of the policy",
        f"{_RELEASES}test_types_come_from_the_policy_not_from_values",
        _types_of_the_policy,
    ),
    SwitchedOff("ledger", f"{_RELEASES}test_a_release_that_fails_has_spent_its_budget", _ledger),
    SwitchedOff(
        "sum of the ledger",
        f"{_LEDGER}test_a_budget_is_spent_to_the_last_tenth_and_no_further",
        _sum_of_the_ledger,
    ),
    SwitchedOff(
        "lock",
        f"{_LEDGER}test_sixteen_processes_never_overspend",
        _lock,
        ("AssertionError", "DatasetError"),  # the log may be broken as well
    ),
    SwitchedOff("once", f"{_LEDGER}test_a_release_with_a_name_is_paid_for_once", _once),
    SwitchedOff(
        "head of the log", f"{_LEDGER}test_a_log_that_was_cut_is_no_ledger", _head_of_the_log
    ),
    SwitchedOff("anchor", f"{_LEDGER}test_an_anchor_shows_a_log_that_was_put_back", _anchor),
    SwitchedOff(
        "signature",
        f"{_RELEASES}test_the_document_is_signed_and_says_nothing_of_rows",
        _signature,
    ),
    SwitchedOff(
        "noise of marginals",
        "privacy/synthetic/test_fit.py::test_with_a_small_epsilon_the_noise_shows",
        _noise_of_marginals,
    ),
    SwitchedOff(
        "contribution bound of synthetic rows",
        f"{_SYNTHETIC}test_rows_have_the_stated_values_and_what_belongs_together",
        _bound_of_synthetic,
    ),
    SwitchedOff(
        "digest of synthetic rows", f"{_SYNTHETIC}test_a_changed_row_is_told", _digest_of_rows
    ),
)
