# Two commands do everything: `make run` and `make test`. Only Python 3.11+ and make are needed.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
WORKER_EXTRAS := dask postgres aws gcs azure hashicorp excel avro sql duckdb fast ner
export PREFECT_SERVER_ANALYTICS_ENABLED = false
export TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS =
# What is compiled is kept, tests too, for the next of check, test, soak and run.
export PYTHONDONTWRITEBYTECODE =

ENGINES := .venv-engines
READERS := .venv-readers
AZURITE := .azurite

.PHONY: setup engines readers azurite run test check soak bench lock samples schema reference wheel image clean
.DEFAULT_GOAL := run

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock requirements-setup.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not on PATH; set PYTHON=/path/to/python3.11"; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-setup.lock
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q anonymize flows
	touch $@

# Spark and Ray, which are 0.8 GB, lie in an environment of their own beside all else: tests/engines and their pages need it.
engines: $(ENGINES)/.ready

$(ENGINES)/.ready: requirements-engines.lock $(VENV)/.ready
	test -x $(ENGINES)/bin/python || $(PYTHON) -m venv $(ENGINES)
	VIRTUAL_ENV=$(CURDIR)/$(ENGINES) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(CURDIR)/$(ENGINES) $(BIN)/uv pip install --quiet --no-build-isolation --require-hashes -r requirements-engines.lock
	VIRTUAL_ENV=$(CURDIR)/$(ENGINES) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

# torch, which brings 5 GB, what reads into Hugging Face and polars, what reads cards, attacks and judges: tests/readers, docs/readers.md and docs/private-training.md need it.
# anonymeter (attacks) and pyCANON (judges classes) come without their requirements, which ask for numpy of two years ago and exclude what we write with.
readers: $(READERS)/.ready

$(READERS)/.ready: requirements-readers.lock requirements-judges.lock $(VENV)/.ready
	test -x $(READERS)/bin/python || $(PYTHON) -m venv $(READERS)
	VIRTUAL_ENV=$(CURDIR)/$(READERS) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(CURDIR)/$(READERS) $(BIN)/uv pip install --quiet --no-build-isolation --require-hashes -r requirements-readers.lock
	VIRTUAL_ENV=$(CURDIR)/$(READERS) $(BIN)/uv pip install --quiet --no-deps --require-hashes -r requirements-judges.lock
	VIRTUAL_ENV=$(CURDIR)/$(READERS) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

# Azurite, the stand-in for Azure Blob Storage that the tests read az:// from, where there is npm; without it they are skipped.
azurite: $(AZURITE)/.ready

$(AZURITE)/.ready: tests/azurite/package.json tests/azurite/package-lock.json
	mkdir -p $(AZURITE)
	cp tests/azurite/package.json tests/azurite/package-lock.json $(AZURITE)
	@if ! command -v npm >/dev/null; then echo "no npm on PATH: the tests of az:// are skipped"; \
	elif (cd $(AZURITE) && npm ci --ignore-scripts --omit=dev --omit=optional --no-audit --no-fund --loglevel=error); then touch $@; \
	else echo "npm cannot install Azurite: the tests of az:// are skipped"; fi

run: setup
	$(BIN)/python -m flows.sample_datasets

test: setup azurite
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --durations 20

soak: setup engines readers azurite
	COATCHECK_EXAMPLES=all $(BIN)/python -m pytest -m 'soak or hypothesis' --timeout 1800 -n 2 --dist loadfile --no-loadscope-reorder --durations 20
	$(ENGINES)/bin/python -m pytest -m soak --timeout 1800 tests/engines tests/docs/test_docs.py -k 'engines or spark.md or ray.md'
	$(READERS)/bin/python -m pytest -m soak --timeout 1800 --ignore tests/readers/robust tests/readers tests/docs/test_docs.py -k 'readers or private-training'

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/interrogate -q anonymize flows

bench: setup
	$(BIN)/python bench/structured.py

schema: setup
	$(BIN)/coatcheck schema > schemas/policy.schema.json

reference: setup
	$(BIN)/python docs/reference/make_api.py

samples: setup
	$(BIN)/python data/samples/make_samples.py

lock: setup
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --custom-compile-command "make lock" --upgrade -o requirements.lock
	VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip compile pyproject.toml $(WORKER_EXTRAS:%=--extra %) --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header -c requirements.lock -o requirements-worker.lock
	$(BIN)/python -c "import tomllib; e = tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']; print(*e['spark'], *e['ray'], sep='\\n')" | \
	  VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip compile - --constraint requirements.lock --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --upgrade -o requirements-engines.lock
	$(BIN)/python -c "import tomllib; e = tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']; print(*e['polars'], *e['torch'], *e['private'], *e['huggingface'], *e['cards'], *e['risk'], sep='\\n')" | \
	  VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip compile - --constraint requirements.lock --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --upgrade -o requirements-readers.lock
	printf 'anonymeter>=1.1,<2\npycanon>=1.3,<2\n' | VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip compile - --no-deps --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --upgrade -o requirements-judges.lock

wheel: setup
	rm -rf dist
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation -w dist .

# needs Docker
image: wheel
	docker build -t coatcheck-worker .

clean:
	rm -rf $(VENV) $(ENGINES) $(READERS) $(AZURITE) out build dist .coatcheck
