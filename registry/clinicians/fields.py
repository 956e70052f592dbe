"""The field's lists: professions, registers, sectors, stages, bands; each with its order where it has one."""

from dataclasses import dataclass

from django.db import models


class Profession(models.TextChoices):
    """Every regulated clinical profession the registry is for."""

    DOCTOR = "doctor", "Doctor"
    PHYSICIAN_ASSISTANT = "physician_assistant", "Physician or anaesthesia assistant"
    NURSE = "nurse", "Nurse"
    MIDWIFE = "midwife", "Midwife"
    NURSING_ASSOCIATE = "nursing_associate", "Nursing associate"
    PHARMACIST = "pharmacist", "Pharmacist"
    PHARMACY_TECHNICIAN = "pharmacy_technician", "Pharmacy technician"
    DENTIST = "dentist", "Dentist or dental care professional"
    OPTOMETRIST = "optometrist", "Optometrist or dispensing optician"
    PARAMEDIC = "paramedic", "Paramedic"
    PSYCHOLOGIST = "psychologist", "Practitioner psychologist"
    PHYSIOTHERAPIST = "physiotherapist", "Physiotherapist"
    OCCUPATIONAL_THERAPIST = "occupational_therapist", "Occupational therapist"
    RADIOGRAPHER = "radiographer", "Radiographer"
    SPEECH_THERAPIST = "speech_therapist", "Speech and language therapist"
    DIETITIAN = "dietitian", "Dietitian"
    PODIATRIST = "podiatrist", "Chiropodist or podiatrist"
    ORTHOPTIST = "orthoptist", "Orthoptist"
    PROSTHETIST = "prosthetist", "Prosthetist or orthotist"
    ARTS_THERAPIST = "arts_therapist", "Arts therapist"
    OPERATING_DEPARTMENT = "operating_department", "Operating department practitioner"
    BIOMEDICAL_SCIENTIST = "biomedical_scientist", "Biomedical scientist"
    CLINICAL_SCIENTIST = "clinical_scientist", "Clinical scientist"
    HEARING_AID = "hearing_aid", "Hearing aid dispenser"
    SOCIAL_WORKER = "social_worker", "Social worker"


P = Profession

ALLIED_HEALTH_PROFESSIONS = frozenset(
    {
        P.ARTS_THERAPIST,
        P.PODIATRIST,
        P.DIETITIAN,
        P.OCCUPATIONAL_THERAPIST,
        P.OPERATING_DEPARTMENT,
        P.ORTHOPTIST,
        P.PARAMEDIC,
        P.PHYSIOTHERAPIST,
        P.PROSTHETIST,
        P.RADIOGRAPHER,
        P.SPEECH_THERAPIST,
    }
)
HEALTHCARE_SCIENTISTS = frozenset({P.BIOMEDICAL_SCIENTIST, P.CLINICAL_SCIENTIST})


class Register(models.TextChoices):
    """The statutory registers, and what a number of each looks like (`NUMBER_FORMS`)."""

    GMC = "GMC", "General Medical Council (doctors)"
    GMC_ASSOCIATE = "GMC-A", "General Medical Council (physician and anaesthesia assistants)"
    NMC = "NMC", "Nursing and Midwifery Council"
    HCPC = "HCPC", "Health and Care Professions Council"
    GPHC = "GPhC", "General Pharmaceutical Council"
    GDC = "GDC", "General Dental Council"
    GOC = "GOC", "General Optical Council"
    SWE = "SWE", "Social Work England"


@dataclass(frozen=True, slots=True)
class NumberForm:
    """What a register's number must match, and an example for the message."""

    pattern: str
    example: str


NUMBER_FORMS: dict[Register, NumberForm] = {
    Register.GMC: NumberForm(r"[0-9]{7}|L[0-9]{6}", "0123456"),
    Register.GMC_ASSOCIATE: NumberForm(r"A[0-9]{7}", "A1234567"),
    Register.NMC: NumberForm(r"[0-9]{2}[A-Z][0-9]{4}[A-Z]", "12A3456E"),
    Register.HCPC: NumberForm(r"(?:AS|BS|CH|CS|DT|HAD|ODP|OR|OT|PA|PH|PO|PYL|RA|SL)[0-9]{1,6}", "PH012345"),
    Register.GPHC: NumberForm(r"[25][0-9]{6}", "2012345"),
    Register.GDC: NumberForm(r"[0-9]{4,6}", "123456"),
    Register.GOC: NumberForm(r"(?:01|D)-?[0-9]{4,6}", "01-12345"),
    Register.SWE: NumberForm(r"SW[0-9]{1,8}", "SW12345"),
}

# Which register each profession is on; HCPC numbers begin with the profession's own letters.
REGISTER_OF: dict[Profession, Register] = {
    P.DOCTOR: Register.GMC,
    P.PHYSICIAN_ASSISTANT: Register.GMC_ASSOCIATE,
    P.NURSE: Register.NMC,
    P.MIDWIFE: Register.NMC,
    P.NURSING_ASSOCIATE: Register.NMC,
    P.PHARMACIST: Register.GPHC,
    P.PHARMACY_TECHNICIAN: Register.GPHC,
    P.DENTIST: Register.GDC,
    P.OPTOMETRIST: Register.GOC,
    P.SOCIAL_WORKER: Register.SWE,
}
HCPC_LETTERS: dict[Profession, str] = {
    P.ARTS_THERAPIST: "AS",
    P.BIOMEDICAL_SCIENTIST: "BS",
    P.PODIATRIST: "CH",
    P.CLINICAL_SCIENTIST: "CS",
    P.DIETITIAN: "DT",
    P.HEARING_AID: "HAD",
    P.OPERATING_DEPARTMENT: "ODP",
    P.ORTHOPTIST: "OR",
    P.OCCUPATIONAL_THERAPIST: "OT",
    P.PARAMEDIC: "PA",
    P.PHYSIOTHERAPIST: "PH",
    P.PROSTHETIST: "PO",
    P.PSYCHOLOGIST: "PYL",
    P.RADIOGRAPHER: "RA",
    P.SPEECH_THERAPIST: "SL",
}
REGISTER_OF |= dict.fromkeys(HCPC_LETTERS, Register.HCPC)


class RegistrationStatus(models.TextChoices):
    """What the regulator says of a registration."""

    REGISTERED = "registered", "Registered"
    CONDITIONS = "conditions", "Registered with conditions"
    SUSPENDED = "suspended", "Suspended"
    LAPSED = "lapsed", "Lapsed or removed"


class VerificationMethod(models.TextChoices):
    """How somebody checked a registration."""

    ONLINE_REGISTER = "register", "The regulator's online register"
    EMPLOYER_SERVICE = "employer", "The regulator's service for employers"
    DOCUMENT = "document", "A document from the regulator"


class Sector(models.TextChoices):
    """Where in the service somebody works."""

    ACUTE = "acute", "Acute"
    MENTAL_HEALTH = "mental_health", "Mental health"
    COMMUNITY = "community", "Community"
    AMBULANCE = "ambulance", "Ambulance"
    PRIMARY_CARE = "primary_care", "Primary care"
    COMMISSIONING = "commissioning", "Commissioning"


class CareerStage(models.TextChoices):
    """The frameworks' three career stages."""

    STUDENT = "student", "Student or undergraduate"
    PRACTITIONER = "practitioner", "Practitioner or postgraduate"
    EXPERIENCED = "experienced", "Experienced or continuing practice"


class PayBand(models.TextChoices):
    """Agenda for Change bands, very senior manager, and medical grades."""

    BAND_2 = "2", "Band 2"
    BAND_3 = "3", "Band 3"
    BAND_4 = "4", "Band 4"
    BAND_5 = "5", "Band 5"
    BAND_6 = "6", "Band 6"
    BAND_7 = "7", "Band 7"
    BAND_8A = "8a", "Band 8a"
    BAND_8B = "8b", "Band 8b"
    BAND_8C = "8c", "Band 8c"
    BAND_8D = "8d", "Band 8d"
    BAND_9 = "9", "Band 9"
    VSM = "vsm", "Very senior manager"
    FOUNDATION = "foundation", "Foundation doctor"
    CORE = "core", "Core trainee"
    REGISTRAR = "registrar", "Specialty registrar"
    SPECIALTY = "specialty", "Specialty doctor"
    SPECIALIST = "specialist", "Specialist doctor"
    GP = "gp", "General practitioner"
    CONSULTANT = "consultant", "Consultant"
    CLINICAL_ACADEMIC = "academic", "Clinical academic"


B = PayBand

# How senior a band or grade counts when a vacancy asks for "at least band N". Medical grades have no
# official place on the Agenda for Change ladder; ours follows responsibility, and is shown to the user.
BAND_RANK: dict[PayBand, int] = {
    B.BAND_2: 2,
    B.BAND_3: 3,
    B.BAND_4: 4,
    B.BAND_5: 5,
    B.BAND_6: 6,
    B.FOUNDATION: 6,
    B.BAND_7: 7,
    B.CORE: 7,
    B.BAND_8A: 8,
    B.REGISTRAR: 8,
    B.BAND_8B: 9,
    B.SPECIALTY: 9,
    B.BAND_8C: 10,
    B.SPECIALIST: 10,
    B.BAND_8D: 11,
    B.GP: 11,
    B.CONSULTANT: 11,
    B.CLINICAL_ACADEMIC: 11,
    B.BAND_9: 12,
    B.VSM: 13,
}


class Aspiration(models.TextChoices):
    """What somebody wants next."""

    PRACTICE = "practice", "Stay in practice"
    MANAGEMENT = "management", "Move into clinical management"
    BOARD = "board", "Take up a board post"


class Readiness(models.TextChoices):
    """When somebody feels ready for the next step."""

    NOW = "now", "Now"
    SOON = "1-2", "In 1 to 2 years"
    LATER = "3-5", "In 3 to 5 years"
    UNSURE = "unsure", "Not sure yet"


class Mobility(models.TextChoices):
    """How far somebody would move for a post."""

    TRUST = "trust", "My own organisation only"
    REGION = "region", "Within my region"
    NATIONAL = "national", "Anywhere in England"


class RoleNature(models.TextChoices):
    """Whether leadership came with a title."""

    FORMAL = "formal", "Formal"
    INFORMAL = "informal", "Informal"


class QualificationKind(models.TextChoices):
    """Qualifications that bear on leadership."""

    HEALTH_MBA = "health_mba", "Health MBA"
    MBA = "mba", "MBA"
    MASTERS = "masters", "Master's degree"
    CERTIFICATE = "certificate", "Postgraduate certificate or diploma"
    FELLOWSHIP = "fellowship", "Fellowship or clinical fellow scheme"
    DOCTORATE = "doctorate", "Doctorate"
    OTHER = "other", "Other"
