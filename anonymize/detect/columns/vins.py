"""Vehicle identification numbers, of makers that use no check digit too."""

from __future__ import annotations

import re

from anonymize.detect.text.check_digits import vin

_BEGINNINGS = """
    1B 1C 1D 1F 1G 1H 1J 1L 1M 1N 1V 1Y 1Z 2B 2C 2D 2F 2G 2H 2L 2M 2T 3A 3C 3D 3F 3G 3H 3N 3V 4A
    4F 4J 4M 4S 4T 4U 5F 5J 5L 5N 5T 5U 5X 5Y 7S 9BD 9BF 9BG 9BW 93H 93Y 8AF 8AJ 8AP JA JF JH JM JN
    JS JT KL KMH KMJ KNA KNC KND KNE KNM KPA KPT LBE LBV LDC LE4 LFM LFP LFV LGX LHG LJD LRW LSG LSV
    LVG LVH LVS LVV LYV L6T MA1 MA3 MAJ MAK MAL MAT MBH MBJ MM7 MMB MNT MPA MR0 NLH NM0 NMB NMT PL1
    SAJ SAL SAR SB1 SCA SCB SCC SCF SHH SHS SJN SUD TMA TMB TRU TSM U5Y UU1 VF1 VF3 VF6 VF7 VF8 VNK
    VNV VR1 VR3 VR7 VSE VSK VSS VSX VWA VXE VXK W0L W0V W1K W1N W1T W1V WAG WAP WAU WBA WBS WBY WDB
    WDC WDD WDF WEB WF0 WJM WMA WMW WME WMX WP0 WP1 WUA WV1 WV2 WV3 WVG WVW XL9 XLE XLR XMC XTA XTT
    XUF XW7 XW8 X4X X7L YK1 YS2 YS3 YTN YV1 YV2 YV4 Z8N Z94 ZAM ZAP ZAR ZCF ZDM ZFA ZFC ZFF ZHW
    ZLA
"""
"""How numbers of makers of many vehicles begin (SAE's world manufacturer identifiers)."""
_MAKERS = tuple(_BEGINNINGS.split())
_FORM = re.compile(r"[A-HJ-NPR-Z0-9]{3}(?=[A-Z0-9]{0,7}[A-Z])[A-HJ-NPR-Z0-9]{10}[0-9]{4}")


def is_vin(text: str) -> bool:
    """Return whether ``text`` is a vehicle identification number, by its check digit or by its
    manufacturer and form.

    Outside North America and China the ninth character is no check digit. There a known
    manufacturer code, a letter in the vehicle descriptor and four digits at the end are required;
    order and part numbers lack one of these.
    """
    code = text.strip().upper()
    return vin(code) or (code.startswith(_MAKERS) and _FORM.fullmatch(code) is not None)
