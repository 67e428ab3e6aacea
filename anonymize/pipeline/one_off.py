"""One source into one plain file, in one go: the steps before the first row.

A policy is drafted or taken, and planned. What comes then is in ``one_file.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from anonymize.keys import Keyring
from anonymize.pipeline.beside import Beside
from anonymize.pipeline.earlier import with_against
from anonymize.pipeline.executors.choose import is_slow
from anonymize.pipeline.pieces import Pieces
from anonymize.pipeline.prepare import PlanPreview, plan_source, preview_of
from anonymize.pipeline.readiness import require_vault
from anonymize.pipeline.sampled import SampledOnce
from anonymize.policy import Policy
from anonymize.process.core_files import no_core_files


@dataclass(frozen=True)
class ReadyOneOff:
    """A source, its plan and its keys: all that `write_one_off` needs."""

    source: SampledOnce
    """The source."""
    look: PlanPreview
    """The plan, and what it says to people."""
    keyring: Keyring
    """The keys of the rules and of the rows' order."""
    divided: Beside[Pieces]
    """What is worked on: the source's files, large ones in pieces, found in the background."""


@no_core_files()
def ready_one_off(policy: Policy, source: SampledOnce, keyring: Keyring) -> ReadyOneOff:
    """Return the plan of ``policy`` for an open source, with an example per column.

    Raises:
        PlanError: policy and source do not fit together; every problem is listed.
        KeysError: the keyring lacks keys.
        VaultError: the vault of the plan's rules cannot be used.
    """
    divided = Beside(partial(Pieces.of, source, slow=is_slow(policy)), "coatcheck-divide")
    plan = with_against(plan_source(policy, source, keyring), keyring)
    require_vault(plan, keyring)
    look = preview_of(plan, source, keyring, compare=False)
    return ReadyOneOff(source, look, keyring, divided)
