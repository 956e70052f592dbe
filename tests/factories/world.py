"""Two trusts alike in everything, and somebody in every role: what the access matrix walks through."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from registry.accounts import clients
from registry.accounts.calendar import make_link
from registry.accounts.roles import Role
from registry.appraisals.models import QuietPeriod
from registry.clinicians.models import Clinician
from registry.transfers import tasks
from registry.transfers.actions import upload_staff_file
from registry.transfers.models import ExportJob
from tests.factories import (
    appraisals,
    boards,
    competency,
    contributions,
    development,
    equality,
    feedback,
    history,
    mentoring,
    mentoring_pairs,
    mentoring_rounds,
    mentoring_sessions,
    messages,
    officers,
    programmes,
    programmes_taking_part,
    staff_files,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import (
    ClinicianFactory,
    LeadershipRoleFactory,
    PostFactory,
    QualificationFactory,
    RegistrationFactory,
    RoleMixFactory,
    clinician_user,
    user_with,
)

# What is private between two people or in a set: who may read it, and where.
PRIVATE_WORDS = {
    mentoring_sessions.PRIVATE: set(),
    mentoring_sessions.OWN: {("clinician", "mentoring:session")},
    mentoring_sessions.SHARED: {("clinician", "mentoring:session")},
    programmes_taking_part.SET_NOTE: {("clinician", "taking_part:meeting")},
}


@dataclass
class Place:
    """One trust and what belongs to it."""

    organisation: Any
    hr: Any
    appraiser: Any
    clinician: Clinician
    registration: Any
    post: Any
    leadership_role: Any
    qualification: Any
    draft: Any
    staged: Any
    submitted: Any
    agreed: Any
    vacancy: Any
    open_vacancy: Any
    built: Any
    published: Any
    entry: Any
    batch: Any
    history: Any
    waiting_history: Any
    client: Any
    facilitator: Any
    feedback: Any
    feedback_rater: Any
    feedback_report: Any
    plan: Any
    objective: Any
    conversation: Any
    mix: Any
    message: Any
    failed_message: Any
    overdue: Any
    postponement: Any
    quiet_days: Any
    responsible: Any
    connection: Any
    export: Any
    appraisal: Any
    checklist_entry: Any
    appraisal_done: Any
    appraisal_sent: Any
    appraisal_objective: Any
    appraisal_signed: Any
    renewal: Any
    service_change: Any
    venture: Any
    funding: Any
    declaration: Any
    shown: Any
    opportunity: Any
    programmes: Any
    taking_part: Any
    mentor_profile: Any
    mentoring_request: Any
    exclusion: Any
    mentoring_sessions: Any
    round_version: Any

    @property
    def round(self) -> Any:
        """The matching round of that version."""
        return self.round_version.round

    @property
    def round_pair(self) -> Any:
        """What the version says of somebody."""
        return self.round_version.pairs.first()

    mentor: Any
    supervision: Any
    pair: Any
    pair_goal: Any
    proposal: Any
    abandoned: Any

    @property
    def calendar(self) -> str:
        """The secret part of the address of the officer's calendar, made anew."""
        return make_link(user=self.hr, by=self.hr)

    @property
    def feedback_link(self) -> str:
        """The link that was e-mailed to the rater."""
        return feedback.link(self.feedback_rater)


def place(organisation, administrator) -> Place:
    """A trust with one of everything; the clinician has an assessment in each state."""
    hr = user_with(Role.HR_OFFICER, organisation, name="HR officer")
    appraiser = user_with(Role.APPRAISER, organisation, name="Appraiser")
    clinician = clinician_user(organisation, appraiser=appraiser)
    by = boards.hr_officer(organisation)
    candidate = boards.candidate(organisation)
    built = boards.built(boards.opened(organisation, by), by)
    account, _ = clients.open_client(name=f"Client of {organisation}", organisations=[organisation], by=administrator)
    batch = upload_staff_file(
        data=staff_files.csv_of(staff_files.row(), staff_files.row(Last_Name="", Employee_Number="2")),
        file_name="staff.csv",
        organisation=organisation,
        sector=clinician.sector,
        by=hr,
        start=lambda key: None,
    )
    tasks.check(batch.pk)
    facilitator = feedback.facilitator_at(organisation, name="Facilitator")
    report = feedback.released(clinician, competency.tiny(code="FIVE"), facilitator, level=2, own=1)
    feedback.long_ago(report)
    running = feedback.running(clinician, competency.tiny(code="FOUR"), facilitator)
    overdue = appraisals.appraisal(clinician, due_on=officers.in_days(-30))
    officers.message(overdue)
    responsible = user_with(Role.RESPONSIBLE_OFFICER, organisation, name="Responsible officer")
    doctor = ClinicianFactory(organisation=organisation, profession="doctor")
    appraisals.appraisal(doctor, rule=officers.revalidation())
    plan = development.plan(clinician, competency.tiny(code="SIX"))
    development.recorded(clinician)
    equality.answered(clinician.user)
    under = appraisals.placed(clinician, by=hr)
    declaration = contributions.declared(clinician)
    over = appraisals.done(clinician, by=hr, name="Annual appraisal")
    following = appraisals.open_one(clinician, over.rule.cycle)
    following = appraisals.hold(appraisals.preparing.send(appraisal=following, by=clinician.user))
    run = programmes.at(organisation, clinician)
    mentor = user_with(Role.MENTOR, organisation, name="Mentor")
    matched = mentoring_pairs.of_place(mentor, clinician)
    offered = mentoring.offering(clinician.user)
    return Place(
        organisation=organisation,
        hr=hr,
        appraiser=appraiser,
        clinician=clinician,
        registration=RegistrationFactory(clinician=clinician),
        post=PostFactory(clinician=clinician),
        leadership_role=LeadershipRoleFactory(clinician=clinician),
        qualification=QualificationFactory(clinician=clinician),
        agreed=competency.agreed(clinician, competency.tiny(code="ONE"), appraiser),
        submitted=competency.submitted(clinician, competency.tiny(code="TWO"), appraiser),
        staged=competency.draft(clinician, competency.framework("LF")),
        draft=competency.answered(clinician, competency.tiny(code="THREE")),
        vacancy=boards.draft(organisation, by),
        open_vacancy=boards.opened(organisation, by, title="Medical director"),
        built=built,
        published=boards.published(organisation, by=by, title="Director of midwifery"),
        entry=built.entries.get(clinician=candidate),
        batch=batch,
        history=history.imported(clinician, hr),
        waiting_history=history.waiting(clinician, hr, day="2009-06-01"),
        client=account,
        facilitator=facilitator,
        feedback=running,
        feedback_rater=feedback.asked(running, "peers")[0],
        feedback_report=report,
        plan=plan,
        objective=development.objective(plan),
        conversation=development.written_up(clinician),
        mix=RoleMixFactory(post__clinician=clinician),
        message=messages.sent(clinician.user, organisation, about_id=clinician.pk),
        failed_message=messages.failed(organisation, about_id=clinician.pk),
        overdue=overdue,
        postponement=officers.postponement(overdue, clinician.user),
        quiet_days=QuietPeriod.objects.create(
            organisation=organisation,
            first_day=officers.in_days(30),
            last_day=officers.in_days(35),
            reason="Closed",
        ),
        responsible=responsible,
        connection=officers.connection(doctor, responsible),
        export=ExportJob.objects.create(
            name="overdue",
            kind="csv",
            total=1,
            asked_by=hr,
            organisation_ids=[organisation.pk],
            state="ready",
            content=b"Name",
            finished_at=timezone.now(),
        ),
        appraisal=under,
        checklist_entry=under.checklist.last(),
        appraisal_done=over,
        appraisal_sent=following,
        appraisal_objective=following.objectives.get(),
        appraisal_signed=appraisals.signed(clinician, by=hr, name="Review", kind="review"),
        renewal=appraisals.renewal(clinician, by=hr),
        programmes=run,
        taking_part=programmes_taking_part.at(organisation, clinician, run.lead),
        mentor_profile=offered,
        mentoring_request=mentoring.looking(clinician),
        exclusion=mentoring.excluding(clinician.user),
        round_version=mentoring_rounds.at(organisation, run.lead),
        mentoring_sessions=mentoring_sessions.at(organisation, offered),
        mentor=mentor,
        supervision=mentoring_pairs.supervised(offered),
        pair=matched["pair"],
        pair_goal=matched["goal"],
        proposal=matched["proposal"],
        abandoned=matched["abandoned"],
        service_change=contributions.ServiceChangeFactory(clinician=clinician),
        venture=declaration.venture,
        funding=declaration.venture.funding.get(),
        declaration=declaration,
        shown=contributions.shown(clinician, hr, title="Shown to all"),
        opportunity=contributions.OpportunityFactory(keeper=organisation, professions=["nurse"]),
    )


@dataclass
class World:
    """Ours, theirs in another region, and who walks: `people` holds one of every role at our trust."""

    ours: Place
    theirs: Place
    people: dict[str, Any]


def world() -> World:
    """Build it; about a second."""
    administrator = user_with(Role.ADMINISTRATOR)
    ours = place(OrganisationFactory(name="Our Trust", region="Y62"), administrator)
    theirs = place(OrganisationFactory(name="Another Trust", region="Y56"), administrator)
    trust, region = ours.organisation, ours.organisation.region_links.get().region
    people = {
        "clinician": ours.clinician.user,
        "colleague": clinician_user(trust).user,
        "mentor": ours.mentor,
        "appraiser": ours.appraiser,
        "other appraiser": user_with(Role.APPRAISER, trust),
        "facilitator": ours.facilitator,
        "responsible officer": ours.responsible,
        "HR officer": ours.hr,
        "programme lead": ours.programmes.lead,
        "assessor": ours.programmes.assessor,
        "regional lead": user_with(Role.REGIONAL_LEAD, region),
        "national lead": user_with(Role.NATIONAL_LEAD),
        "auditor": user_with(Role.AUDITOR),
        "administrator": administrator,
        "API client": ours.client,
        "HR officer elsewhere": theirs.hr,
    }
    return World(ours, theirs, people)
