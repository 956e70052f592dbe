"""The room's addresses."""

from django.urls import path

from registry.competency import views

app_name = "competency"
urlpatterns = [
    path("assessments/", views.mine, name="mine"),
    path("assessments/start", views.start, name="start"),
    path("assessments/<int:pk>", views.assessment, name="assessment"),
    path("assessments/<int:pk>/domains/<int:position>", views.domain, name="domain"),
    path("assessments/<int:pk>/review", views.review, name="review"),
    path("assessments/<int:pk>/withdraw", views.withdraw, name="withdraw"),
    path("assessments/<int:pk>/take-back", views.take_back, name="take_back"),
    path("results/<int:pk>", views.result, name="result"),
    path("appraisees/", views.appraisees, name="appraisees"),
    path("appraisees/<int:pk>", views.agree, name="agree"),
    path("appraisees/<int:pk>/confirm", views.confirm, name="confirm"),
    path("appraisees/<int:pk>/return", views.send_back, name="send_back"),
    path("frameworks/", views.frameworks, name="frameworks"),
    path("frameworks/<int:pk>", views.framework, name="framework"),
    path("expectations/", views.expectations, name="expectations"),
    path("expectations/<str:ods_code>", views.expectation, name="expectation"),
]
