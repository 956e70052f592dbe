"""Mentors, requests and exclusions, made through the actions."""

from mentoring.actions import register
from mentoring.models import Exclusion, MentoringRequest, MentorProfile
from tests.factories import competency


def domains(count=1):
    """The first domains of the framework that mentoring speaks in."""
    return list(competency.framework("LF").domains.order_by("position")[:count])


def offering(user, *, strengths=None, **attributes):
    """What somebody offers: to be a mentor, unless said otherwise."""
    profile = MentorProfile(user=user, **{"kinds": ["mentor"]} | attributes)
    return register.offer(profile=profile, strengths=strengths or domains(), by=user)


def looking(clinician, *, needs=None, **attributes):
    """What somebody looks for: a mentor, unless said otherwise."""
    request = MentoringRequest(clinician=clinician, **{"kind": "mentor", "aim": "To lead a service."} | attributes)
    return register.look(wanted=request, needs=needs or domains(), by=clinician.user)


def excluding(user, email="somebody@trust.example"):
    """Somebody whom a person does not want to be paired with."""
    register.exclude(email=email, by=user)
    return Exclusion.objects.get(user=user, email=email)
