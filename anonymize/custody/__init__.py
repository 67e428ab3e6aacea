"""What a custodian does with published data: reveal tokens, forget subjects, rotate, revoke and
destroy keys, give out data keys, find the versions of a key, a file or a person, say what to do
about an incident (``incident/``), have a second person approve a reveal (``approval/``), name
unusual acts (``unusual/``).

In: a policy or dataset folders, and the owner's keyring. Out: revealed values or counts; every act
is entered in each dataset's signed audit log before it is done. ``belonging.py`` first checks that
keyring and vault belong to the dataset.

To add an act: write a function that calls `require_keys_of`, enters the act in the audit log, and
only then does it; if readers must know of the act, add its name to ``ACTS`` in
``dataset/entry.py``. To make an action reversible by `reveal`: add its rule to ``_reversibles`` in
``reveal.py``.
"""
