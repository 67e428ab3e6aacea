"""Mechanisms that can be switched off, each with the test that then fails: a promise whose test
passes without its mechanism is not tested.

To add one: a `SwitchedOff` in the ``OFF`` of a module here, one module per capability.
"""
