"""``python -m anonymize`` is the command ``coatcheck``."""

from anonymize.cli import main

if __name__ == "__main__":
    main()
