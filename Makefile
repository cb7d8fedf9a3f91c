# Every target sets up what it needs on a machine that has Python 3.11 or newer, make and git, and nothing twice.

STACK ?= dev
BASE ?= origin/main
WORKERS ?= 2

# The first Python that is new enough. Name another with `make PYTHON=...`.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done; echo $$python)
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help preview rehearse review test lint bench prices golden docs dashboards charts setup sandbox sandbox-down plugin clean runtime dev control-plane promtool

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

preview: runtime ## Preview STACK (default: dev) on the real engine, against the simulated cloud
	@$(BIN)/python -m platformctl preview $(STACK)

rehearse: runtime ## Take STACK through preview, up, no change, refresh and destroy, with no cloud
	@$(BIN)/python -m platformctl rehearse $(STACK)

review: runtime ## Compare every stack with BASE (default: origin/main), as CI does for a pull request
	@$(BIN)/python -m tools.review $(BASE)

test: lint control-plane promtool ## Check everything: style, types, import arrows, then every test on WORKERS processes
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

# Without its cache: a verdict on imports outlives the files that it rests on.
lint: dev ## Check style, types and import arrows
	$(BIN)/ruff check --no-cache .
	$(BIN)/mypy
	$(BIN)/lint-imports

prices: runtime ## Refresh the price book from Oracle's public list
	$(BIN)/python -m tools.prices --write

bench: runtime ## Time the commands people wait for
	@$(BIN)/python -m tools.bench

golden: dev ## Write the golden plans anew; the change shows in git diff
	$(BIN)/python -m pytest -k golden --update-golden

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

dashboards: dev ## Write Grafana's dashboards from the code
	$(BIN)/python -m tools.dashboards

setup: dev ## Install the packages and the engine, and do nothing else

clean: ## Remove .venv and the tools' caches (the engine in the user's cache stays)
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime:
	@$(PYTHON) toolchain/setup.py runtime

dev:
	@$(PYTHON) toolchain/setup.py dev

control-plane: dev
	@$(BIN)/python -m toolchain build control-plane > /dev/null

promtool: dev
	@$(BIN)/python -m toolchain build promtool > /dev/null
