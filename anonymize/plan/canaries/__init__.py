"""Makes invented people in the form of a plan's output: what carries a mark, and what their other
values are. ``pipeline/canaries`` plants them.
"""

from anonymize.plan.canaries.marks import Mark, canary_count, marks_of

__all__ = ["Mark", "canary_count", "marks_of"]
