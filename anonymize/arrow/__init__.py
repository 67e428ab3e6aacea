"""Arrow arrays independent of their layout, and dates beyond the range of calendars.

In: arrays of any layout. Out: equal values in the plain layout, or moments as integers and local
times. ``plain_layouts.py`` and ``moments.py`` do this.

To support a new Arrow type: its plain type in `plain_type`, and its conversion in `plain_layout`.
"""
