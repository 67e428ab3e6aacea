"""What training with noisy gradients costs one person: ε for a noise, and a noise for an ε.

In: the noise multiplier, the share of people in a step, the number of steps and δ. Out: ε. Only
NumPy is needed, so that the owner of a budget can price a training without torch.
``accounting.py`` computes the Rényi divergences and converts them; ``terms.py`` is what was paid
for, as the signed allowance states it and the trainer keeps to it.
"""

from anonymize.privacy.training.accounting import epsilon_of, noise_for
from anonymize.privacy.training.terms import TrainingTerms

__all__ = ["TrainingTerms", "epsilon_of", "noise_for"]
