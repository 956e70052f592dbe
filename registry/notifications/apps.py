"""Names the room for Django, and tells officers' home page what could not be delivered."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "registry.notifications"

    def ready(self) -> None:
        from registry.kernel.needs import register_needs
        from registry.notifications.presenters import needs_now

        register_needs(needs_now, role="hr_officer")
