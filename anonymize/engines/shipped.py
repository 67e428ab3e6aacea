"""What travels to a worker: a plan or job as bytes, and the version that made them."""

from __future__ import annotations

import hashlib
import pickle
import secrets
import socket
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import version as installed
from typing import Self

from anonymize.errors import AnonymizeError, ArgumentError, KeysError, PlanError, Problem
from anonymize.keys import Keyring, open_keyring
from anonymize.names import KeyId
from anonymize.pipeline.partition import Job
from anonymize.plan import Plan, PlanWithKeys
from anonymize.process.quiet_libraries import quiet_libraries

ENVIRONMENT = "environment"
"""In place of a keyring's URI: each worker opens what its own COATCHECK_KEYRING says."""


def own_version() -> str:
    """Return the version of Coatcheck in this process."""
    return installed("coatcheck")


def named_run(plan: Plan) -> Plan:
    """Return ``plan`` with a name of its own for this run, so that its first pass's digests compare
    with those of no other run.
    """
    return plan if plan.run else replace(plan, run=secrets.token_hex(16))


def require_fitted(plan: Plan) -> None:
    """Refuse a plan that has not had its first passes.

    Raises:
        PlanError: it has not; the error names what to call.
    """
    if plan.needs_first_pass:
        what = "needs a first pass over all rows: plan = fit(rows, plan), and give the result"
        raise PlanError(what, place="the plan")


def drivers_keyring(plan: Plan) -> Keyring | None:
    """Return the keyring that the driver decides a recoding with; None if the plan needs none.

    Raises:
        KeysError: it does not open here.
    """
    privacy = plan.policy.privacy
    return open_keyring(plan.keyring_uri) if privacy is not None and privacy.recodes else None


def for_workers(plan: Plan, keyring: str | None) -> Plan:
    """Return ``plan`` with the keyring that workers open.

    Args:
        plan: The plan.
        keyring: A URI, or `ENVIRONMENT`; None for that of the plan.

    Raises:
        PlanError: the plan was compiled without a keyring, and what a first pass measures needs one
            where more than one process takes part.
    """
    if plan.learns and plan.facts_key is None:
        what = (
            "needs a first pass, whose results travel under a key, and was compiled without a"
            " keyring; give one to plan"
        )
        raise PlanError(what, place="the plan")
    if keyring is None:
        return plan
    return replace(plan, keyring_uri=None if keyring == ENVIRONMENT else keyring)


@dataclass(frozen=True)
class Shipped:
    """A job for workers. Holds no keys and no rows; its bytes are opened only by an equal
    version.
    """

    version: str
    """The version of Coatcheck that made it."""
    content: bytes = field(repr=False)
    """The pickled job. Bytes, so that a worker of another version does not unpickle it."""

    @classmethod
    def of(cls, work: Job | Plan, keyring: str | None) -> Self:
        """Return a job, or a plan, for workers that open ``keyring``; see `for_workers`."""
        job = work if isinstance(work, Job) else Job(work, (), "", KeyId(""), "")
        ready = replace(job, plan=for_workers(job.plan, keyring))
        return cls(own_version(), pickle.dumps(ready))

    def opened(self) -> Opened:
        """Return the job with this process's keys; opened once per process.

        Raises:
            ArgumentError: this process has another version of Coatcheck.
            KeysError: the keyring does not open here; the error names this machine.
        """
        if self.version != own_version():
            what = (
                f"has Coatcheck {own_version()}, and the driver has {self.version}; install one"
                " version everywhere"
            )
            raise ArgumentError(what, place=_here())
        digest = hashlib.sha256(self.content).digest()
        if digest not in _OPENED:
            quiet_libraries()
            made = Opened(pickle.loads(self.content))  # noqa: S301 - the driver's own
            _OPENED.clear()
            _OPENED[digest] = made
        return _OPENED[digest]


class Opened:
    """A job in a worker, with the keys of this process."""

    def __init__(self, job: Job) -> None:
        """Take ``job``; nothing is opened yet."""
        self.job = job

    @cached_property
    def keyring(self) -> Keyring:
        """The keyring of this process.

        Raises:
            KeysError: it does not open, or holds other keys than the driver's; the error names this
                machine.
        """
        try:
            return self.job.keyring()
        except KeysError as error:
            failure = naming(error, _here())
        raise failure

    @cached_property
    def bound(self) -> PlanWithKeys:
        """The plan with this process's keys."""
        plan = self.job.plan
        keyring = self.keyring if plan.opens_keyring else None
        try:
            return PlanWithKeys(plan, keyring)
        except KeysError as error:
            failure = naming(error, _here())
        raise failure


_OPENED: dict[bytes, Opened] = {}
"""The last job that this process opened: opening a keyring takes a fifth of a second."""


def naming(error: AnonymizeError, where: str) -> AnonymizeError:
    """Return ``error`` with ``where`` before the place of each problem."""
    return type(error)(
        [Problem(": ".join(filter(None, (where, one.place))), one.what) for one in error.problems]
    )


def _here() -> str:
    return f"worker {socket.gethostname()}"
