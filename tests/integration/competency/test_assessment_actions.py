"""What may happen to an assessment, by whom, and what the database refuses whoever asks."""

import pytest
from django.db import IntegrityError, InternalError, transaction

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.competency import actions
from registry.competency.actions import Answer, Judgement, Overtaken, mark, mark_of
from registry.competency.appraisers import appraisers_for
from registry.competency.models import Assessment, AssessmentTransition, ElementLevel, ExpectationChoice
from registry.competency.states import Matrix, State
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.standing.actions import differences
from registry.standing.models import AgreedLevels
from tests.factories.competency import (
    agreed,
    answered,
    appraiser_at,
    draft,
    elements_of,
    framework,
    judge,
    submitted,
    tiny,
)
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, clinician_user, grant, user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def elements(version):
    return elements_of(version)


def transitions(assessment):
    return list(assessment.transitions.values_list("before", "after", "by", "reason"))


# --- starting ------------------------------------------------------------------------------------------------------


def test_clinician_starts_a_draft(nurse, version):
    assessment = actions.start(clinician=nurse, version=version, by=nurse.user)
    assert (assessment.state, assessment.framework, assessment.appraiser_id) == (State.DRAFT, "TINY", None)
    assert transitions(assessment) == [("", "draft", nurse.user.pk, "")]
    assert AuditEvent.objects.get(verb="assessment.started").organisation_id == nurse.organisation_id


def test_nobody_starts_an_assessment_for_somebody_else(nurse, version, trust, appraiser):
    others = (clinician_user(trust).user, appraiser, user_with(Role.HR_OFFICER, trust), user_with(Role.ADMINISTRATOR))
    for other in others:
        with pytest.raises(NotAllowed):
            actions.start(clinician=nurse, version=version, by=other)


def test_account_without_the_clinician_role_cannot_start(trust, version):
    clinician = ClinicianFactory(organisation=trust, user=appraiser_at(trust))
    with pytest.raises(NotAllowed):
        actions.start(clinician=clinician, version=version, by=clinician.user)


def test_one_open_assessment_of_a_framework_at_a_time(nurse, version):
    first = draft(nurse, version)
    newer = tiny(version="2", effective_from="2021-01-01")
    with pytest.raises(WrongState, match="already have an assessment"):
        draft(nurse, newer)
    actions.withdraw(assessment=first, by=nurse.user)
    assert draft(nurse, newer).state == State.DRAFT


def test_assessments_of_several_frameworks_are_open_side_by_side(nurse, version):
    draft(nurse, version)
    assert draft(nurse, framework("HLM")).framework == "HLM"


@pytest.mark.parametrize(
    "options",
    [{"closed": "true"}, {"effective_to": "2021-01-01"}, {"effective_from": "2099-01-01"}],
    ids=["closed", "ended", "not yet in force"],
)
def test_framework_not_open_to_new_assessments_is_refused(nurse, options):
    with pytest.raises(WrongState, match="closed to new assessments"):
        draft(nurse, tiny(code="SHUT", **options))
    assert not Assessment.objects.exists()


def test_superseded_version_is_refused(nurse, version):
    tiny(version="2", effective_from="2021-01-01")
    with pytest.raises(WrongState, match="closed to new assessments"):
        draft(nurse, version)


# --- answering -----------------------------------------------------------------------------------------------------


def test_answers_are_saved_element_by_element(nurse, version, elements):
    assessment = draft(nurse, version)
    listening, deciding = elements
    actions.save_answers(assessment=assessment, answers={listening.pk: Answer(1, "Rounds.")}, by=nurse.user)
    actions.save_answers(assessment=assessment, answers={deciding.pk: Answer(None, "Rota.")}, by=nurse.user)
    actions.save_answers(assessment=assessment, answers={listening.pk: Answer(2, "Rounds.")}, by=nurse.user)
    assert list(assessment.levels.values_list("element", "self_level", "evidence")) == [
        (listening.pk, 2, "Rounds."),
        (deciding.pk, None, "Rota."),
    ]


def test_level_off_the_elements_scale_is_refused_and_nothing_saved(nurse, version, elements):
    assessment = draft(nurse, version)
    for level in (3, -1, 99):
        with pytest.raises(Invalid) as refused:
            answers = {elements[0].pk: Answer(1), elements[1].pk: Answer(level)}
            actions.save_answers(assessment=assessment, answers=answers, by=nurse.user)
        assert refused.value.field == f"level_{elements[1].pk}"
    assert not assessment.levels.exists()


def test_level_above_the_elements_own_top_is_refused(nurse, version, elements):
    elements[0].max_level = 1
    elements[0].save()
    assessment = draft(nurse, version)
    with pytest.raises(Invalid):
        actions.save_answers(assessment=assessment, answers={elements[0].pk: Answer(2)}, by=nurse.user)


def test_element_of_another_framework_is_refused(nurse, version):
    foreign = elements_of(framework("HLM"))[0]
    assessment = draft(nurse, version)
    with pytest.raises(Invalid, match="not part of the framework"):
        actions.save_answers(assessment=assessment, answers={foreign.pk: Answer(1)}, by=nurse.user)
    with pytest.raises(InternalError, match="not of the framework"), transaction.atomic():
        ElementLevel.objects.create(assessment=assessment, element=foreign, self_level=1)


@pytest.mark.parametrize("evidence", ["x" * 2001, "a\0b"], ids=["too long", "null character"])
def test_evidence_that_cannot_be_kept_is_refused(nurse, version, elements, evidence):
    assessment = draft(nurse, version)
    with pytest.raises(Invalid) as refused:
        actions.save_answers(assessment=assessment, answers={elements[0].pk: Answer(1, evidence)}, by=nurse.user)
    assert refused.value.field == f"evidence_{elements[0].pk}"


def test_nobody_else_answers(nurse, version, elements, appraiser, trust):
    assessment = draft(nurse, version)
    for other in (appraiser, clinician_user(trust).user, user_with(Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            actions.save_answers(assessment=assessment, answers={elements[0].pk: Answer(1)}, by=other)


def test_page_saved_elsewhere_meanwhile_overwrites_nothing(nurse, version, elements):
    assessment = draft(nurse, version)
    shown = {element.pk: mark(None) for element in elements}
    actions.save_answers(assessment=assessment, answers={elements[0].pk: Answer(1, "First tab")}, by=nurse.user)
    answers = {elements[0].pk: Answer(2, "Second tab"), elements[1].pk: Answer(2, "Second tab")}
    with pytest.raises(Overtaken) as refused:
        actions.save_answers(assessment=assessment, answers=answers, by=nurse.user, seen=shown)
    assert refused.value.element_ids == {elements[0].pk}
    assert list(assessment.levels.values_list("evidence", flat=True)) == ["First tab"]


def test_page_saved_elsewhere_with_the_same_answers_is_no_conflict(nurse, version, elements):
    assessment = draft(nurse, version)
    shown = {element.pk: mark(None) for element in elements}
    actions.save_answers(assessment=assessment, answers={elements[0].pk: Answer(1)}, by=nurse.user)
    answers = {elements[0].pk: Answer(1), elements[1].pk: Answer(2)}
    actions.save_answers(assessment=assessment, answers=answers, by=nurse.user, seen=shown)
    assert list(assessment.levels.values_list("self_level", flat=True)) == [1, 2]


# --- submitting ----------------------------------------------------------------------------------------------------


def test_submitting_keeps_stage_matrix_and_appraiser(nurse, appraiser, trust):
    ExpectationChoice.objects.create(organisation=trust, matrix=Matrix.GATED)
    assessment = answered(nurse, framework("LF"))
    actions.submit(assessment=assessment, appraiser=appraiser, by=nurse.user)
    assessment.refresh_from_db()
    assert (assessment.state, assessment.appraiser, assessment.submitted_by) == ("submitted", appraiser, nurse.user)
    assert (assessment.career_stage, assessment.matrix) == ("experienced", "gated")
    actions.choose_expectations(organisation=trust, matrix=Matrix.CUMULATIVE, by=user_with(Role.HR_OFFICER, trust))
    assessment.refresh_from_db()
    assert assessment.matrix == "gated"


def test_framework_without_expectations_keeps_no_matrix(nurse, version):
    assert submitted(nurse, version).matrix == ""


def test_trust_reads_by_the_cumulative_matrix_unless_it_chooses(nurse):
    assert submitted(nurse, framework("MLCF")).matrix == "cumulative"


def test_unanswered_elements_are_refused(nurse, version, elements, appraiser):
    assessment = draft(nurse, version)
    answers = {elements[0].pk: Answer(1), elements[1].pk: Answer(None, "Not decided yet.")}
    actions.save_answers(assessment=assessment, answers=answers, by=nurse.user)
    with pytest.raises(Invalid, match="1 is not answered yet"):
        actions.submit(assessment=assessment, appraiser=appraiser, by=nurse.user)


def test_only_an_appraiser_of_ones_organisation_can_be_chosen(nurse, version, trust):
    assessment = answered(nurse, version)
    gone = appraiser_at(trust, is_active=False)
    for wrong in (user_with(Role.HR_OFFICER, trust), appraiser_at(OrganisationFactory()), nurse.user, gone):
        with pytest.raises(Invalid) as refused:
            actions.submit(assessment=assessment, appraiser=wrong, by=nurse.user)
        assert refused.value.field == "appraiser"


def test_one_is_never_ones_own_appraiser(nurse, trust, appraiser):
    grant(nurse.user, Role.APPRAISER, trust)
    assert list(appraisers_for(nurse)) == [appraiser]


def test_appraiser_on_the_profile_may_come_from_elsewhere_while_they_hold_the_role(nurse, appraiser):
    theirs = appraiser_at(OrganisationFactory(), name="Zoe Elsewhere")
    nurse.appraiser = theirs
    assert list(appraisers_for(nurse)) == [appraiser, theirs]
    theirs.role_grants.update(revoked_at="2026-01-01T00:00Z", revoked_by=theirs)
    assert list(appraisers_for(nurse)) == [appraiser]


# --- taking back, withdrawing, returning -----------------------------------------------------------------------------


def test_clinician_takes_back_changes_and_submits_again(nurse, version, appraiser, elements):
    assessment = submitted(nurse, version, appraiser)
    judge(assessment, 2)
    actions.take_back(assessment=assessment, by=nurse.user)
    actions.save_answers(assessment=assessment, answers={elements[0].pk: Answer(1)}, by=nurse.user)
    # What the appraiser had put beside the answer that changed is gone, the other is kept.
    assert list(assessment.levels.values_list("self_level", "agreed_level")) == [(1, None), (2, 2)]
    actions.submit(assessment=assessment, appraiser=appraiser, by=nurse.user)
    assert [step[:2] for step in transitions(assessment)] == [
        ("", "draft"),
        ("draft", "submitted"),
        ("submitted", "draft"),
        ("draft", "submitted"),
    ]


def test_appraiser_returns_with_a_reason(nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    with pytest.raises(Invalid) as refused:
        actions.send_back(assessment=assessment, reason="  ", by=appraiser)
    assert refused.value.field == "reason"
    actions.send_back(assessment=assessment, reason="Say more about 1.2.", by=appraiser)
    assert transitions(assessment)[-1] == ("submitted", "draft", appraiser.pk, "Say more about 1.2.")


def test_withdrawn_is_final(nurse, version, appraiser, elements):
    assessment = submitted(nurse, version, appraiser)
    actions.withdraw(assessment=assessment, by=nurse.user)
    for again in (
        lambda: actions.withdraw(assessment=assessment, by=nurse.user),
        lambda: actions.take_back(assessment=assessment, by=nurse.user),
        lambda: actions.submit(assessment=assessment, appraiser=appraiser, by=nurse.user),
        lambda: actions.save_answers(assessment=assessment, answers={elements[0].pk: Answer(1)}, by=nurse.user),
        lambda: actions.agree(assessment=assessment, by=appraiser),
        lambda: actions.send_back(assessment=assessment, reason="x", by=appraiser),
    ):
        with pytest.raises(WrongState):
            again()


# --- agreeing ------------------------------------------------------------------------------------------------------


def test_appraiser_agrees_and_standing_takes_the_levels_at_once(nurse, appraiser):
    version = framework("LF")
    assessment = submitted(nurse, version, appraiser, level=3)
    judge(assessment, 2)
    first = assessment.levels.order_by("element").first()
    change = {first.element_id: Judgement(3, "")}
    actions.save_judgements(assessment=assessment, judgements=change, by=appraiser)
    actions.agree(assessment=assessment, by=appraiser)
    row = AgreedLevels.objects.get(clinician=nurse)
    assert row.twelfths == (27, 24, 24, 24, 24, 24, 24, None, None)
    assert (row.framework, row.version, row.assessment_id) == ("LF", "2011", assessment.pk)
    assert differences([nurse.pk]) == []


def test_standing_leaves_out_what_was_not_observed(nurse, appraiser, version):
    assessment = submitted(nurse, version, appraiser)
    one, two = assessment.levels.order_by("element")
    judgements = {one.element_id: Judgement(0, "No occasion this year."), two.element_id: Judgement(2)}
    actions.save_judgements(assessment=assessment, judgements=judgements, by=appraiser)
    actions.agree(assessment=assessment, by=appraiser)
    assert AgreedLevels.objects.get(clinician=nurse).d1 == 24


def test_standing_counts_not_yet_as_zero(nurse):
    agreed(nurse, framework("MLCF"), level=0)
    assert AgreedLevels.objects.get(clinician=nurse).twelfths[:6] == (0, 0, 0, 0, 0, None)


def test_standing_holds_the_newest_agreed_assessment_of_each_framework(nurse, appraiser, version):
    agreed(nurse, version, appraiser, level=1)
    newest = agreed(nurse, version, appraiser, level=2)
    agreed(nurse, framework("HLM"), appraiser, level=4)
    submitted(nurse, version, appraiser, level=1)
    assert list(AgreedLevels.objects.filter(clinician=nurse).order_by("framework").values_list("framework", "d1")) == [
        ("HLM", 48),
        ("TINY", 24),
    ]
    assert AgreedLevels.objects.get(framework="TINY").assessment_id == newest.pk


def test_level_that_differs_needs_a_reason(nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    row = assessment.levels.first()
    with pytest.raises(Invalid) as refused:
        judgements = {row.element_id: Judgement(1, "  ")}
        actions.save_judgements(assessment=assessment, judgements=judgements, by=appraiser)
    assert refused.value.field == f"reason_{row.element_id}"
    with pytest.raises(IntegrityError, match="difference_has_a_reason"), transaction.atomic():
        assessment.levels.update(agreed_level=1, reason="")


def test_every_level_must_be_agreed_first(nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    row = assessment.levels.first()
    actions.save_judgements(assessment=assessment, judgements={row.element_id: Judgement(2)}, by=appraiser)
    with pytest.raises(WrongState, match="not been agreed yet"):
        actions.agree(assessment=assessment, by=appraiser)


def test_what_is_agreed_is_what_was_shown(nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    judge(assessment, 2)
    shown = mark_of(assessment.levels.all())
    judge(assessment, 1)
    with pytest.raises(WrongState, match="changed since"):
        actions.agree(assessment=assessment, by=appraiser, seen=shown)
    actions.agree(assessment=assessment, by=appraiser, seen=mark_of(assessment.levels.all()))


def test_only_the_appraiser_it_was_sent_to_agrees(nurse, version, appraiser, trust):
    assessment = submitted(nurse, version, appraiser)
    judge(assessment, 2)
    for other in (appraiser_at(trust), nurse.user, user_with(Role.HR_OFFICER, trust), user_with(Role.ADMINISTRATOR)):
        with pytest.raises(NotAllowed):
            actions.agree(assessment=assessment, by=other)


def test_appraiser_whose_role_ended_cannot_agree(nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    judge(assessment, 2)
    appraiser.role_grants.update(revoked_at="2026-01-01T00:00Z", revoked_by=appraiser)
    again = type(appraiser).objects.get(pk=appraiser.pk)
    with pytest.raises(NotAllowed):
        actions.agree(assessment=assessment, by=again)


# --- nothing agreed can be edited -----------------------------------------------------------------------------------


def test_agreed_assessment_and_its_levels_can_never_change(nurse, version, appraiser, elements):
    assessment = agreed(nurse, version, appraiser)
    for change in (
        lambda: Assessment.objects.filter(pk=assessment.pk).update(state="draft"),
        lambda: Assessment.objects.filter(pk=assessment.pk).update(appraiser=nurse.user),
        lambda: Assessment.objects.filter(pk=assessment.pk)._raw_delete("default"),
        lambda: assessment.levels.update(evidence="Other"),
        lambda: assessment.levels.all()._raw_delete("default"),
        lambda: ElementLevel.objects.create(assessment=assessment, element=elements[0]),
        lambda: AssessmentTransition.objects.update(reason="Other"),
        lambda: AssessmentTransition.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(InternalError), transaction.atomic():
            change()
    for again in (
        lambda: actions.withdraw(assessment=assessment, by=nurse.user),
        lambda: actions.take_back(assessment=assessment, by=nurse.user),
        lambda: actions.save_answers(assessment=assessment, answers={elements[0].pk: Answer(1)}, by=nurse.user),
        lambda: actions.agree(assessment=assessment, by=appraiser),
    ):
        with pytest.raises(WrongState):
            again()


def test_database_follows_the_transition_table(nurse, version):
    assessment = answered(nurse, version)
    with pytest.raises(InternalError, match="Invalid transition"), transaction.atomic():
        Assessment.objects.filter(pk=assessment.pk).update(state="agreed")


def test_assessment_keeps_its_clinician_and_version(nurse, version, trust):
    assessment = draft(nurse, version)
    for other in ({"clinician": clinician_user(trust)}, {"version": framework("HLM")}, {"framework": "HLM"}):
        with pytest.raises(InternalError), transaction.atomic():
            Assessment.objects.filter(pk=assessment.pk).update(**other)


# --- who sees which ------------------------------------------------------------------------------------------------


@pytest.fixture
def one_of_each(trust, nurse, appraiser):
    """An assessment in each state, of the nurse and of somebody in another trust, so that everything could leak."""
    for clinician, by in (
        (nurse, appraiser),
        (clinician_user(elsewhere := OrganisationFactory()), appraiser_at(elsewhere)),
    ):
        answered(clinician, framework("HLM"))
        submitted(clinician, framework("LCF"), by)
        agreed(clinician, tiny(), by)
        actions.withdraw(assessment=submitted(clinician, framework("MLCF"), by), by=clinician.user)
    return nurse


def seen_by(user, permission):
    rows = Assessment.visible_to(user, permission).order_by("framework")
    assert set(ElementLevel.visible_to(user, permission).values_list("assessment", flat=True)) == {r.pk for r in rows}
    return [(row.clinician_id, row.state) for row in rows]


def test_clinician_sees_and_edits_their_own_in_every_state(one_of_each):
    own = [(one_of_each.pk, state) for state in ("draft", "submitted", "withdrawn", "agreed")]
    assert seen_by(one_of_each.user, Permission.ASSESSMENT_VIEW) == own
    assert seen_by(one_of_each.user, Permission.ASSESSMENT_EDIT) == own
    assert seen_by(one_of_each.user, Permission.ASSESSMENT_AGREE) == []


def test_appraiser_sees_what_was_sent_to_them_and_never_a_draft(one_of_each, appraiser):
    sent = [(one_of_each.pk, "submitted"), (one_of_each.pk, "agreed")]
    assert seen_by(appraiser, Permission.ASSESSMENT_AGREE) == sent
    assert seen_by(appraiser, Permission.ASSESSMENT_VIEW) == sent
    assert seen_by(appraiser, Permission.ASSESSMENT_EDIT) == []


def test_appraiser_whose_role_ended_sees_nothing_even_as_a_clinician(one_of_each, appraiser, trust):
    appraiser.role_grants.update(revoked_at="2026-01-01T00:00Z", revoked_by=appraiser)
    grant(appraiser, Role.CLINICIAN, trust)
    assert seen_by(appraiser, Permission.ASSESSMENT_VIEW) == []


def test_hr_sees_what_was_agreed_at_their_organisation(one_of_each, trust):
    hr = user_with(Role.HR_OFFICER, trust)
    assert seen_by(hr, Permission.ASSESSMENT_VIEW) == [(one_of_each.pk, "agreed")]
    assert seen_by(hr, Permission.ASSESSMENT_EDIT) == seen_by(hr, Permission.ASSESSMENT_AGREE) == []


def test_national_administrator_sees_only_what_was_agreed(one_of_each):
    administrator = user_with(Role.ADMINISTRATOR)
    assert [state for _, state in seen_by(administrator, Permission.ASSESSMENT_VIEW)] == ["agreed", "agreed"]
    assert seen_by(administrator, Permission.ASSESSMENT_EDIT) == []


# --- what a trust expects -------------------------------------------------------------------------------------------


def test_hr_and_administrator_choose_the_matrix_of_their_own_organisation(trust, nurse, appraiser):
    for by in (user_with(Role.HR_OFFICER, trust), user_with(Role.ADMINISTRATOR)):
        choice = actions.choose_expectations(organisation=trust, matrix=Matrix.GATED, by=by)
        assert choice.matrix == "gated"
    for other in (nurse.user, appraiser, user_with(Role.HR_OFFICER, OrganisationFactory())):
        with pytest.raises(NotAllowed):
            actions.choose_expectations(organisation=trust, matrix=Matrix.CUMULATIVE, by=other)
    assert ExpectationChoice.objects.get().matrix == "gated"
