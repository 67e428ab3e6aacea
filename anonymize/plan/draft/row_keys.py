"""Column names that say whose number stands in them: of the person whom the row is about."""

from __future__ import annotations

from anonymize.detect.columns.header_tokens import known_tokens, tokenize
from anonymize.detect.words import word_set
from anonymize.names import ColumnName

PEOPLE = word_set("""
    customer client patient member user employee student subscriber person participant respondent
    applicant insured policyholder guest passenger cardholder borrower donor voter citizen tenant
    resident pupil cust emp kunde kunden kundin patientin mitglied mitarbeiter versicherter schueler
    schuler nutzer benutzer paciente cliente usuario empleado alumno utilisateur employe eleve
    paziente utente dipendente studente klant medewerker gebruiker klient pacjent pracownik
    """)
"""Words for whom a table may be about, which as the word of a key mean nothing else."""
KEY = word_set("id ids no nr num number nummer numero key code ref uid uuid guid identifier")
_WHOLE = word_set("""
    custid userid memberid patientid studentid clientid personid empid emplid mrn kundennummer
    kundennr patientennummer mitgliedsnummer personalnummer matrikelnummer versichertennummer
    """)
"""Such keys in one word."""


def of_the_row(column: ColumnName) -> bool:
    """Return whether a name has a word for a person, says *id*, and says nothing else."""
    tokens = tokenize(column.rpartition(".")[2])
    words = {*known_tokens(tokens)}
    whole = len(tokens) == 1 and tokens[0] in _WHOLE
    return whole or (bool(words & PEOPLE and words & KEY) and words <= PEOPLE | KEY)
