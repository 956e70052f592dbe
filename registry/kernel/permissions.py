"""The names of everything a role can allow; which role allows what is in `accounts.roles`."""

from enum import StrEnum


class Permission(StrEnum):
    """One right, named for the thing and the act."""

    PROFILE_VIEW = "profile.view"
    PROFILE_EDIT = "profile.edit"
    PEOPLE_IMPORT = "people.import"
    ASSESSMENT_VIEW = "assessment.view"
    ASSESSMENT_EDIT = "assessment.edit"
    ASSESSMENT_AGREE = "assessment.agree"
    LEVELS_SUMMARISE = "levels.summarise"
    FEEDBACK_RECEIVE = "feedback.receive"
    FEEDBACK_FACILITATE = "feedback.facilitate"
    FEEDBACK_LIST = "feedback.list"
    DEVELOPMENT_PLAN = "development.plan"
    VACANCY_VIEW = "vacancy.view"
    VACANCY_EDIT = "vacancy.edit"
    SHORTLIST_DECIDE = "shortlist.decide"
    SHORTLIST_PULL = "shortlist.pull"
    ORGANISATION_MANAGE = "organisation.manage"
    FRAMEWORK_MANAGE = "framework.manage"
    EXPECTATION_CHOOSE = "expectation.choose"
    ROLE_GRANT = "role.grant"
    API_CLIENT_MANAGE = "api_client.manage"
    AUDIT_VIEW = "audit.view"
