"""Rules and points in words, for pages and for refusals."""

from mentoring.barring import BARRED
from mentoring.points import Part, Rule

PARTS: dict[Part, str] = {
    Part.NEED: "Good at what they want to work on",
    Part.MIX: "Profession, as they prefer",
    Part.SECTOR: "Sector, as they prefer",
    Part.LANGUAGE: "The language they asked for",
    Part.WISH: "Somebody the mentor prefers to help",
    Part.NEAR: "The same region",
    Part.OUTSIDE: "Another organisation, so they can talk more freely",
}

# Why two people cannot be matched.
OF_A_PAIR: dict[Rule, str] = {
    Rule.KIND: "The mentor does not offer what the other looks for.",
    Rule.BARRED: BARRED,
    Rule.GRADE: "The mentor’s grade is lower, or in reverse mentoring higher.",
    Rule.TRAVEL: "One of the two meets only in person, and the other does not, or works in another region.",
    Rule.QUALITY: "The pair has fewer points than the round asks for.",
}

# Why some mentors cannot be matched with somebody; never how many, which would tell who asked for what.
OF_A_PERSON: dict[Rule, str] = {
    Rule.KIND: "Some mentors do not offer what they look for.",
    Rule.BARRED: (
        "Some mentors are kept apart from them: one manages or appraises the other, they select together or one "
        "decides about the other, they were matched before, or one of them asked for it."
    ),
    Rule.GRADE: "Some mentors have a lower grade, or in reverse mentoring a higher one.",
    Rule.TRAVEL: "With some mentors they cannot meet: only in person, or too far away.",
    Rule.QUALITY: "Some pairs would have fewer points than the round asks for.",
}
