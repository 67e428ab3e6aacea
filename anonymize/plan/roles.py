"""Words in column names for what somebody is to the person of a row."""

from __future__ import annotations

from anonymize.detect.words import word_set

PEOPLES_ROLES = word_set("""
parent manager supervisor boss leader mentor referrer approver reviewer owner assignee creator
ancestor spouse partner mother father vorgesetzter vorgesetzte fuhrungskraft leiter leiterin
betreuer responsable superieur gestionnaire jefe gerente responsabile leidinggevende przelozony
""")
"""Words for what somebody is to the person of a row, which mean nothing else in a column's name."""
ROLES = PEOPLES_ROLES | word_set("""
parent manager supervisor boss lead leader mentor head referrer referred referral reports report
approver approved reviewer owner assignee creator created modified updated from to source target src
dst sender receiver recipient previous prev next original root ancestor child spouse partner mother
father linked related duplicate primary
""")
"""Words in column names that give the role of the identified thing."""
