"""The samples' own flow, and short names of `anonymize.flows` for deployments from here."""
