"""Writes the demonstration's vacancies through the same actions HR uses: published, built, open and draft."""

import datetime
from typing import Any

from registry.accounts.models import User
from registry.boards.actions import builds, decisions, vacancies
from registry.boards.fields import BoardPost, Outcome
from registry.boards.models import Shortlist, ShortlistEntry, Vacancy
from registry.clinicians.fields import ALLIED_HEALTH_PROFESSIONS, PayBand, Profession, QualificationKind
from registry.competency.models import FrameworkVersion
from registry.kernel.clock import today
from registry.organisations.models import Organisation

COMMON: dict[str, Any] = {
    "years_weight": 4,
    "years_cap": 8,
    "leading_weight": 2,
    "qualifications": [QualificationKind.HEALTH_MBA, QualificationKind.MASTERS],
    "qualification_weight": 2,
}


def write(trusts: dict[str, Organisation], users: dict[str, User]) -> None:
    """Four vacancies at the first trust and one at the third."""
    ashdale, kingsmere = trusts["ZD1"], trusts["ZD3"]
    officer, other = users["hr@ashdale.example"], users["hr@kingsmere.example"]
    nurse = _vacancy(
        ashdale,
        officer,
        BoardPost.CHIEF_NURSE,
        "Chief nurse",
        "Leads nursing and midwifery across four hospitals, and speaks for patients' safety on the board.",
        professions=[Profession.NURSE, Profession.MIDWIFE],
        minimum_band=PayBand.BAND_8A,
        minimum_years=1,
    )
    _publish(_build(nurse, officer), officer)
    _build(
        _vacancy(
            ashdale,
            officer,
            BoardPost.MEDICAL_DIRECTOR,
            "Medical director",
            "Leads the medical workforce, and answers for quality together with the chief nurse.",
            professions=[Profession.DOCTOR],
            minimum_band=PayBand.SPECIALTY,
        ),
        officer,
    )
    vacancies.open_vacancy(
        vacancy=_vacancy(
            ashdale,
            officer,
            BoardPost.AHP_DIRECTOR,
            "Director of allied health professions",
            "Brings fourteen professions to one table.",
            professions=sorted(ALLIED_HEALTH_PROFESSIONS),
            minimum_band=PayBand.BAND_8A,
        ),
        by=officer,
    )
    _vacancy(ashdale, officer, BoardPost.NON_EXECUTIVE, "Non-executive director with a clinical background", "")
    _build(
        _vacancy(
            kingsmere,
            other,
            BoardPost.CLINICAL_DIRECTOR,
            "Clinical director for community services",
            "Leads community services across two boroughs.",
            minimum_band=PayBand.BAND_7,
        ),
        other,
    )


def _vacancy(
    organisation: Organisation, by: User, post: BoardPost, title: str, description: str, **essential: Any
) -> Vacancy:
    vacancy = vacancies.create_vacancy(
        organisation=organisation,
        post=post,
        title=title,
        description=description,
        closes_on=today() + datetime.timedelta(days=42),
        framework=FrameworkVersion.rows().get(code="LF", closed_to_new=False),
        by=by,
    )
    levels = {
        row.domain_id: (2 if row.domain.position <= 2 else 0, 5 if row.domain.position <= 5 else 3)
        for row in vacancy.specification.domains.select_related("domain")
    }
    vacancies.specify(vacancy=vacancy, values=COMMON | essential, regions=[], levels=levels, by=by)
    return vacancy


def _build(vacancy: Vacancy, by: User) -> Shortlist:
    """Built here and now: nobody watches, and the worker may not be running yet."""
    if vacancy.status == "draft":
        vacancy = vacancies.open_vacancy(vacancy=vacancy, by=by)
    shortlist = builds.request_build(vacancy=vacancy, by=by)
    builds.build(shortlist_id=shortlist.pk)
    return shortlist


def _publish(shortlist: Shortlist, by: User) -> None:
    """The first five are included, the others not; whoever decides says why."""
    for entry in ShortlistEntry.objects.filter(shortlist=shortlist).eligible():
        near = (entry.position or 0) <= 5
        decisions.decide(
            entry=entry,
            outcome=Outcome.INCLUDE if near else Outcome.EXCLUDE,
            reason="Strong evidence of leading across services; invite to interview."
            if near
            else "Ready for a deputy post first; offer a conversation about development.",
            seen=None,
            by=by,
        )
    decisions.publish(shortlist=shortlist, by=by)
