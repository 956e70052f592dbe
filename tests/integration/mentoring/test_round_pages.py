"""The pages of matching rounds: what a lead reads and does, and what nobody can read out of them."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mentoring import progress
from mentoring.actions import publishing, register, rounds
from mentoring.fields import OfferState
from mentoring.models import Relationship, Round, RoundPair, RoundVersion
from mentoring.points import TIE_RULE
from mentoring.states import RoundState
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent, ReadEvent
from registry.clinicians.models import Clinician
from tests.factories import mentoring as make
from tests.factories import mentoring_rounds as made
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PostFactory, clinician_user, grant, user_with

pytestmark = pytest.mark.django_db


def to(name, *args):
    return reverse(f"mentoring:{name}", args=args)


def filled(trust, **changes):
    told = {"name": "Spring", "reach": f"organisation-{trust.pk}", "kinds": ["mentor"], "answer_days": "10"}
    return told | changes


@pytest.fixture
def here(trust, lead):
    """A matched round of Ada, who has Mo, and Bea, who has nobody because Mo has one place."""
    ada = make.looking(clinician_user(trust, given_name="Ada", family_name="Nurse"), needs=make.domains(2))
    bea = make.looking(clinician_user(trust, given_name="Bea", family_name="Nurse"))
    mo = make.offering(
        clinician_user(trust, given_name="Mo", family_name="Mentor").user, capacity=1, strengths=make.domains(2)
    )
    round_ = made.opened(lead, trust)
    version = made.matched(round_, lead)
    return {"round": round_, "version": version, "ada": ada, "bea": bea, "mo": mo}


def pair(here, who):
    return RoundPair.objects.get(version=here["version"], wanted=here[who])


@pytest.fixture
def browser(client, lead):
    client.force_login(lead)
    return client


# --- the way of a round ----------------------------------------------------------------------------------------------


def test_a_lead_opens_matches_and_publishes_a_round(browser, trust, lead):
    assert "There is no round yet." in browser.get(to("rounds")).text
    make.looking(clinician_user(trust, given_name="Ada"))
    make.offering(clinician_user(trust).user)
    assert browser.post(to("open_round"), filled(trust)).status_code == 302
    round_ = Round.objects.get()
    assert (round_.kinds, round_.answer_days, round_.places.get().organisation) == (["mentor"], 10, trust)
    page = browser.get(to("round", round_.pk)).text
    assert "Now there is 1 request, and 1 mentor has a place." in page
    answer = browser.post(to("match", round_.pk), {"seen": "0"})
    version = round_.versions.get()
    assert answer.url == to("version", version.pk)
    assert "Waiting for a free worker." in browser.get(answer.url).text
    made.solving.solve(version_id=version.pk)
    assert browser.get(to("matching", version.pk)).headers["HX-Refresh"] == "true"
    page = browser.get(to("round", round_.pk)).text
    assert "1 of 1 request is matched, with 25 points in all. 1 mentor has 2 places." in page
    assert "Proved the best answer." in page
    assert "Nobody gets the same mentor for two things they look for" in page
    assert TIE_RULE in page
    assert "1 pair is proposed." in browser.get(to("publish_round", round_.pk)).text
    said = browser.post(to("publish_round", round_.pk), {"seen": str(version.pk)}, follow=True).text
    assert "1 pair is proposed. Both people of each are told." in said
    assert Relationship.objects.count() == 1
    assert browser.get(to("publish_round", round_.pk)).status_code == 302
    assert browser.post(to("publish_round", round_.pk)).status_code == 409


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "Enter a name."),
        ({"reach": "organisation-0"}, "Choose whose people it matches from the list."),
        ({"kinds": []}, "Choose what to match people for."),
        ({"kinds": ["guru"]}, "Choose from the list."),
        ({"answer_days": "61"}, "Enter a whole number from 1 to 60."),
        ({"answer_days": "soon"}, "Enter a whole number from 1 to 60."),
    ],
)
def test_a_round_that_cannot_be_says_why_beside_the_field(browser, trust, changes, said):
    answer = browser.post(to("open_round"), filled(trust, **changes))
    assert (answer.status_code, Round.objects.exists()) == (200, False)
    assert said in answer.text


def test_a_regional_lead_of_programmes_chooses_the_region_or_one_of_its_trusts(client, trust, elsewhere):
    other = OrganisationFactory(name="Third Trust", region="Y56")
    wide = user_with(Role.PROGRAMME_LEAD, trust.region_links.get().region)
    OrganisationFactory(name="Second Trust", region=trust.region_links.get().region)
    client.force_login(wide)
    page = client.get(to("open_round")).text
    assert "All 3 organisations you lead mentoring for" in page
    assert ["Northshire" in page, "Third" in page] == [True, False]
    assert client.post(to("open_round"), filled(other)).status_code == 200
    client.post(to("open_round"), filled(trust, reach="all"))
    assert Round.objects.get().places.count() == 3


def test_a_round_of_two_trusts_is_not_there_for_the_lead_of_one(client, trust, elsewhere, lead):
    wide = user_with(Role.PROGRAMME_LEAD)
    round_ = made.opened(wide, trust, elsewhere)
    make.looking(clinician_user(elsewhere, family_name="Secretive"))
    version = made.matched(round_, wide)
    client.force_login(lead)
    assert "Spring round" not in client.get(to("rounds")).text
    for name, key in (
        ("round", round_.pk),
        ("version", version.pk),
        ("round_pairs", version.pk),
        ("weights", round_.pk),
    ):
        assert client.get(to(name, key)).status_code == 404
    assert client.get(to("pair_in_round", version.pairs.get().pk)).status_code == 404


def test_a_version_that_is_matched_says_how_far_it_is_and_can_be_stopped(browser, trust, lead):
    round_ = made.opened(lead, trust)
    version = made.asked(round_, lead)
    RoundVersion.objects.filter(pk=version.pk).update(status="solving")
    for stage, said in (
        ("reading", "Reading who looks"),
        ("best", "step 3: at most 1.5% more can still be found"),
        ("lot", "Now it is decided between answers that are equally good."),
        ("writing", "Writing down"),
    ):
        progress.report(version.pk, stage, 3, 1.5)
        assert said in browser.get(to("matching", version.pk)).text
    assert "is being matched" in browser.get(to("round", round_.pk)).text
    assert browser.post(to("match", round_.pk), {"seen": "0"}).status_code == 409
    browser.post(to("stop_matching", version.pk))
    assert "This version was stopped" in browser.get(to("version", version.pk)).text


def test_a_round_nobody_takes_part_in_says_so(browser, trust, lead):
    round_ = made.opened(lead, trust)
    version = made.matched(round_, lead)
    assert "Nobody looks for a mentor in this round." in browser.get(to("round", round_.pk)).text
    assert "Nobody looks for a mentor in this round." in browser.get(to("round_pairs", version.pk)).text
    make.looking(clinician_user(trust))
    made.matched(round_, lead)
    version = round_.versions.first()
    assert "1 request, and no mentor has a place left." in browser.get(to("version", version.pk)).text
    page = browser.get(to("pair_in_round", version.pairs.get().pk)).text
    assert "No mentor with a place left takes part in this round." in page
    assert "there is nothing to publish" in browser.get(to("publish_round", round_.pk)).text


def test_a_round_is_cancelled_once(browser, here):
    assert browser.post(to("cancel_round", here["round"].pk), follow=True).status_code == 200
    here["round"].refresh_from_db()
    assert here["round"].state == RoundState.CANCELLED
    assert browser.get(to("cancel_round", here["round"].pk)).status_code == 302
    assert browser.post(to("cancel_round", here["round"].pk)).status_code == 409


# --- pairs -----------------------------------------------------------------------------------------------------------


def test_the_list_finds_people_by_name_and_those_without_a_mentor(browser, here):
    def shown(query):
        text = browser.get(to("round_pairs", here["version"].pk) + query).text
        return ["Ada Nurse" in text, "Bea Nurse" in text]

    assert shown("") == [True, True]
    assert shown("?q=ada") == [True, False]
    assert shown("?q=mentor") == [True, False]
    assert shown("?show=nobody") == [False, True]
    assert shown("?show=second") == [False, False]
    assert shown("?q=%00nobody") == shown("?show=rubbish") == [True, True]


def test_the_reasons_on_the_page_add_up_to_the_score(browser, here):
    page = browser.get(to("pair_in_round", pair(here, "ada").pk)).text
    assert "Matched with Mo Mentor" in page
    rows = page.split('class="app-points"')[1].split("<tfoot>")[0]
    numbers = [int(number) for number in re.findall(r"<td>(\d+)</td>", rows)]
    score = pair(here, "ada").score
    assert sum(numbers) == score
    assert f"<strong>{score}</strong>" in page
    assert "Nobody in the round would score more for them." in page


def test_somebody_without_a_mentor_is_told_why_and_what_would_change_it(browser, here):
    page = browser.get(to("pair_in_round", pair(here, "bea").pk)).text
    assert "The only mentor they could have is full" in page
    assert "One more place with Mo Mentor would match one more person." in page


def test_a_lead_pins_sees_the_cost_and_keeps_it(browser, here, lead):
    bea, mo = here["bea"], here["mo"]
    answer = browser.post(to("decide", pair(here, "bea").pk, "pin"), {"mentor": mo.pk})
    trial = here["round"].versions.first()
    assert answer.url == to("version", trial.pk)
    made.solving.solve(version_id=trial.pk)
    page = browser.get(to("version", trial.pk)).text
    for said in (
        "Pinned: Bea Nurse with Mo Mentor.",
        "As many are matched as before.",
        "20 points fewer in all.",
        "It changes the mentor of 2 requests.",
        "Proved the best answer with what leads decided.",
    ):
        assert said in page
    browser.post(to("keep_version", trial.pk))
    here["round"].refresh_from_db()
    assert here["round"].current == trial
    kept = RoundPair.objects.get(version=trial, wanted=bea)
    page = browser.get(to("pair_in_round", kept.pk)).text
    assert "A lead pinned this pair." in page
    assert "Lift this" in page
    # The page of the version before shows no way to decide any more.
    assert "Nothing can be decided here" in browser.get(to("pair_in_round", pair(here, "bea").pk)).text
    assert browser.post(to("decide", pair(here, "bea").pk, "pin"), {"mentor": mo.pk}).status_code == 409
    browser.post(to("decide", kept.pk, "lift"), {"mentor": mo.pk})
    assert here["round"].versions.first().pinned == []


def test_a_pin_that_cannot_be_is_refused_in_words(browser, here):
    browser.post(to("decide", pair(here, "bea").pk, "pin"), {"mentor": here["mo"].pk})
    trial = here["round"].versions.first()
    made.solving.solve(version_id=trial.pk)
    browser.post(to("keep_version", trial.pk))
    kept = RoundPair.objects.get(version=trial, wanted=here["ada"])
    page = browser.post(to("decide", kept.pk, "pin"), {"mentor": here["mo"].pk}, follow=True).text
    assert "Mo Mentor has 1 place left, and Ada Nurse and Bea Nurse are pinned to them." in page


@pytest.mark.parametrize("mentor", ["", "x", "0", "9" * 30, "123456789"])
def test_a_mentor_that_is_none_is_refused(browser, here, mentor):
    answer = browser.post(to("decide", pair(here, "bea").pk, "pin"), {"mentor": mentor})
    assert answer.status_code in {302, 404}
    assert here["round"].versions.count() == 1
    assert browser.post(to("decide", pair(here, "bea").pk, "rob"), {"mentor": here["mo"].pk}).status_code == 404


def test_other_weights_are_tried_and_compared_under_the_new_weights(browser, here):
    page = browser.get(to("weights", here["round"].pk)).text
    assert "The fewest points of a pair" in page
    told = dict.fromkeys(("need", "mix", "sector", "language", "wish", "near", "outside"), "10")
    assert (
        "Enter a whole number from 0 to 100."
        in browser.post(to("weights", here["round"].pk), told | {"minimum": "0", "mix": "101"}).text
    )
    none = dict.fromkeys(told, "0") | {"minimum": "0", "seen": str(here["version"].pk)}
    assert "Give points for one of these at least." in browser.post(to("weights", here["round"].pk), none).text
    browser.post(to("weights", here["round"].pk), told | {"minimum": "15", "seen": str(here["version"].pk)})
    trial = here["round"].versions.first()
    assert (trial.weights["need"], trial.minimum) == (10, 15)
    made.solving.solve(version_id=trial.pk)
    page = browser.get(to("version", trial.pk)).text
    assert "ith these weights" in page


def test_weights_tried_on_a_page_of_an_older_version_are_refused_beside_the_form(browser, here):
    told = dict.fromkeys(("need", "mix", "sector", "language", "wish", "near", "outside", "minimum"), "10")
    page = browser.post(to("weights", here["round"].pk), told | {"seen": "999999999"}).text
    assert "This was saved somewhere else since you opened the page." in page
    assert here["round"].versions.count() == 1


def test_a_mentor_who_is_not_among_the_best_is_found_by_name(browser, trust, here):
    make.offering(clinician_user(trust, given_name="Late", family_name="Comer").user)
    page = browser.get(to("pair_in_round", pair(here, "bea").pk) + "?q=late").text
    assert "Late Comer" in page
    assert "Fewer, new since, or kept apart by a rule" in page
    assert "has that name" in browser.get(to("pair_in_round", pair(here, "bea").pk) + "?q=zebra").text


def test_pairs_that_do_not_hold_any_more_are_shown_before_publishing(browser, here):
    register.move_offer(profile=here["mo"], to=OfferState.LEFT, by=here["mo"].user)
    page = browser.get(to("publish_round", here["round"].pk)).text
    assert "1 pair of this version does not hold any more." in page
    assert publishing.NOT_OFFERED in page
    assert browser.post(to("publish_round", here["round"].pk)).status_code == 409


@pytest.mark.parametrize("side", ["ada", "mo"])
def test_a_lead_reads_nothing_of_a_pair_they_are_one_of(client, trust, lead, here, side):
    person = here[side].clinician.user if side == "ada" else here[side].user
    grant(person, Role.PROGRAMME_LEAD, trust)
    client.force_login(User.objects.get(pk=person.pk))
    trial = made.matched(here["round"], lead, pin=(here["bea"].pk, here["mo"].pk))
    assert client.get(to("pair_in_round", pair(here, "ada").pk)).status_code == 404
    for name, key in (("round_pairs", here["version"].pk), ("version", trial.pk)):
        assert "Ada Nurse" not in client.get(to(name, key)).text.split('id="maincontent"')[1]
    if side == "mo":
        page = client.get(to("version", trial.pk)).text
        assert "Bea Nurse" not in page
        assert "Something about a pair that you are one of." in page
    register.move_offer(profile=here["mo"], to=OfferState.LEFT, by=here["mo"].user)
    page = client.get(to("publish_round", here["round"].pk)).text
    assert publishing.NOT_OFFERED not in page


def test_what_a_lead_reads_is_written_down(browser, here):
    browser.get(to("pair_in_round", pair(here, "ada").pk))
    read = ReadEvent.objects.get(purpose="matching round")
    assert read.detail == {"version": 1, "clinicians": [here["ada"].clinician_id]}


def test_the_home_page_of_a_lead_names_the_rounds_to_publish(browser, here, lead):
    assert "Publish the matching round Spring round" in browser.get(reverse("dashboard:home")).text
    rounds.cancel_round(round=here["round"], by=lead)
    assert "Publish the matching round" not in browser.get(reverse("dashboard:home")).text


# --- what nobody reads out of it -------------------------------------------------------------------------------------


def test_leads_never_read_what_somebody_wants_from_it(browser, trust, lead, here):
    assert here["ada"].aim == "To lead a service."
    for name, key in (("round_pairs", here["version"].pk), ("pair_in_round", pair(here, "ada").pk)):
        assert "To lead a service." not in browser.get(to(name, key)).text


def seen_of_one(browser, trust, lead, keep_apart):
    """All that pages, rows and records say of a round in which the only two are kept apart, their names alike."""
    wanted = make.looking(clinician_user(trust, given_name="Wanda", family_name="Wants"))
    profile = make.offering(clinician_user(trust, given_name="Olga", family_name="Offers").user)
    keep_apart(wanted.clinician, profile.user.clinician)
    round_ = made.opened(lead, trust)
    version = made.matched(round_, lead)
    row = version.pairs.get()
    page = browser.get(to("pair_in_round", row.pk)).text
    main = page.split('id="maincontent"')[1].split("</main>")[0]
    failed = made.matched(round_, lead, pin=(wanted.pk, profile.pk))
    for number in (row.pk, round_.pk, version.pk):
        main = main.replace(f"/{number}", "/")
    token = main.split('name="csrfmiddlewaretoken" value="')
    main = "".join(part if at == 0 else part.split('"', 1)[1] for at, part in enumerate(token))
    told = json.dumps([row.why, row.choices, version.matched, failed.failure])
    register.stop_looking(wanted=wanted, by=wanted.clinician.user)
    register.move_offer(profile=profile, to=OfferState.LEFT, by=profile.user)
    rounds.cancel_round(round=round_, by=lead)
    return main, told


def test_an_exclusion_looks_like_every_other_reason_to_be_kept_apart(browser, trust, lead):
    seen = [
        seen_of_one(browser, trust, lead, keep_apart)
        for keep_apart in (
            lambda mentee, mentor: make.excluding(mentee.user, mentor.user.email),
            lambda mentee, mentor: make.excluding(mentor.user, mentee.user.email),
            lambda mentee, mentor: Clinician.objects.filter(pk=mentee.pk).update(line_manager=mentor),
            lambda mentee, mentor: Clinician.objects.filter(pk=mentee.pk).update(appraiser=mentor.user),
        )
    ]
    assert len(set(seen)) == 1
    assert "Some mentors are kept apart from them" in seen[0][0]
    assert "exclu" not in str(list(AuditEvent.objects.values()))


def test_the_list_of_the_best_mentors_does_not_number_those_kept_apart(browser, trust, lead):
    wanted = make.looking(clinician_user(trust, given_name="Wanda", family_name="Wants"))
    PostFactory(clinician=wanted.clinician, band="8a")
    junior = make.offering(clinician_user(trust, given_name="Ju", family_name="Nior").user)
    PostFactory(clinician=junior.user.clinician, band="5")
    excluded = make.offering(clinician_user(trust, given_name="Ex", family_name="Cluded").user)
    make.excluding(wanted.clinician.user, excluded.user.email)
    version = made.matched(made.opened(lead, trust), lead)
    assert version.pairs.get().why == {"could": 0, "rules": ["barred", "grade"]}


# --- cost of a page --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["rounds", "round", "version", "round_pairs", "pair_in_round", "publish_round"])
def test_a_page_asks_the_database_as_often_for_three_as_for_one(browser, trust, lead, name):
    counts = []
    for _ in (1, 2):
        for _ in (1, 2) if counts else (1,):
            make.looking(clinician_user(trust), needs=make.domains(2))
            make.offering(clinician_user(trust).user, strengths=make.domains(2), capacity=1)
        round_ = made.opened(lead, trust)
        made.matched(round_, lead)
        version = made.matched(round_, lead)
        rounds.keep(version=version, by=lead)
        key = {
            "rounds": [],
            "version": [version.pk],
            "round_pairs": [version.pk],
            "pair_in_round": [version.pairs.last().pk],
        }
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(to(name, *key.get(name, [round_.pk]))).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
