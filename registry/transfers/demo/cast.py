"""Who the demonstration's people are: drawn from lists by a seeded generator, so always the same; pure."""

import datetime
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.clinicians.fields import (
    HCPC_LETTERS,
    REGISTER_OF,
    Aspiration,
    CareerStage,
    Mobility,
    PayBand,
    Profession,
    QualificationKind,
    Readiness,
    Register,
    RoleNature,
    Sector,
)

SEED = 2026


@dataclass(frozen=True, slots=True)
class DemoTrust:
    """A fictional trust: its made-up code, a real region, and the share of the cast that works there."""

    code: str
    name: str
    region: str
    sectors: tuple[Sector, ...]
    share: float
    domain: str


TRUSTS = (
    DemoTrust("ZD1", "Ashdale University Hospitals NHS Foundation Trust", "Y62", (Sector.ACUTE,), 0.5, "ashdale"),
    DemoTrust(
        "ZD2",
        "Merrow Valley Partnership NHS Foundation Trust",
        "Y62",
        (Sector.MENTAL_HEALTH, Sector.COMMUNITY),
        0.3,
        "merrow",
    ),
    DemoTrust(
        "ZD3",
        "Kingsmere and Thameside NHS Trust",
        "Y56",
        (Sector.ACUTE, Sector.COMMUNITY, Sector.AMBULANCE),
        0.2,
        "kingsmere",
    ),
)

GIVEN_NAMES = [
    "Amina",
    "Grace",
    "Oluwaseun",
    "Priya",
    "Siân",
    "Tomasz",
    "Wei",
    "Fatima",
    "Niamh",
    "Kwame",
    "Aisha",
    "Callum",
    "Ngozi",
    "Yusuf",
    "Eleri",
    "Marta",
    "Rajesh",
    "Chloe",
    "Ibrahim",
    "Zofia",
    "Dev",
    "Leila",
    "Hamish",
    "Xin",
    "Adaeze",
    "Bronwen",
    "Omar",
    "Kateryna",
    "Joseph",
    "Meera",
    "Søren",
    "Ffion",
    "Abdul",
    "Lucía",
    "Kofi",
    "Ruth",
    "Anjali",
    "Patrick",
    "Thandiwe",
    "Ewan",
    "Mei",
    "Sinéad",
    "Vikram",
    "Hannah",
    "Tariq",
    "Blessing",
    "Rhys",
    "Elif",
    "Samuel",
    "Jaya",
]
FAMILY_NAMES = [
    "Okafor",
    "Patel",
    "O’Neill",
    "Kowalska",
    "Hughes",
    "Chen",
    "Ahmed",
    "Mensah",
    "Davies",
    "Sharma",
    "Begum",
    "Campbell",
    "Nwosu",
    "Rahman",
    "Evans",
    "Novak",
    "Iyer",
    "Walker",
    "Hassan",
    "Wiśniewska",
    "Singh",
    "MacDonald",
    "Adeyemi",
    "Llewellyn",
    "Khan",
    "Petrenko",
    "Osei",
    "Thomas",
    "Kaur",
    "O’Brien",
    "Zhang",
    "Desai",
    "Morris",
    "Yılmaz",
    "Achebe",
    "Roberts",
    "Farouk",
    "Lopez",
    "Boateng",
    "Cohen",
    "Menon",
    "Byrne",
    "Dlamini",
    "Fraser",
    "Wong",
    "Murphy",
    "Reddy",
    "Green",
    "Hussain",
    "Adjei",
    "Price",
    "Demir",
    "Wright",
    "Nair",
]


@dataclass(frozen=True, slots=True)
class Track:
    """A profession's share of the cast, and its usual posts from junior to senior with their bands."""

    profession: Profession
    weight: int
    ladder: tuple[tuple[str, PayBand], ...]


B = PayBand
NURSING = (
    ("Staff nurse", B.BAND_5),
    ("Senior staff nurse", B.BAND_6),
    ("Ward manager", B.BAND_7),
    ("Matron", B.BAND_8A),
    ("Associate director of nursing", B.BAND_8C),
    ("Deputy chief nurse", B.BAND_9),
)
THERAPY = (
    ("{0}", B.BAND_5),
    ("Specialist {0}", B.BAND_6),
    ("Advanced {0}", B.BAND_7),
    ("Consultant {0}", B.BAND_8B),
    ("Head of service, {0}", B.BAND_8C),
)
TRACKS = (
    Track(
        Profession.DOCTOR,
        22,
        (
            ("Foundation doctor", B.FOUNDATION),
            ("Core trainee", B.CORE),
            ("Specialty registrar", B.REGISTRAR),
            ("Specialty doctor", B.SPECIALTY),
            ("Consultant", B.CONSULTANT),
            ("Consultant and clinical director", B.CONSULTANT),
        ),
    ),
    Track(Profession.NURSE, 38, NURSING),
    Track(
        Profession.MIDWIFE,
        5,
        (
            ("Midwife", B.BAND_6),
            ("Senior midwife", B.BAND_7),
            ("Matron for maternity", B.BAND_8A),
            ("Director of midwifery", B.BAND_8D),
        ),
    ),
    Track(Profession.PHARMACIST, 5, THERAPY),
    Track(Profession.PHYSIOTHERAPIST, 6, THERAPY),
    Track(Profession.OCCUPATIONAL_THERAPIST, 5, THERAPY),
    Track(Profession.RADIOGRAPHER, 4, THERAPY),
    Track(Profession.SPEECH_THERAPIST, 2, THERAPY),
    Track(Profession.DIETITIAN, 2, THERAPY),
    Track(Profession.PARAMEDIC, 3, THERAPY),
    Track(Profession.PSYCHOLOGIST, 3, THERAPY),
    Track(Profession.BIOMEDICAL_SCIENTIST, 3, THERAPY),
    Track(Profession.SOCIAL_WORKER, 1, THERAPY),
    Track(Profession.DENTIST, 1, THERAPY),
)
DEPARTMENTS: dict[str, tuple[str, ...]] = {
    Sector.ACUTE: (
        "Acute medicine",
        "Emergency department",
        "Surgery",
        "Theatres and critical care",
        "Children’s services",
    ),
    Sector.MENTAL_HEALTH: ("Community mental health", "Crisis and liaison", "Inpatient mental health"),
    Sector.COMMUNITY: ("Community nursing", "Intermediate care", "Urgent community response"),
    Sector.AMBULANCE: ("Ambulance operations",),
}
DEPARTMENT_OF: dict[str, str] = {
    Profession.MIDWIFE: "Maternity",
    Profession.PHARMACIST: "Pharmacy",
    Profession.RADIOGRAPHER: "Imaging",
    Profession.BIOMEDICAL_SCIENTIST: "Pathology",
}
LEADERSHIP_TITLES = (
    "Clinical lead for quality improvement",
    "Freedom to speak up champion",
    "Lead for sepsis care",
    "Chair of the multi-professional forum",
    "Clinical lead for digital records",
    "Lead for staff wellbeing",
    "Clinical director",
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One clinician of the cast; `seniority` runs from 0 (just qualified) to 1."""

    number: int
    trust: DemoTrust
    given_name: str
    family_name: str
    profession: Profession
    sector: Sector
    stage: CareerStage
    title: str
    band: PayBand
    started_on: datetime.date
    register: Register
    registration_number: str
    seniority: float
    aspirations: tuple[Aspiration, ...]
    readiness: Readiness
    mobility: Mobility
    leadership: tuple[tuple[str, RoleNature, datetime.date, datetime.date | None, float], ...] = ()
    qualifications: tuple[tuple[QualificationKind, str, int], ...] = field(default=())

    @property
    def staff_number(self) -> str:
        """Eight digits, leading zeros kept."""
        return f"{self.number:08}"

    @property
    def department(self) -> str:
        """Where the person works: by profession where that decides it, else one of the sector's; of a few unknown."""
        if self.number % 23 == 0:
            return ""
        several = DEPARTMENTS[self.sector]
        return DEPARTMENT_OF.get(self.profession, several[self.number % len(several)])

    @property
    def email(self) -> str:
        """An address at a domain that can never exist."""
        plain = f"{self.given_name}.{self.family_name}".lower().translate(_PLAIN)
        return f"{plain}.{self.number}@{self.trust.domain}.example"


_PLAIN = str.maketrans("âéíóøöśłıąêü’", "aeiooosliaeu-") | {ord("’"): None}


def people(size: int, today: datetime.date) -> Iterator[DemoPerson]:
    """`size` clinicians over the three trusts; the same for the same size and day."""
    draw = random.Random(SEED)  # noqa: S311 (not a secret: the same people on every run)
    for number in range(1, size + 1):
        trust = draw.choices(TRUSTS, [t.share for t in TRUSTS])[0]
        track = draw.choices(TRACKS, [t.weight for t in TRACKS])[0]
        seniority = draw.betavariate(1.4, 2.2)
        step = min(int(seniority * len(track.ladder)), len(track.ladder) - 1)
        title, band = track.ladder[step]
        yield DemoPerson(
            number=number,
            trust=trust,
            given_name=draw.choice(GIVEN_NAMES),
            family_name=draw.choice(FAMILY_NAMES),
            profession=track.profession,
            sector=Sector.AMBULANCE
            if track.profession == Profession.PARAMEDIC
            else draw.choice([s for s in trust.sectors if s != Sector.AMBULANCE]),
            stage=CareerStage.PRACTITIONER if seniority < 0.3 else CareerStage.EXPERIENCED,
            title=title.format(track.profession.label.lower()).capitalize(),
            band=band,
            started_on=today - datetime.timedelta(days=draw.randint(90, 3000)),
            register=REGISTER_OF[track.profession],
            registration_number=_registration(track.profession, number),
            seniority=seniority,
            aspirations=_aspirations(draw, seniority),
            readiness=draw.choices(list(Readiness), [max(seniority, 0.05), 0.5, 0.7, 0.4])[0],
            mobility=draw.choices(list(Mobility), [5, 4, 2])[0],
            leadership=_leadership(draw, seniority, today),
            qualifications=_qualifications(draw, seniority, today),
        )


def _aspirations(draw: random.Random, seniority: float) -> tuple[Aspiration, ...]:
    wants = [Aspiration.PRACTICE] if draw.random() < 0.6 else []
    if draw.random() < 0.2 + seniority / 2:
        wants.append(Aspiration.MANAGEMENT)
    if draw.random() < seniority - 0.2:
        wants.append(Aspiration.BOARD)
    return tuple(wants)


def _leadership(draw: random.Random, seniority: float, today: datetime.date) -> tuple:
    roles = []
    for _ in range(draw.choices([0, 1, 2, 3], [1 - seniority, seniority, seniority**2, seniority**3])[0]):
        start = today - datetime.timedelta(days=draw.randint(200, 400 + int(4000 * seniority)))
        end = start + datetime.timedelta(days=draw.randint(200, 1500))
        nature = draw.choice(list(RoleNature))
        sessions = draw.choice([0.5, 1, 2, 4]) if nature == RoleNature.FORMAL else 0
        roles.append((draw.choice(LEADERSHIP_TITLES), nature, start, end if end < today else None, sessions))
    return tuple(roles)


def _qualifications(draw: random.Random, seniority: float, today: datetime.date) -> tuple:
    if draw.random() > seniority:
        return ()
    kind, title = draw.choice(
        (
            (QualificationKind.HEALTH_MBA, "MBA in health management"),
            (QualificationKind.MASTERS, "MSc in healthcare leadership"),
            (QualificationKind.CERTIFICATE, "Postgraduate certificate in medical leadership"),
            (QualificationKind.FELLOWSHIP, "Regional clinical fellow"),
        )
    )
    return ((kind, title, today.year - draw.randint(1, 12)),)


def _registration(profession: Profession, number: int) -> str:
    """A number in the register's form; demonstration numbers begin with 9 where the form leaves the choice."""
    if profession in HCPC_LETTERS:
        return f"{HCPC_LETTERS[profession]}9{number:05}"
    return {
        Register.GMC: f"9{number:06}",
        Register.NMC: f"99{'ABCDEFGHIJKL'[number % 12]}{number % 10000:04}{'ESWNO'[number // 10000 % 5]}",
        Register.GPHC: f"29{number:05}",
        Register.GDC: f"9{number:05}",
        Register.SWE: f"SW9{number:05}",
    }[REGISTER_OF[profession]]
