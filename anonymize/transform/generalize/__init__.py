"""Transforms that make values coarser."""
