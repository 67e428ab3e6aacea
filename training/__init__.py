"""Trains the name recogniser that ships with Cloakroom; not part of the wheel."""
