"""Keyed primitives over whole columns, each checked against published vectors."""
