# Fuzz targets: tests/fuzz/fuzz_NAME.c is one, with libFuzzer's entry. Without an
# engine it is a program that replays files (support/replay.c), which make check
# runs over tests/fuzz/corpus/NAME; make check-fuzz builds them with clang's
# engine. keras is Python's, with its own (keras.sh).

FUZZ_TESTS := $(patsubst %.c,$(OBJ)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_SEEDS := $(OBJ)/tests/fuzz/seeds

# Those of the command's readers are linked with its objects, but for its end
# (support/command.c).
FUZZ_COMMAND := $(filter %/fuzz_csv %/fuzz_npy %/fuzz_trec,$(FUZZ_TESTS))

# That of requests too, which end nothing: what serves has failures of its own.
FUZZ_SERVE := $(filter %/fuzz_http,$(FUZZ_TESTS))

# The engine, where SANITIZE has it: fuzzer-no-link instruments everything, and
# only these programs get its main.
FUZZ_ENGINE := $(if $(findstring fuzzer,$(SANITIZE)),-fsanitize=fuzzer)
FUZZ_SUPPORT := $(OBJ)/tests/fuzz/support
FUZZ_OBJS := $(FUZZ_SUPPORT)/sections.o $(FUZZ_SUPPORT)/memory_file.o \
    $(if $(FUZZ_ENGINE),,$(FUZZ_SUPPORT)/replay.o)

$(OBJ)/tests/fuzz/%.o: private ALL_CPPFLAGS += -D_GNU_SOURCE -Iinclude -Itests -Isrc

-include $(FUZZ_TESTS:=.d) $(FUZZ_SEEDS).d $(FUZZ_OBJS:.o=.d) \
    $(FUZZ_SUPPORT)/command.d
.SECONDARY: $(FUZZ_TESTS:=.o) $(FUZZ_OBJS) $(FUZZ_SUPPORT)/command.o

$(FUZZ_SEEDS): private HOST_LIBS := -lcmocka
$(FUZZ_SEEDS): %: %.o
$(FUZZ_TESTS): private HOST_LIBS := -lz
$(FUZZ_TESTS): %: %.o $(FUZZ_OBJS)

# Archives, where there are some, so that what they take is wrapped as well.
archive = $(or $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a)),-l$(1))
WRAPPED := malloc calloc realloc free fopen fclose open close iconv_open \
    iconv_close
$(FUZZ_COMMAND): private HOST_LIBS = $(WRAPPED:%=-Wl,--wrap=%) \
    $(UTF8PROC_LIB) $(call archive,csv) $(call archive,z) \
    $(filter-out -lcsv -lz,$(COMMAND_LIBS)) $(LIBEDIT_LIBS)
$(FUZZ_COMMAND): $(FUZZ_SUPPORT)/command.o \
    $(filter-out %/src/main.o %/cli_message.o,$(COMMAND_OBJS))
$(FUZZ_SERVE): private HOST_LIBS = $(UTF8PROC_LIB) $(COMMAND_LIBS) \
    $(LIBEDIT_LIBS)
$(FUZZ_SERVE): $(filter-out %/src/main.o,$(COMMAND_OBJS))
$(FUZZ_TESTS) $(FUZZ_SEEDS): $(OBJ)/$(SONAME) $(OBJ)/libsiamese.so
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_LDFLAGS) $(FUZZ_ENGINE) -Wl,-rpath,'$(CURDIR)/$(OBJ)' \
	    -o $@ $(filter %.o,$^) -L$(OBJ) -lsiamese $(HOST_LIBS) -lm

# ---- replayed by make check ----

# Changed inputs beside those of the corpus, the same ones in every run.
FUZZ_CHANGED ?= 500
fuzz_name = $(patsubst fuzz_%,%,$(notdir $(1)))
fuzz_arguments = $(if $(filter $(FUZZ_TESTS),$(1)),\
    tests/fuzz/corpus/$(call fuzz_name,$(1)) -runs=$(FUZZ_CHANGED))
fuzz_lines = $(foreach program,$(FUZZ_TESTS),$(LABEL)$(call \
    test_name,$(program))=$(TEST_ENV) $(RUN_WITH) $(EMULATOR) $(program) \
    $(call fuzz_arguments,$(program))$(newline))

# ---- with an engine ----

# Executions of each target, or seconds, whichever are over first; SEED, and what
# runs before this one left in build/fuzz, make the difference between two runs.
RUNS         ?= 20000
SEED         ?= 1
FUZZ_SECONDS ?= 120
FUZZ_BYTES   ?= 600000
TARGETS      ?= $(foreach program,$(FUZZ_TESTS),$(call fuzz_name,$(program))) \
    keras
FUZZ_NAMES   := $(filter-out keras,$(TARGETS))
fuzz_patience = $(if $(filter 0,$(FUZZ_SECONDS)),100000,$$(($(FUZZ_SECONDS) + 600)))
fuzz_limits = $(RUNS) $(SEED) $(FUZZ_SECONDS)$(newline)
fuzz_runs = $(foreach name,$(FUZZ_NAMES),$(LABEL)fuzz/fuzz_$(name)=$(TEST_ENV) sh \
    tests/fuzz/run.sh $(OBJ)/tests/fuzz/fuzz_$(name) $(fuzz_limits)) \
    $(if $(filter keras,$(TARGETS)),fuzz/keras=sh tests/fuzz/keras.sh \
    build/$(SONAME) $(fuzz_limits))
ENGINE := CC=clang CXX=clang++ SUITE=asan \
    SANITIZE=fuzzer-no-link,address,undefined

.PHONY: check-fuzz fuzz-run fuzz-corpus corpus-run fuzz-seeds
check-fuzz: $(NATIVE)
	@sh tools/setup.sh build check fuzz
	@+$(if $(filter keras,$(TARGETS)),$(SUBMAKE) library)
	@+$(SUBMAKE) fuzz-run $(ENGINE)

fuzz-run: $(FUZZ_NAMES:%=$(OBJ)/tests/fuzz/fuzz_%) | build/suites
	$(file >build/suites/fuzz.txt,$(fuzz_runs))
	@COUNTED_BY='make check-fuzz RUNS=$(RUNS) SEED=$(SEED)' \
	    SIAMESE_TEST_SECONDS=$(fuzz_patience) V=$(or $(V),1) \
	    $(call run_suites,fuzz)

# The committed corpora anew: of what they and the runs here have, the fewest and
# smallest files that reach the same.
fuzz-corpus: $(NATIVE)
	@sh tools/setup.sh build check fuzz
	@+$(SUBMAKE) corpus-run $(ENGINE)

corpus-run: $(FUZZ_NAMES:%=$(OBJ)/tests/fuzz/fuzz_%)
	@set -e; for name in $(FUZZ_NAMES); do \
	    sh tests/fuzz/minimise.sh $(OBJ)/tests/fuzz/fuzz_$$name \
	        $(FUZZ_BYTES); done

# The first files of the targets that read checkpoints.
fuzz-seeds: $(FUZZ_SEEDS)
	@mkdir -p tests/fuzz/corpus/checkpoint tests/fuzz/corpus/mapped \
	    tests/fuzz/corpus/search
	@$(FUZZ_SEEDS) tests/fuzz/corpus
