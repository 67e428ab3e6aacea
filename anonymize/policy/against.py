"""Earlier releases that a new version is compared with, as frozen models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from anonymize.policy.actions import StrictModel
from anonymize.policy.addresses import sink_path

Answer = Literal["refuse", "report"]
"""What becomes of a finding: nothing is published, or it is stated beside the version."""


class ReleaseSpec(StrictModel):
    """A version that somebody may hold: of this dataset, or of another."""

    dataset: Annotated[str, Field(min_length=1), AfterValidator(sink_path)] | None = None
    """Folder or address of another dataset; without it this one."""
    version: Annotated[int, Field(ge=1)] | None = None
    """Number of the version; without it the current one, and of this dataset those that a rollback
    withdrew, too.
    """


class OnAgainst(StrictModel):
    """What becomes of each kind of finding of a comparison with an earlier release."""

    values: Answer = "refuse"
    """People of whom both releases together leave fewer sensitive values than ``l`` promises."""
    counts: Answer = "refuse"
    """Fewer than k people who are singled out by what differs between two classes, or by ids that
    both releases have.
    """
    signatures: Answer = "report"
    """People whose class has other sensitive values than before (m-invariance). Nearly every change
    of the data makes some, so they are stated unless this says refuse.
    """
    uncompared: Answer = "refuse"
    """A release of which nothing can be compared, for example because it has other columns."""


def _release(said: str) -> dict[str, Any]:
    """Return the keys of ``previous``, or of another dataset's path."""
    return {} if said == "previous" else {"dataset": said}


def _answers(said: str) -> dict[str, Any]:
    return dict.fromkeys(OnAgainst.model_fields, said) if said == "report" else {}


def _form(said: Any) -> str:
    if isinstance(said, int) and not isinstance(said, bool):
        return "a version"
    return "a word" if isinstance(said, str) else "several keys"


AGAINST_TAGS = frozenset({"a version", "a word", "several keys"})
"""Parts of pydantic's locations that no policy has."""

if TYPE_CHECKING:
    Release = ReleaseSpec
    OnAgainstSaid = OnAgainst
else:
    Release = Annotated[
        Annotated[Annotated[int, Field(ge=1)], AfterValidator(lambda n: ReleaseSpec(version=n)),
                  Tag("a version")]
        | Annotated[Annotated[str, Field(min_length=1)],
                    AfterValidator(lambda text: ReleaseSpec(**_release(text))), Tag("a word")]
        | Annotated[ReleaseSpec, Tag("several keys")],
        Discriminator(_form),
    ]  # fmt: skip
    OnAgainstSaid = Annotated[
        Annotated[Answer, AfterValidator(lambda word: OnAgainst(**_answers(word))), Tag("a word")]
        | Annotated[OnAgainst, Tag("several keys")],
        Discriminator(_form),
    ]
