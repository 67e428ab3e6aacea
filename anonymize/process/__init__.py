"""Protects the process that holds raw values and keys: no core files, no telemetry of libraries, no
quoted data in errors.

In: functions to run. Out: their results, or errors without quoted data. ``core_files.py`` and
``file_modes.py`` set limits of the process, ``quiet_libraries.py`` switches libraries' network
access off, ``foreign_code.py`` calls code that may put data into errors.

To add a library that reports to a server: its switch in ``SWITCHES`` in ``quiet_libraries.py``.
"""
