"""One structured line per event: JSON in production, readable text elsewhere."""

import logging
import logging.config
import re
from typing import Any

import structlog

# What follows is a key: whoever has it can answer in a rater's place, read a calendar, or see whose a certificate is.
KEYS_IN_ADDRESSES = re.compile(r"(/give-feedback/|(?<!/account)/calendar/|/certificates/verify/)[^\s/'\"?]+")


def without_keys(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """The event with keys in addresses of pages masked, wherever in it they stand."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = KEYS_IN_ADDRESSES.sub(r"\1…", value)
    return event


def configure(options: dict) -> None:
    """Send the standard library's logging through structlog; `options` is settings.LOGGING."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer = structlog.processors.JSONRenderer() if options["json"] else structlog.dev.ConsoleRenderer(colors=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        # A logger that is cached goes its old way whatever is set later, as tests that listen do.
        cache_logger_on_first_use=options["json"],
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.format_exc_info,
                        without_keys,
                        renderer,
                    ],
                }
            },
            "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["console"], "level": options["level"]},
        }
    )
