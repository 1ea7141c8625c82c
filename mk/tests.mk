# Test programs and the ways to run them. A file is a program: in tests/unit it
# sees the internals, in tests/api, tests/golden and tests/fuzz only what a host
# sees; mk/fuzz.mk has the last ones.

UNIT_TESTS   := $(patsubst %.c,$(OBJ)/%,$(sort $(wildcard tests/unit/*.c)))
API_TESTS    := $(patsubst %.c,$(OBJ)/%,$(sort $(wildcard tests/api/*.c)))
GOLDEN_ALL   := $(patsubst %.c,$(OBJ)/%,$(sort $(wildcard tests/golden/*.c)))
GOLDEN_TOOL  := $(filter %/golden,$(GOLDEN_ALL))
GOLDEN_TESTS := $(filter-out %/golden,$(GOLDEN_ALL))
GOLDEN_OBJS  := $(patsubst %.c,$(OBJ)/%.o,\
    $(sort $(wildcard tests/golden/support/*.c)))
CLI_TESTS    := $(sort $(wildcard tests/cli/*.sh))
BUILD_TESTS  := $(sort $(wildcard tests/build/*.sh))
HOST_TESTS   := $(API_TESTS) $(GOLDEN_ALL)
TEST_BINS    := $(UNIT_TESTS) $(HOST_TESTS) $(FUZZ_TESTS)

# Measure kernels by their internal names; see bench-products.
PRODUCTS     := $(OBJ)/bench/products
PRECISIONS   := $(OBJ)/bench/precisions
KERNEL_COUNTS := $(OBJ)/bench/kernel_counts

$(OBJ)/tests/unit/%.o: private ALL_CPPFLAGS += -D_GNU_SOURCE -Ilib -Iinclude -Itests
$(OBJ)/bench/%.o: private ALL_CPPFLAGS += -D_GNU_SOURCE -Ilib -Iinclude \
    -I$(OBJ) -isystem $(BLIS_INC)
$(PRODUCTS) $(PRECISIONS) $(KERNEL_COUNTS): private LINK_LIBS += $(filter /%,$(BLIS_LIB))
$(OBJ)/bench/products.o: $(OBJ)/blis_has.h
$(OBJ)/tests/api/%.o: private ALL_CPPFLAGS += -D_GNU_SOURCE -Iinclude -Itests
# Each function that is exported has a row in every_function_rows.h, or the test
# of all of them does not compile.
EVERY_EXPORTED := $(OBJ)/every_exported.h
$(EVERY_EXPORTED): lib/siamese.map
	@mkdir -p $(@D)
	$(Q)sed -n 's/^ *\(siamese_[a-z0-9_]*\);.*/XX(\1)/p' $< > $@
$(OBJ)/tests/api/test_every_function.o: $(EVERY_EXPORTED)
$(OBJ)/tests/api/test_every_function.o: private ALL_CPPFLAGS += \
    -DEVERY_EXPORTED='"$(CURDIR)/$(EVERY_EXPORTED)"'
# Likewise each argument that takes real numbers one in test_float_doors.c.
FLOAT_DOORS := $(OBJ)/float_doors.h
$(FLOAT_DOORS): tests/api/float_doors.awk $(wildcard include/siamese/*.h)
	@mkdir -p $(@D)
	$(Q)awk -f $^ > $@
$(OBJ)/tests/api/test_float_doors.o: $(FLOAT_DOORS)
$(OBJ)/tests/api/test_float_doors.o: private ALL_CPPFLAGS += \
    -DFLOAT_DOORS='"$(CURDIR)/$(FLOAT_DOORS)"'
$(OBJ)/tests/golden/%.o: private ALL_CPPFLAGS += -D_GNU_SOURCE -Iinclude -Itests

-include $(TEST_BINS:=.d) $(PRODUCTS).d $(PRECISIONS).d $(KERNEL_COUNTS).d \
    $(GOLDEN_OBJS:.o=.d)
.SECONDARY: $(TEST_BINS:=.o) $(GOLDEN_OBJS)

$(UNIT_TESTS) $(PRODUCTS) $(PRECISIONS) $(KERNEL_COUNTS): %: %.o $(INTERNAL) $(PRIVATE_LIBS)
	$(call say,LINK,$@)
	$(Q)$(CXX) $(ALL_LDFLAGS) -Wl,--gc-sections -o $@ $< \
	    -Wl,--start-group $(INTERNAL) $(LINK_LIBS) -Wl,--end-group -lcmocka

$(GOLDEN_ALL): $(GOLDEN_OBJS)
$(GOLDEN_ALL): private HOST_LIBS := $(filter-out -lcsv -lz,$(COMMAND_LIBS))

$(HOST_TESTS): %: %.o $(OBJ)/$(SONAME) $(OBJ)/libsiamese.so
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) -Wl,-rpath,'$(CURDIR)/$(OBJ)' -o $@ \
	    $(filter %.o,$^) -L$(OBJ) -lsiamese -lcmocka $(HOST_LIBS) -lm

# What tests of the command load before the C library.
FAULTY_IO := $(OBJ)/tests/preload/faulty_io.so
$(FAULTY_IO): tests/preload/faulty_io.c tests/faulty_io.h
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) -std=c11 -O2 -fPIC -shared $(WARNINGS) -D_GNU_SOURCE -Itests \
	    -o $@ $<

# Asks siamese serve what no good client would.
HTTP_CLIENT := $(OBJ)/tests/http/http_client
$(HTTP_CLIENT): tests/http/http_client.c
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) -std=c11 -O2 $(WARNINGS) -D_GNU_SOURCE -o $@ $<

# A terminal and its person, and what makes a search slow, for tests of sessions.
PTY := $(OBJ)/tests/terminal/pty
SLOW_SEARCH := $(OBJ)/tests/terminal/slow_search.so
$(PTY): tests/terminal/pty.c
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) -std=c11 -O2 $(WARNINGS) -D_GNU_SOURCE -o $@ $<
$(SLOW_SEARCH): tests/terminal/slow_search.c
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) -std=c11 -O2 -fPIC -shared $(WARNINGS) -D_GNU_SOURCE \
	    -Iinclude -o $@ $<

# Beside the command, for its tests.
FOR_CLI := $(FAULTY_IO) $(HTTP_CLIENT) $(PTY) $(SLOW_SEARCH)

# The emulator's plugin is a program of the machine that the emulator runs on.
HOST_CC ?= gcc
kernel-counts: $(RUNS_HERE) $(KERNEL_COUNTS)
	@$(HOST_CC) -std=c11 -O2 $(WARNINGS) -shared -fPIC \
	    -o $(OBJ)/count_instructions.so bench/count_instructions.c
	@sh bench/kernel_counts.sh '$(EMULATOR)' $(OBJ)/count_instructions.so \
	    $(KERNEL_COUNTS)

# ---- suites: files of lines NAME=COMMAND for tools/run_tests.sh ----

SUITE      ?= plain
SUITE_FILE := build/suites/$(SUITE).txt
LABEL      := $(if $(filter plain,$(SUITE)),,$(SUITE):)

# Another machine's programs run by EMULATOR; the command, which scripts call by
# its name, from a folder in which that name stands for both.
HERE := $(CURDIR)/$(OBJ)$(if $(EMULATOR),/emulated)
EMULATED := $(if $(EMULATOR),$(OBJ)/emulated/siamese)

$(OBJ)/emulated/siamese: $(COMMAND) FORCE
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s "$$@"\n' '$(EMULATOR)' \
	    '$(CURDIR)/$(COMMAND)' >$@.new
	@chmod +x $@.new && mv -f $@.new $@

# What runs such programs first asks whether they run here at all.
RUNS_HERE := $(if $(CROSS_COMPILE)$(EMULATOR),runs-here)
.PHONY: runs-here
runs-here:
	@mkdir -p $(OBJ)
	@echo 'int main(void) { return 0; }' | $(CC) $(ALL_LDFLAGS) -x c - \
	    -o $(OBJ)/runs_here
	@$(EMULATOR) $(OBJ)/runs_here 2>$(OBJ)/runs_here.log || { \
	    cat $(OBJ)/runs_here.log >&2; \
	    echo 'make: programs for $(MACHINE) do not run' \
	        'here$(if $(EMULATOR), by $(EMULATOR)); EMULATOR= names the' \
	        'program that runs them, such as qemu-aarch64-static; make' \
	        'check-arm64 does without that' >&2; exit 1; }

# A test finds its data and the command by these, never by a fixed place.
TEST_ENV := SIAMESE_TEST_DATA=$(CURDIR)/tests/data \
    FAULTY_IO=$(CURDIR)/$(FAULTY_IO) \
    HTTP_CLIENT='$(EMULATOR) $(CURDIR)/$(HTTP_CLIENT)' \
    PTY=$(CURDIR)/$(PTY) \
    SLOW_SEARCH=$(CURDIR)/$(SLOW_SEARCH) \
    SIAMESE=$(HERE)/siamese PATH=$(HERE):$$PATH
ifneq ($(SANITIZE),)
TEST_ENV += UBSAN_OPTIONS=print_stacktrace=1 \
    ASAN_OPTIONS=allocator_may_return_null=1:$(ASAN_OPTIONS) \
    TSAN_OPTIONS=halt_on_error=1:$(TSAN_OPTIONS)
endif

define newline


endef
test_name = $(subst /test_,/,$(patsubst %.sh,%,$(1:$(OBJ)/tests/%=%)))
program_lines = $(foreach program,$(1),$(LABEL)$(call \
    test_name,$(program))=$(TEST_ENV) $(RUN_WITH) $(EMULATOR) $(program)$(newline))
script_lines = $(foreach script,$(1),$(LABEL)$(call \
    test_name,$(script:tests/%=%))=$(TEST_ENV) sh $(script)$(newline))

GOLDEN_DATA ?= tests/data/golden
golden_lines = $(if $(GOLDEN_TOOL),$(if $(wildcard $(GOLDEN_DATA)),\
    $(LABEL)golden/vectors=$(TEST_ENV) $(EMULATOR) $(GOLDEN_TOOL) $(GOLDEN_DATA)$(newline)))

suite_lines = $(call program_lines,$(UNIT_TESTS) $(API_TESTS) $(GOLDEN_TESTS))
suite_lines += $(fuzz_lines)
suite_lines += $(golden_lines)
suite_lines += $(if $(COMMAND_C),$(call script_lines,$(CLI_TESTS)))

# What looks at the build itself: once, and in the plain build only; more of it
# in check-long. It asks this machine's tools, so not of a cross build.
EXAMPLES_RUN := $(wildcard tests/examples/run.sh)
build_lines = $(if $(CROSS_COMPILE),,$(call script_lines,$(BUILD_TESTS) \
    $(EXAMPLES_RUN)))

.PHONY: suite check check-run check-plain check-one check-long golden \
    kernel-counts check-examples check-faiss-c check-soak coverage coverage-run

suite: $(TEST_BINS) $(if $(COMMAND_C),$(COMMAND) $(FOR_CLI) $(EMULATED)) | build/suites
	$(file >$(SUITE_FILE),$(suite_lines)$(if $(filter plain long,$(SUITE)),\
	    $(build_lines)))
	@true

build/suites:
	@mkdir -p $@

# Those that look at their own pace.
ALONE      := api/soak
run_suites = ALONE='$(ALONE)' sh tools/run_tests.sh build/logs $(1:%=build/suites/%.txt)

check:
	@sh tools/setup.sh build check
	@+$(SUBMAKE) check-run

# Without the sanitizers' build, of which one system is enough.
check-plain:
	@sh tools/setup.sh build check
	@+$(SUBMAKE) all suite SUITE=plain
	@V=$(V) $(call run_suites,plain)

check-run: $(RUNS_HERE)
	@+$(SUBMAKE) all suite SUITE=plain
	@+$(SUBMAKE) suite SUITE=asan SANITIZE=address,undefined
	@$(if $(EMULATOR),,COUNTED_BY='make check') V=$(V) $(call run_suites,plain asan)
	@sh tools/platform_record.sh \
	    "$$(sh tools/platform_here.sh system '$(CC)')" \
	    "$$(sh tools/platform_here.sh compiler '$(CC)')" \
	    $(if $(EMULATOR),emulated,run) \
	    "make check: $$(cat build/logs/total.txt)"

# ---- single runs ----

one = $(filter %/$(T) %/$(dir $(T))test_$(notdir $(T)) \
    %/$(dir $(T))fuzz_$(notdir $(T)),$(TEST_BINS))
check-one: $(RUNS_HERE) $(one) \
    $(if $(filter cli/% build/% examples/%,$(T)),all $(FOR_CLI) $(EMULATED))
	@$(if $(one),$(TEST_ENV) $(RUN_WITH) $(EMULATOR) $(one) \
	    $(call fuzz_arguments,$(one)),\
	    $(TEST_ENV) sh tests/$(T).sh)

GOLDEN ?= $(GOLDEN_DATA)
golden: $(RUNS_HERE)
	@+$(SUBMAKE) $(GOLDEN_TOOL) >&2
	@$(EMULATOR) $(GOLDEN_TOOL) '$(GOLDEN)'

check-examples: $(NATIVE) all
	@$(TEST_ENV) sh tests/examples/run.sh

check-faiss-c: $(NATIVE) all
	@$(TEST_ENV) MAKE='$(MAKE)' sh tests/faiss_c/run.sh

# A service that lives for SECONDS, alone on the machine: its searches are timed.
SECONDS ?= 1200
check-soak: $(RUNS_HERE) $(filter %/test_soak,$(API_TESTS)) | build/suites
	$(file >build/suites/soak.txt,api/soak=$(TEST_ENV) \
	    SIAMESE_SOAK_SECONDS=$(SECONDS) $(EMULATOR) $<)
	@$(if $(EMULATOR),,COUNTED_BY='make check-soak SECONDS=$(SECONDS)') \
	    SIAMESE_TEST_SECONDS=$$(($(SECONDS) + 600)) V=1 $(call run_suites,soak)

# ---- the long ones ----

VALGRIND := valgrind -q --error-exitcode=99 --leak-check=full \
    --errors-for-leak-kinds=definite,indirect,possible \
    $(addprefix --suppressions=,$(wildcard tests/valgrind.supp))

# One thread at a time in valgrind and few races in single-threaded tests: the
# API tests go through the one, those that start threads through the other. Those
# that fail each call in turn are thousands of repetitions, which make check has
# under address and leak sanitizers: under valgrind they would take hours. Nor is it
# for those whose children end with what they inherited, or have no room for it, and
# for millions of products and sums, each of which it computes in software.
NOT_VALGRIND := address_space every_allocation every_io fork index_batch \
    index_bounded index_memory index_shards training_killed

# The parts, each with the seconds that it may take at most, and their one last
# line. On two quiet cores all take less than two hours, as no part repeats what
# another has run: the sanitizers of make check are those of the newer release, and
# mutants get five minutes, for check-mutants tries all of them.
define long_parts
suites 3000 $(SUBMAKE) long-suite
valgrind 4000 $(SUBMAKE) long-valgrind
tsan 2400 $(SUBMAKE) long-tsan
soak 2000 $(SUBMAKE) check-soak
platforms 900 $(SUBMAKE) check-platforms
coverage 1800 $(SUBMAKE) coverage
mutants 900 $(SUBMAKE) check-mutants MUTANT_SECONDS=300
$(if $(filter 0,$(shell id -u)),chroot 4800 PLAIN=bookworm sh tests/chroot/run.sh)
endef

.PHONY: long-suite long-valgrind long-tsan check-mutants
check-long: $(NATIVE) | build/suites
	@sh tools/setup.sh build check long chroot platforms
	$(file >build/suites/parts.txt,$(long_parts))
	@[ "$$(id -u)" -eq 0 ] || \
	    echo 'check-long: without root, no bare chroots' >&2
	@+V=$(V) sh tools/run_parts.sh build/logs-long build/suites/parts.txt

# The limit of one test: a million searches under the thread sanitizer.
long_run = SIAMESE_TEST_LONG=1 COUNTED_BY='make check-long' V=$(V) \
    ALONE='$(ALONE)' SIAMESE_TEST_SECONDS=1800 \
    sh tools/run_tests.sh build/logs-long/$(1) build/suites/$(1).txt

long-suite:
	@+$(SUBMAKE) all suite SUITE=long
	@$(call long_run,long)

long-valgrind:
	@echo 'valgrind: without $(NOT_VALGRIND) (make check: ASan)'
	@+$(SUBMAKE) suite SUITE=valgrind RUN_WITH='SIAMESE_TEST_SLOW=1 $(VALGRIND)' \
	    UNIT_TESTS= GOLDEN_ALL= CLI_TESTS= API_TESTS='$(filter-out \
	    $(NOT_VALGRIND:%=$(OBJ)/tests/api/test_%),$(API_TESTS))'
	@$(call long_run,valgrind)

long-tsan:
	@+$(SUBMAKE) suite SUITE=tsan SANITIZE=thread GOLDEN_ALL= CLI_TESTS=
	@$(call long_run,tsan)

# Copies of the sources, changed one place at a time, and the tests that have to
# see it: as many mutants as MUTANT_SECONDS allow, or all (0).
MUTANT_SECONDS ?= 600
MUTANT_TREE    := build/mutants
mutant_patience = $(if $(filter 0,$(MUTANT_SECONDS)),100000,$$(($(MUTANT_SECONDS) + 600)))
check-mutants: $(NATIVE) | build/suites
	@sh tools/setup.sh build check mutants
	@rm -rf $(MUTANT_TREE) && mkdir -p $(MUTANT_TREE)/sources
	@cp -R Makefile include lib mk pkgconfig src tools tests docs README.md \
	    CHANGELOG.md $(MUTANT_TREE)/sources
	$(file >build/suites/mutants.txt,mutants=python3 tools/mutants.py \
	    '$(MUTANT_TREE)/sources' '$(CURDIR)/$(MUTANT_TREE)' '$(OBJ)' \
	    tests/mutants/list.txt tests/mutants/known.txt $(MUTANT_SECONDS) $(SEED))
	@COUNTED_BY='make check-mutants SEED=$(SEED)' V=1 \
	    SIAMESE_TEST_SECONDS=$(mutant_patience) \
	    $(call run_suites,mutants)

# Shares of lines and branches of lib/, which must not fall below the floors, by the
# library's own tests: what only the command's run is not counted.
COVERAGE_FLOORS ?= 95 85
coverage: $(NATIVE)
	@sh tools/setup.sh build check mutants
	@+$(SUBMAKE) coverage-run SUITE=coverage COVERAGE=1 CLI_TESTS=

coverage-run: suite
	@find $(OBJ) -name '*.gcda' -delete
	@ALONE='$(ALONE)' sh tools/run_tests.sh build/logs-coverage \
	    build/suites/coverage.txt
	@sh tools/coverage.sh $(OBJ) $(COVERAGE_FLOORS)
