"""The stage a clinician assesses at: asked at the start, needed before sending, and then as it was sent."""

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from registry.competency import actions
from registry.competency.models import Assessment
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from tests.factories.competency import agreed, answered, draft, framework, submitted
from tests.factories.people import clinician_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def lf():
    return framework("LF")


def to(name, *args):
    return reverse(f"competency:{name}", args=args)


def test_stage_is_chosen_and_changed_while_it_is_a_draft(nurse, lf):
    assessment = draft(nurse, lf)
    assert assessment.stage_name == ""
    for stage in (1, 4):
        assessment = actions.choose_stage(assessment=assessment, stage=stage, by=nurse.user)
        assert Assessment.objects.get().stage == stage
    assert assessment.stage_name == "Stage 4: Whole organisation or healthcare system"


@pytest.mark.parametrize("wrong", [0, 5, -1, 32000])
def test_stage_is_one_of_the_frameworks(nurse, lf, wrong):
    with pytest.raises(Invalid, match="Choose one of the stages shown"):
        actions.choose_stage(assessment=draft(nurse, lf), stage=wrong, by=nurse.user)


def test_framework_without_stages_takes_none(nurse, version):
    assessment = draft(nurse, version)
    with pytest.raises(Invalid):
        actions.choose_stage(assessment=assessment, stage=1, by=nurse.user)
    with pytest.raises(InternalError, match="has no stage 1"), transaction.atomic():
        Assessment.objects.update(stage=1)


def test_only_the_clinician_chooses_and_only_before_sending(nurse, lf, trust, appraiser):
    assessment = draft(nurse, lf)
    for other in (appraiser, clinician_user(trust).user):
        with pytest.raises(NotAllowed):
            actions.choose_stage(assessment=assessment, stage=2, by=other)
    actions.withdraw(assessment=assessment, by=nurse.user)
    sent = submitted(nurse, lf, appraiser)
    with pytest.raises(WrongState):
        actions.choose_stage(assessment=sent, stage=3, by=nurse.user)


def test_assessment_is_not_sent_without_its_stage(nurse, lf, appraiser):
    assessment = answered(nurse, lf)
    Assessment.objects.update(stage=None)
    with pytest.raises(Invalid, match="Choose the stage you assess at first"):
        actions.submit(assessment=assessment, appraiser=appraiser, by=nurse.user)


def test_stage_can_be_changed_after_it_came_back(nurse, lf, appraiser):
    sent = submitted(nurse, lf, appraiser)
    back = actions.take_back(assessment=sent, by=nurse.user)
    assert back.stage == 2
    assert actions.choose_stage(assessment=back, stage=3, by=nurse.user).stage == 3


def test_database_keeps_the_stage_as_it_was_sent(nurse, lf, appraiser):
    submitted(nurse, lf, appraiser)
    for change in ({"stage": 3}, {"stage": None}):
        with pytest.raises(InternalError, match="the stage of an assessment that is submitted"), transaction.atomic():
            Assessment.objects.update(**change)


def test_starting_asks_for_the_stage_and_explains_each(sign_in, nurse, lf):
    client = sign_in(nurse.user)
    page = client.post(to("start"), {"version": lf.pk}, follow=True)
    assert page.redirect_chain[-1][0] == to("stage", Assessment.objects.get().pk)
    shown = page.content.decode()
    for stage in lf.stages:
        assert f"Stage {stage['number']}: {stage['name']}" in shown
        assert stage["meaning"] in shown


def test_starting_without_stages_goes_to_the_tasks(sign_in, nurse, version):
    page = sign_in(nurse.user).post(to("start"), {"version": version.pk})
    assert page.url == to("assessment", Assessment.objects.get().pk)
    assert sign_in(nurse.user).get(to("stage", Assessment.objects.get().pk)).status_code == 404


@pytest.mark.parametrize("wrong", ["", "x", "9", "\0", "1e3", "2" * 40])
def test_page_refuses_what_is_no_stage(sign_in, nurse, lf, wrong):
    assessment = draft(nurse, lf)
    page = sign_in(nurse.user).post(to("stage", assessment.pk), {"stage": wrong})
    assert page.status_code == 200
    assert "There is a problem" in page.content.decode()
    assert Assessment.objects.get().stage is None


def test_pages_show_the_stage_and_mark_the_answer_that_equals_it(sign_in, nurse, lf):
    client = sign_in(nurse.user)
    assessment = draft(nurse, lf)
    assert "Choose the stage you assess at" in client.get(to("assessment", assessment.pk)).content.decode()
    assert "Not chosen yet" in client.get(to("review", assessment.pk)).content.decode()
    sent = client.post(to("stage", assessment.pk), {"stage": "2"})
    assert sent.url == to("assessment", assessment.pk)
    name = "Stage 2: Whole service or across teams"
    for page in ("assessment", "review"):
        assert name in client.get(to(page, assessment.pk)).content.decode()
    staged = client.get(to("domain", assessment.pk, 1)).content.decode()
    assert name in staged
    assert staged.count("This is the stage you assess at.") == 4
    assert "the stage you assess at" not in client.get(to("domain", assessment.pk, 6)).content.decode()


def test_page_opened_before_it_was_sent_says_so(sign_in, nurse, lf, appraiser):
    sent = submitted(nurse, lf, appraiser)
    client = sign_in(nurse.user)
    assert client.get(to("stage", sent.pk)).url == to("result", sent.pk)
    assert client.post(to("stage", sent.pk), {"stage": "3"}).status_code == 409


def test_appraiser_and_result_read_the_stage(sign_in, nurse, lf, appraiser):
    sent = submitted(nurse, lf, appraiser)
    assert "stage 2: Whole service" in sign_in(appraiser).get(to("agree", sent.pk)).content.decode()
    actions.withdraw(assessment=sent, by=nurse.user)
    done = agreed(nurse, lf, appraiser, level=3)
    shown = sign_in(nurse.user).get(to("result", done.pk)).content.decode()
    assert "Stage 2: Whole service or across teams" in shown
    assert "Stage you assess at" in shown
    assert "“Ahead” is at least one whole level above the expected minimum" in shown
    assert "As expected" in shown
