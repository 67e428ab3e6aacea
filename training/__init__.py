"""Trains the name recogniser that ships with Coatcheck; not part of the wheel."""
