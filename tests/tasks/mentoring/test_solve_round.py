"""A round is matched by a real worker over a real broker: two hundred people, a worker killed halfway, one stopped."""

from django.db import transaction

from mentoring.actions import publishing, rounds
from mentoring.models import Round, RoundVersion
from mentoring.tasks import solve_round
from registry.accounts.roles import Role
from tests.factories import mentoring_rounds as made
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import user_with
from tests.tasks.boards.test_build_shortlist import worker_waits_for_us
from tests.tasks.conftest import eventually


def opened(mentees, mentors):
    trust = OrganisationFactory()
    lead = user_with(Role.PROGRAMME_LEAD, trust)
    made.many(trust, mentees=mentees, mentors=mentors)
    return made.opened(lead, trust), lead


def status(version):
    return RoundVersion.objects.values_list("status", flat=True).get(pk=version.pk)


def test_two_hundred_people_are_matched_by_a_worker_and_proposed(worker_process):
    round_, lead = opened(200, 120)
    version = rounds.ask_version(round=round_, by=lead)
    eventually(lambda: status(version) == "ready", seconds=120)
    version.refresh_from_db()
    assert (version.mentees, version.mentors, version.matched, version.proved) == (200, 120, 120, True)
    assert version.total == 120 * 25
    assert version.pairs.count() == 200
    proposed, left_out = publishing.publish(round=Round.objects.get(pk=round_.pk), by=lead)
    assert (proposed, left_out) == (120, [])


def test_a_worker_killed_halfway_leaves_no_half_an_answer_and_the_next_one_matches(worker_process, monkeypatch):
    round_, lead = opened(3, 2)
    with monkeypatch.context() as later:
        later.setattr(solve_round, "delay", lambda pk: None)
        version = rounds.ask_version(round=round_, by=lead)
    with transaction.atomic():
        # The worker reads and matches, then needs the round's lock before it writes.
        Round.objects.select_for_update().get(pk=round_.pk)
        solve_round.delay(version.pk)
        eventually(worker_waits_for_us)
        assert (status(version), version.pairs.count()) == ("solving", 0)
        worker_process.kill_child()
    eventually(lambda: status(version) == "ready")
    version.refresh_from_db()
    assert (version.attempts, version.pairs.count()) == (2, 3)


def test_one_that_is_stopped_while_the_worker_waits_to_write_leaves_nothing(worker_process, monkeypatch):
    round_, lead = opened(3, 2)
    with monkeypatch.context() as later:
        later.setattr(solve_round, "delay", lambda pk: None)
        version = rounds.ask_version(round=round_, by=lead)
    with transaction.atomic():
        Round.objects.select_for_update().get(pk=round_.pk)
        solve_round.delay(version.pk)
        eventually(worker_waits_for_us)
        rounds.stop(version=version, by=lead)
    other = rounds.ask_version(round=round_, by=lead)
    eventually(lambda: status(other) == "ready")
    assert (status(version), version.pairs.count()) == ("stopped", 0)
