"""Models that find names in text: the one that ships with the package, and those of the data
owner.
"""
