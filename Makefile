# One command for each thing one does here; each does its own set-up first.

BIN := .venv/bin
READY := .venv/.ready
# Tests draw into memory unless told otherwise; the window tests start an X server of their own.
OFFSCREEN := QT_QPA_PLATFORM=$(or $(QT_QPA_PLATFORM),offscreen)

# A .venv that was moved, or whose Python is gone, is made again.
$(shell [ "$$(cat $(READY) 2>/dev/null)" = "$(CURDIR)" ] && $(BIN)/python -c '' 2>/dev/null \
	|| rm -f $(READY))

# Programs that judge this one, each at a pinned version; kept apart from the environment.
COMPLY := build/llm-comply
SCHEMATHESIS := build/schemathesis
AGENTS ?= build/agents

.PHONY: help run test test-long test-protocols test-agents check translations bench-ui bench-gguf bench-mlx bench-http bench-documents package clean

help:
	@echo "make run        set up and open the window on the starter model"
	@echo "make test       set up and run every test but the long ones"
	@echo "make test-long  the tests that take minutes (builds the frozen app)"
	@echo "make test-protocols  the three protocols, judged by llm-comply and schemathesis"
	@echo "make test-agents     Claude Code, Codex and opencode do a task (npm, 1.3 GB)"
	@echo "make check      formatting, lint, types, import directions"
	@echo "make translations  collect what the window says, compile the catalogues"
	@echo "make bench-ui   measure the window: start, stream, lists, reader (ARGS=--only stream)"
	@echo "make bench-gguf  measure the GGUF engine beside llama-server (ARGS=--peer PYTHON)"
	@echo "make bench-mlx  measure the MLX engine beside mlx-lm"
	@echo "make bench-http  measure the endpoint: 64 streaming clients (ARGS=--seconds 60)"
	@echo "make bench-documents  measure documents: reading, boxes, search, proof (ARGS=--only boxes)"
	@echo "make screenshots  photograph every screen (needs Xvfb)"
	@echo "make package    build the app for this system into dist/"
	@echo "make clean      remove everything that was built, .venv too"

$(READY): pyproject.toml packaging/setup_venv.py packaging/find_python.sh
	@python=$$(sh packaging/find_python.sh) && "$$python" packaging/setup_venv.py

run: $(READY)
	@$(BIN)/doorstep $(ARGS)

test: $(READY)
	$(OFFSCREEN) $(BIN)/python -m pytest -rs -m "not long" $(ARGS)

test-long: $(READY)
	$(OFFSCREEN) $(BIN)/python -m pytest -rs -m long $(ARGS)

$(COMPLY)/bin/llm-comply: | $(READY)
	$(BIN)/python -m venv $(COMPLY)
	$(COMPLY)/bin/python -m pip install --quiet --disable-pip-version-check llm-comply==0.5.0

$(SCHEMATHESIS)/bin/st: | $(READY)
	$(BIN)/python -m venv $(SCHEMATHESIS)
	$(SCHEMATHESIS)/bin/python -m pip install --quiet --disable-pip-version-check schemathesis==4.32.5

test-protocols: $(READY) $(COMPLY)/bin/llm-comply $(SCHEMATHESIS)/bin/st
	@$(BIN)/python -m tests.end_to_end.protocols.run_llm_comply $(COMPLY)/bin/llm-comply $(ARGS)
	@$(BIN)/python -m tests.end_to_end.protocols.run_schemathesis $(SCHEMATHESIS)/bin/st

test-agents: $(READY)
	@bash tests/end_to_end/agents/install_agents.sh $(AGENTS)
	@$(BIN)/python -m tests.end_to_end.agents.run_agents $(AGENTS) $(ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(OFFSCREEN) $(BIN)/python -m pytest -q tests/test_imports.py

translations: $(READY)
	@$(BIN)/python packaging/translations.py

bench-ui: $(READY)
	$(OFFSCREEN) $(BIN)/python tests/benchmarks/bench_ui.py $(ARGS)

bench-gguf: $(READY)
	$(BIN)/python tests/benchmarks/bench_gguf.py $(ARGS)

bench-mlx: $(READY)
	$(BIN)/python tests/benchmarks/bench_mlx.py $(ARGS)

bench-http: $(READY)
	$(BIN)/python tests/benchmarks/bench_http.py $(ARGS)

bench-documents: $(READY)
	$(BIN)/python tests/benchmarks/bench_documents.py $(ARGS)

screenshots: $(READY)
	@$(BIN)/python -m tests.screens.take build/screenshots $(ARGS)

package: $(READY)
	$(BIN)/python packaging/build.py

clean:
	rm -rf .venv build dist doorstep.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find app engine_gguf engine_mlx resources tests -name __pycache__ -prune -exec rm -rf {} +
