"""Names the room for Django, and tells the rooms below what it adds."""

from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "programmes"

    def ready(self) -> None:
        from programmes.completion import completed
        from registry.standing.sources import register_programmes

        register_programmes(completed)
