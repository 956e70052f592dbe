"""The field's lists: kinds of mentoring, ways to meet, languages, and where offers and requests stand."""

from django.db import models


class Kind(models.TextChoices):
    """What one person is to the other; `HINTS` says it in a line."""

    MENTOR = "mentor", "Mentor"
    COACH = "coach", "Coach"
    SPONSOR = "sponsor", "Sponsor"
    BUSINESS = "business", "Founder or business mentor"
    REVERSE = "reverse", "Reverse mentor"
    MANAGER = "manager", "Clinician and manager as a pair"


HINTS: dict[str, str] = {
    Kind.MENTOR: "Somebody who has been there listens, asks and shares what they learnt.",
    Kind.COACH: "A trained coach works with you on goals of your own, for a set time.",
    Kind.SPONSOR: "A senior person opens doors and speaks up for you.",
    Kind.BUSINESS: "Somebody who founded or runs a business helps with a venture.",
    Kind.REVERSE: "Somebody earlier in their career helps a senior person see what they do not.",
    Kind.MANAGER: "A clinician and a manager work on shared objectives.",
}


class Meeting(models.TextChoices):
    """How somebody can meet."""

    EITHER = "either", "Either"
    REMOTE = "remote", "Only by video or telephone"
    IN_PERSON = "person", "Only in person"


class Mix(models.TextChoices):
    """Whether the other person is to be of one's own profession."""

    ANY = "any", "It does not matter"
    SAME = "same", "My own profession, if possible"
    OTHER = "other", "Another profession, if possible"


class Language(models.TextChoices):
    """Languages people can be mentored in; English goes without saying."""

    ARABIC = "ar", "Arabic"
    BENGALI = "bn", "Bengali"
    BSL = "bfi", "British Sign Language"
    FRENCH = "fr", "French"
    GERMAN = "de", "German"
    GREEK = "el", "Greek"
    GUJARATI = "gu", "Gujarati"
    HINDI = "hi", "Hindi"
    IGBO = "ig", "Igbo"
    ITALIAN = "it", "Italian"
    MALAYALAM = "ml", "Malayalam"
    POLISH = "pl", "Polish"
    PORTUGUESE = "pt", "Portuguese"
    PUNJABI = "pa", "Punjabi"
    ROMANIAN = "ro", "Romanian"
    SHONA = "sn", "Shona"
    SPANISH = "es", "Spanish"
    TAGALOG = "tl", "Tagalog"
    TAMIL = "ta", "Tamil"
    URDU = "ur", "Urdu"
    WELSH = "cy", "Welsh"
    YORUBA = "yo", "Yoruba"


class OfferState(models.TextChoices):
    """Whether a mentor can be matched."""

    OPEN = "open", "Can be matched"
    PAUSED = "paused", "Paused"
    LEFT = "left", "No longer mentors"


class RequestState(models.TextChoices):
    """Where somebody who looks for a mentor stands."""

    OPEN = "open", "Looking"
    PROPOSED = "prop", "Somebody is proposed"
    MATCHED = "met", "Matched"
    WITHDRAWN = "gone", "Withdrawn"


# Waits for somebody, or for the answers to a proposal.
WAITING = (RequestState.OPEN, RequestState.PROPOSED)


# East of England asks its mentors for two mentees a year; nobody serves more than a dozen well.
MOST_MENTEES = 12
# More than three things to work on is no focus.
MOST_NEEDS = 3
