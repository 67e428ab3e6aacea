"""What somebody learns who holds an earlier release together with a new one.

In: two releases as integer codes (`Release`), and which classes of the earlier one cover each
combination of quasi-identifiers of the new one. Out: counts of people (`Across`). ``covering.py``
says which values a label of the earlier release covers, ``periods.py`` reads labels that are
intervals, ``meeting.py`` finds the classes that cover a combination, ``narrowed.py`` measures
sensitive values and signatures, ``isolated.py`` differences of counts, ``compare.py`` all of them.

To add a measure: a function over two releases in a file of its own, a field of `Across`, its
sentence in ``gates/across.py``, and its definition in ``tests/privacy/across/oracle.py``.
"""

from anonymize.privacy.across.compare import Across, compare
from anonymize.privacy.across.covering import Covering, covering
from anonymize.privacy.across.meeting import Meeting, meeting
from anonymize.privacy.across.release import Release

__all__ = ["Across", "Covering", "Meeting", "Release", "compare", "covering", "meeting"]
