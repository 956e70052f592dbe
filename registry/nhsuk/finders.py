"""Which static files are served: ours, the few of the design system and of htmx that pages name."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import AppDirectoriesFinder, BaseFinder
from django.core.files.storage import FileSystemStorage


class DesignSystemFinder(BaseFinder):
    """The design system under `nhsuk/`: its built stylesheet and script, and its pictures.

    The package also holds its sources and one file per component: collecting those too would take
    ten times as long and serve nothing. The stylesheet is served without its @font-face rules:
    Frutiger is licensed to NHS bodies only, and a browser that reads the rules already complains
    that our content security policy forbids the font's host.
    """

    FOLDERS = ("assets",)
    SCRIPT = "nhsuk-frontend.min.js"
    STYLESHEET = "nhsuk-frontend.min.css"

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.package = self._storage(settings.DESIGN_SYSTEM)
        self.made = self._storage(settings.VAR / "nhsuk")

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 (Django's signature)
        name = path.removeprefix("nhsuk/")
        folders = tuple(f"{folder}/" for folder in self.FOLDERS)
        if name == path or not (name in {self.SCRIPT, self.STYLESHEET} or name.startswith(folders)):
            return []
        found = self._unfonted() if name == self.STYLESHEET else Path(self.package.path(name))
        if not found.is_file():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        self._unfonted()
        yield self.STYLESHEET, self.made
        yield self.SCRIPT, self.package
        for folder in self.FOLDERS:
            for path in sorted(Path(self.package.path(folder)).rglob("*")):
                if path.is_file():
                    yield str(path.relative_to(self.package.location)), self.package

    def _storage(self, folder: Path) -> FileSystemStorage:
        storage = FileSystemStorage(location=folder)
        storage.prefix = "nhsuk"  # type: ignore[attr-defined]
        return storage

    def _unfonted(self) -> Path:
        source, target = Path(self.package.path(self.STYLESHEET)), Path(self.made.path(self.STYLESHEET))
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=target.parent, encoding="utf-8", delete=False) as file:
                file.write(without_fonts(source.read_text(encoding="utf-8")))
            # Several processes may make it at once: each moves a whole file into place.
            Path(file.name).replace(target)
            target.chmod(0o644)
        return target


def without_fonts(stylesheet: str) -> str:
    """The stylesheet without @font-face rules and without the address of its source map."""
    return re.sub(r"@font-face\s*\{[^}]*\}|/\*# sourceMappingURL=[^*]*\*/", "", stylesheet)


class LibraryFinder(AppDirectoriesFinder):
    """Of the installed libraries' static files, those that our pages name."""

    SERVED = {"django_htmx": ("django_htmx/htmx-2.min.js",)}

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(app_names or list(self.SERVED), *args, **kwargs)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        served = {path for paths in self.SERVED.values() for path in paths}
        for path, storage in super().list(list(ignore_patterns or [])):
            if path in served:
                yield path, storage
