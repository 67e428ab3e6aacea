"""`anonymize.flows.deployments` by the name that this repository's users know."""

import sys

from anonymize.flows.deployments import deployments, main

__all__ = ["deployments", "main"]

if __name__ == "__main__":
    sys.exit(main())
