"""Encrypted Parquet parts, complete under their name or absent."""
