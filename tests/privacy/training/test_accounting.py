"""The price of a training: published figures, and what has to hold of any."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anonymize.errors import ArgumentError
from anonymize.privacy.training import TrainingTerms, epsilon_of, noise_for
from anonymize.privacy.training.accounting import ORDERS, _log_moment

TERMS = {"delta": 1e-5, "share": 0.05, "steps": 300, "clip": 1.0, "most_rows": 1, "people": 1000}


@pytest.mark.parametrize(
    ("noise", "share", "steps", "least", "published"),
    [
        # Abadi et al. 2016, section 3: q = 0.01, σ = 4, T = 10,000, δ = 1e-5: ε ≈ 1.26 by the
        # moments accountant, whose conversion is looser than ours
        (4.0, 0.01, 10_000, 0.9, 1.26),
        # TensorFlow Privacy's tutorial: 60,000 rows, batches of 256, noise 1.1, 60 epochs: ε = 3.0
        (1.1, 256 / 60_000, 60 * 60_000 // 256, 2.3, 3.01),
    ],
)
def test_published_figures(
    noise: float, share: float, steps: int, least: float, published: float
) -> None:
    """Not above those, which were converted less tightly, and not far below."""
    assert least < epsilon_of(noise, share, steps, 1e-5) <= published


@pytest.mark.parametrize(("noise", "steps"), [(1.0, 1), (5.0, 40), (20.0, 400)])
def test_with_everybody_in_every_step_it_is_the_gaussian_mechanism(
    noise: float, steps: int
) -> None:
    """Whose divergences are known: α / 2σ² a step."""
    orders = np.array(ORDERS)
    tail = np.log1p(-1 / orders) - (math.log(1e-5) + np.log(orders)) / (orders - 1)
    assert epsilon_of(noise, 1.0, steps, 1e-5) == pytest.approx(
        float((steps * orders / (2 * noise**2) + tail).min()), rel=1e-9
    )
    almost = epsilon_of(noise, 1 - 1e-9, steps, 1e-5)
    assert almost == pytest.approx(epsilon_of(noise, 1.0, steps, 1e-5), rel=1e-5)


@pytest.mark.parametrize("order", [2, 3, 7])
@pytest.mark.parametrize(("noise", "share"), [(0.5, 0.3), (1.0, 0.01), (4.0, 0.5)])
def test_moments_of_whole_orders_are_the_binomial_sum(
    order: int, noise: float, share: float
) -> None:
    """Mironov et al. 2019, section 3.3, computed another way."""
    total = sum(
        math.comb(order, k)
        * (1 - share) ** (order - k)
        * share**k
        * math.exp((k * k - k) / (2 * noise**2))
        for k in range(order + 1)
    )
    assert _log_moment(noise, share, order) == pytest.approx(math.log(total), rel=1e-9)


@given(
    noise=st.floats(0.3, 30),
    share=st.floats(1e-4, 1),
    steps=st.integers(1, 5000),
    delta=st.floats(1e-9, 1e-3),
)
def test_more_costs_more(noise: float, share: float, steps: int, delta: float) -> None:
    """More steps, a larger share, less noise, a smaller δ."""
    here = epsilon_of(noise, share, steps, delta)
    assert here <= epsilon_of(noise, share, steps + 1, delta) + 1e-9
    assert here <= epsilon_of(noise, min(1.0, share * 1.1), steps, delta) + 1e-7
    assert here <= epsilon_of(noise * 0.9, share, steps, delta) + 1e-9
    assert here <= epsilon_of(noise, share, steps, delta / 2) + 1e-9


@pytest.mark.parametrize("epsilon", [0.3, 1.0, 3.0, 8.0])
@pytest.mark.parametrize(("share", "steps"), [(0.01, 2000), (0.2, 100), (1.0, 20)])
def test_the_noise_for_an_epsilon_gives_it_and_less_noise_does_not(
    epsilon: float, share: float, steps: int
) -> None:
    """To four decimals."""
    noise = noise_for(epsilon, share, steps, 1e-5)
    assert epsilon_of(noise, share, steps, 1e-5) <= epsilon
    assert epsilon_of(noise - 1e-4, share, steps, 1e-5) > epsilon


@pytest.mark.parametrize(
    ("noise", "share", "steps", "delta"),
    [(0, 0.1, 1, 1e-5), (math.nan, 0.1, 1, 1e-5), (1, 0, 1, 1e-5), (1, 1.1, 1, 1e-5),
     (1, 0.1, 0, 1e-5), (1, 0.1, 1, 0), (1, 0.1, 1, 0.5), (1, math.nan, 1, 1e-5)],
)  # fmt: skip
def test_numbers_out_of_range_are_refused(
    noise: float, share: float, steps: int, delta: float
) -> None:
    """NaN too."""
    with pytest.raises(ArgumentError):
        epsilon_of(noise, share, steps, delta)


def test_an_epsilon_that_no_noise_gives_is_refused() -> None:
    """With so small a δ the conversion alone costs more."""
    with pytest.raises(ArgumentError, match="raise delta"):
        noise_for(0.001, 0.5, 1000, 1e-15)


def test_terms_go_through_json_and_are_priced_once_more() -> None:
    """What states less than it costs is refused, by whatever it is made cheaper."""
    terms = TrainingTerms.priced(epsilon=3.0, noise=None, **TERMS)
    said = terms.as_json()
    assert TrainingTerms.parsed(said) == terms
    assert terms.epsilon <= 3
    by_noise = TrainingTerms.priced(epsilon=None, noise=terms.noise, **TERMS)
    assert by_noise == terms
    for change in (
        {"epsilon": 2.9},
        {"noise": 1.0},
        {"steps": 301},
        {"share": 0.06},
        {"delta": 1e-6},
        {"noise": 0.0},
        {"noise": float("nan")},
        {"epsilon": float("nan")},
        {"clip": 0.0},
        {"clip": float("inf")},
        {"clip": float("nan")},
        {"steps": 300.5},
        {"steps": True},
        {"sampling": "shuffled"},
        {"seed": 1},
    ):
        with pytest.raises(ArgumentError):
            TrainingTerms.parsed({**said, **change})
    with pytest.raises(ArgumentError, match="missing"):
        TrainingTerms.parsed({k: v for k, v in said.items() if k != "clip"})


def test_sampling_that_is_not_independent_is_refused() -> None:
    """The price of batches of a shuffled table is another one."""
    said = TrainingTerms.priced(epsilon=3.0, noise=None, **TERMS).as_json()
    with pytest.raises(ArgumentError, match="is not poisson"):
        TrainingTerms.parsed({**said, "sampling": "shuffled"})
