"""What the sample datasets are drawn with: pools, people, texts with truth spans, one module per
file.
"""
