"""The room's addresses: one's own appraisals, and those of one's appraisees."""

from django.urls import path

from registry.appraisals.views import conducting, own

app_name = "appraisals"
urlpatterns = [
    path("", own.mine, name="mine"),
    path("<int:pk>", own.appraisal, name="appraisal"),
    path("<int:pk>/record", own.record, name="record"),
    path("<int:pk>/items/<int:entry>", own.entry, name="entry"),
    path("<int:pk>/levels", own.levels, name="levels"),
    path("<int:pk>/send", own.send, name="send"),
    path("<int:pk>/take-back", own.take_back, name="take_back"),
    path("<int:pk>/postpone", own.postpone, name="postpone"),
    path("<int:pk>/withdraw-request", own.withdraw_wish, name="withdraw_wish"),
    path("<int:pk>/sign", own.sign, name="sign"),
    path("<int:pk>/return", own.send_back, name="send_back"),
    path("<int:pk>/done", own.record_done, name="record_done"),
    path("appraisees/", conducting.appraisees, name="appraisees"),
    path("appraisees/<int:pk>", conducting.conduct, name="conduct"),
    path("appraisees/<int:pk>/record", conducting.conducted, name="conducted"),
    path("appraisees/<int:pk>/meeting", conducting.meeting, name="meeting"),
    path("appraisees/<int:pk>/meeting/cancel", conducting.cancel_meeting, name="cancel_meeting"),
    path("appraisees/<int:pk>/last-time", conducting.last_time, name="last_time"),
    path("appraisees/<int:pk>/objectives/add", conducting.add_objective, name="add_objective"),
    path("appraisees/<int:pk>/objectives/<int:objective>", conducting.change_objective, name="change_objective"),
    path("appraisees/<int:pk>/objectives/<int:objective>/remove", conducting.remove_objective, name="remove_objective"),
    path("appraisees/<int:pk>/summary", conducting.summary, name="summary"),
    path("appraisees/<int:pk>/return", conducting.send_back, name="return_prepared"),
    path("appraisees/<int:pk>/sign", conducting.sign, name="appraiser_sign"),
]
