"""Official wording over our own prompts: for whom it was loaded, attributed, and refused whole where it is wrong."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.competency import actions
from registry.competency.feedback.asking import questionnaire_of
from registry.competency.models import Element, FrameworkVersion, OfficialText
from registry.competency.presenters import home_of
from registry.competency.wording import OUR_OWN, wording_for
from tests.factories.competency import draft, elements_of, framework, submitted
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import ClinicianFactory, grant, user_with

pytestmark = pytest.mark.django_db

TEXT = """\
framework: TINY
version: "1"
{organisation}publisher: The Publisher
copyright: © The Publisher, 2011.
permission: Used by permission of 1 May 2026.
elements:
  - code: "1.1"
    prompt: {prompt}
    statements: [Lets people finish, Asks what was meant]
  - {{code: "1.2", statements: ["<b>Decides</b> & says why"]}}
"""
BY = "by The Publisher. © The Publisher, 2011. Used by permission of 1 May 2026."
ONE_TWO = '  - {code: "1.2", statements: ["<b>Decides</b> & says why"]}\n'


@pytest.fixture
def text_file(tmp_path):
    def write(organisation="", prompt="Hears people out", **replaced):
        content = TEXT.format(organisation=f"organisation: {organisation}\n" if organisation else "", prompt=prompt)
        for old, new in replaced.get("swap", []):
            assert old in content
            content = content.replace(old, new)
        (tmp_path / "text.yaml").write_text(content)
        return tmp_path / "text.yaml"

    return write


def load(path):
    out = io.StringIO()
    call_command("load_frameworks", "--text", str(path), stdout=out)
    return out.getvalue().strip()


def refusal(*arguments):
    with pytest.raises(CommandError) as refused:
        call_command("load_frameworks", *map(str, arguments))
    return str(refused.value).splitlines()


def test_without_official_text_the_words_are_our_own(version, trust):
    listening, deciding = elements_of(version)
    wording = wording_for(version, trust.pk)
    assert wording == OUR_OWN
    assert (wording.prompt(listening), wording.statements(listening)) == ("I listen.", ())
    assert not wording.is_official(listening)
    assert wording.attributions([listening, deciding]) == []


def test_text_for_everybody_is_used_whole_and_the_framework_stays_as_it_was(version, trust, text_file):
    before = FrameworkVersion.objects.values().get(), list(Element.objects.values())
    assert load(text_file()) == "Wording of TINY 1 for everybody: loaded"
    listening, deciding = elements_of(version)
    for organisation_id in (trust.pk, None):
        wording = wording_for(version, organisation_id)
        assert wording.prompt(listening) == "Hears people out"
        assert wording.statements(listening) == ("Lets people finish", "Asks what was meant")
        assert wording.prompt(deciding) == "I decide."
        # The prompt beside the statements of 1.2 is ours.
        assert wording.attributions([listening, deciding]) == [f"Wording of 1.1 and statements of 1.2 {BY}"]
        assert wording.attributions([listening]) == [f"Wording {BY}"]
        assert wording.attributions([deciding]) == [f"Statements {BY}"]
    assert before == (FrameworkVersion.objects.values().get(), list(Element.objects.values()))
    event = AuditEvent.objects.get(verb="framework.text_loaded")
    assert event.detail["permission"] == "Used by permission of 1 May 2026."


def test_text_of_one_trust_is_for_its_people_only_and_goes_before_everybodys(version, trust, text_file):
    listening, _ = elements_of(version)
    load(text_file())
    load(text_file(organisation=trust.ods_code, prompt="As our trust says"))
    assert wording_for(version, trust.pk).prompt(listening) == "As our trust says"
    assert wording_for(version, OrganisationFactory().pk).prompt(listening) == "Hears people out"
    assert wording_for(version, None).prompt(listening) == "Hears people out"


def test_trusts_text_of_some_elements_leaves_everybodys_for_the_others(version, trust, text_file):
    listening, deciding = elements_of(version)
    load(text_file(swap=[("The Publisher", "Another")]))
    load(text_file(organisation=trust.ods_code, prompt="As our trust says", swap=[(ONE_TWO, "")]))
    wording = wording_for(version, trust.pk)
    assert wording.prompt(listening) == "As our trust says"
    assert wording.statements(deciding) == ("<b>Decides</b> & says why",)
    theirs, everybodys = wording.attributions([listening, deciding])
    assert theirs == f"Wording of 1.1 {BY}"
    assert everybodys.startswith("Statements of 1.2 by Another. © Another, 2011.")


def test_words_of_our_own_are_never_said_to_be_the_publishers(sign_in, nurse, version, text_file):
    load(text_file(swap=[(ONE_TWO, "")]))
    listening, deciding = elements_of(version)
    wording = wording_for(version, None)
    assert [wording.is_official(element) for element in (listening, deciding)] == [True, False]
    assert wording.attributions([deciding]) == []
    own = draft(nurse, version)
    client = sign_in(nurse.user)
    for page in (reverse("competency:domain", args=[own.pk, 1]), reverse("competency:framework", args=[version.pk])):
        assert "Wording of 1.1 by The Publisher." in client.get(page).content.decode()


def test_round_asks_in_our_sentence_where_an_element_has_no_official_words(trust, text_file):
    version = framework("LF")
    plain = questionnaire_of(version, trust.pk)
    as_lf = [("TINY", "LF"), ('version: "1"', f'version: "{version.version}"'), (ONE_TWO, "")]
    load(text_file(swap=as_lf))
    mixed = questionnaire_of(version, trust.pk)
    first, second = mixed.parts[0].elements[:2]
    assert [question.text for question in first.questions] == ["Lets people finish", "Asks what was meant"]
    assert second == plain.parts[0].elements[1]
    assert (plain.attribution, mixed.attribution) == ("", f"Wording of 1.1 {BY}")
    # A text that has none of the elements attributes nothing.
    OfficialText.objects.update(elements={})
    assert questionnaire_of(version, trust.pk) == plain


def test_text_is_removed_by_whom_it_was_loaded_for(version, trust, text_file):
    load(text_file())
    load(text_file(organisation=trust.ods_code, prompt="As our trust says"))
    out = io.StringIO()
    call_command("load_frameworks", "--remove-text", "TINY", "1", "--organisation", trust.ods_code, stdout=out)
    assert out.getvalue().strip() == f"Wording of TINY 1 for {trust.ods_code}: removed"
    assert wording_for(version, trust.pk).prompt(elements_of(version)[0]) == "Hears people out"
    call_command("load_frameworks", "--remove-text", "TINY", "1", stdout=out)
    assert wording_for(version, trust.pk) == OUR_OWN
    removed = AuditEvent.objects.filter(verb="framework.text_removed").order_by("pk")
    assert list(removed.values_list("organisation_id", flat=True)) == [trust.pk, None]


def test_removing_what_is_not_there_or_with_something_else_is_refused(version, trust, text_file):
    load(text_file())
    for options, said in [
        (["--remove-text", "TINY", "9"], "No wording of TINY 9 is loaded for everybody."),
        (["--remove-text", "TINY", "1", "--organisation", "ZZ9"], "No wording of TINY 1 is loaded for ZZ9."),
        (["--organisation", "ZZ9"], "Use --remove-text, with --organisation or without, and nothing else."),
        (["x.yaml", "--remove-text", "TINY", "1"], "Use --remove-text, with --organisation or without, and nothing"),
    ]:
        assert refusal(*options)[0].startswith(said)
    assert OfficialText.objects.count() == 1


def test_framework_is_read_in_the_words_of_ones_own_profile_else_of_the_first_role(trust):
    first, second = OrganisationFactory(), OrganisationFactory()
    user = user_with(Role.APPRAISER, first)
    grant(user, Role.HR_OFFICER, second)
    assert home_of(user) == first.pk
    ClinicianFactory(organisation=trust, user=user)
    assert home_of(User.objects.get(pk=user.pk)) == trust.pk


def test_reloading_replaces_the_text_and_the_same_file_changes_nothing(version, text_file):
    load(text_file())
    first = OfficialText.objects.values().get()
    assert load(text_file()).endswith(": unchanged")
    assert OfficialText.objects.values().get() == first
    assert load(text_file(prompt="Hears everybody out")).endswith(": replaced")
    assert wording_for(version, None).prompt(elements_of(version)[0]) == "Hears everybody out"


def test_wording_takes_one_query(version, trust, text_file, django_assert_num_queries):
    load(text_file())
    load(text_file(organisation=trust.ods_code))
    with django_assert_num_queries(1):
        wording = wording_for(version, trust.pk)
    listening, deciding = elements_of(version)
    with django_assert_num_queries(0):
        assert wording.statements(listening) and wording.prompt(deciding)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('version: "1"', 'version: "9"', "line 2: version: TINY 9 is not loaded"),
        ('code: "1.2"', 'code: "7.2"', "line 10: elements[1].code: TINY 1 has no element '7.2'"),
        ('code: "1.2"', 'code: "1.1"', "line 10: elements[1]: code '1.1' is in this list twice"),
        ("permission: Used", "permissions: Used", "line 1: missing key 'permission'"),
        ("Lets people finish", "12", "line 9: elements[0].statements[0]: must be text"),
        (
            "Asks what was meant",
            "Lets people finish",
            "line 9: elements[0].statements[1]: value 'Lets people finish' is",
        ),
        ("Asks what was meant", '"a\\0b"', "line 9: elements[0].statements[1]: must be one line of text"),
        ("publisher:", "organisation: ZZ9\npublisher:", "line 3: organisation: no organisation has the ODS code ZZ9"),
        (', statements: ["<b>Decides</b> & says why"]', "", "line 10: elements[1].code: has neither a prompt nor"),
    ],
)
def test_wrong_file_is_refused_whole_with_its_lines(version, text_file, old, new, problem):
    path = text_file(swap=[(old, new)])
    lines = refusal("--text", path)
    assert any(line.startswith(f"{path}, {problem}") for line in lines)
    assert lines[-1].endswith("nothing was loaded.")
    assert not OfficialText.objects.exists()


def test_missing_file_and_a_second_kind_of_file_are_refused(tmp_path):
    assert "cannot be read: No such file or directory" in refusal("--text", tmp_path / "none.yaml")[0]
    assert refusal(tmp_path, "--text", tmp_path / "none.yaml") == [
        "Name framework files, or one file of wording with --text; not both."
    ]


def test_text_can_be_loaded_for_a_framework_that_has_assessments(nurse, version, text_file):
    draft(nurse, version)
    assert load(text_file()).endswith(": loaded")


def test_pages_ask_in_the_official_words_and_say_whose_they_are(sign_in, nurse, appraiser, version, text_file):
    load(text_file(organisation=nurse.organisation.ods_code))
    sent = submitted(nurse, version, appraiser)
    other = draft(nurse, framework("HLM"))
    client = sign_in(nurse.user)
    own = actions.take_back(assessment=sent, by=nurse.user)
    for page, statement in [
        (reverse("competency:domain", args=[own.pk, 1]), True),
        (reverse("competency:framework", args=[version.pk]), True),
        (reverse("competency:domain", args=[other.pk, 1]), False),
    ]:
        shown = client.get(page).content.decode()
        assert ("Lets people finish" in shown) is statement
        assert ("Hears people out" in shown) is statement
        assert ("Used by permission of 1 May 2026." in shown) is statement
        assert "<b>Decides" not in shown


def test_appraiser_reads_the_official_words_and_another_trust_our_own(sign_in, nurse, appraiser, version, text_file):
    load(text_file(organisation=nurse.organisation.ods_code))
    sent = submitted(nurse, version, appraiser)
    shown = sign_in(appraiser).get(reverse("competency:agree", args=[sent.pk])).content.decode()
    assert "Asks what was meant" in shown
    assert "Used by permission" in shown
    load(text_file(organisation=OrganisationFactory().ods_code, prompt="Elsewhere only"))
    assert "Elsewhere only" not in sign_in(appraiser).get(reverse("competency:agree", args=[sent.pk])).content.decode()
