"""The address of an appraisal's calendar file."""

from django.urls import path

from registry.appraisals.views import calendar

app_name = "appraisal_calendar"
urlpatterns = [path("<int:pk>/calendar.ics", calendar.download_entry, name="entry")]
