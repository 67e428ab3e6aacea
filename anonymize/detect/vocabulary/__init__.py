"""Words of column names, dictionaries of personal names, and place names."""
