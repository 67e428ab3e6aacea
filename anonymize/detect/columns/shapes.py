# ruff: noqa: E501
"""Shapes of values: regular expressions."""

from __future__ import annotations

import re

from anonymize.detect.words import word_set

MISSING = word_set("""
    na n/a nan none null nil - -- . ? * unknown unk missing undefined #n/a n.a. keine inconnu desconocido nat <na>
    (null) tbd
    """)
"""Folded values that stand for no value."""

_LETTER = r"[^\W\d_]"

_ANGLE = r"[-+]?\d{1,3}(?:[.,]\d+)?\s?[°º]?\s?(?:\d{1,2}(?:[.,]\d+)?\s?['′’]\s?)?(?:\d{1,2}(?:[.,]\d+)?\s?(?:[\"″”]|''|′′)\s?)?"
"""Degrees, with minutes and seconds or without."""
SHAPES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "email": r"(?:mailto:)?[^\s@<>,;:\"()]+@[^\s@<>,;:\"()]+\.[^\W\d_][\w-]{1,62}",
        "url": (
            r"(?i:(?:https?|ftp|s3|file)://\S+|www\.\S+\.\S+|(?:[a-z0-9-]+\.)+(?:com|org|net|io|co|de|fr|es|it|nl|uk|br|eu|info|edu|gov|dev|app)(?:/\S*)?)"
        ),
        "uuid": r"(?i:\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?)",
        "hex_hash": r"(?i:[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})",
        "color": r"(?i:#?[0-9a-f]{6})",
        "integer": r"[-+]?\d+(?:\.0+)?|[-+]?\d{1,3}(?:,\d{3})+",
        "digits": r"\d+",
        "number": (
            r"[-+]?(?:\d+(?:[.,]\d+)?|[.,]\d+|\d{1,3}(?:[,'"
            r" ]\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:"
            r" \d{3})+,\d+)(?:[eE][-+]?\d+)?\s?%?"
        ),
        "decimal": r"[-+]?\d+[.,]\d+",
        "money": (
            r"[-+(]?\s?(?:[$€£¥₹]|USD|EUR|GBP|R\$|CHF)\s?-?\d[\d.,' ]*[kKmM]?\)?|[-+]?\d[\d.,'"
            r" ]*\s?(?:[$€£¥₹]|USD|EUR|GBP|CHF)"
        ),
        "name": (
            rf"(?:{_LETTER}[\w'’.\u00b4`-]*\.?,?)(?:["
            rf" ,]+[({{\"']?{_LETTER}[\w'’.\u00b4`-]*[)\"']?,?){{0,5}}"
        ),
        "phone": (
            r"(?:tel[.:]?\s*)?(?:\+|00)?[\s]?\(?\+?\d{1,4}\)?(?:[\s./()-]{0,2}\d{1,5}){1,6}\)?(?:\s?(?:x|ext\.?|#)\s?\d{1,6})?"
        ),
        "plus_phone": r"\+\s?\d[\d\s().-]{6,18}\d(?:\s?(?:x|ext\.?)\s?\d{1,6})?",
        "ssn": r"\d{3}-\d{2}-\d{4}",
        "lat_lon": (
            r"(?!\(?-?\d{1,2},\d{3}\.\d{2}\)?$)\(?\s*-?\d{1,2}(?:\.\d+)?\s*[,;]\s*-?\d{1,3}\.\d+\s*\)?|[(\[]?-?\d{1,3}\.\d{4,}[,;\s]\s*-?\d{1,3}\.\d{4,}[)\]]?|[(\[]?-?\d{1,3},\d{4,}\s*[;/\s]\s*-?\d{1,3},\d{4,}[)\]]?|(?i:point)\s*z?\s*\(.*\)|\d{1,3}°\s?\d{1,2}['′].*"
        ),
        "position": (
            rf"(?=.*(?:\d[.,]\d\d|°))(?:[NS]\s?{_ANGLE}[\s,;/]+[EWO]\s?{_ANGLE}|{_ANGLE}\s?[NS][\s,;/]*{_ANGLE}\s?[EWO])"
        ),
        "half_position": rf"(?=.*(?:\d[.,]\d\d|°))(?:[NSEWO]\s?{_ANGLE}|{_ANGLE}\s?[NSEWO])",
        "vin_form": r"(?=.*\d)(?=.*[A-Z])[A-HJ-NPR-Z0-9]{17}",
        "bcrypt": (
            r"\$(?:2[abxy]?|1|5|6|argon2[id]{0,2}|pbkdf2[\w-]*|scrypt)\$.+|(?:pbkdf2|sha\d+|scrypt)[:$].+|\{(?:SSHA|SHA|MD5|CRYPT)\d*\}.+"
        ),
        "token": (
            r"eyJ[\w-]+\.[\w-]+\.[\w-]*|(?:AKIA|ASIA)[A-Z0-9]{16}|(?:sk|pk|rk)_(?:live|test)_\w+|gh[pousr]_\w{20,}|xox[abp]-\S+|AIza[\w-]{30,}|-----BEGIN.*"
        ),
        "zip4": r"\d{5}-\d{4}",
        "uk_post": r"(?i:[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2})",
        "ca_post": r"(?i:[a-z]\d[a-z][\s-]?\d[a-z]\d)",
        "br_post": r"\d{5}-\d{3}",
        "nl_post": r"(?i:\d{4}\s?[a-z]{2})",
        "jp_post": r"\d{3}-\d{4}",
        "pl_post": r"\d{2}-\d{3}",
        "any_post": (
            r"(?i:(?:[a-z]{1,2}[- ]?)?\d{3,6}(?:[-"
            r" ]\d{2,4})?|[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}|[a-z]\d[a-z][\s-]?\d[a-z]\d|\d{4}\s?[a-z]{2}|\d{1,2}-\d{3}|\d{3}\s\d{2})"
        ),
        "zip_like": r"\d{3,5}(?:-\d{4})?",
        "code2": r"[A-Z]{2}",
        "code3": r"[A-Z]{3}",
        "prefixed_id": (
            r"[A-Za-z]{1,10}[-_#]?\d{2,12}|[A-Za-z]{1,16}[-_#]\d{1,12}|[A-Z]{2,6}[-_]?[0-9a-fA-F]{6,32}|\d+[-_/][A-Za-z0-9][-_/A-Za-z0-9]*"
        ),
        "city_state": (
            r"[^\W\d][\w .'-]+,"
            r" ?(?:A[BKLRZ]|BC|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ABDEINOST]|N[BCDEHJLMSTVY]|O[HKNR]|P[AER]|QC|RI|S[CDK]|T[NX]|UT|V[AT]|W[AIVY]|YT)"
        ),
        "city_state_zip": r"[^\W\d][\w .'-]+[ ,-]+[A-Z]{2},? \d{5}(?:-\d{4})?",
        "year": r"(?:1[6-9]|20)\d\d(?:\.0)?",
        "username": r"@?[A-Za-z](?:[A-Za-z0-9]|[._-](?=[A-Za-z0-9]))*",
        "handle": r"@[A-Za-z0-9_.]{2,30}",
        "icd10": r"[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?",
        "blood": r"(?:A|B|AB|O|0)[+-]|(?:A|B|AB|O) ?(?:positive|negative|Rh[+-])",
        "version": r"v?\d+(?:\.\d+){1,3}(?:[-+.]?[a-z][\w.]*)?",
        "digit_date": (
            r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d|(?:0?[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:19|20)\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?"
        ),
        "epoch": r"(?:9\d{8}|1[0-9]\d{8})(?:\d{3}|\d{6})?(?:\.\d+)?",
        "range": (
            r"(?:[<>]=?\s?)?\d{1,3}(?:\s?(?:-|–|to|bis|a|à|\+)\s?\d{0,3})?\+?(?:"
            r" ?(?:years?|yrs?|ans|jahre|anos))?"
        ),
        "base64": r"(?=[^=]*[A-Z])(?=[^=]*[a-z])[A-Za-z0-9+/_-]{20,}={0,2}",
        "company": (
            r"^(?:(?i:.*\b(?:inc|llc|ltd|limited|plc|gmbh|ag|kg|ohg|corp|corporation|co|company|group|sa|sas|sarl|srl|spa|s\.a\.?|s\.l\.?|s\.r\.l\.?|s\.p\.a\.?"
            r"|ltda|bv|nv|oy|ab|as|pty|pvt|llp|lp|holdings?|bank|university|college|hospital|clinic|school|institute|foundation|association|services?|"
            r"solutions|systems|technologies|industries|partners|consulting|and sons|e hijos|et"
            r" fils|e figli|eg|e\.v|kgaa|mbh|sons|insurance|airlines|airways|"
            r"printing|center|centre|enterprises?|associates|international|studios?|labs?|media|factory|network|agency|ministry|council|restaurant|hotel|bakery|pharmacy|motors|traders|foods|kft|zrt|nyrt|s\.?r\.?o\.?|d\.?o\.?o\.?|a\.s|aps|a/s|oyj|tbk|berhad|bhd|eood|"
            r"sp\. ?z ?o\. ?o|s\.a\. de c\.v|sa de cv|ltd\."
            r" ?şti|a\.ş|şirketi)\.?)|(?:ООО|ОАО|ЗАО|ПАО|АО|ИП|ТОО|ФГУП|ГУП|МУП|ГБУ|НКО|ТОВ|ПрАТ)\s.+|(?i:hotel|hostal|restaurante?|ristorante|clínica|clinica|farmacia|pharmacie|universidad|universidade|università|université|banco|instituto|institut|fundación|colegio|escuela|lycée|hospital)"
            r" .+|(?:PT|CV|UD)\.?"
            r" [A-Z].*|.*(?:株式会社|有限会社|有限公司|주식회사|集团).*|[A-Z][\w']+-[A-Z][\w']+|[A-Z][\w']+,"
            r" [A-Z][\w']+ (?:and|&|y|et|und) [A-Z][\w']+)"
        ),
        "hyphenated": r"[A-Z][\w']+-[A-Z][\w']+",
        "city_made": (
            r"(?:(?:North|South|East|West|New|Lake|Port|Bad|Saint|St\.?|San|Santa|Sainte|Villa|Vila|Sao|São|Los|Las|El|La|Le)"
            r" )?[A-Z][\w'.-]+(?:town|ton|ville|burgh|burg|mouth|chester|shire|berg|fort|port|side|stad|furt|view|bury|borough|land|haven|stadt|dorf|hausen|heim|ingen|polis|field|ford|wood)?"
        ),
        "city_suffixed": (
            r"(?:(?:North|South|East|West|New|Lake|Port)"
            r" [A-Z][\w'.-]+|[A-Z][\w'.-]*(?:town|ville|burgh|mouth|chester|shire|side|furt|bury|borough|haven|stadt|hausen|berg|view|fort|port|ton|land|stad|burg))(?:"
            r" [A-Z][\w.]+)?"
        ),
    }.items()
}
"""Named shapes; a value has one when the whole of it matches."""

_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:(?:1[5-9]|20)\d\d)"
_TIME = (
    r"(?:[T ,]+\d{4}|[T"
    r" ,]+\d{1,2}[:hH.]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?\s?(?:[AaPp]\.?[Mm]\.?)?\s?(?:Z|UTC|GMT|[-+]\d{2}:?\d{2})?)?"
)
_MONTH_NAME = (
    r"(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|januar|februar|märz|marz|mai|juni|juli|okt|dez|janv|févr|fevr|avr|juin|juil|août|aout|déc|"
    r"ene|abr|ago|dic|fev|out|set|dez|gen|mag|giu|lug|ott|mrt|mei)\w*\.?"
)
DATES: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_YEAR}[-/.]{_MONTH}[-/.]{_DAY}{_TIME}",
        rf"{_DAY}[-/.]{_MONTH}[-/.](?:{_YEAR}|\d\d){_TIME}",
        rf"{_MONTH}[-/.]{_DAY}[-/.](?:{_YEAR}|\d\d){_TIME}",
        (
            rf"(?:\w{{2,9}}\.?,? )?{_DAY}(?:st|nd|rd|th|\.)?[-\s]+(?:de )?{_MONTH_NAME}[-\s,]+(?:de"
            rf" )?(?:{_YEAR}|\d\d){_TIME}"
        ),
        (
            r"(?:\w{2,9}\.?,?"
            rf" )?{_MONTH_NAME}[-\s]+{_DAY}(?:st|nd|rd|th)?,?[-\s]+(?:{_YEAR}|\d\d){_TIME}"
        ),
        rf"\w{{3}},? {_MONTH_NAME} {_DAY} \d{{2}}:\d{{2}}:\d{{2}}.*",
        rf"{_MONTH_NAME}[-\s/]+(?:{_YEAR}|\d\d)",
        rf"{_YEAR}[-/]{_MONTH}",
        r"\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s?(?:[AaPp]\.?[Mm]\.?)?",
        r"\d{1,2}[hH]\d{2}",
        r"\d{4}-W\d{2}(?:-\d)?",
    )
)
"""Dates, dates with times, and times, as they are written."""

_STREET_WORDS = (
    r"street|st|road|rd|avenue|ave|av|boulevard|blvd|lane|ln|drive|dr|court|ct|place|pl|square|sq|terrace|ter|way|highway|hwy|parkway|pkwy|circle|cir|trail|trl|"
    r"crossing|plaza|alley|route|rte|hill|junction|point|pass|park|center|ridge|cove|ranch|points|crescent|close|grove|gardens|row|walk|view|heights|loop|mews|pike|"
    r"expressway|freeway|turnpike|throughway|causeway|bypass|extension|vista|valley|island|isle|meadow|meadows|mill|mills|mission|motorway|mountain|orchard|"
    r"oval|path|pine|pines|plain|plains|port|prairie|ramp|rapids|rest|run|shoal|shore|shores|spring|springs|spur|square|station|stravenue|stream|summit|track|"
    r"trace|tunnel|union|via|village|ville|vista|wall|walks|well|wells|fork|forks|forge|fort|garden|gateway|glen|green|harbor|haven|inlet|key|knoll|knolls|lake|lakes|"
    r"landing|light|loaf|lock|locks|lodge|mall|manor|manors|bayou|beach|bend|bluff|branch|bridge|brook|burg|camp|canyon|cape|cliff|club|common|corner|course|creek|crest|curve|dale|dam|divide|estate|estates|fall|falls|ferry|field|fields|flat|flats|ford|forest|parkways|passage|skyway|underpass|villages"
)
STREET: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            r"^\W*(?:(?:flat|unit|studio|apt|suite|ste|no|#)\.? ?\w+,? )?\d+[a-z]?(?:[-/"
            rf" ]\d*[a-z]?)?,?\s+(?:[\w'’.-]+\s+){{1,5}}(?:{_STREET_WORDS})\b"
        ),
        r"\b(?:\w*(?:straße|strasse|str\.|gasse|allee|ufer|damm|chaussee)|\w*(?:weg|platz|ring|steig|stieg|pfad))\s*\.?\s*\d+",
        (
            r"\b(?:rue|avenue|boulevard|chemin|impasse|allée|allee|quai|cours|route|passage)\s+(?:de"
            r" |du |des |d'|la |l'|le )?\w+"
        ),
        (
            r"\b(?:calle|avenida|avda|av|c/|plaza|paseo|carrera|cra|cr|cl|diagonal|transversal|pasaje|glorieta|camino|ronda|urbanización|callejón|privada|circuito|prolongación|calzada|andador|boulevard|bulevar|vial|rambla|alameda|cuesta|acceso|vía)\.?"
            r" +(?:de |del |la |las |los |el )*[\w.'-]+.*\d"
        ),
        (
            r"\b(?:rua|avenida|av|travessa|alameda|praça|praca|rodovia|estrada|largo|quinta|beco|viela|vila|jardim|residencial|setor|condomínio|conjunto|núcleo|morro|favela|lago|lagoa|loteamento|parque|pátio|recanto|trecho|trevo|vale|vereda|viaduto|campo|área|aeroporto|chácara|colônia|distrito|esplanada|estação|fazenda|feira|ladeira|passarela|sítio)\.?"
            r" +(?:de |do |da |dos |das )*[\w.'-]+.*(?:\d|$)"
        ),
        # "via" is a preposition, too: of streets only a few words stand between it and the house,
        # and no others
        r"\bvia\s+(?:(?!(?:per|con|che|il|lo|gli|un|una|ha|ho|è|e|ed|alle|ore|tel|cell|fax|mail|email|to|and|on|at)\b)[\w.'’-]+[\s,]+){1,5}?(?:n[.°ºr]{0,2}\s*)?\d{1,4}(?!\d|[./:]\d)",
        r"\b(?:viale|piazza|corso|largo|vicolo|strada|contrada|borgo|piazzale|rotonda|canale|incrocio|stretto)\s+[\w.'-]+.*\d",
        r"\b\w*(?:straat|laan|plein|gracht|kade|dijk|singel|dreef|hof|pad|steeg|baan|boulevard|weg|park|plantsoen)\s+\d+",
        rf"^\W*(?:{_STREET_WORDS})\s+\d+\s*(?:[a-z]\b)?",
        rf"\b\d+\s+(?:[\w'’.-]+\s+){{1,4}}(?:{_STREET_WORDS})\b",
        (
            r"^\d+[a-z]?[,]?\s+(?:hwy|highway|route|us|state road|county"
            r" road|sr|cr|n|s|e|w|ne|nw|se|sw|north|south|east|west)\.?\s+[\w/ .'-]+"
        ),
        (
            r"\b(?:p\.?\s?o\.?\s?box|postfach|bp|apartado|caixa postal|casella"
            r" postale|postbus|psc|unit) \d+"
        ),
        r"\b(?:ul|ulica|улица|ул|vul|вул|utca|út|sokak|cadde|cad|sok|jalan|jl|gang|gatan|vägen|gate|veien|vej|katu|tie)\b\.?\s*[\w.'-]+.*\d|\w+(?:gatan|vägen|veien|vej|gade|katu|tie|utca|gata|gränd)\s+\d+",
        (
            r"^(?:house|villa|flat|plot|apartment|apt|shop|door|bldg|building|block|h\.?)\s*(?:no\.?)?\s*#?\d+\w?\b[,"
            r" ]+\D"
        ),
        r"^(?:apt|apartment|suite|ste)\.?\s*#?\w{1,6}$",
        r"\b(?:núm|num|nº|n°)\.?\s*\d+|\bcol(?:onia|\.)?\s+[^\W\d]\w+.*\d{5}|\bc\.?\s?p\.?\s*\d{5}\b",
        r"\d+\w?(?:/\d+)?,\s*(?:[A-Z]{1,2}-)?\d{2}-?\d{2,3}\s+[^\W\d]",
        r"\b(?:prospekt\w*|проспект|пр-т|переулок|пер\.|шоссе|küç\w*|küçəsi|mah\w*\.?|cad\w*\.?|sok\w*\.?|bulvarı|вулиця)\b.*\d",
        r"丁目|番|号|路\d|街\d|[街路道]\w?座|(?:로|길)\s?\d",
    )
)
"""Street addresses as they are written."""
