"""What a host on the net is written like."""

HOST = r"(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}])?|\[[0-9A-Fa-f:.]+\])"
"""A host's name in any script, or its address: nothing else may stand where one is shown."""
