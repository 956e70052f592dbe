"""Who can sign in to the demonstration, and the client that pulls its lists."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from oauth2_provider.models import Application

from registry.accounts.actions import grant_role, open_account
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.organisations.models import Organisation, Region

# Known to everybody: the demonstration listens on this machine only and production never loads it.
PASSWORD = "leadership-for-all"  # noqa: S105
CLIENT_ID = "demonstration-client"
CLIENT_SECRET = "demonstration-secret"  # noqa: S105


@dataclass(frozen=True, slots=True)
class SignIn:
    """One person of the demonstration, the role they show, and where they hold it: a code, or nowhere for England."""

    role: Role
    email: str
    name: str
    place: str = ""


SIGN_INS = (
    SignIn(Role.HR_OFFICER, "hr@ashdale.example", "Harriet Rowe", "ZD1"),
    SignIn(Role.CLINICIAN, "clinician@ashdale.example", "Chidi Nwosu", "ZD1"),
    SignIn(Role.APPRAISER, "appraiser@ashdale.example", "Asha Pillai", "ZD1"),
    SignIn(Role.FACILITATOR, "facilitator@ashdale.example", "Farah Idris", "ZD1"),
    SignIn(Role.RESPONSIBLE_OFFICER, "responsible@ashdale.example", "Ruth Osei", "ZD1"),
    SignIn(Role.MENTOR, "mentor@ashdale.example", "Mairead Quinn", "ZD1"),
    SignIn(Role.PROGRAMME_LEAD, "programmes@ashdale.example", "Peter Lang", "ZD1"),
    SignIn(Role.ASSESSOR, "assessor@ashdale.example", "Anil Sharma", "ZD1"),
    SignIn(Role.REGIONAL_LEAD, "region@northwest.example", "Rosa Lindqvist", "Y62"),
    SignIn(Role.NATIONAL_LEAD, "national@england.example", "Nadia Lewis"),
    SignIn(Role.AUDITOR, "auditor@england.example", "Arthur Deng"),
    SignIn(Role.ADMINISTRATOR, "administrator@england.example", "Alex Demetriou"),
    SignIn(Role.HR_OFFICER, "hr@kingsmere.example", "Hugo Reyes", "ZD3"),
)


def open_all(trusts: dict[str, Organisation]) -> dict[str, User]:
    """Everybody who signs in, by e-mail address."""
    regions = {region.code: region for region in Region.rows().filter(scheme="NHSE")}
    secret = make_password(PASSWORD)
    users = {}
    for person in SIGN_INS:
        user = open_account(email=person.email, name=person.name, by=None)
        user.password = secret
        user.save(update_fields=["password"])
        grant_role(
            user=user,
            role=person.role,
            by=None,
            organisation=trusts.get(person.place),
            region=regions.get(person.place),
        )
        users[person.email] = user
    return users


def open_client(trust: Organisation) -> None:
    """A client of the API bound to one trust, with an id and a secret everybody knows."""
    account = User.objects.create_user("client@ashdale.example", "Demonstration client", is_client=True)
    grant_role(user=account, role=Role.API_CLIENT, organisation=trust, by=None)
    Application.objects.create(
        name=account.name,
        user=account,
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
