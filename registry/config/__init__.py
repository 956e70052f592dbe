"""The composition root: settings, URLs and processes. Nothing imports it."""

from registry.config.celery import app as celery

__all__ = ["celery"]
