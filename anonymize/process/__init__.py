"""The process that holds raw values and keys: no core files, no talk of the libraries below, no
quoting of errors.
"""
