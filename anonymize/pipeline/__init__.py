"""Runs a policy: prepare, inspect, preview, run, partitions and frames."""
