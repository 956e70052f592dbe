"""The addresses of messages."""

from django.urls import path

from registry.notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("<int:pk>", views.message, name="message"),
    path("failed", views.failed, name="failed"),
    path("failed/again", views.send_all_again, name="send_all_again"),
    path("failed/<int:pk>/again", views.send_again, name="send_again"),
]
