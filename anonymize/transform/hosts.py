"""Pattern of internet host names."""

HOST = r"(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}])?|\[[0-9A-Fa-f:.]+\])"
"""A host name in any script, or an IP address: anything else must not be shown as a host."""
