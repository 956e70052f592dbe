"""The levels to aim for in each board post fit the frameworks they are given in, and say where they come from."""

import pytest

from registry.boards.fields import BoardPost
from registry.boards.targets import POST_TARGETS, posts_in_general, read
from registry.competency.strict_yaml import Refused
from tests.factories.competency import shipped

TARGETS = posts_in_general()


def test_every_post_but_the_unnamed_one_has_levels_in_the_default_framework():
    assert {target.key for target in TARGETS if target.framework == "LF"} == {
        f"post-{post}" for post in BoardPost if post != BoardPost.OTHER_DIRECTOR
    }


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: f"{target.framework} {target.key}")
def test_levels_are_of_domains_and_scales_of_the_framework(target):
    file = shipped(target.framework)
    assert target.version == file.version
    domains = {domain.code: domain for domain in file.domains}
    for code, level in target.levels.items():
        assert level in file.scale_of(domains[code]).levels
    assert "Our judgement" in target.source


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("post: chief_nurse", "post: chief_tea", "frameworks[0].posts[2].post: unknown post 'chief_tea'"),
        ('domain: "1"', 'domain: "9"', "frameworks[0].posts[0].levels[0].domain: unknown domain '9'"),
        ("level: 4", "level: 5", "frameworks[0].posts[0].levels[0].level: is not a level of the domain's scale"),
        ('version: "2011"', 'version: "2012"', "frameworks[0].version: no framework LF 2012 is shipped"),
    ],
)
def test_file_that_fits_nothing_is_refused_where_it_is_read(old, new, problem):
    with pytest.raises(Refused) as raised:
        read(POST_TARGETS.read_text("utf-8").replace(old, new, 1).encode())
    assert [str(one).partition(": ")[2] for one in raised.value.problems] == [problem]
