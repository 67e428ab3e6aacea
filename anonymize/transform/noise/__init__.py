"""Transforms that add random noise."""
