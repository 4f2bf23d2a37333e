# `make run` starts the whole city, `make test` proves it. Everything they need they install themselves.
# The first Python that is new enough; name another with PYTHON=….
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: run venv test check previous system bench fuzz
.DEFAULT_GOAL := run

$(STAMP): requirements.lock setup.cfg
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, as python3 or by PYTHON=…" >&2; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear $(VENV) || { echo "Python needs its venv module: Debian and Ubuntu have it in the package python3-venv" >&2; exit 1; }
	@echo "Installing the locked packages into $(VENV), once" >&2
	@$(PIP) install --require-hashes -r requirements.lock
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

# --- run
# The name browsers call this machine by; not taken from the environment, where shells keep a name of their own.
HOST = localhost
PORT ?= 8000
DATA ?= var
FRESH ?=

run: $(STAMP)
	@exec $(BIN)/python -m demo --with-parent --host "$(HOST)" --port "$(PORT)" --data "$(DATA)" $(if $(filter-out 0 no false,$(FRESH)),--fresh)

venv: $(STAMP)
# --- end of run

# --- test
# Counterparts that npm has, at the locked versions.
NODE := tests/node/node_modules/.installed

test: system $(STAMP) $(NODE) check
	$(BIN)/python -m pytest
	@$(MAKE) --no-print-directory previous

$(NODE): tests/node/package-lock.json | system
	@cd tests/node && npm ci --silent --ignore-scripts
	@touch $@

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q tests/test_house.py tests/docs

# The last release's tests on this schema: its servers go on while ours migrates (docs/operate.md, Upgrades).
previous: system
	@tag=$$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null) || \
	  { echo "No release yet: nobody serves beside this schema"; exit 0; }; \
	place=$$(mktemp -d); trap 'git worktree remove --force '$$place'/tree; rmdir '$$place EXIT; \
	git worktree add -q --detach $$place/tree $$tag && $(MAKE) -C $$place/tree venv && cd $$place/tree && \
	IDP_TEST_MIGRATIONS=$(CURDIR)/idp/store/migrations .venv/bin/python -m pytest -q \
	  --deselect tests/store/test_database.py::test_the_migrations_make_what_the_tables_declare \
	  tests/store tests/flows tests/endpoints tests/web

# What things cost beside what they may cost; PART names some of the parts: make bench PART="signatures revocation_lists".
bench: $(STAMP) system
	$(BIN)/python -m bench $(PART)

# Hypothesis, then atheris where it is to be had, over the readers of foreign octets: FUZZ_SECONDS for each target.
FUZZ_SECONDS ?= 60
fuzz: $(STAMP)
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

# What the tests need besides Python: real counterparts, from Debian's packages. As root they are installed.
PACKAGES = chromium apache2 libapache2-mod-auth-openidc fonts-noto-core redis-server postgresql nginx-light systemd openssl curl libengine-gost-openssl nodejs npm prometheus

system:
	@missing=$$(for package in $(PACKAGES); do dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' || \
	  case $$package in nodejs) command -v node >/dev/null ;; npm) command -v npm >/dev/null ;; *) false ;; esac || echo $$package; done); \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then \
	    echo "The tests need these Debian packages:" $$missing >&2; \
	    echo "As root: apt-get install --no-install-recommends" $$missing >&2; exit 1; fi; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; fi
