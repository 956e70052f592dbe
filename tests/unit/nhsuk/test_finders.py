"""Only what pages name is served, and no licensed font is asked for."""

import json

from django.contrib.staticfiles import finders
from django.core.management import call_command

from registry.nhsuk.finders import DesignSystemFinder, LibraryFinder, without_fonts


def test_collected_files_are_the_few_that_pages_name():
    names = {name for name, _ in DesignSystemFinder().list(None)}
    assert {name for name in names if not name.startswith("assets/")} == {
        "nhsuk-frontend.min.css",
        "nhsuk-frontend.min.js",
    }
    assert len(names) < 60
    assert [name for name, _ in LibraryFinder().list(None)] == ["django_htmx/htmx-2.min.js"]


def test_found_are_exactly_the_collected():
    for name, _ in DesignSystemFinder().list(None):
        assert finders.find(f"nhsuk/{name}")
    for name in ("nhsuk/index.scss", "nhsuk/nhsuk.js", "nhsuk/assets", "nhsuk/assets/nothing.png", "nhsuk/"):
        assert finders.find(name) is None


def test_everything_is_collected_under_hashed_names(settings, tmp_path):
    """As in production: whatever a stylesheet or script names must be there, or collecting fails."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    paths = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    for name in ("nhsuk/nhsuk-frontend.min.css", "nhsuk/nhsuk-frontend.min.js", "css/registry.css", "js/start.js"):
        assert (tmp_path / paths[name]).is_file()


def test_font_rules_and_source_maps_are_left_out():
    css = 'a{b:c}@font-face{font-family:"F";src:url(https://x/y.woff2)}d{e:f}/*# sourceMappingURL=x.map */'
    assert without_fonts(css) == "a{b:c}d{e:f}"
