#!/usr/bin/env python
"""The command line: `.env` first, then PostgreSQL and Redis outside production, then Django."""

import os
import sys
from pathlib import Path

import environ
from django.core.management import execute_from_command_line

ROOT = Path(__file__).resolve().parent


def main() -> None:
    """Run the command named on the command line."""
    environ.Env.read_env(ROOT / ".env")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")
    if os.environ.get("REGISTRY_MODE", "production") != "production":
        # Here, because a production machine need not have the packages of the embedded servers.
        from registry.embedded import services

        services.ensure(os.environ, Path(os.environ.get("REGISTRY_VAR", ROOT / "var")))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
