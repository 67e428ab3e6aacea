"""A plan as people read it: lines, examples by their shape, and what detection does not look
for.
"""
