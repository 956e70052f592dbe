"""The room's addresses."""

from django.urls import include, path

from registry.competency.views import appraisees, assessments, frameworks, timelines

app_name = "competency"
urlpatterns = [
    path("assessments/", assessments.mine, name="mine"),
    path("assessments/start", assessments.start, name="start"),
    path("assessments/<int:pk>", assessments.assessment, name="assessment"),
    path("assessments/<int:pk>/stage", assessments.stage, name="stage"),
    path("assessments/<int:pk>/domains/<int:position>", assessments.domain, name="domain"),
    path("assessments/<int:pk>/review", assessments.review, name="review"),
    path("assessments/<int:pk>/withdraw", assessments.withdraw, name="withdraw"),
    path("assessments/<int:pk>/take-back", assessments.take_back, name="take_back"),
    path("results/<int:pk>", assessments.result, name="result"),
    path("timeline/", timelines.mine, name="timeline"),
    path("timeline/<int:pk>", timelines.of, name="timeline_of"),
    path("appraisees/", appraisees.appraisees, name="appraisees"),
    path("appraisees/<int:pk>", appraisees.agree, name="agree"),
    path("appraisees/<int:pk>/confirm", appraisees.confirm, name="confirm"),
    path("appraisees/<int:pk>/return", appraisees.send_back, name="send_back"),
    path("frameworks/", frameworks.frameworks, name="frameworks"),
    path("frameworks/<int:pk>", frameworks.framework, name="framework"),
    path("expectations/", frameworks.expectations, name="expectations"),
    path("expectations/<str:ods_code>", frameworks.expectation, name="expectation"),
    path("development/", include("registry.competency.development.urls")),
]
