"""A source whose rows for detection are chosen once."""

from __future__ import annotations

from dataclasses import fields
from functools import cached_property

from anonymize.arguments import checked
from anonymize.io import Source
from anonymize.io.spread import SpreadRows
from anonymize.pipeline.opening import open_spec
from anonymize.policy import SourceSpec


class SampledOnce(Source):
    """A source whose rows for detection are chosen once: drafting and planning use the same."""

    @cached_property
    def _rows(self) -> SpreadRows:
        return super().spread()

    def spread(self) -> SpreadRows:
        """Return rows chosen evenly from all partitions."""
        return self._rows


@checked
def open_sampled(spec: SourceSpec) -> SampledOnce:
    """Open the source that ``spec`` describes.

    Raises:
        SourceError: the source cannot be read.
    """
    opened = open_spec(spec)
    return SampledOnce(**{one.name: getattr(opened, one.name) for one in fields(opened)})
