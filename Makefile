# The back office: `make run` brings it up, `make test` proves it. Needs python3 (3.11 or newer) and make, nothing else.
#   make run PORT=8080        another port; every variable of .env.example may stand so
#   make test ARGS="-k price" options for pytest

PYTHON ?= python3
VENV_PYTHON = .venv/bin/python
MANAGE = $(VENV_PYTHON) manage.py
ARGS ?=

.PHONY: help setup setup-dev run worker sandbox demo test torture browser redis deploy-files check supply bench requirements messages rtl
.NOTPARALLEL:

help:
	@echo "make run           bring up the back office: sandbox (unless ZOHO_ credentials are set), worker, web server"
	@echo "make test          the suite, on SQLite and on PostgreSQL"
	@echo "make torture       seeded faults over real processes, and the promises after each; ARGS=--help for its options"
	@echo "make browser       every page in a real browser, which it installs: both languages, light and dark, desk and phone"
	@echo "make redis         the queue in a real Redis, which it installs"
	@echo "make deploy-files  what stands under deploy/, with systemd and a real nginx, which it installs"
	@echo "make check         format, lint, types, migrations, production settings"
	@echo "make supply        packages: known weaknesses, licences, and a list of them (build/sbom.json)"
	@echo "make demo          make run in a throw-away data folder, always with the sandbox"
	@echo "make worker        only a worker (more hosts); make sandbox: only the sandbox"
	@echo "make bench         our full sync beside a floor: CPU, wall, memory, rows a second"
	@echo "make setup         virtual environment, packages, .env; all others call it"
	@echo "make requirements  pin requirements*.in, with hashes; ARGS=--upgrade takes newer versions"
	@echo "make messages      gather what is to be translated, and compile the Arabic catalogue"
	@echo "make rtl           mirror the skin's stylesheet for right-to-left (needs node and npm)"

setup:
	@$(PYTHON) bootstrap.py

setup-dev:
	@$(PYTHON) bootstrap.py --dev

# exec: the command takes the place of the shell, so that it is make's own child and notices when make ends.
run: setup
	@exec $(MANAGE) run_backoffice --with-parent $(ARGS)

demo: setup
	@exec $(MANAGE) run_demo --with-parent $(ARGS)

worker: setup
	@$(MANAGE) migrate --check -v0 || $(MANAGE) migrate --noinput
	@exec $(MANAGE) run_worker --with-parent $(ARGS)

sandbox: setup
	@exec $(MANAGE) zoho_sandbox $(ARGS)

test: setup-dev
	@exec $(VENV_PYTHON) -m tests.legs $(ARGS)

torture: setup-dev
	@exec $(VENV_PYTHON) -m torture $(ARGS)

browser: setup-dev
	@exec $(VENV_PYTHON) -m tests.browser $(ARGS)

redis: setup-dev
	@exec $(VENV_PYTHON) -m tests.redis $(ARGS)

deploy-files: setup-dev
	@exec $(VENV_PYTHON) -m tests.deploy $(ARGS)

check: setup-dev
	@exec $(VENV_PYTHON) -m tests.checks

supply: setup-dev
	@exec $(VENV_PYTHON) -m tests.supply $(ARGS)

SIZE ?= 20000
ROUNDS ?= 3
bench: setup-dev
	@exec $(VENV_PYTHON) -m bench --size $(SIZE) --rounds $(ROUNDS) $(ARGS)

requirements: setup-dev
	@exec $(VENV_PYTHON) -m tests.requirements $(ARGS)

messages: setup-dev
	@DJANGO_SETTINGS_MODULE=tests.settings exec $(VENV_PYTHON) -m tests.messages

rtl: setup-dev
	@exec $(VENV_PYTHON) -m tests.right_to_left
