"""Makes allowances for training with differential privacy, as ``aggregates: {training: …}`` says.

In: a policy and a keyring that signs. Out: a signed document that a trainer presents; its ε is
spent in the dataset's log before it is made. The budget is that of all aggregates of the dataset
and purpose. Readers cannot sign, so they cannot spend; ``readers/private`` is what they run.
"""

from anonymize.pipeline.training.allow import Allowed, allow_training, training_noise

__all__ = ["Allowed", "allow_training", "training_noise"]
