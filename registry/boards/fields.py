"""The room's lists: board posts, what a vacancy may ask of a registration, and outcomes of a decision."""

from django.db import models


class BoardPost(models.TextChoices):
    """Posts that a board, or a governing body, fills."""

    CHIEF_EXECUTIVE = "chief_executive", "Chief executive"
    MEDICAL_DIRECTOR = "medical_director", "Medical director"
    CHIEF_NURSE = "chief_nurse", "Chief nurse"
    AHP_DIRECTOR = "ahp_director", "Director of allied health professions"
    CHIEF_PHARMACIST = "chief_pharmacist", "Chief pharmacist"
    MIDWIFERY_DIRECTOR = "midwifery_director", "Director of midwifery"
    SCIENCE_DIRECTOR = "science_director", "Director of healthcare science"
    OPERATING_OFFICER = "operating_officer", "Chief operating officer"
    STRATEGY_DIRECTOR = "strategy_director", "Director of strategy and transformation"
    QUALITY_DIRECTOR = "quality_director", "Director of quality and governance"
    PEOPLE_DIRECTOR = "people_director", "Director of people"
    INFORMATION_OFFICER = "information_officer", "Chief clinical information officer"
    NON_EXECUTIVE = "non_executive", "Non-executive director"
    CLINICAL_DIRECTOR = "clinical_director", "Clinical director"
    GOVERNING_BODY_GP = "governing_body_gp", "General practitioner on a governing body"
    OTHER_DIRECTOR = "other_director", "Another director"


class RegistrationNeeded(models.TextChoices):
    """What a vacancy asks of the registration of a person's profession."""

    REGISTERED = "registered", "Registered, without conditions"
    CONDITIONS = "conditions", "Registered, with or without conditions"
    NONE = "none", "Not needed"


class Outcome(models.TextChoices):
    """What a named person decides about a candidate."""

    INCLUDE = "include", "Include"
    EXCLUDE = "exclude", "Do not include"
