"""Which role allows what, as data: rights over an organisation's rows, and rights over one's own."""

from dataclasses import dataclass

from django.db import models

from registry.kernel.permissions import Permission as P


class Role(models.TextChoices):
    """The roles a person, or a client of the API, can be granted."""

    CLINICIAN = "clinician", "Clinician"
    MENTOR = "mentor", "Mentor"
    APPRAISER = "appraiser", "Appraiser"
    FACILITATOR = "facilitator", "Feedback facilitator"
    RESPONSIBLE_OFFICER = "responsible", "Responsible officer"
    HR_OFFICER = "hr_officer", "HR officer"
    PROGRAMME_LEAD = "programme_lead", "Programme lead"
    ASSESSOR = "assessor", "Assessor"
    REGIONAL_LEAD = "regional_lead", "Regional lead"
    NATIONAL_LEAD = "national_lead", "National lead"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"
    API_CLIENT = "api_client", "API client"


class Level(models.TextChoices):
    """How far a grant reaches."""

    ORGANISATION = "organisation", "One organisation"
    REGION = "region", "A region"
    NATIONAL = "national", "The whole of England"


@dataclass(frozen=True, slots=True)
class Rights:
    """What a role allows where it is granted (`over`), and on rows about the holder (`own`)."""

    means: str
    over: frozenset[P] = frozenset()
    own: frozenset[P] = frozenset()
    levels: frozenset[Level] = frozenset(Level)


HR_RIGHTS = frozenset(
    {
        P.PROFILE_VIEW,
        P.PROFILE_EDIT,
        P.PEOPLE_IMPORT,
        P.ASSESSMENT_VIEW,
        P.EXPECTATION_CHOOSE,
        P.LEVELS_SUMMARISE,
        P.FEEDBACK_LIST,
        P.APPRAISAL_VIEW,
        P.APPRAISAL_MANAGE,
        P.DESIGNATED_BODY_VIEW,
        P.VENTURE_CLEAR,
        P.MESSAGE_RETRY,
        P.PROGRAMME_PEOPLE,
        P.PROGRAMME_REPORT,
        P.MENTORING_REPORT,
        P.VACANCY_VIEW,
        P.VACANCY_EDIT,
        P.SHORTLIST_DECIDE,
        P.ROLE_GRANT,
    }
)

# What is between a person and whoever they chose: nobody holds these over others, administrators included.
OWN_ONLY = frozenset(
    {
        P.ASSESSMENT_EDIT,
        P.ASSESSMENT_AGREE,
        P.FEEDBACK_RECEIVE,
        P.FEEDBACK_FACILITATE,
        P.DEVELOPMENT_PLAN,
        P.APPRAISAL_PREPARE,
        P.APPRAISAL_CONDUCT,
        P.RECOMMENDATION_MAKE,
        P.VENTURE_EDIT,
        P.PROGRAMME_TAKE_PART,
        P.PROGRAMME_TEACH,
        P.APPLICATION_SCORE,
        P.APPLICATION_ENDORSE,
        P.FELLOW_SUPPORT,
        P.MENTORING_OFFER,
        P.MENTORING_SEEK,
        P.MESSAGE_READ,
        P.EQUALITY_ANSWER,
    }
)

RIGHTS: dict[Role, Rights] = {
    Role.CLINICIAN: Rights(
        "Keeps a profile and assesses themself",
        own=frozenset(
            {
                P.PROFILE_VIEW,
                P.PROFILE_EDIT,
                P.ASSESSMENT_VIEW,
                P.ASSESSMENT_EDIT,
                P.FEEDBACK_RECEIVE,
                P.DEVELOPMENT_PLAN,
                P.APPRAISAL_VIEW,
                P.APPRAISAL_PREPARE,
                P.VENTURE_EDIT,
                P.PROGRAMME_TAKE_PART,
                P.PROGRAMME_TEACH,
                P.APPLICATION_ENDORSE,
                P.FELLOW_SUPPORT,
                P.MENTORING_OFFER,
                P.MENTORING_SEEK,
            }
        ),
    ),
    Role.MENTOR: Rights(
        "Supports other clinicians",
        own=frozenset({P.PROFILE_VIEW, P.PROGRAMME_TEACH, P.FELLOW_SUPPORT, P.MENTORING_OFFER}),
        # Rounds of an organisation find the mentors who work there.
        levels=frozenset({Level.ORGANISATION}),
    ),
    Role.APPRAISER: Rights(
        "Appraises people, and agrees their levels",
        own=frozenset(
            {P.ASSESSMENT_VIEW, P.ASSESSMENT_AGREE, P.APPRAISAL_CONDUCT, P.APPLICATION_ENDORSE, P.FELLOW_SUPPORT}
        ),
    ),
    Role.FACILITATOR: Rights(
        "Leads rounds of feedback from colleagues, and talks each report through",
        own=frozenset({P.FEEDBACK_FACILITATE}),
    ),
    Role.RESPONSIBLE_OFFICER: Rights(
        "Makes recommendations to the GMC about the doctors of a designated body",
        over=frozenset({P.DESIGNATED_BODY_VIEW}),
        own=frozenset({P.RECOMMENDATION_MAKE}),
        levels=frozenset({Level.ORGANISATION}),
    ),
    Role.HR_OFFICER: Rights("Keeps an organisation's people and runs its board vacancies", over=HR_RIGHTS),
    Role.PROGRAMME_LEAD: Rights(
        "Runs leadership programmes and mentoring, and keeps the opportunities",
        over=frozenset(
            {P.PROGRAMME_MANAGE, P.PROGRAMME_REPORT, P.OPPORTUNITY_MANAGE, P.MENTORING_MANAGE, P.MENTORING_REPORT}
        ),
        own=frozenset({P.PROGRAMME_TEACH, P.FELLOW_SUPPORT}),
    ),
    Role.ASSESSOR: Rights(
        "Reads applications for programmes, and interviews, without knowing whose they are",
        own=frozenset({P.APPLICATION_SCORE}),
    ),
    Role.REGIONAL_LEAD: Rights(
        "Sees the board vacancies of a region, and what programmes and mentoring came to",
        over=frozenset({P.VACANCY_VIEW, P.PROGRAMME_REPORT, P.MENTORING_REPORT}),
        levels=frozenset({Level.REGION}),
    ),
    Role.NATIONAL_LEAD: Rights(
        "Sees the board vacancies of England, and what programmes and mentoring came to",
        over=frozenset({P.VACANCY_VIEW, P.PROGRAMME_REPORT, P.MENTORING_REPORT}),
        levels=frozenset({Level.NATIONAL}),
    ),
    Role.AUDITOR: Rights("Reads what happened and who read what", over=frozenset({P.AUDIT_VIEW})),
    Role.ADMINISTRATOR: Rights(
        "Sets up organisations, roles, frameworks and clients of the API",
        over=frozenset(P) - OWN_ONLY,
    ),
    Role.API_CLIENT: Rights("A program that pulls published shortlists", over=frozenset({P.SHORTLIST_PULL})),
}
