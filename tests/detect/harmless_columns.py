"""Columns in which nobody is: sixty kinds of codes, measures and names of things, invented by
seeded generators.
"""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Callable, Iterator

ROWS = 300
Draw = random.Random


def _words(text: str) -> list[str]:
    return text.split()


_HEX = "0123456789abcdef"
_MONTHS = _words(
    "January February March April May June July August September October November December"
)
_GENERA = _words(
    "Quercus Salix Acer Pinus Canis Felis Panthera Ursus Aquila Falco Corvus Parus Bombus Apis Rana"
    " Bufo Salmo Gadus Rosa Viola Allium Solanum Brassica Malus Prunus Picea Abies Larix Betula"
    " Fagus"
)
_EPITHETS = _words(
    "alba nigra rubra vulgaris officinalis sativa sylvestris montana palustris pratensis arvensis"
    " minor major viridis glabra repens communis europaea orientalis occidentalis borealis"
    " australis maritima alpina"
)
_MATERIALS = _words(
    "Oak Steel Glass Cotton Bamboo Leather Marble Copper Walnut Ceramic Linen Slate"
)
_THINGS = _words(
    "Lamp Table Kettle Shelf Blanket Stool Bottle Basket Mirror Cushion Tray Vase Desk Rug Clock"
)
_THEOREMS = _words(
    "Bayes Euler Gauss Noether Fermat Cauchy Lagrange Green Stokes Pythagoras Taylor Rolle Fubini"
    " Riemann Hilbert Cantor Abel Galois Jordan Schwarz Bolzano Banach Tychonoff Zorn Ramsey Turan"
    " Dirichlet Liouville"
)
_STATEMENTS = _words("theorem lemma identity inequality criterion formula conjecture principle")
_BROWSERS = (
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
        " Chrome/{}.0.{}.{} Safari/537.36"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 16_{1} like Mac OS X) AppleWebKit/605.1.15"
        " Version/16.{1} Mobile/15E148"
    ),
    "okhttp/4.{0}.{2}",
)


def _gtin(body: str) -> str:
    """Return ``body`` with the check digit of GS1 (weights 3 and 1 from the right)."""
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body)))
    return f"{body}{-total % 10}"


def _digits(r: Draw, n: int) -> str:
    return "".join(r.choices("0123456789", k=n))


def _hex(r: Draw, n: int) -> str:
    return "".join(r.choices(_HEX, k=n))


def _cas(r: Draw) -> str:
    body = str(r.randint(50, 9_999_999)) + f"{r.randint(10, 99)}"
    check = sum(int(d) * i for i, d in enumerate(reversed(body), 1)) % 10
    return f"{body[:-2]}-{body[-2:]}-{check}"


def _hs(r: Draw) -> str:
    text = f"{r.randint(1, 97):02}{r.randint(1, 99):02}.{r.randint(10, 99)}"
    return text + (f".{r.randint(0, 99):02}" if r.random() < 0.5 else "")


def _grouped(r: Draw, most: int, mark: str) -> str:
    return f"{r.randint(0, most):,}".replace(",", mark)


def _cidr(r: Draw) -> str:
    bits = r.choice([8, 16, 20, 24, 26])
    value = r.getrandbits(32) >> (32 - bits) << (32 - bits)
    return ".".join(str(value >> s & 255) for s in (24, 16, 8, 0)) + f"/{bits}"


def _cidr6(r: Draw) -> str:
    return f"2001:db8:{r.randint(1, 65535):x}::/48"


def _isbn(r: Draw) -> str:
    digits = _gtin("978" + _digits(r, 9))
    return (
        f"{digits[:3]}-{digits[3]}-{digits[4:8]}-{digits[8:12]}-{digits[12]}"
        if r.random() < 0.9
        else digits
    )


def _isbn10(r: Draw) -> str:
    body = "3" + _digits(r, 8)
    check = -sum((10 - at) * int(digit) for at, digit in enumerate(body)) % 11
    return body + ("X" if check == 10 else str(check))


def _move(r: Draw) -> str:
    piece = r.choice(["", "", "N", "B", "R", "Q", "K"])
    return (
        f"{r.randint(1, 60)}."
        f" {piece}{r.choice('abcdefgh')}{r.randint(1, 8)}{r.choice(['', '+', '#'])}"
    )


def _agent(r: Draw) -> str:
    return r.choice(_BROWSERS).format(r.randint(90, 130), r.randint(0, 255), r.randint(0, 255))


def _path(r: Draw) -> str:
    folder = r.choice(
        ["/var/lib/app", "/srv/data/2024", "/opt/tool/etc", "C:\\data\\export", "s3://bucket/raw"]
    )
    stem = f"{r.choice(['part', 'run', 'batch'])}-{r.randint(0, 99999):05}"
    return f"{folder}/{stem}.{r.choice(['csv', 'log', 'gz'])}"


def _log_line(r: Draw) -> str:
    text = r.choice(
        [
            "GET /items/{} HTTP/1.1 200 {}",
            "worker {} done in {} ms",
            "cache miss for key {} after {} us",
        ]
    )
    return text.format(r.randint(1, 10**8), r.randint(1, 10**7))


def _cron(r: Draw) -> str:
    return (
        f"{r.randint(0, 59)} {r.randint(0, 23)} {r.choice(['*', '1', '15'])} *"
        f" {r.choice(['*', '1-5', '0'])}"
    )


def _formula(r: Draw) -> str:
    carbons = f"C{r.randint(1, 40)}H{r.randint(2, 80)}"
    return f"{carbons}{r.choice(['', 'N', 'N2', 'Cl'])}O{r.randint(2, 12)}"


def _gene(r: Draw) -> str:
    family = r.choice(["BRCA", "TP", "EGFR", "KRAS", "MYC", "CYP", "HLA", "SLC", "ZNF", "RPL"])
    return f"{family}{r.randint(1, 800)}"


def _span(r: Draw, most: int) -> str:
    low = r.randint(0, most)
    return f"{low}-{low + r.randint(1, most)}"


def _even_range(r: Draw) -> str:
    low = r.randint(1, 30) * 10_000
    return f"{low}-{low + 9_999}"


def _grid(r: Draw) -> str:
    return f"{r.randint(100_000, 899_999)} {r.randint(1_000_000, 9_999_999)}"


def _os_grid(r: Draw) -> str:
    return f"{r.choice(['SU', 'TQ', 'NT', 'SD'])} {r.randint(100, 999)} {r.randint(100, 999)}"


def _mgrs(r: Draw) -> str:
    return (
        f"{r.randint(30, 34)}U{r.choice('VWX')}{r.choice('ABCD')} {_digits(r, 5)} {_digits(r, 5)}"
    )


def _epoch(r: Draw) -> str:
    return str(r.randint(1_500_000_000, 1_750_000_000))


def _version(r: Draw) -> str:
    return ".".join(str(r.randint(0, 12)) for _ in range(4))


def _build(r: Draw) -> str:
    return f"{r.randint(1, 30)}.{r.randint(0, 20)}.{r.randint(0, 40)}"


def _product(r: Draw) -> str:
    thing = f"{r.choice(_MATERIALS)} {r.choice(_THINGS)}"
    return f"{thing} {r.choice(['', 'XL', 'Mini', 'Pro', 'No. 5'])}".strip()


def _tracking(r: Draw) -> str:
    return r.choice(
        [f"1Z{_hex(r, 6).upper()}{_digits(r, 10)}", f"JD{_digits(r, 18)}", f"RR{_digits(r, 9)}DE"]
    )


def _part(r: Draw) -> str:
    return f"{_digits(r, 3)}-{_digits(r, 4)}-{r.choice('ABCDEFGH')}{r.randint(1, 9)}"


def _number_part(r: Draw) -> str:
    return f"{_digits(r, 4)}-{_digits(r, 3)}-{_digits(r, 3)}"


def _doi(r: Draw) -> str:
    journal = f"10.{r.randint(1000, 9999)}/j.{r.choice(['cell', 'phys', 'chem'])}"
    return f"{journal}.{r.randint(1990, 2024)}.{_digits(r, 6)}"


def _http(r: Draw) -> str:
    return r.choice(
        [
            "200 OK",
            "404 Not Found",
            "301 Moved Permanently",
            "500 Internal Server Error",
            "204 No Content",
        ]
    )


def _mime(r: Draw) -> str:
    return r.choice(
        ["application/json", "text/html; charset=utf-8", "image/png", "application/vnd.ms-excel"]
    )


def _level(r: Draw) -> str:
    return r.choice(["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"])


def _sql_type(r: Draw) -> str:
    return r.choice(
        ["VARCHAR(255)", "DECIMAL(18,2)", "BIGINT", "TIMESTAMP WITH TIME ZONE", "CHAR(10)"]
    )


def _iso_week(r: Draw) -> str:
    return f"{r.randint(2015, 2025)}-W{r.randint(1, 52):02}"


def _date(r: Draw) -> str:
    return f"{r.randint(2021, 2025)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"


def _stamp(r: Draw) -> str:
    return f"{_date(r)}T{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}Z"


def _sentence_of_things(r: Draw) -> str:
    lot, width = r.randint(10**5, 10**9), r.randint(100, 9999)
    return (
        f"lot {lot} of {r.choice(_MATERIALS).lower()} sheets, {width}.{r.randint(10, 99)} mm wide,"
        " packed in crates"
    )


def _result(r: Draw) -> str:
    return (
        f"{r.choice(['FC North', 'SV West', 'AC Bay', 'Rovers'])}"
        f" {r.randint(0, 5)}:{r.randint(0, 5)}"
    )


HARMLESS: dict[str, Callable[[Draw], str]] = {
    "version": _version,
    "release": _build,
    "firmware": lambda r: (
        f"v{r.randint(1, 9)}.{r.randint(0, 20)}.{r.randint(0, 300)}-rc{r.randint(1, 4)}"
    ),
    "isbn10": _isbn10,
    "hs_code": _hs,
    "cas_number": _cas,
    "sha256": lambda r: hashlib.sha256(_digits(r, 9).encode()).hexdigest(),
    "sha1": lambda r: hashlib.sha1(_digits(r, 9).encode(), usedforsecurity=False).hexdigest(),
    "md5": lambda r: _hex(r, 32),
    "commit": lambda r: _hex(r, 7),
    "uuid": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)),
    "ledger": lambda r: f"4{_digits(r, 9)}",
    "ledger_wide": lambda r: f"4000{_digits(r, 12)}",
    "ledger_dotted": lambda r: f"{_digits(r, 4)}.{_digits(r, 3)}.{_digits(r, 4)}",
    "utm": _grid,
    "os_grid": _os_grid,
    "mgrs": _mgrs,
    "small_range": lambda r: _span(r, 20),
    "large_range": _even_range,
    "amount_eu": lambda r: f"{_grouped(r, 9_999_999, '.')},{r.randint(0, 99):02}",
    "amount_us": lambda r: f"${_grouped(r, 9_999_999, ',')}.{r.randint(0, 99):02}",
    "amount_blank": lambda r: f"{_grouped(r, 99_999_999, ' ')},{r.randint(0, 99):02} €",
    "amount_swiss": lambda r: f"CHF {_grouped(r, 9_999_999, chr(39))}.{r.randint(0, 99):02}",
    "clock": lambda r: f"{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}",
    "iso_duration": lambda r: f"PT{r.randint(1, 90)}M{r.randint(0, 59)}S",
    "network": _cidr,
    "network6": _cidr6,
    "isbn": _isbn,
    "ean": lambda r: _gtin("40" + _digits(r, 10)),
    "gtin": lambda r: _gtin("3" + _digits(r, 12)),
    "epoch": _epoch,
    "epoch_ms": lambda r: f"{_epoch(r)}{_digits(r, 3)}",
    "part_number": _part,
    "part_of_digits": _number_part,
    "tracking": _tracking,
    "score": lambda r: f"{r.randint(0, 7)}-{r.randint(0, 7)}",
    "move": _move,
    "theorem": lambda r: f"{r.choice(_THEOREMS)}'s {r.choice(_STATEMENTS)}",
    "species": lambda r: f"{r.choice(_GENERA)} {r.choice(_EPITHETS)}",
    "product": _product,
    "user_agent": _agent,
    "file_path": _path,
    "log_line": _log_line,
    "http_status": _http,
    "mime_type": _mime,
    "iso_week": _iso_week,
    "colour": lambda r: f"#{_hex(r, 6)}",
    "doi": _doi,
    "cron": _cron,
    "hash_in_groups": lambda r: ":".join(_hex(r, 4) for _ in range(8)),
    "fingerprint": lambda r: ":".join(_hex(r, 2) for _ in range(16)),
    "measurement": lambda r: f"{r.uniform(0, 9000):.3f} {r.choice(['kg', 'mm', 'kPa', 'mol/L'])}",
    "decimal": lambda r: f"{r.uniform(-180, 180):.9f}",
    "small_decimal": lambda r: f"0.{_digits(r, 12)}",
    "sql_type": _sql_type,
    "log_level": _level,
    "order_date": _date,
    "updated_at": _stamp,
    "month": lambda r: r.choice(_MONTHS),
    "percentage": lambda r: f"{r.uniform(0, 100):.2f} %",
    "invoice": lambda r: f"INV-{r.randint(2019, 2025)}-{_digits(r, 6)}",
    "order_number": lambda r: f"ORD-{_digits(r, 10)}",
    "size": lambda r: f"{r.randint(10, 99)} x {r.randint(10, 99)} x {r.randint(10, 99)} cm",
    "temperature": lambda r: f"{r.randint(-30, 0)} to {r.randint(1, 45)} °C",
    "formula": _formula,
    "gene": _gene,
    "music_key": lambda r: (
        f"{r.choice('ABCDEFG')}{r.choice(['', '♯', '♭'])} {r.choice(['major', 'minor'])}"
    ),
    "result": _result,
    "lot_note": _sentence_of_things,
    "utc_offset": lambda r: f"{r.choice('+-')}{r.randint(0, 12):02}:{r.choice(['00', '30'])}",
    "ticker": lambda r: "".join(r.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=r.randint(3, 4))),
    "snowflake": lambda r: str(r.randint(10**17, 10**18)),
    "population": lambda r: str(r.randint(10_000, 10**8)),
}
"""The column's name → one value of it, drawn with the generator that is handed over."""


def values_of(kind: str, rows: int = ROWS) -> list[str]:
    """Return ``rows`` values of one kind, the same in every run."""
    draw = Draw(f"harmless {kind}")
    return [HARMLESS[kind](draw) for _ in range(rows)]


def harmless_columns(rows: int = ROWS) -> Iterator[tuple[str, list[str]]]:
    """Yield every kind with its values."""
    for kind in HARMLESS:
        yield kind, values_of(kind, rows)
