"""Reveals and reads outside what an actor does otherwise, found in the signed logs.

In: a dataset's logs and thresholds. Out: `Unusual`: acts with the rule that each broke, and what
could not be judged and why. No row, token or value is looked at.

To add a rule: a name in `Rule`, and a method of `Habit` that returns why it is broken.
"""

from anonymize.custody.unusual.events import Event
from anonymize.custody.unusual.judge import Flag, Unjudged, Unusual, unusual
from anonymize.custody.unusual.thresholds import RULES, Rule, Thresholds

__all__ = ["RULES", "Event", "Flag", "Rule", "Thresholds", "Unjudged", "Unusual", "unusual"]
