"""Names the room for Django, and lets answers go with the account they belong to."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete


class EqualityConfig(AppConfig):
    name = "registry.equality"

    def ready(self) -> None:
        from registry.accounts.models import User

        post_delete.connect(_forget, sender=User, dispatch_uid="registry.equality")


def _forget(sender: Any, instance: Any, **kwargs: Any) -> None:
    # No foreign key can do it: the store has none.
    from registry.equality.models import EqualityAnswers

    EqualityAnswers.objects.of(instance.pk).delete()
