# Every verb of this repository. `make` alone lists them; each sets up what it needs first and says so.
SHELL := /bin/bash
PYTHON := .venv/bin/python
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Where it is set, every process that starts compiles the product anew, and every run of the tests all of them.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help

PIPELINE ?= examples/hello.yaml
FOR ?= 10

.PHONY: help setup demo run check test lint format images site bench component stop clean engine ready

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: ## install every dependency; starts nothing
	@deploy/setup/setup.sh

demo: ready ## set up, start the site with a sample pipeline running, print a link; Ctrl-C ends it
	@exec $(PYTHON) manage.py demo

run: ready ## run a pipeline: make run PIPELINE=examples/webcam.yaml FOR=60
	@$(PYTHON) manage.py run $(PIPELINE) --seconds $(FOR) --output out/$(basename $(notdir $(PIPELINE)))

check: setup ## lint and the fast tests, two minutes
	@$(PYTHON) -m deploy.checks.prove fast

test: setup ## prove everything: both databases, containers, browser
	@$(PYTHON) -m deploy.checks.prove all

lint: setup ## format, rules, types, floors, manifests
	@$(PYTHON) -m deploy.checks.lint

format: setup ## bring the code into its format
	@ruff check --quiet --select I --fix . && ruff format .

images: engine ## build the images whose content changed
	@$(PYTHON) -m deploy.images.build

site: engine ## build the images that deploy/compose.yaml starts, PostgreSQL and Redis among them
	@$(PYTHON) -m deploy.images.site --services

bench: ready ## measure the bars into out/bench.json; ONLY=name measures one
	@$(PYTHON) -m tests.bench $(if $(ONLY),--only $(ONLY))

component: setup ## write the first version of a component: make component NAME=my_component
	@$(PYTHON) deploy/setup/scaffold_component.py $(NAME)

stop: ## stop the engine and the PostgreSQL that these targets started here
	@deploy/setup/stop.sh

clean: ## remove what builds and tests left, and all caches; runs and their files stay
	@rm -rf out/images out/test builder_ui/dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

engine: setup
	@$(PYTHON) deploy/setup/start_engine.py

ready: engine
	@$(PYTHON) -m deploy.images.build --if-engine
