"""Taking staff rows in: whom each is about, what changes, and that nothing tells of other organisations."""

import datetime
from dataclasses import replace

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.clinicians.fields import CareerStage, PayBand, Profession, Register, RegistrationStatus, Sector
from registry.clinicians.intake.actions import take_in
from registry.clinicians.intake.planning import CANNOT_USE_EMAIL, CANNOT_USE_NUMBER, plan
from registry.clinicians.intake.rows import PostFacts, StaffRow, Verdict
from registry.clinicians.models import Clinician, Post, Registration
from registry.kernel.errors import NotAllowed, WrongState
from registry.standing.actions import differences
from registry.standing.models import Standing
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import (
    ClinicianFactory,
    PostFactory,
    RegistrationFactory,
    RoleMixFactory,
    UserFactory,
    clinician_user,
    grant,
    user_with,
)

pytestmark = pytest.mark.django_db

ROW = StaffRow(
    number=2,
    staff_number="00012345",
    given_name="Zoë",
    family_name="O'Neill",
    email="zoe@trust.example",
    profession=Profession.NURSE,
    sector=None,
    career_stage=CareerStage.EXPERIENCED,
    assumed=frozenset({"profession", "career_stage"}),
    register=Register.NMC,
    registration_number="12A3456E",
    registration_status=None,
    post=PostFacts("Matron", PayBand.BAND_8A, datetime.date(2024, 3, 15)),
    line_manager="",
    appraiser="",
    may_be_left_out=False,
    numbers=frozenset(),
)


@pytest.fixture
def here():
    return OrganisationFactory(name="Here")


@pytest.fixture
def elsewhere():
    """A second trust, with a nurse of another number and address."""
    there = OrganisationFactory(name="Elsewhere", region="Y56")
    other = clinician_user(there, staff_number="00012345", family_name="Secret")
    RegistrationFactory(clinician=other, number="99Z9999E")
    return there


@pytest.fixture
def officer(here):
    return user_with(Role.HR_OFFICER, here)


def known(here, **facts):
    """The person of ROW, as the registry would know them already."""
    registered = facts.pop("registered", "12A3456E")
    person = ClinicianFactory(
        organisation=here,
        **{"staff_number": "00012345", "given_name": "Zoë", "family_name": "O'Neill", "email": ""} | facts,
    )
    if registered:
        RegistrationFactory(clinician=person, number=registered)
    return person


def planned(here, *rows):
    return plan(rows=rows, organisation=here, sector=Sector.ACUTE)


def judged(here, row):
    (item,) = planned(here, row)
    return item.verdict, item.changes, item.problems, item.notes


def take(here, *rows, by=None):
    return take_in(rows=rows, organisation=here, sector=Sector.ACUTE, expected=lambda _: True, by=by)


def test_take_in_adds_a_person_with_everything_the_row_says(here, elsewhere, officer):
    boss = ClinicianFactory(organisation=here, staff_number="9")
    appraiser = user_with(Role.APPRAISER, here, email="appraiser@trust.example")
    take(here, replace(ROW, line_manager="9", appraiser="Appraiser@trust.example"), by=officer)
    person = Clinician.objects.get(organisation=here, staff_number="00012345")
    assert (person.given_name, person.family_name, person.email) == ("Zoë", "O'Neill", "zoe@trust.example")
    assert (person.profession, person.sector, person.career_stage) == ("nurse", "acute", "experienced")
    assert (person.line_manager, person.appraiser) == (boss, appraiser)
    assert list(person.registrations.values_list("register", "number", "status", "verified_at")) == [
        ("NMC", "12A3456E", "registered", None)
    ]
    assert list(person.posts.values_list("organisation", "title", "band", "started_on", "ended_on")) == [
        (here.pk, "Matron", "8a", datetime.date(2024, 3, 15), None)
    ]
    assert person.user.email == "zoe@trust.example"
    assert not person.user.has_usable_password()
    assert list(EmailAddress.objects.filter(user=person.user).values_list("email", "primary", "verified")) == [
        ("zoe@trust.example", True, True)
    ]
    assert list(person.user.role_grants.values_list("role", "organisation", "granted_by")) == [
        ("clinician", here.pk, officer.pk)
    ]


def test_take_in_keeps_standing_and_history_and_says_what_it_meant(here, officer):
    (item,) = take(here, ROW, by=officer)
    key = item.clinician.pk
    assert Standing.objects.filter(pk=key, band_rank=8, registration="registered").exists()
    assert differences([key]) == []
    for model in (Clinician, Registration, Post, User, RoleGrant):
        assert model.pgh_event_model.objects.filter(pgh_label="insert").exists(), model
    assert list(AuditEvent.objects.order_by("pk").values_list("verb", "actor_id", "organisation_id")) == [
        ("account.opened", officer.pk, here.pk),
        ("role.granted", officer.pk, here.pk),
        ("profile.added", officer.pk, here.pk),
    ]


def test_take_in_twice_changes_nothing(here, officer):
    take(here, ROW, by=officer)
    before = [Clinician.pgh_event_model.objects.count(), AuditEvent.objects.count()]
    (item,) = take(here, ROW, by=officer)
    assert item.verdict == Verdict.SAME
    assert [Clinician.pgh_event_model.objects.count(), AuditEvent.objects.count()] == before


def queries_of(act):
    with CaptureQueriesContext(connection) as found:
        act()
    return len(found)


def test_take_in_of_three_costs_as_many_queries_as_of_one(here, officer):
    boss = ClinicianFactory(organisation=here, staff_number="9")

    def rows(*numbers, **facts):
        return [
            replace(
                ROW,
                number=n,
                staff_number=f"{n}",
                email=f"p{n}@trust.example",
                registration_number=f"12A{n:04}E",
                line_manager="9",
                **facts,
            )
            for n in numbers
        ]

    take(here, *rows(1), by=officer)
    assert queries_of(lambda: take(here, *rows(10), by=officer)) == queries_of(
        lambda: take(here, *rows(20, 21, 22), by=officer)
    )
    assert queries_of(lambda: take(here, *rows(10, given_name="Ann"), by=officer)) == queries_of(
        lambda: take(here, *rows(20, 21, 22, given_name="Ann"), by=officer)
    )
    assert Clinician.objects.filter(line_manager=boss, given_name="Ann").count() == 4


def test_plan_finds_a_manager_further_down_the_file(here):
    take(
        here,
        replace(ROW, line_manager="2"),
        replace(ROW, number=3, staff_number="2", email="", registration_number="13A3456E", line_manager="3"),
        replace(ROW, number=4, staff_number="3", email="", registration_number="14A3456E", line_manager="00012345"),
    )
    managers = dict(Clinician.objects.values_list("staff_number", "line_manager__staff_number"))
    assert managers == {"00012345": "2", "2": "3", "3": "00012345"}


def test_plan_notes_a_manager_nobody_knows_and_refuses_oneself(here, elsewhere):
    ClinicianFactory(organisation=elsewhere, staff_number="77")
    assert judged(here, replace(ROW, line_manager="77"))[3] == [
        ("line_manager", "Nobody on the registry has this employee number, so no manager is recorded.")
    ]
    assert judged(here, replace(ROW, line_manager="00012345"))[2] == [
        ("line_manager", "Somebody cannot be their own line manager.")
    ]


def test_plan_does_not_take_a_row_with_a_problem_for_a_manager(here):
    wrong = replace(ROW, number=3, staff_number="2", email="", register=None, profession=None)
    first, second = planned(here, replace(ROW, line_manager="2"), wrong)
    assert (first.verdict, second.verdict) == (Verdict.ADD, Verdict.ERROR)
    assert first.notes == [
        ("line_manager", "Nobody on the registry has this employee number, so no manager is recorded.")
    ]


def test_plan_shows_what_changes(here):
    boss = ClinicianFactory(organisation=here, staff_number="9", given_name="Ann", family_name="Boss")
    person = known(here, given_name="Zoe", sector=Sector.COMMUNITY, line_manager=boss)
    PostFactory(clinician=person, title="Sister", band=PayBand.BAND_7, started_on=datetime.date(2020, 1, 6))
    new_boss = ClinicianFactory(organisation=here, staff_number="8", given_name="Bea", family_name="Boss")
    row = replace(ROW, sector=Sector.ACUTE, line_manager="8", department="Ward 4")
    assert judged(here, row) == (
        Verdict.CHANGE,
        [
            ("first name", "Zoe", "Zoë"),
            ("work e-mail address", "", "zoe@trust.example"),
            ("sector", "Community", "Acute"),
            ("department or service", "", "Ward 4"),
            ("account", "", "zoe@trust.example"),
            ("post", "Sister (Band 7, since 6 January 2020)", "Matron (Band 8a, since 15 March 2024)"),
            ("line manager", "Ann Boss", "Bea Boss"),
        ],
        [],
        [],
    )
    take(here, row)
    person.refresh_from_db()
    assert (person.given_name, person.sector, person.line_manager) == ("Zoë", "acute", new_boss)
    assert list(person.posts.values_list("title", "started_on", "ended_on")) == [
        ("Matron", datetime.date(2024, 3, 15), None),
        ("Sister", datetime.date(2020, 1, 6), datetime.date(2024, 3, 14)),
    ]


def test_plan_leaves_what_the_row_does_not_say_or_only_assumes(here):
    person = known(here, profession=Profession.MIDWIFE, career_stage=CareerStage.PRACTITIONER, sector=Sector.COMMUNITY)
    PostFactory(clinician=person, started_on=datetime.date(2024, 3, 15))
    assert judged(here, replace(ROW, email=""))[:3] == (Verdict.SAME, [], [])
    said = judged(here, replace(ROW, email="", assumed=frozenset()))
    assert said[1] == [
        ("profession", "Midwife", "Nurse"),
        ("career stage", "Practitioner or postgraduate", "Experienced or continuing practice"),
    ]


@pytest.mark.parametrize(
    ("held", "facts", "outcome"),
    [
        (("Matron", "7", 1), ("Matron", "8a", 1), [("Matron", "8a", 1, None)]),
        (("Matron", "8a", 1), ("Matron", "8a", 5), [("Matron", "8a", 5, None)]),
        (("Matron", "8a", 5), ("Matron", "8a", 1), [("Matron", "8a", 1, None)]),
        (("Matron", "8a", 1), ("Matron", "8b", 5), [("Matron", "8b", 5, None), ("Matron", "8a", 1, 4)]),
    ],
)
def test_take_in_corrects_a_post_or_follows_it_by_another(here, held, facts, outcome):
    def day(number):
        return number and datetime.date(2024, 3, number)

    person = known(here)
    PostFactory(clinician=person, title=held[0], band=held[1], started_on=day(held[2]))
    take(here, replace(ROW, post=PostFacts(facts[0], PayBand(facts[1]), day(facts[2]))))
    assert list(person.posts.values_list("title", "band", "started_on", "ended_on")) == [
        (title, band, day(start), day(end)) for title, band, start, end in outcome
    ]


def test_plan_refuses_another_post_that_starts_before_the_one_held(here):
    PostFactory(clinician=known(here), title="Director", band="9", started_on=datetime.date(2025, 1, 6))
    assert judged(here, ROW)[2] == [
        ("started_on", "The post starts before the one on the profile: Director (Band 9, since 6 January 2025).")
    ]


@pytest.mark.parametrize(
    ("title", "band", "message"),
    [
        ("Matron", PayBand.BAND_8A, "Remove it first, or enter an earlier date."),
        ("Director", PayBand.BAND_9, "Remove it first, or enter a later date."),
    ],
)
def test_plan_refuses_a_post_that_would_leave_its_role_mix_outside(here, title, band, message):
    post = PostFactory(clinician=known(here), title="Matron", band="8a", started_on=datetime.date(2024, 1, 1))
    RoleMixFactory(post=post, from_date=datetime.date(2024, 1, 8))
    facts = PostFacts(title, band, datetime.date(2024, 1, 9 if title == "Matron" else 8))
    assert judged(here, replace(ROW, post=facts))[2] == [
        ("started_on", f"Matron: This post has a role mix since 8 January 2024. {message}")
    ]


# Whom a row is about ----------------------------------------------------------------------------------


def test_plan_recognises_by_registration_and_takes_the_new_employee_number(here):
    person = known(here, staff_number="OLD1")
    (item,) = planned(here, replace(ROW, email="", post=None))
    assert (item.clinician.pk, item.changes) == (person.pk, [("staff number", "OLD1", "00012345")])


def test_plan_recognises_an_employee_number_that_lost_its_zeros(here):
    person = known(here, registered=None)
    row = replace(ROW, staff_number="12345", numbers=frozenset({"staff_number"}), register=None, email="", post=None)
    (item,) = planned(here, row)
    assert (item.clinician.pk, item.clinician.staff_number, item.verdict) == (person.pk, "00012345", Verdict.SAME)
    assert item.notes == [("staff_number", "Read as 00012345: the spreadsheet had lost leading zeros.")]


def test_plan_takes_an_employee_number_written_as_text_as_it_is(here):
    known(here, registered=None)
    assert judged(here, replace(ROW, staff_number="12345", email=""))[0] == Verdict.ADD


def test_plan_refuses_a_row_that_is_about_two_people(here):
    known(here, registered=None)
    known(here, staff_number="2")
    assert judged(here, ROW)[2] == [
        ("staff_number", "This employee number and this registration number belong to two different people.")
    ]


def test_plan_refuses_another_number_on_the_same_register(here):
    known(here, registered="20A0000E")
    assert judged(here, ROW)[2] == [
        (
            "registration_number",
            "The person with this employee number has the NMC number 20A0000E. Correct the row, or the number on their profile.",
        )
    ]


def test_plan_adds_a_second_registration_of_another_register(here):
    person = known(here, registered=None)
    RegistrationFactory(clinician=person, register=Register.GMC, number="0123456")
    assert ("registration", "", "NMC 12A3456E") in judged(here, ROW)[1]


def test_plan_tells_nothing_of_somebody_registered_or_signing_in_elsewhere(here, elsewhere):
    other = Clinician.objects.get(organisation=elsewhere)
    number = judged(here, replace(ROW, registration_number="99Z9999E"))
    address = judged(here, replace(ROW, email=other.user.email.upper()))
    assert number[2] == [("registration_number", CANNOT_USE_NUMBER)]
    assert address[2] == [("email", CANNOT_USE_EMAIL)]
    assert "Elsewhere" not in f"{number}{address}"
    assert "Secret" not in f"{number}{address}"


def test_plan_does_not_confuse_the_same_employee_number_elsewhere(here, elsewhere):
    assert judged(here, ROW)[0] == Verdict.ADD


# Accounts ---------------------------------------------------------------------------------------------


def test_take_in_links_the_account_of_somebody_who_works_here_and_has_no_profile(here, officer):
    user = user_with(Role.APPRAISER, here, email="Zoe@Trust.example")
    (item,) = take(here, ROW, by=officer)
    assert item.clinician.user == user
    assert sorted(user.role_grants.values_list("role", flat=True)) == ["appraiser", "clinician"]
    assert EmailAddress.objects.filter(email__iexact="zoe@trust.example").count() == 0


@pytest.mark.parametrize("case", ["client", "closed", "has a profile", "without a role here"])
def test_plan_refuses_an_address_that_is_somebody_elses(here, elsewhere, case):
    user = UserFactory(email="zoe@trust.example", is_client=case == "client", is_active=case != "closed")
    if case != "without a role here":
        grant(user, Role.APPRAISER, here)
    if case == "has a profile":
        ClinicianFactory(organisation=here, user=user)
    assert judged(here, ROW)[2] == [("email", CANNOT_USE_EMAIL)]


def test_plan_never_changes_the_address_somebody_signs_in_with(here):
    person = clinician_user(here, staff_number="00012345")
    before = person.user.email
    (item,) = take(here, ROW)
    person.user.refresh_from_db()
    assert (person.user.email, item.clinician.email) == (before, "zoe@trust.example")
    assert ("email", "The person goes on signing in with the address they have.") in item.notes


def test_take_in_without_an_address_opens_no_account(here):
    (item,) = take(here, replace(ROW, email=""))
    assert (item.clinician.user, User.objects.count()) == (None, 0)
    assert item.notes == [("email", "No account is opened: there is no e-mail address.")]


def test_plan_records_an_appraiser_only_with_the_role_here(here, elsewhere):
    user_with(Role.APPRAISER, elsewhere, email="theirs@trust.example")
    user_with(Role.HR_OFFICER, here, email="officer@trust.example")
    for address in ("theirs@trust.example", "officer@trust.example", "nobody@trust.example"):
        verdict, _, problems, notes = judged(here, replace(ROW, appraiser=address))
        assert (verdict, problems) == (Verdict.ADD, [])
        assert notes == [("appraiser", "Nobody with this address is an appraiser here, so none is recorded.")]


def test_plan_refuses_somebody_as_their_own_appraiser(here):
    user_with(Role.APPRAISER, here, email="zoe@trust.example")
    assert judged(here, replace(ROW, appraiser="zoe@trust.example"))[2] == [
        ("appraiser", "Somebody cannot be their own appraiser.")
    ]


# Registrations' status --------------------------------------------------------------------------------


def test_take_in_follows_the_status_of_a_registration_nobody_has_checked(here):
    person = known(here)
    take(here, replace(ROW, registration_status=RegistrationStatus.SUSPENDED))
    assert person.registrations.get().status == "suspended"
    assert Standing.objects.get(pk=person.pk).registration == "suspended"


def test_plan_leaves_the_status_hr_has_checked_and_says_so(here, officer):
    person = known(here)
    person.registrations.update(verified_at="2026-01-05T09:00Z", verified_by=officer, method="register")
    _, changes, _, notes = judged(
        here, replace(ROW, registration_status=RegistrationStatus.SUSPENDED, email="", post=None)
    )
    assert changes == []
    assert notes == [
        ("registration_status", "HR has checked this registration. Check it again if it is now “Suspended”.")
    ]


# What new people need ---------------------------------------------------------------------------------


def test_plan_needs_profession_and_stage_of_new_people_only(here):
    bare = replace(ROW, profession=None, career_stage=None, register=None, registration_number="", post=None, email="")
    assert judged(here, bare)[2] == [
        ("profession", "Enter the profession, or the registration that shows it."),
        ("career_stage", "Enter the career stage, or the post with its pay band."),
    ]
    known(here)
    assert judged(here, bare)[:3] == (Verdict.SAME, [], [])


def test_plan_leaves_out_staff_without_a_register_unless_they_are_here_already(here):
    clerk = replace(ROW, profession=None, register=None, registration_number="", may_be_left_out=True)
    assert judged(here, clerk)[0] == Verdict.LEFT_OUT
    assert take(here, clerk)[0].clinician is None
    assert (Clinician.objects.count(), User.objects.count()) == (0, 0)
    known(here)
    assert judged(here, clerk)[0] == Verdict.CHANGE


# All or nothing ---------------------------------------------------------------------------------------


def test_take_in_writes_the_good_rows_and_nothing_of_the_others(here, officer):
    wrong = replace(ROW, number=3, staff_number="2", email="x@trust.example", register=None, profession=None)
    items = take(here, ROW, wrong, by=officer)
    assert [item.verdict for item in items] == [Verdict.ADD, Verdict.ERROR]
    assert list(Clinician.objects.values_list("staff_number", flat=True)) == ["00012345"]
    assert not User.objects.filter(email="x@trust.example").exists()


def test_take_in_writes_nothing_where_the_plan_is_no_longer_the_one_confirmed(here, officer):
    with pytest.raises(WrongState):
        take_in(rows=[ROW], organisation=here, sector=Sector.ACUTE, expected=lambda _: False, by=officer)
    assert Clinician.objects.count() == 0


def test_take_in_needs_the_right_at_this_organisation(here, elsewhere):
    with pytest.raises(NotAllowed):
        take(here, ROW, by=user_with(Role.HR_OFFICER, elsewhere))
    with pytest.raises(NotAllowed):
        take(here, ROW, by=clinician_user(here, staff_number="5").user)
    assert not Clinician.objects.filter(organisation=here, staff_number="00012345").exists()
