"""The verdict on every column of a table: sampled values, measures of them, evidence weighed
together.
"""
