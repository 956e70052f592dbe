"""The room's addresses."""

from django.urls import path

from registry.clinicians.views import entries, mixes, people, profiles

app_name = "clinicians"
urlpatterns = [
    path("", people.people, name="people"),
    path("export", people.export, name="export"),
    path("me", profiles.own, name="own"),
    path("me/seen-by", profiles.readers, name="readers"),
    path("<int:pk>", profiles.profile, name="profile"),
    path("<int:pk>/details", profiles.edit, name="edit"),
    path("<int:pk>/account", profiles.open_account, name="open_account"),
    path("<int:pk>/registrations/<int:entry_pk>/check", entries.check_registration, name="check_registration"),
    path("<int:pk>/posts/<int:entry_pk>/mix", mixes.role_mix, name="role_mix"),
    path("<int:pk>/posts/<int:entry_pk>/mix/<int:mix_pk>/remove", mixes.remove, name="remove_role_mix"),
    path("<int:pk>/<slug:kind>/add", entries.add, name="add_entry"),
    path("<int:pk>/<slug:kind>/<int:entry_pk>/change", entries.change, name="change_entry"),
    path("<int:pk>/<slug:kind>/<int:entry_pk>/remove", entries.remove, name="remove_entry"),
]
