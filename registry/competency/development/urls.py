"""The addresses of development, within those of the room."""

from django.urls import path

from registry.competency.development.views import conversations, objectives, plans

urlpatterns = [
    path("", plans.development, name="development"),
    path("start", plans.choose, name="choose_assessment"),
    path("start/<int:pk>", plans.start, name="start_plan"),
    path("plans/<int:pk>", plans.plan, name="plan"),
    path("plans/<int:pk>/close", plans.close, name="close_plan"),
    path("plans/<int:pk>/add", objectives.add, name="add_objective"),
    path("objectives/<int:pk>", objectives.objective, name="objective"),
    path("objectives/<int:pk>/change", objectives.edit, name="edit_objective"),
    path("objectives/<int:pk>/progress", objectives.progress, name="progress"),
    path("objectives/<int:pk>/review", objectives.review, name="review_objective"),
    path("conversations/", conversations.shared, name="shared_conversations"),
    path("conversations/start", conversations.start, name="start_conversation"),
    path("conversations/<int:pk>", conversations.conversation, name="conversation"),
    path("conversations/<int:pk>/prepare", conversations.prepare, name="prepare_conversation"),
    path("conversations/<int:pk>/share", conversations.share, name="share_conversation"),
    path("conversations/<int:pk>/take-back", conversations.take_back, name="take_back_conversation"),
    path("conversations/<int:pk>/view", conversations.view, name="conversation_view"),
    path("conversations/<int:pk>/outcome", conversations.outcome, name="conversation_outcome"),
    path("conversations/<int:pk>/confirm", conversations.confirm, name="confirm_conversation"),
]
