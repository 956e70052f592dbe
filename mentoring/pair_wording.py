"""How the two of a pair read of it: why they were matched, what they may ask each other first, and states as tags."""

from mentoring.fields import Kind
from mentoring.points import Part
from mentoring.states import FAILED, RelationshipState
from mentoring.wording import PARTS

S = RelationshipState
COLOURS = {S.PROPOSED: "yellow", S.ACTIVE: "green", S.DECLINED: "grey", S.LAPSED: "grey", S.ENDED: "grey"}

FIRST_MEETING: tuple[str, ...] = (
    "How did you each come to the work you do now?",
    "What made you look for this, and what made you offer it?",
    "What would be different in six months if it went well?",
    "What have you each had from a mentor or coach before, good and bad?",
    "How often do you want to meet, for how long, and where?",
    "Who sets the date, and who says what each meeting is about?",
    "How do you reach each other in between, and when not?",
    "What stays between you, and what could not stay between you?",
    "Does anybody know that you meet, and what do you tell them?",
    "How do you say that something does not help?",
    "What do you do if one of you has to cancel, or does not find the time?",
    "How will you know that it is time to end?",
)
# What each kind asks besides.
FIRST_MEETING_OF: dict[str, tuple[str, ...]] = {
    Kind.COACH: (
        "Which goals does the line manager share? Agree on them in a meeting of three: coach, coachee and manager.",
        "What does the manager hear afterwards, from whom? That you meet and how the goals stand, not what was said.",
    ),
    Kind.SPONSOR: (
        "Which doors would make a difference, and who holds them?",
        "Where may the sponsor speak of you, and where not?",
    ),
    Kind.BUSINESS: (
        "Does either of you have an interest in the venture, or in one that competes with it?",
        "What about the idea may not be told to anybody?",
    ),
    Kind.REVERSE: (
        "What does the senior of you two want to see that they do not see now?",
        "How do you make it safe to say what is unwelcome?",
    ),
    Kind.MANAGER: (
        "What is each of you held to account for, and by whom?",
        "Which objectives do you share, and where do yours pull apart?",
        "Which question will you both answer halfway and at the end?",
    ),
}


def prompts(kind: str) -> list[str]:
    """What two people may ask each other when they first meet."""
    return [*FIRST_MEETING, *FIRST_MEETING_OF.get(kind, ())]


def reasons(points: dict[str, int]) -> list[tuple[str, int]]:
    """Why two people were matched, the most points first; they add up to the pair's score."""
    return sorted(((PARTS[Part(part)], number) for part, number in points.items() if number), key=lambda one: -one[1])


def state_tag(state: str) -> dict[str, str]:
    """Where two people stand, as a coloured tag; for leads."""
    known = RelationshipState(state)
    return {"text": known.label, "colour": COLOURS[known]}


def own_tag(state: str) -> dict[str, str]:
    """The same for the two, of whom neither learns whether the other said no."""
    return {"text": "Did not come about", "colour": "grey"} if state in FAILED else state_tag(state)
