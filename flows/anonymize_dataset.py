"""`anonymize.flows.anonymize_dataset` by the path that deployments from this repository name."""

from anonymize.flows.anonymize_dataset import anonymize_dataset, measure, write

__all__ = ["anonymize_dataset", "measure", "write"]
