"""Plants invented people into versions, recognizes them in leaks, and makes recipients' versions.

In: a job's batches, or a leaked file and a keyring with the key ``canary``. Out: batches with
canaries among their rows and the record of them, or who a leak was handed to.
"""
