"""The command line: parses arguments, makes one library call, prints one summary line.

In: arguments and options. Out: data on stdout, messages on stderr, a documented exit code.
``app.py`` and ``keys_app.py`` declare the commands and their help; ``commands.py``,
``datasets.py``, ``keys.py`` and ``reveal.py`` implement them; ``main.py`` handles errors;
``output.py`` prints.

To add a command: a function in ``app.py`` (its docstring is the help), its implementation in one of
the other modules, and a test of its help and output.
"""

from anonymize.cli.main import main

__all__ = ["main"]
