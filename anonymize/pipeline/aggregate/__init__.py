"""Publishes statistics with differential privacy, as a policy's ``aggregates:`` says.

In: a policy and a keyring. Out: a signed document of values with intervals; the budget is spent in
the dataset's log before the first row is read. ``contributions.py`` reads the rows as numbers of
person, group and value; ``release.py`` makes each query's statistic of them;
``publish.py`` is the order of things; ``preview.py`` says what each ε would give, without reading.

To add a statistic: see ``privacy/differential``.
"""

from anonymize.pipeline.aggregate.preview import Expected, expected
from anonymize.pipeline.aggregate.publish import Released, aggregate, open_aggregates

__all__ = ["Expected", "Released", "aggregate", "expected", "open_aggregates"]
