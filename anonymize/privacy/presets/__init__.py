"""Presets: what a law or guideline asks of a policy, where a policy does not keep it, and what
keeping it does not achieve.

In: a policy and detection's findings. Out: problems with their places, and sentences for people.
Each preset is a file ``NAME.txt``: its sources, identifiers with the treatment that they need and
the verdicts of columns that may hold them, measures of the whole policy, what the author must
confirm, what is not achieved. ``presets.py`` reads and explains them, ``treatments.py`` says which
rules are a treatment, ``problems.py`` compares, ``interface.py`` says what is judged.

To add a preset: a file, its name in `NAMES` and in the policy's model (``policy/preset.py``). To
add a treatment: an entry of `TREATMENTS`.
"""

from anonymize.privacy.presets.presets import FEW_PEOPLE, NAMES, Preset, explained, preset_of
from anonymize.privacy.presets.problems import preset_problems

__all__ = ["FEW_PEOPLE", "NAMES", "Preset", "explained", "preset_of", "preset_problems"]
