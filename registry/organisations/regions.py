"""The regions of both schemes and the boards' names: what the ODS trust file knows only by code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RegionOfToday:
    """One of NHS England's seven regions, and the commissioning region of 2013 it lies in."""

    name: str
    part_of: str


# The four commissioning regions of 2013, by their ODS codes. London kept its code when the others split.
COMMISSIONING_2013: dict[str, str] = {
    "Y54": "North",
    "Y55": "Midlands and East",
    "Y56": "London",
    "Y57": "South",
}

NHS_ENGLAND: dict[str, RegionOfToday] = {
    "Y56": RegionOfToday("London", part_of="Y56"),
    "Y58": RegionOfToday("South West", part_of="Y57"),
    "Y59": RegionOfToday("South East", part_of="Y57"),
    "Y60": RegionOfToday("Midlands", part_of="Y55"),
    "Y61": RegionOfToday("East of England", part_of="Y55"),
    "Y62": RegionOfToday("North West", part_of="Y54"),
    "Y63": RegionOfToday("North East and Yorkshire", part_of="Y54"),
}

# Five-character codes are the boards merged in 2026; some three-character ones have since been merged away.
BOARD_NAMES: dict[str, str] = {
    "D7T5G": "Essex",
    "S0E4D": "Thames Valley",
    "S1Y5D": "Central East",
    "S9B9J": "Surrey and Sussex",
    "T6Y0W": "Norfolk and Suffolk",
    "Z9B2Z": "West and North London",
    "QE1": "Lancashire and South Cumbria",
    "QF7": "South Yorkshire",
    "QGH": "Herefordshire and Worcestershire",
    "QH8": "Mid and South Essex",
    "QHG": "Bedfordshire, Luton and Milton Keynes",
    "QHL": "Birmingham and Solihull",
    "QHM": "North East and North Cumbria",
    "QJ2": "Derby and Derbyshire",
    "QJG": "Suffolk and North East Essex",
    "QJK": "Devon",
    "QJM": "Lincolnshire",
    "QK1": "Leicester, Leicestershire and Rutland",
    "QKK": "South East London",
    "QKS": "Kent and Medway",
    "QM7": "Hertfordshire and West Essex",
    "QMF": "North East London",
    "QMJ": "North Central London",
    "QMM": "Norfolk and Waveney",
    "QNC": "Staffordshire and Stoke-on-Trent",
    "QNQ": "Frimley",
    "QNX": "Sussex",
    "QOC": "Shropshire, Telford and Wrekin",
    "QOP": "Greater Manchester",
    "QOQ": "Humber and North Yorkshire",
    "QOX": "Bath and North East Somerset, Swindon and Wiltshire",
    "QPM": "Northamptonshire",
    "QR1": "Gloucestershire",
    "QRL": "Hampshire and Isle of Wight",
    "QRV": "North West London",
    "QSL": "Somerset",
    "QT1": "Nottingham and Nottinghamshire",
    "QT6": "Cornwall and the Isles of Scilly",
    "QU9": "Buckinghamshire, Oxfordshire and Berkshire West",
    "QUA": "Black Country",
    "QUE": "Cambridgeshire and Peterborough",
    "QUY": "Bristol, North Somerset and South Gloucestershire",
    "QVV": "Dorset",
    "QWE": "South West London",
    "QWO": "West Yorkshire",
    "QWU": "Coventry and Warwickshire",
    "QXU": "Surrey Heartlands",
    "QYG": "Cheshire and Merseyside",
}


def board_name(code: str) -> str:
    """`NHS Devon Integrated Care Board`, or the code where the board is younger than this list."""
    name = BOARD_NAMES.get(code)
    return f"NHS {name} Integrated Care Board" if name else f"Integrated care board {code}"
