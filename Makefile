# make run: install, ingest and serve the chat.   make test: everything that the tests need, then the tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: run test lint format evaluate clean

run: $(VENV)/installed
	@echo "启动网页（首次启动会先建立索引）……"
	@$(BIN)/python app.py

test: $(VENV)/installed-dev lint
	$(BIN)/python -m pytest -m 'not browser' --numprocesses logical --maxprocesses 4 --dist loadfile
	$(BIN)/python -m pytest -m browser

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

evaluate: $(VENV)/installed
	$(BIN)/python -m assistant evaluate tests/cases/policies.jsonl

clean:
	rm -rf $(VENV) .data/encoder .data/generations .data/current .data/lock

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更新版本；可用 make PYTHON=/path/to/python3.11 指定" >&2; exit 2; }
	@echo "建立虚拟环境 $(VENV) ……"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	@echo "安装依赖（约 2 GB，需几分钟）……"
	@$(PIP) .
	@touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	@echo "安装依赖与测试工具（约 2 GB，需几分钟）……"
	@$(PIP) '.[dev,training]'
	@touch $@ $(VENV)/installed
