"""What runs by itself, and when, by London's clock."""

from celery.schedules import crontab

SCHEDULE = {
    "open-appraisals": {
        "task": "registry.appraisals.tasks.open_appraisals",
        "schedule": crontab(hour=2, minute=23),
    },
    "close-applications": {
        "task": "programmes.tasks.close_applications",
        "schedule": crontab(hour=0, minute=11),
    },
    "settle-gates": {
        "task": "programmes.tasks.settle_gates",
        "schedule": crontab(hour=2, minute=53),
    },
    # Soon after the last day of an offer has ended.
    "lapse-offers": {
        "task": "programmes.tasks.lapse_offers",
        "schedule": crontab(hour=1, minute=7),
    },
    "lapse-mentoring-proposals": {
        "task": "mentoring.tasks.lapse_proposals",
        "schedule": crontab(hour=1, minute=27),
    },
    "ask-for-mentoring-reviews": {
        "task": "mentoring.tasks.ask_for_reviews",
        "schedule": crontab(hour=7, minute=5),
    },
    "clear-expired": {
        "task": "registry.accounts.tasks.clear_expired",
        "schedule": crontab(hour=3, minute=17),
    },
    "forget-imports": {
        "task": "registry.transfers.tasks.forget_old",
        "schedule": crontab(hour=3, minute=41),
    },
    # One that waits for longer than a minute is overtaken by the next.
    "drain-outbox": {
        "task": "registry.notifications.tasks.drain",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    "reap-outbox": {
        "task": "registry.notifications.tasks.reap",
        "schedule": crontab(),
        "options": {"expires": 55},
    },
    # Not at night; and each hour, because planning again costs little and makes up for a run that was missed.
    "plan-reminders": {
        "task": "registry.appraisals.tasks.plan_reminders",
        "schedule": crontab(hour="6-21", minute=15),
        "options": {"expires": 3500},
    },
    "keep-feedback-rounds": {
        "task": "registry.competency.tasks.keep_feedback_rounds",
        "schedule": crontab(hour=6, minute=5),
    },
    "forget-feedback": {
        "task": "registry.competency.tasks.forget_feedback",
        "schedule": crontab(hour=4, minute=11),
    },
    "forget-messages": {
        "task": "registry.notifications.tasks.forget_old",
        "schedule": crontab(hour=4, minute=29),
    },
    "plan-check-ins": {
        "task": "programmes.tasks.plan_check_ins",
        "schedule": crontab(hour=6, minute=35),
    },
    "write-to-quiet-pairs": {
        "task": "mentoring.tasks.plan_quiet_news",
        "schedule": crontab(hour=7, minute=5),
    },
    "ask-for-programme-outcomes": {
        "task": "programmes.tasks.ask_for_outcomes",
        "schedule": crontab(hour=7, minute=35),
    },
    "take-up-lost-imports": {
        "task": "registry.transfers.tasks.take_up_lost",
        "schedule": crontab(minute="*/10"),
    },
}
