"""The addresses of feedback: signed-in people's under leadership, raters' behind their links."""

from django.urls import path

from registry.competency.feedback.views import facilitating, own, rater, reports

app_name = "feedback"
urlpatterns = [
    path("leadership/feedback/", own.mine, name="mine"),
    path("leadership/feedback/start", own.start, name="start"),
    path("leadership/feedback/<int:pk>", own.round_page, name="round"),
    path("leadership/feedback/<int:pk>/colleagues/add", own.add_rater, name="add_rater"),
    path("leadership/feedback/<int:pk>/colleagues/<int:rater>/remove", own.remove_rater, name="remove_rater"),
    path("leadership/feedback/<int:pk>/send", own.propose, name="propose"),
    path("leadership/feedback/<int:pk>/facilitator", own.facilitator, name="facilitator"),
    path("leadership/feedback/<int:pk>/cancel", own.cancel, name="cancel"),
    path("leadership/feedback/<int:pk>/myself", own.own_answers, name="own_answers"),
    path("leadership/feedback/<int:pk>/myself/<int:number>", own.own_part, name="own_part"),
    path("leadership/feedback/<int:pk>/report", reports.report, name="report"),
    path("leadership/feedback/<int:pk>/report.pdf", reports.report_pdf, name="report_pdf"),
    path("leadership/facilitating/", facilitating.rounds_led, name="facilitating"),
    path("leadership/facilitating/<int:pk>", facilitating.led, name="led"),
    path("leadership/facilitating/<int:pk>/launch", facilitating.launch, name="launch"),
    path("leadership/facilitating/<int:pk>/terms", facilitating.terms, name="terms"),
    path("leadership/facilitating/<int:pk>/return", facilitating.send_back, name="send_back"),
    path("leadership/facilitating/<int:pk>/colleagues/<int:rater>", facilitating.link, name="link"),
    path("leadership/facilitating/<int:pk>/close", facilitating.close, name="close"),
    path("leadership/facilitating/<int:pk>/release", facilitating.release, name="release"),
    path("leadership/feedback-rounds/", facilitating.happened, name="happened"),
    path("give-feedback/<str:link>", rater.give, name="give"),
    path("give-feedback/<str:link>/part/<int:number>", rater.part, name="part"),
    path("give-feedback/<str:link>/decline", rater.decline, name="decline"),
]
