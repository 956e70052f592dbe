"""Names the room for Django, and tells the home page what waits for people here."""

from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "registry.transfers"

    def ready(self) -> None:
        from registry.kernel.needs import register_needs
        from registry.transfers.presenters import needs_now

        register_needs(needs_now, role="hr_officer")
