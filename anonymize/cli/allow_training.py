"""Implements the command that pays for a training with differential privacy."""

from __future__ import annotations

import json
from pathlib import Path

from anonymize.cli.aggregate import epsilons_in
from anonymize.cli.output import print_table, say_wrapped
from anonymize.pipeline.aggregate.files import new_files


def allow_training_command(
    policy_path: Path,
    output: Path,
    epsilon: float | None,
    version: int | None,
    reason: str,
    keyring_uri: str | None,
) -> None:
    """Spend, and write the allowance."""
    from anonymize.pipeline.training import allow_training

    with new_files(output) as (file,):
        made = allow_training(
            policy_path, keyring_uri, epsilon=epsilon, version=version, reason=reason
        )
        file.write(json.dumps(made.document, indent=2, ensure_ascii=False).encode() + b"\n")
    terms = made.terms
    say_wrapped(
        f"{output}: {terms.steps:,} steps with noise {terms.noise:g}; this cost {made.loss};"
        f" {made.budget.spent} of {made.budget.most} is spent. It is good for one training"
    )


def noise_command(policy_path: Path, said: str) -> None:
    """Print the noise that each ε needs."""
    from anonymize.pipeline.training import training_noise

    print_table(
        ("ε", "δ", "noise", "of the mean gradient ±"),
        [
            (
                f"{one.epsilon:g}",
                f"{one.delta:g}",
                f"{one.noise:g}",
                f"{one.noise * one.clip / (one.share * one.people):.2g}",
            )
            for one in training_noise(policy_path, epsilons_in(said))
        ],
    )
    say_wrapped(
        "noise: standard deviation in a step, in units of clip. The last column is that of each"
        " weight's gradient, which is at most clip"
    )
