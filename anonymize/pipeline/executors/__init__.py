"""Where the partitions of a run are worked on: in this process (``local.py``), in several processes
of this machine (``processes.py``; ``worker.py`` is what they run), on a Dask cluster
(``dask_cluster.py``; ``dask_tasks.py`` is what its workers run), or wherever an executor sends
them. ``choose.py`` decides how many processes are worth it.

In: a function of a job and a partition's number, a job, numbers. Out: the results, in the order of
the numbers. A partition is a file or a piece of one (``io/sources/pieces.py``): plain data that is
read anywhere, and the same whatever executor there is. To add an executor: write a class with the
``map`` and ``workers`` of `Executor`, and give it to ``RunInProgress.complete``.
"""
