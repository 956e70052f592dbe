"""What an ESR extract's words mean here: staff groups, professions, bodies, bands, as data and small rules."""

import re

from registry.clinicians.fields import (
    HCPC_LETTERS,
    CareerStage,
    PayBand,
    Profession,
    Register,
    RegistrationStatus,
    Sector,
)

P, B, S = Profession, PayBand, CareerStage

# ESR staff groups in which people need no clinical registration; a row without one is left out, not wrong.
WITHOUT_REGISTER = frozenset(
    {
        "additional clinical services",
        "administrative and clerical",
        "estates and ancillary",
    }
)

ALSO_PROFESSIONS: dict[str, Profession] = {
    "registered nurse": P.NURSE,
    "nursing": P.NURSE,
    "midwifery": P.MIDWIFE,
    "medical": P.DOCTOR,
    "physician": P.DOCTOR,
    "physician associate": P.PHYSICIAN_ASSISTANT,
    "physician assistant": P.PHYSICIAN_ASSISTANT,
    "anaesthesia associate": P.PHYSICIAN_ASSISTANT,
    "anaesthesia assistant": P.PHYSICIAN_ASSISTANT,
    "dentist": P.DENTIST,
    "dental nurse": P.DENTIST,
    "optometrist": P.OPTOMETRIST,
    "psychologist": P.PSYCHOLOGIST,
    "clinical psychologist": P.PSYCHOLOGIST,
    "speech therapist": P.SPEECH_THERAPIST,
    "diagnostic radiographer": P.RADIOGRAPHER,
    "therapeutic radiographer": P.RADIOGRAPHER,
    "dietician": P.DIETITIAN,
    "chiropodist": P.PODIATRIST,
    "podiatrist": P.PODIATRIST,
    "prosthetist": P.PROSTHETIST,
    "orthotist": P.PROSTHETIST,
    "odp": P.OPERATING_DEPARTMENT,
}

ALSO_REGISTERS: dict[str, Register] = {
    "general medical council": Register.GMC,
    "gmc associates": Register.GMC_ASSOCIATE,
    "nursing and midwifery council": Register.NMC,
    "nursing midwifery council": Register.NMC,
    "health and care professions council": Register.HCPC,
    "health care professions council": Register.HCPC,
    "general pharmaceutical council": Register.GPHC,
    "general dental council": Register.GDC,
    "general optical council": Register.GOC,
    "social work england": Register.SWE,
}

ALSO_STATUSES: dict[str, RegistrationStatus] = {
    "active": RegistrationStatus.REGISTERED,
    "live": RegistrationStatus.REGISTERED,
    "registered with a licence to practise": RegistrationStatus.REGISTERED,
    "registered with licence": RegistrationStatus.REGISTERED,
    "conditions of practice": RegistrationStatus.CONDITIONS,
    "lapsed": RegistrationStatus.LAPSED,
    "removed": RegistrationStatus.LAPSED,
    "erased": RegistrationStatus.LAPSED,
    "struck off": RegistrationStatus.LAPSED,
}

ALSO_SECTORS: dict[str, Sector] = {
    "acute care": Sector.ACUTE,
    "hospital": Sector.ACUTE,
    "community care": Sector.COMMUNITY,
    "general practice": Sector.PRIMARY_CARE,
}

ALSO_STAGES: dict[str, CareerStage] = {
    "student": S.STUDENT,
    "undergraduate": S.STUDENT,
    "practitioner": S.PRACTITIONER,
    "postgraduate": S.PRACTITIONER,
    "experienced": S.EXPERIENCED,
    "experienced practitioner": S.EXPERIENCED,
    "continuing practice": S.EXPERIENCED,
}

ALSO_BANDS: dict[str, PayBand] = {
    "very senior manager": B.VSM,
    "foundation": B.FOUNDATION,
    "foundation year 1": B.FOUNDATION,
    "foundation year 2": B.FOUNDATION,
    "foundation trainee": B.FOUNDATION,
    "core trainee": B.CORE,
    "core training": B.CORE,
    "registrar": B.REGISTRAR,
    "specialty registrar": B.REGISTRAR,
    "specialist registrar": B.REGISTRAR,
    "associate specialist": B.SPECIALIST,
    "specialist": B.SPECIALIST,
    "sas doctor": B.SPECIALTY,
    "general practitioner": B.GP,
    "clinical academic": B.CLINICAL_ACADEMIC,
}

# Resident doctors and bands up to 6 count as practitioners; whoever is past that, as experienced.
PRACTITIONER_BANDS = frozenset({B.BAND_2, B.BAND_3, B.BAND_4, B.BAND_5, B.BAND_6, B.FOUNDATION, B.CORE, B.REGISTRAR})

_PROFESSION_OF_REGISTER: dict[Register, Profession] = {
    Register.GMC: P.DOCTOR,
    Register.GMC_ASSOCIATE: P.PHYSICIAN_ASSISTANT,
    Register.GDC: P.DENTIST,
    Register.GOC: P.OPTOMETRIST,
    Register.SWE: P.SOCIAL_WORKER,
}


def plain_band(raw: str) -> str:
    """`NHS|XR08|Review Body Band 8 - Range A` and `8A` → `8a`; other grades as they are."""
    text = raw.rpartition("|")[2]
    found = re.search(r"\bband\s*([1-9])(?:\s*(?:-|–)?\s*(?:range\s*)?([a-d]))?\b", text, re.IGNORECASE)
    return "".join(part.lower() for part in found.groups() if part) if found else text.strip()


# Staff groups whose members are all on the same registers; in the others many registers meet.
REGISTERS_OF_GROUP = {
    "allied health professionals": (Register.HCPC,),
    "medical and dental": (Register.GMC, Register.GDC),
    "nursing and midwifery registered": (Register.NMC,),
}


def registers_of(staff_group: str) -> tuple[Register, ...]:
    """The registers that go with an ESR staff group; none where many do."""
    return REGISTERS_OF_GROUP.get(" ".join(staff_group.split()).casefold(), ())


def profession_of(register: Register, number: str, job: str) -> Profession | None:
    """The profession that a register's number stands for; the NMC's needs the job to tell (None where it cannot)."""
    if register == Register.NMC:
        return _nmc_profession(job.casefold())
    if register == Register.GPHC:
        return P.PHARMACIST if number.startswith("2") else P.PHARMACY_TECHNICIAN
    if register == Register.HCPC:
        letters = number.rstrip("0123456789")
        return next((profession for profession, own in HCPC_LETTERS.items() if own == letters), None)
    return _PROFESSION_OF_REGISTER.get(register)


def _nmc_profession(job: str) -> Profession | None:
    if "nursing associate" in job:
        return P.NURSING_ASSOCIATE
    if "midwi" in job.replace("nursing and midwifery", ""):
        return P.MIDWIFE
    return P.NURSE if job.strip() else None


def stage_of(band: PayBand) -> CareerStage:
    """The career stage a pay band or grade suggests."""
    return S.PRACTITIONER if band in PRACTITIONER_BANDS else S.EXPERIENCED
