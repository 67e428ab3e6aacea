"""`anonymize.flows.inspect_dataset` by the path that deployments from this repository name."""

from anonymize.flows.inspect_dataset import inspect_dataset

__all__ = ["inspect_dataset"]
