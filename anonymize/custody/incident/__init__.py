"""What to do when a key leaked or a wrong version was published: a runbook with its commands filled
in, and a drill of it on a copy.

In: a key's name or a version's number, and a `Scene`: datasets, policies, the owner's keyring.
Out: an `Incident`, which is steps with commands; `drill` runs them on a private copy and returns
how each ended. Nothing here changes a dataset or a keyring.

To add a kind of incident: a module that returns an `Incident`, and its name in ``runbook.py``.
"""

from anonymize.custody.incident.drill import Outcome, drill
from anonymize.custody.incident.runbook import incident, scene_of
from anonymize.custody.incident.steps import Incident, OnDisk, Scene, Step

__all__ = ["Incident", "OnDisk", "Outcome", "Scene", "Step", "drill", "incident", "scene_of"]
