"""Rules and points in words, for pages and for refusals."""

from mentoring.barring import BARRED
from mentoring.points import Part, Rule

PARTS: dict[Part, str] = {
    Part.NEED: "The mentor is good at what the mentee wants to work on",
    Part.MIX: "The mentor’s profession is what the mentee prefers",
    Part.SECTOR: "The mentor works in the sector the mentee prefers",
    Part.LANGUAGE: "Both speak the language the mentee asked for",
    Part.WISH: "The mentee’s profession or sector is what the mentor prefers",
    Part.NEAR: "Both work in the same region",
    Part.OUTSIDE: "They work for different organisations, so they can talk more freely",
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
