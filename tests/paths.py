"""Where things lie for the tests."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def shared(*parts: str) -> Path:
    """A file beside the project, looked for from the project's folder upwards."""
    for folder in ROOT.parents:
        if (found := folder.joinpath("shared", *parts)).exists():
            return found
    raise FileNotFoundError(f"shared/{'/'.join(parts)} is not beside {ROOT}")
