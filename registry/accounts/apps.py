"""Names the room for Django, and tells the home page what waits for people here."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "registry.accounts"

    def ready(self) -> None:
        from registry.accounts.presenters import needs_now
        from registry.kernel.needs import register_needs

        register_needs(needs_now, role="administrator")
