"""What a person can change is bounded before noise, noise is added, and steps are counted."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from anonymize.errors import ArgumentError, GateError
from anonymize.readers.private import Encoded

from .conftest import FEATURES, rows, terms

torch = pytest.importorskip("torch")
pytest.importorskip("opacus", reason="it is in .venv-readers alone; make soak runs these")
pytestmark = pytest.mark.soak

from anonymize.readers.private import clipped  # noqa: E402
from anonymize.readers.private.clipped import by_rows, clipped_sum  # noqa: E402
from anonymize.readers.private.descent import Descent  # noqa: E402
from anonymize.readers.private.models import made  # noqa: E402
from anonymize.readers.private.needed import GradSampleModule  # noqa: E402

CPU = torch.device("cpu")


def model(kind: str = "mlp") -> GradSampleModule:
    """Return a model that is not at its beginning, so that gradients differ."""
    torch.manual_seed(3)
    built = made(kind, FEATURES)
    for weight in built.parameters():
        torch.nn.init.normal_(weight, std=2.0)
    return by_rows(built)


def flat(sums: list[torch.Tensor]) -> np.ndarray:
    """Return all numbers of a gradient."""
    return np.concatenate([one.numpy().ravel() for one in sums])


def replaced(held: Encoded, person: int, seed: int) -> Encoded:
    """Return rows in which one person's have other values, some of them extreme."""
    other, some = rows(held.people, 4, seed), slice(held.starts[person], held.starts[person + 1])
    codes, numbers, labels = held.codes.copy(), held.numbers.copy(), held.labels.copy()
    codes[some], numbers[some] = other.codes[some], 1e6 * other.numbers[some]
    labels[some] = 1 - labels[some]
    return replace(held, codes=codes, numbers=numbers, labels=labels)


@pytest.mark.parametrize("kind", ["linear", "mlp"])
@pytest.mark.parametrize("clip", [0.1, 1.0, 30.0])
def test_all_rows_of_a_person_change_the_sum_by_no_more_than_the_bound(
    kind: str, clip: float
) -> None:
    """Another person in its place: 2 · clip. One person less: clip. Exact but for rounding."""
    held, net, everybody = rows(40, 4), model(kind), np.arange(40)
    whole = flat(clipped_sum(net, held, everybody, clip, CPU))
    reached = 0.0
    for person in range(40):
        others = np.delete(everybody, person)
        without = flat(clipped_sum(net, held, others, clip, CPU))
        assert np.linalg.norm(whole - without) <= clip * (1 + 1e-5)
        reached = max(reached, float(np.linalg.norm(whole - without)))
        swapped = flat(clipped_sum(net, replaced(held, person, 9), everybody, clip, CPU))
        assert np.linalg.norm(whole - swapped) <= 2 * clip * (1 + 1e-5)
    if clip <= 1:
        assert reached > 0.9 * clip  # the bound is one that is met, or nothing was tried


def test_rows_that_are_clipped_one_by_one_would_break_the_bound() -> None:
    """So the test above would fail if people were taken for rows."""
    held, net = rows(40, 4), model()
    by_row = replace(held, whose=np.arange(160), starts=np.arange(161))
    four = flat(clipped_sum(net, by_row, np.arange(4), 0.1, CPU))
    assert np.linalg.norm(four) > 0.1 * 1.5
    assert np.linalg.norm(flat(clipped_sum(net, held, np.arange(1), 0.1, CPU))) <= 0.1


def test_a_persons_gradient_is_the_mean_of_its_rows() -> None:
    """Without clipping: as torch's own gradient of one row after the other."""
    held, net = rows(6, 4), model()
    sums = clipped_sum(net, held, np.arange(6), 1e6, CPU)
    plain = net._module
    for parameter in plain.parameters():
        parameter.grad = None
    inputs, labels = held.matrix(np.arange(24)), held.labels
    for row in range(24):
        loss = torch.nn.functional.cross_entropy(
            plain(torch.from_numpy(inputs[row : row + 1])), torch.from_numpy(labels[row : row + 1])
        )
        (loss / 4).backward()
    for total, parameter in zip(sums, plain.parameters(), strict=True):
        assert torch.allclose(total.float(), parameter.grad, rtol=1e-3, atol=1e-4)


def test_portions_give_the_same_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few rows fit, nobody is divided."""
    held, net = rows(30, 4), model()
    whole = flat(clipped_sum(net, held, np.arange(30), 1.0, CPU))
    monkeypatch.setattr(clipped, "NUMBERS_AT_ONCE", 1)
    parts = flat(clipped_sum(net, held, np.arange(30), 1.0, CPU))
    assert np.allclose(whole, parts, atol=1e-5)
    assert not flat(clipped_sum(net, held, np.arange(0), 1.0, CPU)).any()


def test_a_gradient_that_is_no_number_counts_as_nothing() -> None:
    """One person could otherwise make every weight NaN, which tells that the person was there."""
    held, net = rows(10, 4), model("linear")
    held.numbers[held.starts[3], 0] = np.inf
    whole = flat(clipped_sum(net, held, np.arange(10), 1.0, CPU))
    others = flat(clipped_sum(net, held, np.delete(np.arange(10), 3), 1.0, CPU))
    assert np.isfinite(whole).all()
    assert np.allclose(whole, others, atol=1e-5)


def test_noise_is_added_to_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nobody drawn, a step is noise alone, of the stated size: six standard errors."""
    asked = terms(noise=2.0, clip=3.0, share=0.2, people=50, steps=200)
    alone = rows(2, 1).of(np.array([], int))
    built = made("linear", FEATURES)
    run = Descent(built, alone, asked, CPU, lambda p: torch.optim.SGD(p, lr=1.0))
    before, moved = flat([p.detach().double() for p in built.parameters()]), []
    for _ in range(200):
        run.step()
        now = flat([p.detach().double() for p in built.parameters()])
        moved.append(now - before)
        before = now
    found, expected = np.concatenate(moved), 2.0 * 3.0 / (0.2 * 50)
    count = len(found)
    assert abs(found.std() / expected - 1) < 6 / math.sqrt(2 * count)
    assert abs(found.mean()) < 6 * expected / math.sqrt(count)


def test_people_are_drawn_independently_of_each_other() -> None:
    """Each with the stated probability, and numbers of people vary as of independent draws."""
    seen: list[np.ndarray] = []
    held, asked = rows(500, 1), terms(share=0.1, steps=60, people=500)
    run = Descent(made("linear", FEATURES), held, asked, CPU)
    original = clipped.clipped_sum

    def watched(net: object, some: Encoded, people: np.ndarray, *rest: object) -> object:
        seen.append(people)
        return original(net, some, people, *rest)  # type: ignore[arg-type]

    from anonymize.readers.private import descent

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(descent, "clipped_sum", watched)
        run.run()
    sizes = np.array([len(one) for one in seen])
    assert abs(sizes.mean() - 50) < 6 * math.sqrt(45 / 60)
    assert 45 * 0.2 < sizes.var() < 45 * 3  # fixed batches have 0
    often = np.bincount(np.concatenate(seen), minlength=500)
    assert abs(often.var() - 60 * 0.09) < 6 * 60 * 0.09 * math.sqrt(2 / 500) * 1.5


def test_steps_beyond_those_that_were_paid_for_stop() -> None:
    """After `run`, and after steps one by one."""
    run = Descent(made("linear", FEATURES), rows(30, 2), terms(steps=3), CPU)
    run.step()
    run.run()
    assert run.done == 3
    with pytest.raises(GateError, match="3 steps were paid for"):
        run.step()
    assert run.done == 3


def test_terms_are_priced_before_the_first_step() -> None:
    """Made up ones are refused."""
    wrong = replace(terms(), epsilon=0.1)
    with pytest.raises(ArgumentError, match="these steps cost"):
        Descent(made("linear", FEATURES), rows(30, 2), wrong, CPU)
    with pytest.raises(ArgumentError, match="is not poisson"):
        Descent(made("linear", FEATURES), rows(30, 2), replace(terms(), sampling="shuffled"), CPU)


def test_layers_that_mix_people_are_refused() -> None:
    """Batch norm: a person's gradient would hold the others."""

    def mixing(width: int, classes: int) -> torch.nn.Module:
        return torch.nn.Sequential(
            torch.nn.Linear(width, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, classes)
        )

    with pytest.raises(ArgumentError, match="BatchNorm1d"):
        made(mixing, FEATURES)
    with pytest.raises(ArgumentError, match="there are: linear, mlp"):
        made("forest", FEATURES)


class _Centred(torch.nn.Module):
    """Takes the mean of the rows away; ``detached`` so that no gradient tells of it."""

    def __init__(self, detached: bool) -> None:
        super().__init__()
        self._detached = detached

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        mean = rows.mean(0)
        return rows - (mean.detach() if self._detached else mean)


class _Counting(torch.nn.Module):
    """Keeps the sum of the rows that it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("seen", torch.zeros(()))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        self.seen += rows.sum().detach()
        return rows


def _frozen(width: int) -> torch.nn.Module:
    return torch.nn.BatchNorm1d(width).requires_grad_(False)


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (lambda width: torch.nn.BatchNorm1d(width, affine=False), "BatchNorm1d"),
        (_frozen, "BatchNorm1d"),
        (lambda _: _Centred(False), "mixes them"),
        (lambda _: _Centred(True), "mixes them"),
        (lambda _: _Counting(), "keeps something"),
    ],
    ids=["no weights", "frozen", "centred", "detached", "buffer"],
)
def test_layers_without_weights_that_mix_or_keep_rows_are_refused(first: Any, says: str) -> None:
    """Opacus looks only at layers that are trained: a batch norm that is not would put the mean of
    the rows, without noise, into the model. A last layer of zeros hides nothing.
    """

    def mixing(width: int, classes: int) -> torch.nn.Module:
        last = torch.nn.Linear(width, classes)
        torch.nn.init.zeros_(last.weight)
        return torch.nn.Sequential(first(width), last)

    with pytest.raises(ArgumentError, match=says):
        made(mixing, FEATURES)


def test_layers_that_look_at_one_row_are_taken() -> None:
    """Also those that draw at random; the model that is trained is as its maker left it."""

    def own(width: int, classes: int) -> torch.nn.Module:
        torch.manual_seed(3)
        return torch.nn.Sequential(
            torch.nn.Linear(width, 6), torch.nn.LayerNorm(6), torch.nn.Dropout(0.5),
            torch.nn.GroupNorm(2, 6), torch.nn.GELU(), torch.nn.Linear(6, classes),
        )  # fmt: skip

    with torch.random.fork_rng():
        built, like = made(own, FEATURES), own(FEATURES.width, FEATURES.classes)
    for one, other in zip(built.parameters(), like.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    ("noise", "share", "steps", "delta"),
    [(1.1, 0.00427, 14_062, 1e-5), (0.6, 0.01, 1000, 1e-5), (2, 0.1, 300, 1e-6),
     (5, 0.5, 100, 1e-6), (10, 1, 50, 1e-5), (0.4, 0.001, 100, 1e-5)],
)  # fmt: skip
def test_the_price_is_opacus_own_for_rows_and_never_below(
    noise: float, share: float, steps: int, delta: float
) -> None:
    """Equal to its Rényi accountant, above what its tighter one says."""
    from opacus.accountants import PRVAccountant, RDPAccountant

    from anonymize.privacy.training import epsilon_of

    found = epsilon_of(noise, share, steps, delta)
    by_orders, tight = RDPAccountant(), PRVAccountant()
    by_orders.history = tight.history = [(noise, share, steps)]
    theirs = by_orders.get_epsilon(delta)
    assert found == pytest.approx(theirs, rel=1e-6)
    assert found >= theirs - 1e-9
    assert found >= tight.get_epsilon(delta) - 0.01  # its stated error
