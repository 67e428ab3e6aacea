"""Places inside columns: structs, lists, maps, and JSON kept as text; opened to flat leaves and
closed again.
"""
