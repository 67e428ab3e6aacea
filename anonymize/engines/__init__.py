"""Applies plans where the rows are: in Spark's or Ray's own workers.

In: a Spark DataFrame or a Ray Dataset, and a plan. Out: one of the plan's output schema (`apply`),
a fitted plan (`fit`), or a published version (`publish_parts`). Rows go from worker to worker or
to the sink; what comes to the driver is counts, keyed digests, encrypted facts and digests of
files, and for `plan` a sample. ``shipped.py`` is what travels to a worker, ``tasks.py`` what it
does there, ``fitting_types.py`` which types are taken for which; ``spark.py`` and ``ray.py`` know
their engine.

To add an engine: a module with ``plan``, ``apply``, ``fit`` and ``publish_parts`` by means of
``tasks.py``, a page in ``docs/``, and its tests on the engine itself.
"""
