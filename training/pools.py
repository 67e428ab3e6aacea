"""Values that fill the templates' slots, from Faker: names, places and companies of many locales in
Latin letters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from training.names import is_held_out

LOCALES = (  # noqa: SIM905
    "en_US en_GB en_AU en_CA en_IE en_NZ en_IN en_PK en_TH fr_FR fr_CA de_DE de_AT it_IT es_ES"
    " es_MX es_CO pt_BR pt_PT nl_NL nl_BE sv_SE da_DK fi_FI no_NO pl_PL cs_CZ sk_SK sl_SI hr_HR"
    " hu_HU ro_RO tr_TR id_ID vi_VN et_EE lt_LT lv_LV az_AZ fil_PH yo_NG zu_ZA tw_GH en_NG"
).split()
"""Faker's locales whose names are written in Latin letters."""


@dataclass
class Pools:
    """Values that fill slots, drawn once per seed."""

    first: list[str] = field(default_factory=list)
    last: list[str] = field(default_factory=list)
    cities: list[str] = field(default_factory=list)
    streets: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    companies: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    @classmethod
    def draw(cls, seed: int, per_locale: int = 160) -> Pools:
        """Return pools of Faker values of every locale, Latin script only, held-out names left
        out.
        """
        from faker import Faker

        pools = cls()
        for number, locale in enumerate(LOCALES):
            try:
                fake = Faker(locale)
            except AttributeError:
                continue
            fake.seed_instance(seed + number)
            sources: list[tuple[list[str], str]] = [
                (pools.first, "first_name"),
                (pools.last, "last_name"),
                (pools.cities, "city"),
                (pools.streets, "street_address"),
                (pools.addresses, "address"),
                (pools.companies, "company"),
                (pools.emails, "email"),
                (pools.phones, "phone_number"),
                (pools.urls, "url"),
            ]
            for pool, name in sources:
                if (locale, name) == ("it_IT", "city"):
                    # drawn from a set there: the same seed gives other cities in another process
                    continue
                try:
                    make: Callable[[], str] = getattr(fake, name)
                    pool.extend({str(make()) for _ in range(per_locale)})
                except (AttributeError, IndexError):
                    continue
        for name in ("first", "last", "cities", "streets", "addresses", "companies"):
            kept = sorted(
                {value for value in getattr(pools, name) if all(ord(c) < 0x250 for c in value)}
            )
            setattr(
                pools,
                name,
                (
                    [value for value in kept if not any(map(is_held_out, value.split()))]
                    if name in ("first", "last")
                    else kept
                ),
            )
        for name in ("emails", "phones", "urls"):
            setattr(pools, name, sorted(set(getattr(pools, name))))
        return pools
