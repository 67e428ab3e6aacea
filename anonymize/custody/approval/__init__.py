"""A second person's signed approval of a reveal.

One person asks (`request_approval`): which column, how many tokens, why, until when, of which state
of the dataset; signed with the dataset's key. Another one agrees (`approve`) with a signing key of
their own keyring. `reveal` takes both signatures, each approval once, and the log keeps them. What
this does not do is in docs/vault-and-keys.md: who holds the reveal key can open tokens by the
library's own functions, and who holds both signing keys is two people here.
"""

from anonymize.custody.approval.documents import Approval, Request, parsed_approval, parsed_request
from anonymize.custody.approval.error import ApprovalError
from anonymize.custody.approval.give import approve, approver_key
from anonymize.custody.approval.request import request_approval

__all__ = [
    "Approval",
    "ApprovalError",
    "Request",
    "approve",
    "approver_key",
    "parsed_approval",
    "parsed_request",
    "request_approval",
]
