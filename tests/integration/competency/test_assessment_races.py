"""Two people at one assessment at once: exactly one wins, and the other is told so."""

import threading

import pytest
from django.db import InternalError, connection, transaction

from registry.competency import actions, framework_files
from registry.competency.actions import Answer, Judgement
from registry.competency.library import load
from registry.competency.models import Assessment, ElementLevel, FrameworkVersion
from registry.kernel.errors import WrongState
from registry.standing.models import AgreedLevels
from tests.factories.competency import answered, draft, judge, submitted, tiny_text
from tests.races import at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)


def steps(assessment):
    return list(assessment.transitions.values_list("after", flat=True))


def test_two_starts_make_one_draft(nurse, version):
    assert outcome(at_once(*[lambda: draft(nurse, version)] * 4)) == (1, 3)
    assert Assessment.objects.count() == 1


def test_two_submits_send_it_once(nurse, version, appraiser):
    assessment = answered(nurse, version)
    send = [lambda: actions.submit(assessment=assessment, appraiser=appraiser, by=nurse.user)] * 4
    assert outcome(at_once(*send)) == (1, 3)
    assert steps(assessment) == ["draft", "submitted"]


def test_two_agreements_agree_once(nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    judge(assessment, 2)
    assert outcome(at_once(*[lambda: actions.agree(assessment=assessment, by=appraiser)] * 4)) == (1, 3)
    assert steps(assessment) == ["draft", "submitted", "agreed"]
    assert AgreedLevels.objects.filter(assessment_id=assessment.pk).count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_agreeing_while_the_clinician_withdraws_ends_in_one_of_the_two(nurse, version, appraiser, attempt):
    assessment = submitted(nurse, version, appraiser)
    judge(assessment, 2)
    results = at_once(
        lambda: actions.agree(assessment=assessment, by=appraiser),
        lambda: actions.withdraw(assessment=assessment, by=nurse.user),
    )
    assert outcome(results) == (1, 1)
    assessment.refresh_from_db()
    assert steps(assessment)[-1] == assessment.state
    assert AgreedLevels.objects.filter(clinician=nurse).exists() == (assessment.state == "agreed")


def test_returning_and_taking_back_at_once_reopens_once(nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    results = at_once(
        lambda: actions.send_back(assessment=assessment, reason="More, please.", by=appraiser),
        lambda: actions.take_back(assessment=assessment, by=nurse.user),
    )
    assert outcome(results) == (1, 1)
    assert steps(assessment) == ["draft", "submitted", "draft"]


def test_two_first_answers_to_one_element_keep_one_row(nurse, version):
    assessment = draft(nurse, version)
    element = version.domains.get().elements.first()
    save = [
        lambda level=level: actions.save_answers(
            assessment=assessment, answers={element.pk: Answer(level)}, by=nurse.user
        )
        for level in (1, 2)
    ]
    assert outcome(at_once(*save)) == (2, 0)
    assert assessment.levels.count() == 1


def test_changing_a_level_while_it_is_agreed_is_before_or_refused(nurse, version, appraiser):
    assessment = submitted(nurse, version, appraiser)
    judge(assessment, 2)
    element = assessment.levels.first().element_id
    change = {element: Judgement(1, "Second thoughts.")}
    results = at_once(
        lambda: actions.agree(assessment=assessment, by=appraiser),
        lambda: actions.save_judgements(assessment=assessment, judgements=change, by=appraiser),
    )
    assert not isinstance(results[0], Exception)
    level = assessment.levels.get(element=element).agreed_level
    assert level == (2 if isinstance(results[1], WrongState) else 1)
    assert AgreedLevels.objects.get().d1 == (24 if level == 2 else 18)


def test_raw_change_of_a_level_waits_for_the_agreement_and_is_refused(nurse, version, appraiser):
    """Not by the actions: the trigger alone holds back somebody who writes to the table."""
    assessment = submitted(nurse, version, appraiser)
    judge(assessment, 2)
    agreed, results = threading.Event(), []

    def write():
        agreed.wait(timeout=10)
        try:
            ElementLevel.objects.filter(assessment=assessment).update(evidence="Other")
        except InternalError as error:
            results.append(str(error))
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    with transaction.atomic():
        actions.agree(assessment=assessment, by=appraiser)
        agreed.set()
        writer.join(timeout=0.5)  # it waits for us
        assert writer.is_alive()
    writer.join(timeout=10)
    assert len(results) == 1
    assert "the levels of an assessment that is agreed cannot change" in results[0]


def test_two_loads_of_one_version_load_it_once():
    file = framework_files.read(tiny_text())
    results = at_once(*[lambda: load([file])[0][1]] * 3)
    assert sorted(results) == ["loaded", "unchanged", "unchanged"]
    assert FrameworkVersion.objects.count() == 1


@pytest.mark.parametrize("attempt", range(5))
def test_replacing_a_version_while_somebody_starts_on_it(nurse, version, attempt):
    changed = framework_files.read(tiny_text(prompt="I decide in time."))
    replaced, started = at_once(lambda: load([changed])[0][1], lambda: draft(nurse, version))
    assert isinstance(started, Assessment)
    prompts = set(version.domains.get().elements.values_list("prompt", flat=True))
    if isinstance(replaced, WrongState):
        assert prompts == {"I listen.", "I decide."}
    else:
        assert replaced == "replaced"
        assert prompts == {"I listen.", "I decide in time."}


def test_raw_change_of_a_version_waits_for_whoever_starts_on_it_and_is_refused(nurse, version):
    started, results = threading.Event(), []

    def write():
        started.wait(timeout=10)
        try:
            version.domains.get().elements.update(prompt="Other")
        except InternalError as error:
            results.append(str(error))
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    with transaction.atomic():
        draft(nurse, version)
        started.set()
        writer.join(timeout=0.5)  # it waits for us
        assert writer.is_alive()
    writer.join(timeout=10)
    assert len(results) == 1
    assert "has assessments and cannot change" in results[0]
