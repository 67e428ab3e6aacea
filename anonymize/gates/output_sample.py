"""Samples the output's leaves, except those in which the policy allows anything."""

from __future__ import annotations

from anonymize.gates.expected import expected_in_output, output_leaves
from anonymize.nested.places import Places
from anonymize.nested.sampling import LeafSampler
from anonymize.plan.model import Plan


def output_sampler(plan: Plan, size: int | None) -> LeafSampler:
    """Return a sampler of the output's leaves, except those in which the policy allows anything."""
    expected, places = expected_in_output(plan), Places(plan.output_schema)
    leaves = [leaf for leaf, _ in output_leaves(plan) if "*" not in expected[leaf.path]]
    inside = frozenset(
        leaf.path for leaf in leaves if places.find(leaf.path) and places.in_documents(leaf.path)
    )
    return LeafSampler(leaves, inside, size, bytes_read=True, mark=True)
