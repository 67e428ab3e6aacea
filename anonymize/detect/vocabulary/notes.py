"""Nouns with which notes begin in languages that write them large, or that a sentence begins with:
nobody's names.
"""

from __future__ import annotations

import re

from anonymize.detect.vocabulary.lexicon import any_name, fold
from anonymize.detect.words import word_set

NOTE_WORDS = word_set("""
    abbuchung abholung absage adresse akte anfrage anfragen angebot anruf anrufer antrag antwort
    anwender artikel arzt auftrag ausweis bearbeitung bedarf befund behandlung beleg bescheid
    beschwerde bestellung betrag bewerbung blutdruck diagnose drucker ehefrau ehemann eltern
    ersatzteil etage fahrer fahrzeug fehler filiale firma formular frist garantie gebühr gehalt
    gerät gespräch gutschrift hausarzt heizung hinweis kasse kennwort kind kinder konto kontostand
    kopfschmerzen kosten krankenkasse kunde kunden kundin lager lieferschein lieferung mahnung
    mangel medikament miete mieter mieterin mitarbeiter mitarbeiterin nachbar nachbarn nachricht
    nebenkosten notiz patient patientin passwort postfach protokoll prüfung rechnung reklamation
    reparatur rezept rückfrage rückruf schaden schlüssel schmerzen sendung störung tochter techniker
    termin terminwunsch ticket überweisung umtausch umzug unterlagen unterschrift urlaub verdacht
    verlängerung versand vertrag verwaltung vorgang ware wagen weiterleitung werkstatt widerruf
    wohnung zahlung zahlungserinnerung zimmer zustand abita chiamata cliente contatto contratto
    fattura ordine pagamento paziente pratica problema reclamo richiesta rimborso spedizione
    telefonata utente appel commande compte contrat demande dossier facture livraison paiement
    patiente rappel réclamation remboursement consulta contrato cuenta factura llamada paciente pago
    pedido queja reclamación reembolso solicitud
""")
"""Words of notes to customers, patients and tenants in German, Italian, French and Spanish, in
small letters.
"""
_ABSTRACT = re.compile(r"[a-zäöüß]{4,}(?:ung|heit|keit|schaft|ität|tion|zione|ción|ção)(?:en)?")
"""How German and Romance nouns end that are made of other words; names that end so are in the
dictionaries.
"""
_WORD = re.compile(r"[^\W\d_]+")


def begins_a_note(surface: str) -> bool:
    """Return whether what a model took for a person is such a noun, alone or before words in small
    letters.

    A word that is anybody's name, and a further one with a capital, make it stay a person.
    """
    first, *others = _WORD.findall(surface) or [""]
    small = first.lower()
    noun = small in NOTE_WORDS or _ABSTRACT.fullmatch(small) is not None
    return (
        noun and fold(first) not in any_name() and not any(_may_be_named(word) for word in others)
    )


def _may_be_named(word: str) -> bool:
    return not word.islower() or fold(word) in any_name()
