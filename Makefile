# Everything below works from a bare checkout with Python 3.11 or newer; `make help` lists it.
# PYTHON=... picks the Python, EMBEDDED=1 the servers of the wheels in place of the machine's.

.DEFAULT_GOAL := help
.PHONY: help run backup restore test test-long soak fuzz test-bare faults client test-client test-browser bench test-django42 check openapi audit format messages lock clean install install-django42
MAKEFLAGS += --no-print-directory

VENV := .venv
VENV42 := .venv-django42
# The virtual environment's Python; ARGS goes to pytest: make test ARGS="tests/habits -k streak"
PY := $(VENV)/bin/python
ARGS ?=
SUITE := $(if $(strip $(ARGS)),$(ARGS),-n auto -m "not long and not bare and not faults and not client and not browser")

# The first Python that is new enough.
FIND_PYTHON = for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then break; fi; python=; done; \
	if [ -z "$$python" ]; then echo "No Python 3.11 or newer here: install one, or name it, as in make PYTHON=/path/to/python3.12 $@" >&2; exit 1; fi

help: ## what there is
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

run: install ## the service on this machine: web, worker, beat, bot, with PostgreSQL and Valkey; PORT=8000, DATA_DIR=var
	@exec $(PY) -m devservices run

backup: install ## the database into a file, while the service runs or not; FILE=..., or a dated one in var/backups
	@exec $(PY) -m devservices backup $(if $(FILE),"$(FILE)")

restore: install ## the database from a backup, all or nothing: FILE=...; REPLACE=1 where it is not empty
	@exec $(PY) -m devservices restore "$(FILE)" $(if $(REPLACE),--replace)

test: install ## the test suite; ARGS go to pytest
	@exec $(PY) -m devservices test $(SUITE)

test-long: install ## what takes long: make run itself, backups, a million rows, every operation by machine, any order of things
	@exec $(PY) -m devservices test -n auto -m long

soak: install ## people, faults and clocks in any order, 2,000 times (a quarter of an hour)
	@HYPOTHESIS_PROFILE=soak exec $(PY) -m devservices test -n 0 tests/reminders/test_in_any_order.py

fuzz: install ## every operation of the API by machine, 10,000 cases and more, on a running server (ten minutes)
	@HYPOTHESIS_PROFILE=soak exec $(PY) -m devservices test -n 0 tests/api/test_schemathesis.py

test-bare: install ## what a newcomer does, from a bare checkout: make run, make test, and the way by hand (minutes)
	@exec $(PY) -m devservices test -n auto -m bare

faults: install ## kills at every point, outages, floods, 2,000 reminders each, and what became of them (minutes)
	@exec $(PY) -m devservices test -n 3 --dist worksteal -m faults

client: ## a TypeScript client from docs/openapi.json, compiled, without any `any` (Node.js 18 or newer)
	@node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' && npm --version >/dev/null || { \
		echo "The client needs Node.js 18 or newer and npm: on Debian 12, run \`apt install npm\`." >&2; exit 1; }
	cd client && npm ci && npm run generate && npm run build && npm run no-any

test-client: install client ## the compiled client calls every operation of a running service
	@exec $(PY) -m devservices test -n 0 tests/client

test-browser: install ## front ends on other origins, and the API's documentation, in a headless Chromium
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || { \
		echo "No Chromium here: on Debian and Ubuntu, run \`apt install chromium\`." >&2; exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-browser.txt
	@exec $(PY) -m devservices test -n 0 tests/browser

bench: install ## benchmarks, into docs/benchmarks.md (a quarter of an hour; SIZE=small: two minutes; ONLY=planner: one part)
	@exec $(PY) -m benchmarks $(if $(SIZE),--size $(SIZE)) $(foreach part,$(ONLY),--only $(part))

test-django42: install-django42 ## the test suite on Django 4.2
	@exec $(VENV42)/bin/python -m devservices test $(SUITE)

install:
	@$(FIND_PYTHON); exec $$python devservices/install.py $(VENV) requirements-dev.txt

install-django42:
	@$(FIND_PYTHON); exec $$python devservices/install.py $(VENV42) requirements-django42.txt

# An installation behind TLS, as the README describes it; nothing here connects to a database.
PRODUCTION := DEBUG=false ALLOWED_HOSTS=habits.example.org CSRF_TRUSTED_ORIGINS=https://habits.example.org \
	SECRET_KEY=a-key-for-the-checks-that-signs-nothing-and-is-long-enough
# What the developer's own environment and .env say must not change the outcome.
NEUTRAL := DATABASE_URL= REDIS_URL= POSTGRES_HOST= TELEGRAM_BOT_TOKEN= TELEGRAM_WEBHOOK_URL= EMAIL_URL= SENTRY_DSN=
MANAGE := $(NEUTRAL) $(PRODUCTION) $(PY) -W ignore::RuntimeWarning manage.py
OPENAPI := $(MANAGE) export_openapi_schema --indent 2
check: install ## ruff, mypy, the floors, migrations (also while serving), deployment, translations, OpenAPI, containers
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(NEUTRAL) $(PRODUCTION) $(PY) -m mypy .
	$(VENV)/bin/lint-imports --no-cache
	$(MANAGE) makemigrations --check --dry-run
	$(NEUTRAL) $(PRODUCTION) $(PY) -m devservices.migrations
	$(MANAGE) check --deploy --fail-level WARNING
	$(PY) -m devservices.translations
	@$(OPENAPI) | cmp -s - docs/openapi.json || { echo "docs/openapi.json is not what the code says: run make openapi, look at the difference, commit it" >&2; exit 1; }
	$(PY) -m openapi_spec_validator docs/openapi.json
	$(VENV)/bin/hadolint Dockerfile
	$(VENV)/bin/check-jsonschema --builtin-schema vendor.compose-spec compose*.yaml deploy/compose*.yaml

openapi: install ## the API's document into docs/openapi.json, which clients are generated from
	@$(OPENAPI) > docs/openapi.json

audit: install ## known holes in the locked versions (asks PyPI)
	@for lock in requirements.txt requirements-dev.txt requirements-browser.txt requirements-django42.txt; do \
		echo "$$lock"; $(VENV)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r $$lock || exit 1; done

format: install ## ruff puts the code into shape
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

messages: install ## gather the texts to translate and compile the translations (needs gettext)
	$(MANAGE) makemessages --locale ru --no-location --no-wrap --ignore '.venv*' --ignore venv --ignore var --ignore tests --ignore client
	$(MANAGE) compilemessages --locale ru --ignore '.venv*' --ignore venv --ignore var --ignore client

UV := UV_SYSTEM_CERTS=1 $(PY) -m uv
COMPILE := $(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11
lock: install ## the locked requirements, from the .in files (UPGRADE=1: newest versions)
	$(COMPILE) $(if $(UPGRADE),--upgrade) requirements.in -o requirements.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) -c requirements.txt requirements-dev.in -o requirements-dev.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) -c requirements-dev.txt requirements-browser.in -o requirements-browser.txt
	$(COMPILE) $(if $(UPGRADE),--upgrade) requirements-dev.in --override requirements-django42.in -o requirements-django42.txt

clean: ## what was made here, but for the data in var/
	rm -rf $(VENV) $(VENV42) staticfiles client/node_modules client/build client/src/schema.d.ts .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
