"""PostgreSQL and Redis for a first run and the tests; `manage.py up`, which runs all at once."""
