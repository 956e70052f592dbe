"""Every model: private by declaration, tracked by triggers, with foreign keys that point down."""

import pytest
from django.apps import apps
from django.db import models

from registry.kernel.rows import ScopedModel
from tests.architecture.test_one_door import MODELS

# Bottom to top, as in the import contract.
LAYERS = [
    {"audit", "organisations"},
    {"notifications"},
    {"accounts"},
    {"equality", "session_log"},
    {"clinicians"},
    {"contributions"},
    {"standing"},
    {"competency"},
    {"appraisals"},
    {"boards"},
    {"programmes", "mentoring"},
    {"api", "transfers", "dashboard"},
]
LEVEL = {label: level for level, labels in enumerate(LAYERS) for label in labels}

# Scoped models that no trigger tracks, and why.
UNTRACKED = {
    "audit.AuditEvent": "is itself the record, and append-only",
    "audit.ReadEvent": "is itself the record, and append-only",
    "notifications.Message": "is itself the record, and a history would tell which raters needed a reminder",
    "equality.EqualityAnswers": "a history would be a second store, with times that name people beside the audit",
    "appraisals.AppraisalTransition": "is itself the record, and append-only",
    "appraisals.Recommendation": "is itself the record, and append-only",
    "competency.AssessmentTransition": "is itself the record, and append-only",
    "competency.FeedbackTransition": "is itself the record, and append-only",
    "competency.FeedbackRater": "a history would tell when each rater answered",
    "competency.FeedbackReply": "never changes, and a history would keep when it came and what is removed in time",
    "competency.FeedbackReport": "is written once, and a history would keep the comments that are removed in time",
    "competency.HistoricLevel": "never changes, and a history would keep what taking an import back must remove",
    "competency.CareerConversation": "words between two people: a history would keep what somebody took back",
    "competency.ConversationTransition": "is itself the record, and append-only",
    "competency.ObjectiveReview": "is itself the record, and append-only",
    "competency.ObjectiveTransition": "is itself the record, and append-only",
    "contributions.VentureTransition": "is itself the record, and append-only",
    "standing.Standing": "derived: rebuilt from tracked sources",
    "standing.AgreedLevels": "derived: rebuilt from tracked sources",
    "transfers.BatchTransition": "is itself the record, and append-only",
    "transfers.ImportRow": "what a file said is removed in time, and a history would keep it",
    "mentoring.Agreement": "words between two people: a history would keep what they replaced",
    "mentoring.Evaluation": "never changes, and a history would keep words between two people",
    "mentoring.Exclusion": "whom somebody avoids is theirs: a history would keep what they took back",
    "mentoring.Goal": "words between two people: a history would keep what they replaced",
    "mentoring.SessionNote": "private words: a history would keep what somebody took back",
    "mentoring.RelationshipTransition": "is itself the record, and append-only",
    "mentoring.RoundPair": "never changes, and a history would keep what erasure must remove",
    "programmes.ApplicationTransition": "is itself the record, and append-only",
    "programmes.CheckIn": "between a fellow and their supporter: a history would keep what the supporter took back",
    "programmes.CohortTransition": "is itself the record, and append-only",
    "programmes.EnrolmentTransition": "is itself the record, and append-only",
    "programmes.SetNote": "words between the members of a set: a history would keep what somebody took back",
    "boards.VacancyTransition": "is itself the record, and append-only",
    "boards.Shortlist": "its inputs and results never change; its states are append-only rows",
    "boards.ShortlistTransition": "is itself the record, and append-only",
    "boards.ShortlistEntry": "never changes, and a history would keep what erasure must remove",
    "boards.EntryDecision": "is itself the record, and append-only",
    "boards.PublishedEntry": "never changes, and a history would keep what erasure must remove",
}


@pytest.mark.parametrize("model", MODELS)
def test_model_classifies_every_field_once(model):
    assert model.privacy.classified().keys() == {field.name for field in model._meta.concrete_fields}


@pytest.mark.parametrize("model", MODELS)
def test_foreign_keys_point_down(model):
    here = LEVEL[model._meta.app_label]
    for field in model._meta.get_fields():
        if field.concrete and field.is_relation and field.related_model is not None:
            there = field.related_model._meta.app_label
            if there in LEVEL and there != model._meta.app_label:
                assert LEVEL[there] < here, field


@pytest.mark.parametrize("model", MODELS)
def test_audit_holds_no_foreign_keys(model):
    if model._meta.app_label == "audit":
        assert not [f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey)]


@pytest.mark.parametrize("model", [p for p in MODELS if issubclass(p.values[0], ScopedModel)])
def test_scoped_model_is_tracked_by_triggers_or_exempt_for_a_reason(model):
    tracked = any(
        getattr(other, "pgh_tracked_model", None) is model for other in apps.get_models(include_auto_created=True)
    )
    assert tracked != (model._meta.label in UNTRACKED)
