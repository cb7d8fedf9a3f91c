# Every target sets up what it needs on a machine that has Python 3.11 or newer, make and git, and nothing twice.

STACK ?= dev
BASE ?= origin/main
WORKERS ?= 2

# The first Python that is new enough. Name another with `make PYTHON=...`.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done; echo $$python)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: changes changes-all pairs help preview rehearse review test unit coverage lint format bench prices golden docs dashboards charts setup lock sandbox sandbox-down plugin nightly everything mutation crashes audit workflows blueprints blueprints-setup clean runtime dev maintainer control-plane promtool kueue

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

preview: runtime ## Preview STACK (default: dev) on the real engine, against the simulated cloud
	@$(BIN)/python -m platformctl preview $(STACK)

rehearse: runtime ## Take STACK through preview, up, no change, refresh and destroy, with no cloud
	@$(BIN)/python -m platformctl rehearse $(STACK)

review: runtime ## Compare every stack with BASE (default: origin/main), as CI does for a pull request
	@$(BIN)/python -m tools.review $(BASE)

test: lint control-plane promtool kueue ## Check everything: style, types, import arrows, then every test on WORKERS processes
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

# Fewer examples of each property, and none of what takes seconds by itself or runs a program that was built.
UNIT := -m "not blueprints and not slow and not engine and not apiserver and not kueue and not promtool and not official" --hypothesis-profile=quick

unit: dev ## Check what needs neither an engine nor a control plane, in seconds
	$(BIN)/python -m pytest -n $(WORKERS) $(UNIT) --durations=5 --durations-min=1

# Of the unit tests, on one process: what is measured is the lines that a test in this process reaches.
coverage: dev ## Print how much of the code the unit tests reach
	@mkdir -p build
	$(BIN)/python -m pytest $(UNIT) --cov --cov-report=term:skip-covered

# Without its cache: a verdict on imports outlives the files that it rests on.
lint: dev ## Check style, types, import arrows and the workflows
	$(BIN)/ruff format --no-cache --check .
	$(BIN)/ruff check --no-cache .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --quiet --persona pedantic .github

format: dev ## Write every file the way `make lint` wants it, as far as a program can
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

prices: runtime ## Refresh the price book from Oracle's public list
	$(BIN)/python -m tools.prices --write

bench: runtime ## Time the commands people wait for
	@$(BIN)/python -m tools.bench

golden: dev ## Write all golden files anew; the change shows in git diff
	$(BIN)/python -m pytest -m golden --update-golden

# What only other words for the same would change is left as it is.
changes: dev ## Rehearse what changes of the stack file do, where their plans are others, and write the table
	$(BIN)/python -m tools.changes

changes-all: dev ## Rehearse every change of the table; fail where one does something else than it says
	$(BIN)/python -m tools.changes --all --check

pairs: dev ## Ask diff of 200 random pairs of stack files, and see by bringing them up whether it is right
	$(BIN)/python -m tools.pairs

docs: runtime ## Generate the reference pages from the code
	$(BIN)/python -m tools.docs

sandbox: runtime ## Start a Kubernetes control plane with simulated GPU nodes on this machine
	@$(BIN)/python -m testkit.control_plane up

sandbox-down: runtime ## End it, and leave nothing behind
	@$(BIN)/python -m testkit.control_plane down

charts: dev ## Bring the add-ons' Helm charts, which the tests then render
	@$(BIN)/python -m tools.charts pull

plugin: runtime ## Install the official kubernetes provider; tests then hold the simulated one to it
	@$(BIN)/python -m toolchain plugin

# What a pull request's run leaves out. A test that is skipped fails here: each has what it needs, or says what is missing.
nightly: everything changes-all pairs mutation crashes audit workflows ## Check what CI checks every night; needs Go, a browser and an official pulumi on PATH

everything: lint control-plane promtool kueue blueprints-setup charts plugin ## Run every test there is, and fail where one is skipped
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --no-skips

blueprints: dev blueprints-setup ## Run every blueprint to its end on this machine's processors
	$(BIN)/python -m pytest -n $(WORKERS) -m blueprints

mutation: dev ## Break the policies in every small way, and see that a test notices
	$(BIN)/python -m tools.mutation

crashes: dev ## Kill the engine at every kind of step, and see that the stack comes back
	$(BIN)/python -m tools.crashes

audit: maintainer ## Ask for known holes in the locked Python packages
	build/maintainer/bin/pip-audit --strict --progress-spinner off --disable-pip --require-hashes -r requirements.lock -r requirements-dev.lock -r requirements-maintainer.lock -r blueprints/requirements.lock

workflows: ## Check the workflows with actionlint, which Go builds
	go tool -C .github/actionlint actionlint $(CURDIR)/.github/workflows/*.yml

# Keeps what is locked where the pins allow it. All that is newest: make lock UPGRADE=--upgrade.
# One lock for every system and Python that the project runs on; no index is written down, so that any will do.
LOCK := build/maintainer/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-emit-find-links --annotation-style line --custom-compile-command "make lock" $(UPGRADE)

lock: maintainer ## Write the lock files, which `make setup` installs, from the requirements files
	$(LOCK) requirements.txt -o requirements.lock
	$(LOCK) requirements-dev.txt -c requirements.lock -o requirements-dev.lock
	$(LOCK) requirements-maintainer.txt -o requirements-maintainer.lock
	$(LOCK) blueprints/requirements.txt -o blueprints/requirements.lock

dashboards: dev ## Write Grafana's dashboards from the code
	$(BIN)/python -m tools.dashboards

setup: dev ## Install the packages and the engine, and do nothing else

clean: ## Remove .venv and the tools' caches (the engine in the user's cache stays)
	rm -rf .venv .venv-blueprints build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime:
	@$(PYTHON) toolchain/setup.py runtime

dev:
	@$(PYTHON) toolchain/setup.py dev

blueprints-setup: ## Bring what notebooks run on, PyTorch among it, into .venv-blueprints: 6 GB
	@$(PYTHON) toolchain/setup.py blueprints

# Apart from .venv, so that what the tools need never mixes with what the project does.
maintainer:
	@$(PYTHON) -m venv build/maintainer
	@build/maintainer/bin/pip install --disable-pip-version-check --quiet --require-hashes -r requirements-maintainer.lock

control-plane: dev
	@$(BIN)/python -m toolchain build control-plane > /dev/null

promtool: dev
	@$(BIN)/python -m toolchain build promtool > /dev/null

kueue: dev
	@$(BIN)/python -m toolchain build kueue > /dev/null
