"""Transforms that put invented values in place of real ones."""
