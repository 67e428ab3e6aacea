"""A keyring: its file, what unlocks it, its named keys, and wrapping under them."""
