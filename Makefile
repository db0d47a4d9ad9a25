# SPDX-License-Identifier: GPL-2.0-only
# Only git, make and python3 (3.11 or newer) are taken for granted; every goal sets up what it needs.

PYTHON ?= python3
TARGET ?= reference
REPORT ?= report
K ?=
WORKERS ?= $(shell nproc)
ARGS ?=
export TARGET REPORT K
export PATH := $(PATH):/usr/local/sbin:/usr/sbin:/sbin

RUN := .venv/bin
PYTEST := $(RUN)/python -m pytest -n $(WORKERS) --dist loadgroup

.DEFAULT_GOAL := help
.PHONY: help conformance test test-long coverage check lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

conformance: ## judge a router: TARGET=reference|babeld|bird|frr|FILE.toml|INTERFACE=ADDRESS [REPORT=DIR] [K=EXPR]
	@$(PYTHON) tools/setup.py conformance --target "$$TARGET"
	@$(RUN)/althea-spec conformance --target "$$TARGET" --report "$$REPORT" $${K:+-k "$$K"} $(ARGS)

test: ## every test but the long ones [ARGS=…]
	@$(PYTHON) tools/setup.py test
	@$(PYTEST) $(ARGS)

test-long: ## every test, with as many random examples as a night allows [ARGS=…]
	@$(PYTHON) tools/setup.py test
	@HYPOTHESIS_PROFILE=long $(PYTEST) -m "long or not long" -o faulthandler_exit_on_timeout=false $(ARGS)

coverage: ## every test but the long ones, and which branches of the reference they never take
	@$(PYTHON) tools/setup.py test
	@$(PYTEST) --cov=althea_spec.reference --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=95 $(ARGS)

check: ## style, types and imports
	@$(PYTHON) tools/setup.py check
	@$(RUN)/ruff check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports

lock: ## find the newest versions that pyproject.toml allows, and pin them
	@$(PYTHON) tools/lock.py

clean: ## remove what can be made again
	@rm -rf .venv build dist report htmlcov .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .prove_cache .hypothesis *.egg-info
