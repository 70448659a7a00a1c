# Makefile -- words for people; the real build is CMakeLists.txt.
#
#   make demo     set up, build, fetch the flights, run them, show the account
#   make demo-polyglot  the same with a stage in six languages
#   make demo-slow-branch  what is left of one branch while another is slow
#   make test     set up, build, run every test, with sanitizers too
#   make check    format, tidy, gcc and clang builds, sanitized tests
#   make bench    the benches, on this machine
#   make guest-checks  turns off each check of guests' data: does a test notice?
#   make mutants  small mistakes in stream and flow: does a test notice?
#   make conformance  the specification's own tests of the component model
#   make differential  components on Wasmtime's component model and on ours
#   make stress   overload and signals, in slices; again until all are done
#   make fuzz     every fuzz target for FUZZ_SECONDS (60)
#   make fmt docs asan install clean
.PHONY: all program configure setup demo demo-polyglot demo-slow-branch test check asan tsan clang fuzz bench component conformance differential guest-checks mutants stress fmt docs install clean
.NOTPARALLEL:

BUILD = build
ASAN = build-asan
CLANG = build-clang
TSAN = build-tsan
FUZZ = build-fuzz
COMPONENT = build-component
FUZZ_SECONDS ?= 60
MUTANTS ?=
PREFIX ?= /usr/local
FLIGHTS = examples/flights
SOURCES = $$(git ls-files 'include/*.h' 'src/*.[ch]' 'tests/*.[ch]' 'bench/*.[ch]' 'fuzz/*.c' 'tools/*.c' \
    ':!tests/golden' ':!tests/sdk/stages')

all: configure
	@cmake --build $(BUILD)

# What a run needs, without the tests; and the component library.
program: configure
	@cmake --build $(BUILD) --target torvyn guests torvyn-component

configure: setup
	@cmake --preset release >$(BUILD)-configure.log || \
	    { cat $(BUILD)-configure.log; exit 1; }
	@rm -f $(BUILD)-configure.log

setup:
	@tools/setup
	@tools/wasmkit-build >/dev/null

demo: program
	@$(FLIGHTS)/data/fetch
	@tools/demo

# The stage enrich in six languages, compared with C; fetches their tools.
demo-polyglot: program
	@$(FLIGHTS)/data/fetch
	@examples/polyglot/run

# The flights with a branch that is too slow, under each policy.
demo-slow-branch: program
	@examples/slow-branch/run

asan: setup
	@cmake --preset asan >/dev/null
	@cmake --build $(ASAN)

# Where there are threads: the ticker, instances on threads of their own, shared
# images, the ring between two threads, the loop that another one wakes, flows.
# The engine's own code is not instrumented.
tsan: setup
	@cmake --preset tsan >/dev/null
	@cmake --build $(TSAN) --target engine_ticker_test \
	    engine_threads_test_wide host_threads_test value_image_threads_test \
	    stream_transfer_test reactor_loop_test flow_threads_test
	@TSAN_OPTIONS=ignore_noninstrumented_modules=1 ctest \
	    --test-dir $(TSAN) --output-on-failure --no-tests=error \
	    -R '(ticker|threads|transfer|loop)_test$$'

test: all asan tsan
	@tools/tidy src
	@ctest --test-dir $(BUILD) --output-on-failure --no-tests=error
	@ctest --test-dir $(ASAN) --output-on-failure --no-tests=error

clang: setup
	@cmake --preset clang >/dev/null
	@cmake --build $(CLANG)

check: all asan clang
	@clang-format-14 --dry-run --Werror $(SOURCES)
	@tools/tidy src
	@ctest --test-dir $(ASAN) --output-on-failure --no-tests=error

fuzz: setup
	@cmake --preset fuzz >/dev/null
	@cmake --build $(FUZZ)
	@tools/fuzz $(FUZZ) $(FUZZ_SECONDS)

bench: program component
	@$(FLIGHTS)/data/fetch
	@cmake --build $(COMPONENT) --target component_api
	@$(BUILD)/torvyn bench $(FLIGHTS)/torvyn.yaml \
	    --against $(BUILD)/tests/guests/flights/enrich.wasm
	@$(COMPONENT)/component/component_api

# The same over a wasmkit that has Wasmtime's own component model, too: to
# compare with.  That takes about 5 minutes to build, once.
component: setup
	@wasmkit=$$(tools/wasmkit-build tests/wasmkit-component) && \
	    cmake --preset release -B $(COMPONENT) -DTVN_GUESTS=OFF \
	    -DTVN_WASMKIT_DIR=$$wasmkit >/dev/null

differential: program component
	@cmake --build $(COMPONENT) --target differential
	@tests/differential/run $(COMPONENT) $$(find $(BUILD)/tests/guests -name '*.wasm')

conformance: configure
	@cmake --build $(BUILD) --target wast
	@tests/conformance/run --docs $(BUILD)

guest-checks: asan
	@tests/hostile/guest-checks $(ASAN)

# Each slice once a commit, for 9 minutes; a line each in tests/RUNS.md.
stress: program
	@tests/stress/run

# Goes on where it was stopped: MUTANTS="--slice 500" stops it in time.
mutants:
	@tools/mutants --planted
	@tools/mutants $(MUTANTS)

fmt:
	@clang-format-14 -i $(SOURCES)

docs: all
	@tools/docs

install: program
	@install -D -m 755 $(BUILD)/torvyn $(DESTDIR)$(PREFIX)/bin/torvyn
	@DESTDIR=$(DESTDIR) cmake --install $(BUILD) --component library \
	    --prefix $(PREFIX) >/dev/null

clean:
	@rm -rf $(FLIGHTS)/build $(BUILD) $(ASAN) $(TSAN) $(CLANG) $(FUZZ) $(COMPONENT) build-mutants
