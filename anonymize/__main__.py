"""``python -m anonymize`` is the command ``cloakroom``."""

from anonymize.cli import main

if __name__ == "__main__":
    main()
