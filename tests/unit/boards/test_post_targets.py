"""The levels to aim for in each board post fit the frameworks they are given in, and say where they come from."""

import pytest

from registry.boards.fields import BoardPost
from registry.boards.targets import posts_in_general
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
