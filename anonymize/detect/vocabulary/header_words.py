"""Words of column names, by what they say: English, German, French, Spanish, Portuguese, Italian,
Dutch, and the world.

Phrases are folded (no accents, lower case), words separated by one blank.
"""

from __future__ import annotations

from anonymize.detect.vocabulary.people import PEOPLE
from anonymize.detect.vocabulary.things import THINGS_OF
from anonymize.detect.vocabulary.world import (
    WORLD,
    WORLD_NOTHING,
    WORLD_ORGANIZATIONS,
    WORLD_THINGS,
)
from anonymize.detect.words import word_set

OF_SEVEN_LANGUAGES: dict[str, dict[float, str]] = {**PEOPLE, **THINGS_OF}
"""Verdict → weight → phrases separated by semicolons: words that are also looked for inside
run-together names.
"""

PHRASES: dict[str, dict[float, str]] = {
    verdict: {
        weight: ";".join(filter(None, (known.get(weight), WORLD.get(verdict, {}).get(weight))))
        for weight in sorted({*known, *WORLD.get(verdict, {})}, reverse=True)
    }
    for verdict, known in OF_SEVEN_LANGUAGES.items()
}
"""Verdict → weight → phrases separated by semicolons."""

THINGS = WORLD_THINGS | word_set("""
        product item file event course subject department dept category project table column field
        class type model station song movie film book game variable function dataset group feature
        attribute program programme service campaign task activity test exam species genus family
        order breed plant animal dish food recipe ingredient color colour job role position process
        app application package module version device sensor machine part material vehicle car route
        line street road building room lake river mountain park track album playlist channel show
        episode series ship vessel aircraft pokemon character drug medicine chemical gene protein
        disease element planet star stock fund index currency language plan tier skill tag topic
        metric parameter unit layer node host server database schema repo repository branch common
        scientific short long internal code sheet page section menu button screen icon certificate
        semester grade policy rule method algorithm experiment treatment stop airport airfield
        terminal harbor harbour pier island beach museum library church stadium venue arena farm
        mine dam forest glacier volcano trail award prize trophy holiday festival segment cluster
        cohort bucket kpi sample site display tournament league match produkt artikel datei
        abteilung kategorie fach kurs produit article fichier departement categorie matiere cours
        producto articulo archivo categoria materia curso produto arquivo disciplina prodotto
        articolo corso bestand afdeling vak tipo art
    """)
"""Nouns whose *name* is not a person's."""

ORGANIZATIONS = WORLD_ORGANIZATIONS | word_set("""
        tienda sucursal negocio negozio magasin boutique loja filial filiale geschaft geschaeft
        winkel proveedor fornecedor fournisseur fornitore lieferant escuela colegio universidad
        banco equipo company organization organisation org employer firm business vendor supplier
        manufacturer brand store shop bank school university college hospital clinic agency
        institution team club restaurant hotel merchant airline provider facility studio publisher
        firma unternehmen entreprise societe empresa azienda bedrijf carrier insurer legal
        corporation account sponsor
    """)
"""Nouns whose *name* is an organization's."""

HEADS_NONE = word_set("""
        branch ago status type flag count counts score rate ratio pct percent percentage level rank
        ranking average avg mean median max min std length len valid verified enabled active format
        size width height version mode category cat class group label description kind is has was
        can should use num number_of total sum quantity qty limit threshold accuracy probability
        prob error enc encoded encoding confirmed opt subscribed preference preferences provider
        frequency distance speed source channel method state_id strength reset attempts anzahl menge
        statut statistik quantidade cantidad nombre_de nb tipo typ art klasse estatus situacao stato
        bandera flags missing present available visible public private required consent sent opened
        clicked changed expired
    """)
"""Words that, as the head of a name, say that the column tells something *about* a thing:
``email_status``.
"""

NONE_NAMES = WORLD_NOTHING | word_set("""
        seat gate lane aisle shelf slot floor
        target label survived species genus price quantity qty color colour size weight_g width
        height_px length depth volume area_sqft sqft rating score rank grade class category type
        status flag count temperature humidity pressure speed wind rainfall precipitation power
        energy voltage horsepower mpg cylinders displacement acceleration engine fuel transmission
        mileage odometer brand model make product sport gold silver bronze medal points goals
        assists wins losses games position team event stage round currency unit units discount stock
        tags genre genres runtime budget votes likes shares retweets followers following stars forks
        watchers subscribers downloads installs upvotes replies views clicks impressions sentiment
        polarity language_code protocol port bytes packets duration department role job job_title
        title occupation profession beruf poste puesto cargo qualifica functie seniority specialty
        speciality device os browser platform channel campaign source medium plan tier priority
        severity version vote
    """)
"""Words that say the column holds nothing personal."""

LINKS = word_set("""
        a am and d da das de degli dei del della dello den der des di do dos du e el et for im in l
        la las le les los of on par per por the to und van y zum zur dan i og och ve и
    """)
"""Words between nouns, ignored."""
