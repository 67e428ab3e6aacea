"""What a reveal is refused with that another person did not approve."""

from __future__ import annotations

from anonymize.errors import AnonymizeError


class ApprovalError(AnonymizeError):
    """A reveal needs another person's approval, or the one that was given does not fit."""

    exit_code = 1
