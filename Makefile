# Every target sets up what it needs by itself. `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help demo setup check quick test drill bench nightly lock messages clean

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
FAST := not drill and not nightly

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

demo: ## Start everything with sandbox marketplaces and a sample seller (ONCE=1: tell the story and end; REPORT=file.json)
	@scripts/setup run
	@$(BIN)/entrepot demo $(if $(ONCE),--once) $(if $(REPORT),--report '$(REPORT)')

setup: ## Make .venv with the locked packages and .venv/bin/entrepot
	@scripts/setup run

check: ## Format, lint, types, layers, migrations, translations, locks; no tests
	@scripts/setup check
	@scripts/check

quick: ## The tests worth waiting for before a commit (up to 90 s)
	@scripts/setup test
	$(PYTEST) -n 2 -q -m "$(FAST) and not browser" --ignore=tests/scenarios --ignore=tests/simulator --ignore=tests/web tests

test: ## The whole test suite (up to 12 min), as a newcomer and CI run it
	@scripts/setup test
	@scripts/browser
	$(PYTEST) -n 2 -q -m "$(FAST)" tests

drill: ## Kills, cuts, restores, and the suite on PostgreSQL 15 (up to 20 min)
	@scripts/setup test
	$(PYTEST) -q -m drill tests
	$(BIN)/python scripts/on_postgres_15.py $(PYTEST) -n 2 -q -m "$(FAST) and not browser" --ignore=tests/scenarios tests

bench: ## Measure the product (ONLY=B1,B3; SIZE=small) into bench/results/latest.json
	@scripts/setup test
	$(BIN)/python -m bench $(if $(ONLY),--only '$(ONLY)') $(if $(SIZE),--size '$(SIZE)')

nightly: ## The long runs (up to 90 min)
	@scripts/setup test
	$(PYTEST) -n 2 -q -m nightly tests
	SEEDS=10000 $(PYTEST) -n 2 -q tests/simulator

lock: ## Compile the hash-pinned locks anew (UPGRADE=1: with the newest versions)
	@scripts/setup check
	@scripts/lock $(if $(UPGRADE),--upgrade)

messages: ## Collect the texts to translate into the .po files and compile them
	@scripts/setup run
	@$(BIN)/python scripts/messages.py update
	@$(BIN)/python scripts/messages.py compile

clean: ## Remove what was built or cached; data of installations stays
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m tests.database; fi
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests bench scripts -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
