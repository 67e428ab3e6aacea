"""Words that say what a column holds, dictionaries of names, and names of places."""
