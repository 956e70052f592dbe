"""What the levels of an agreed assessment can be measured against: a career stage, a post, or nothing."""

from registry.accounts.models import User
from registry.competency.development.targets import Target, posts_for
from registry.competency.models import Assessment, Expectation, Grade

STAGE, NOTHING = "stage", "nothing"


def offered(assessment: Assessment, user: User) -> list[Target]:
    """The career stage first where the framework expects something of it, then the posts, and last no comparison."""
    version = assessment.version
    stage = _career_stage(assessment)
    posts = posts_for(user, assessment.clinician, version.code, version.version)
    nothing = Target(NOTHING, "No comparison", version.code, version.version, "You set your objectives without one.")
    return [*([stage] if stage.levels else []), *posts, nothing]


def _career_stage(assessment: Assessment) -> Target:
    """As the assessment was read when it was submitted: the stage and the matrix kept with it."""
    version = assessment.version
    matrix = next((one for one in version.matrices if one["code"] == assessment.matrix), None)
    cells = Expectation.objects.filter(
        domain__version=version, matrix=assessment.matrix, career_stage=assessment.career_stage
    )
    expected = cells.exclude(expectation=Grade.NONE).values_list("domain__code", "minimum_level")
    name = matrix["stages"][assessment.career_stage] if matrix else assessment.get_career_stage_display()
    return Target(
        key=STAGE,
        title=f"What is expected at your career stage: {name}",
        framework=version.code,
        version=version.version,
        source=f"Expectations of the framework, “{matrix['name']}”." if matrix else "",
        levels=dict(expected.order_by("domain__position")),
    )
