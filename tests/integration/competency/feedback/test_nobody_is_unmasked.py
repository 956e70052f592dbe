"""Two worlds that differ in what one hidden rater said look the same, whatever anybody does in whatever order.

The rounds that `tests/unit/competency/test_aggregation.py` generates prove it of the report; here whole sequences of what
the person, their line manager, HR and the facilitator can do are walked through the pages themselves.
"""

import io
import os

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from registry.accounts.roles import Role
from registry.competency.feedback.actions import rounds
from registry.competency.feedback.questionnaire import Answers
from registry.competency.feedback.states import RoundState
from registry.kernel.clock import today
from registry.kernel.errors import RegistryError
from registry.notifications.delivery import drain
from tests.factories import feedback
from tests.factories.competency import tiny
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with
from tests.integration.competency.feedback.test_pages import words

pytestmark = pytest.mark.django_db
# More in a run by hand: FEEDBACK_WORLDS=1000 pytest …
EXAMPLES = int(os.environ.get("FEEDBACK_WORLDS", "60"))

# Peers can be shown until the minimum is raised above their number; those who report are two, and the patient one.
ASKED = {"manager": 1, "peers": 4, "reports": 2, "patients": 1}
levels = st.dictionaries(st.sampled_from(("1.1", "1.2")), st.integers(1, 2))
said = st.builds(
    Answers, levels, st.just({}), st.dictionaries(st.sampled_from(("well", "more", "1")), st.sampled_from("abc"))
)
silent_or_said = st.none() | said


class Sorted:
    """In the place of a random order, so that two worlds can be compared."""

    def shuffle(self, texts):
        texts.sort()


class World:
    """A running round, and everybody who might want to know more of it than they should."""

    def __init__(self) -> None:
        trust = OrganisationFactory()
        boss = clinician_user(trust)
        self.person = clinician_user(trust, line_manager=boss)
        self.facilitator = feedback.facilitator_at(trust)
        self.round = feedback.running(self.person, tiny(), self.facilitator, ASKED)
        self.peer = feedback.asked(self.round, "peers")[0]
        users = {
            "person": self.person.user,
            "manager": boss.user,
            "hr": user_with(Role.HR_OFFICER, trust),
            "facilitator": self.facilitator,
        }
        self.browsers = {name: Client() for name in users}
        for name, user in users.items():
            self.browsers[name].force_login(user)

    def look(self, who: str, address: str) -> str:
        """What somebody sees at an address."""
        page = self.browsers[who].get(address)
        if page.headers.get("Content-Type") == "application/pdf":
            return "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.content)).pages)
        return f"{page.status_code} {words(page)}"

    def act(self, what: str) -> str:
        """Something somebody does to the round; what is refused is refused in words."""
        self.round.refresh_from_db()
        try:
            match what:
                case "raise":
                    self.round = rounds.change_terms(
                        round=self.round,
                        closes_on=self.round.closes_on,
                        minimum=self.round.minimum + 1,
                        by=self.facilitator,
                    )
                case "close":
                    self.round = rounds.close(round=self.round, by=self.facilitator)
                case "release":
                    self.round = rounds.release(round=self.round, conversation_on=today(), by=self.facilitator)
                case "cancel":
                    self.round = rounds.cancel(round=self.round, reason="Enough.", by=self.person.user)
                case "stop a link":
                    address = f"/leadership/facilitating/{self.round.pk}/colleagues/{self.peer.pk}"
                    return words(self.browsers["facilitator"].post(address, {"do": "revoke"}, follow=True))
                case "send a new link":
                    address = f"/leadership/facilitating/{self.round.pk}/colleagues/{self.peer.pk}"
                    seen = words(self.browsers["facilitator"].post(address, {"do": "renew"}, follow=True))
                    drain()
                    return seen
                case "answer":
                    here = f"/leadership/feedback/{self.round.pk}/myself"
                    self.browsers["person"].post(f"{here}/1", {"level_1.1": "1", "level_1.2": "2", "next": "later"})
                    return words(self.browsers["person"].post(here, follow=True))
        except RegistryError as refused:
            return refused.message
        return RoundState(self.round.state)

    def addresses(self) -> list[tuple[str, str]]:
        """Who might look where."""
        pk, person = self.round.pk, self.person.pk
        own = [
            f"/leadership/feedback/{pk}",
            f"/leadership/feedback/{pk}/report",
            f"/leadership/feedback/{pk}/report.pdf",
        ]
        return [
            *(
                ("person", address)
                for address in (*own, "/leadership/feedback/", "/people/me", "/people/me/seen-by", "/")
            ),
            *(("manager", address) for address in (*own, f"/people/{person}", "/")),
            *(("hr", address) for address in (*own, f"/people/{person}", "/leadership/feedback-rounds/", "/")),
            *(("facilitator", address) for address in (own[1], own[2], f"/leadership/facilitating/{pk}", "/")),
        ]


ACTS = ("raise", "close", "release", "stop a link", "send a new link", "answer", "cancel")
steps = st.lists(st.sampled_from(ACTS) | st.integers(0, 21), min_size=3, max_size=10)


def outcome(world, replies, steps):
    """Everything everybody gets to see on the way and at the end; afterwards it never happened."""
    with transaction.atomic():
        for group, answers in replies:
            if answers is not None:
                feedback.reply(world.round, group, answers)
        places = world.addresses()
        report = places.index(("person", f"/leadership/feedback/{world.round.pk}/report"))
        walk = [*steps, "close", report, "release", report]
        seen = [(step, world.act(step) if isinstance(step, str) else world.look(*places[step])) for step in walk]
        hidden = hidden_groups(world, replies)
        transaction.set_rollback(True)
    world.round.refresh_from_db()
    return seen, hidden


def hidden_groups(world, replies):
    """The groups whose replies were part of nothing."""
    counts = {group: sum(answers is not None for other, answers in replies if other == group) for group in ASKED}
    minimum = world.round.minimum
    small = [group for group, count in counts.items() if group != "manager" and 0 < count < minimum]
    return small if sum(counts[group] for group in small) < minimum else []


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(rounds.random, "SystemRandom", Sorted)
    return World()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=(Phase.generate,),  # to shrink whole walks through pages takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), steps=steps)
def test_two_worlds_that_differ_in_one_hidden_rater_look_the_same(world, data, steps):
    groups = [group for group, count in ASKED.items() for _ in range(count)]
    replies = [(group, data.draw(said if group == "peers" else silent_or_said)) for group in groups]
    # One small group alone answers, so that somebody is hidden in every world.
    quiet = data.draw(st.sampled_from(("reports", "patients")))
    replies = [
        (group, None if group in ("reports", "patients") and group != quiet else answers) for group, answers in replies
    ]
    place = groups.index(quiet)
    replies[place] = (quiet, data.draw(said))
    other = list(replies)
    other[place] = (quiet, data.draw(silent_or_said))
    seen, hidden = outcome(world, replies, steps)
    assume(quiet in hidden)
    differing = [(one, two) for one, two in zip(seen, outcome(world, other, steps)[0], strict=True) if one != two]
    assert differing == []
