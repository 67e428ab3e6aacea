"""Makes synthetic rows with differential privacy, as ``aggregates: {synthetic: …}`` says.

In: a policy and a keyring. Out: a table whose columns and values are those that the policy names,
and a signed document that says what it cost. The budget is that of all aggregates of the dataset
and purpose. ``domains.py`` turns rows into codes of the stated domains, and codes into values;
``make.py`` is the order of things, ``files.py`` writes. ``compare.py`` says, for the owner, how
near the rows are to the real ones.

To add a kind of column: a field in ``policy/aggregates.py`` and a case in ``domains.py``.
"""

from anonymize.pipeline.synthesize.compare import Compared, Comparison, compare
from anonymize.pipeline.synthesize.make import Synthetic, open_synthetic, synthesize

__all__ = ["Compared", "Comparison", "Synthetic", "compare", "open_synthetic", "synthesize"]
