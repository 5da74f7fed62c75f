PY := .venv/bin/python
DATA ?=
.DEFAULT_GOAL := run
.PHONY: run test test-slow notebooks lint web screenshots docs evaluate evaluate-compose evaluate-review findings errors bench bench-api bench-batch bench-learn fuzz-api lock train

.venv/ready: requirements.lock pyproject.toml
	python3 -m venv .venv
	$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	$(PY) -m pip install -q --disable-pip-version-check --no-deps -e .
	touch $@

run: .venv/ready  ## the demo: http://127.0.0.1:8000
	.venv/bin/aufgabenchat serve --demo --open

test: .venv/ready
	$(PY) -m pytest

test-slow: .venv/ready  ## kill -9 in archives, the notebooks, several processes, learning a new tag
	$(PY) -m pytest -m slow

notebooks: .venv/ready  ## runs them all
	$(PY) -m pytest -m slow tests/test_notebooks.py

lint: .venv/ready
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/aufgabenchat lint

web:  ## checks the components and builds them anew; what is served must come out the same
	cd api/web && npm ci --no-audit --no-fund && npm run check && npm test && npm run build
	git diff --exit-code -- api/static

screenshots: .venv/ready  ## those of the README, from the real page; needs Chromium
	PYTHONPATH=tests $(PY) -m browser.screenshots

docs: .venv/ready  ## pages that are generated
	$(PY) -m nlp.reference
	$(PY) -m nlp.training.gallery
	$(PY) -m api.types

evaluate: .venv/ready  ## all figures with 95 % intervals; DATA=folder adds the public sets
	.venv/bin/aufgabenchat evaluate $(if $(DATA),--data $(DATA))

evaluate-compose: .venv/ready  ## drafts, choice of answers and templates
	$(PY) -m nlp.training.drafts

evaluate-review: .venv/ready  ## every field of the reviews, errors grouped
	$(PY) -m nlp.training.reviews

findings: .venv/ready  ## tests/findings.txt: what the rules find in the corpus; its diff shows what a change of a rule does
	.venv/bin/aufgabenchat findings --lines > tests/findings.tmp
	mv tests/findings.tmp tests/findings.txt

errors: .venv/ready
	.venv/bin/aufgabenchat errors

bench: .venv/ready  ## speed and memory, with ratios against peers
	$(PY) tests/bench/annotate.py

bench-api: .venv/ready  ## latency and throughput of the API, memory over 20,000 calls: ten minutes
	$(PY) tests/bench/throughput.py

bench-batch: .venv/ready  ## archives: 100,000 messages, full and fast, beside peers: an hour
	$(PY) tests/bench/batch.py

bench-learn: .venv/ready  ## learning curve, wrong feedback, reload under load: half an hour
	$(PY) tests/bench/learn.py

bench-editor: .venv/ready  ## key press to updated findings in the browser; needs Chromium
	$(PY) tests/bench/editor.py

fuzz-api: .venv/ready  ## schemathesis against the running API, at least 2,000 cases
	$(PY) tests/bench/fuzz_api.py

train: .venv/ready  ## heads only; the encoder: python -m nlp.training.encoder
	.venv/bin/aufgabenchat train

lock:
	.venv/bin/pip-compile -q --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url --no-emit-trusted-host --no-header --extra dev -o requirements.lock pyproject.toml
