"""Transforms that need neither key nor facts: redact, constant, mask, and those of other
packages.
"""
