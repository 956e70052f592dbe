"""A page names only static files that exist: in production any other name is a page that cannot be shown."""

import re

import pytest
from django.contrib.staticfiles import finders

from tests.paths import ROOT

NAMES = sorted(
    {
        (str(template.relative_to(ROOT)), name)
        for template in (ROOT / "templates").rglob("*.jinja")
        for name in re.findall(r"""static\(\s*["']([^"']+)["']""", template.read_text())
    }
)


@pytest.mark.parametrize(("template", "name"), NAMES)
def test_template_names_a_static_file_that_exists(template, name):
    assert finders.find(name)
