"""Where the partitions of a run are worked on: in this process, or wherever an executor sends them.

In: a function of a job and a partition's number, a job, numbers. Out: the results, in the order of
the numbers. To add an executor: write a class with the ``map`` of `Executor`, and give it to
``RunInProgress.complete``.
"""
