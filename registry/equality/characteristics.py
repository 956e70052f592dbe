"""What people are asked about themselves for equality monitoring, and the answers they choose from; pure.

Ethnicity is asked in the five groups of the Office for National Statistics and no finer: smaller groups could hardly
ever be told of, and what is not used is not asked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

PREFER_NOT = "prefer_not"
# The group of those who did not answer or prefer not to say, told as one.
UNKNOWN = ""
UNKNOWN_LABEL = "Not known, or prefers not to say"

Answers = tuple[tuple[str, str], ...]
YES_NO: Answers = (("yes", "Yes"), ("no", "No"))


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One question; `answers` are value and label, without "Prefer not to say", which every question has.

    `reference` is the answer whose group the others are compared with; where it is empty, each group is compared with
    everybody else whose answer is known. `together` names all but the reference group, where they are also told as one.
    """

    name: str
    label: str
    question: str
    answers: Answers
    hint: str = ""
    hints: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    together: str = ""

    @property
    def choices(self) -> Answers:
        """Every answer one can choose."""
        return (*self.answers, (PREFER_NOT, "Prefer not to say"))

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups people are counted in, those of whom it is not known last."""
        return (*(value for value, _ in self.answers), UNKNOWN)

    def name_of(self, group: str) -> str:
        """A group in words, as a page says it: for yes and no with the question's subject."""
        if group == UNKNOWN:
            return UNKNOWN_LABEL
        label = dict(self.answers)[group]
        return f"{self.label}: {label.lower()}" if self.answers == YES_NO else label


_ALL = (
    Characteristic(
        "ethnicity",
        "Ethnic group",
        "What is your ethnic group?",
        (
            ("asian", "Asian or Asian British"),
            ("black", "Black, Black British, Caribbean or African"),
            ("mixed", "Mixed or multiple ethnic groups"),
            ("white", "White"),
            ("other", "Other ethnic group"),
        ),
        hints={
            "asian": "Indian, Pakistani, Bangladeshi, Chinese or any other Asian background",
            "black": "Caribbean, African or any other Black background",
            "mixed": "White and Black Caribbean, White and Black African, White and Asian "
            "or any other mixed background",
            "white": "English, Welsh, Scottish, Northern Irish or British, Irish, Gypsy or Irish Traveller, Roma "
            "or any other White background",
            "other": "Arab or any other ethnic group",
        },
        reference="white",
        together="All other ethnic groups together",
    ),
    Characteristic(
        "disability",
        "Disabled",
        "Are you disabled?",
        YES_NO,
        hint="A physical or mental condition that has lasted, or will last, 12 months or more, and that makes "
        "day-to-day activities substantially harder.",
        reference="no",
    ),
    Characteristic("sex", "Sex", "What is your sex?", (("female", "Female"), ("male", "Male")), reference="male"),
    Characteristic(
        "gender_same",
        "Gender same as at birth",
        "Is the gender you identify with the same as your sex registered at birth?",
        YES_NO,
        reference="yes",
    ),
    Characteristic(
        "orientation",
        "Sexual orientation",
        "Which of these best describes your sexual orientation?",
        (
            ("heterosexual", "Straight or heterosexual"),
            ("gay", "Gay or lesbian"),
            ("bisexual", "Bisexual"),
            ("other", "Another sexual orientation"),
        ),
        reference="heterosexual",
        together="All other sexual orientations together",
    ),
    Characteristic(
        "religion",
        "Religion or belief",
        "What is your religion or belief?",
        (
            ("none", "No religion"),
            ("buddhist", "Buddhist"),
            ("christian", "Christian"),
            ("hindu", "Hindu"),
            ("jewish", "Jewish"),
            ("muslim", "Muslim"),
            ("sikh", "Sikh"),
            ("other", "Another religion or belief"),
        ),
    ),
    Characteristic(
        "age_band",
        "Age",
        "How old are you?",
        (
            ("under_25", "Under 25"),
            ("25_34", "25 to 34"),
            ("35_44", "35 to 44"),
            ("45_54", "45 to 54"),
            ("55_64", "55 to 64"),
            ("65_over", "65 or over"),
        ),
    ),
    Characteristic(
        "partnership",
        "Married or in a civil partnership",
        "Are you married or in a civil partnership?",
        YES_NO,
        reference="no",
    ),
    Characteristic(
        "maternity",
        "Pregnancy or maternity",
        "Are you pregnant, or have you been pregnant or on maternity leave in the last 12 months?",
        YES_NO,
        reference="no",
    ),
    Characteristic(
        "caring",
        "Caring responsibilities",
        "Do you care for somebody, without being paid for it?",
        (
            ("no", "No"),
            ("children", "Yes, for one or more children"),
            ("adults", "Yes, for one or more adults"),
            ("both", "Yes, for children and adults"),
        ),
        reference="no",
        together="Everybody with caring responsibilities",
    ),
)
CHARACTERISTICS: dict[str, Characteristic] = {one.name: one for one in _ALL}

# In which people can ask to be matched with somebody who answers as they do.
SHARED = ("ethnicity", "disability", "sex", "gender_same", "orientation", "religion", "caring")


def shares(name: str, answer: str) -> bool:
    """Whether a wish for somebody with the same answer counts: of a group that others are compared with it does not.

    It is there for those who seldom meet somebody like themselves among leaders.
    """
    return name in SHARED and answer not in {UNKNOWN, PREFER_NOT, CHARACTERISTICS[name].reference}
