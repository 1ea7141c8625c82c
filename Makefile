# libsiamese: builds the library, the command and the tests.
#
#   make                    libraries and command, in build/
#   make setup              installs the packages that are missing
#   make install            prefix=/usr/local DESTDIR= libdir= ...; uninstall,
#                           install-strip
#   make CROSS_COMPILE=aarch64-linux-gnu-    another machine's, with such tools
#   make demo               train, evaluate and search an invented catalogue;
#                           KEEP=DIR keeps it there, with its model
#   make help               this text
#
# Tests:
#
#   make check              every test that a change must pass
#   make check-one T=unit/pool    one test, output shown
#   make check-examples     examples and README against an installed library
#   make abi-check          the library's ABI beside that of released versions
#   make check-abi          that abi-check finds every incompatible change
#   make check-bindings     other languages, wheels beside us; installs packages
#   make check-browser      the pages, in headless Chromium; installs packages
#   make check-cluster      Dask, Spark and Open MPI here; installs them
#   make check-packages     CMake's package, distcheck, Debian's packages
#   make check-fuzz         fuzz targets with libFuzzer (clang): TARGETS="csv npy"
#                           RUNS= from SEED=, at most FUZZ_SECONDS= each
#   make fuzz-corpus        tests/fuzz/corpus anew, of what those runs found
#   make fuzz-seeds         its first checkpoints
#   make check-faiss-c      the index with FAISS's own C API
#   make check-platforms    compiles for musl and macOS (zig cc of PyPI)
#   make check-terminal     what zsh completes; installs zsh
#   make check-chroot       demo and check on a bare Debian 12 and 13, as root
#   make check-arm64        cross-built in a chroot, under qemu-user, as root;
#                           check-arm64-all with the slow ones and the command's
#   make check-soak         a service for 20 minutes, or SECONDS=
#   make check-mutants      changes that tests must see, for MUTANT_SECONDS=
#   make check-plain        make check without the sanitizers' half
#   make check-long         valgrind, thread sanitizer, check-soak, coverage,
#                           check-mutants, bare chroots; one line for all
#   make golden GOLDEN=DIR  golden vectors, one JSON object a line
#
# Sources:
#
#   make lint               format, clang-tidy, cppcheck, hardening, shellcheck
#   make format             writes the format of .clang-format
#   make map                draws docs/architecture.svg, lists docs/files.md
#                           and docs/symbols-in-versions
#   make platforms          docs/platforms.md from the suites that ran here
#   make reliability        docs/reliability.md likewise
#   make coverage           lines and branches of lib/ that its tests ran, held to
#                           their floors; build/coverage.txt
#   make dist               the last commit as dist/libsiamese-VERSION.tar.gz
#   make distcheck          that it builds, passes CHECKS="unit/pool ..." or
#                           CHECKS=all, installs and uninstalls without a trace
#   make deb                packages of Debian of the last commit, in dist/deb
#   make wheel              Python's wheel and source distribution, in dist
#   make clean              removes build/ and dist/
#
# Figures:
#
#   make bench              our figures on this machine (bench/run.sh)
#   make bench-peers        ratios to TensorFlow, PyTorch, FAISS and others
#   make bench-cluster      bulk embedding on Dask and Spark, beside one call
#   make bench-nodes        the model of docs/scaling.md: 1, 2, 4 processes
#   make bench-changes      adds, removals and saves of an index
#   make bench-serve        siamese serve under wrk, beside the library's calls
#   make bench-products     products of matrices by BLIS's kernels and by ours,
#                           and of floats beside those of bfloat16
#   make bench-arm64        instructions of the arm64 kernels, under qemu-user
#   make bench-scaling      threads, pairs, items, memory; draws docs/scaling.svg
#
# Useful variables: CC, CXX, CFLAGS, CXXFLAGS, CPPFLAGS, LDFLAGS (appended to
# what the project needs), V=1 (show commands), WERROR=1, SANITIZE=address,...
# (with SM_ASSERT=1: invariants are checked, lib/common/assert.h); HARDEN=no (without
# what mk/harden.mk has);
# FAISS_C=auto|yes|no (link FAISS's own C API, FAISS_C_LIBS), BLIS=DIR (of
# libblis.a) or BLIS=no (kernels of our own alone), UTF8PROC_LIB, STEMMER_LIB
# (archives that go inside), STEMMER_RELEASE,
# WITH_SENTENCEPIECE=auto|yes|no, SENTENCEPIECE_RELEASE (docs/text.md),
# WITH_SQLITE=auto|yes|no (of the command alone: BM25 of train --holdout),
# WITH_MICROHTTPD=auto|yes|no (likewise: siamese serve),
# WITH_LIBEDIT=auto|yes|no (likewise: lines of a session are edited).
# A cross build: CROSS_COMPILE=PREFIX- of gcc, g++, ar, ld, objcopy, nm, strip and
# pkg-config, which CC, CXX, AR, ... replace one by one; EMULATOR=PROGRAM runs what
# it builds (qemu-aarch64-static) where a target has to.

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

include mk/config.mk
include mk/library.mk
include mk/install.mk
include mk/fuzz.mk
include mk/tests.mk
include mk/suites.mk
include mk/lint.mk

.PHONY: all library command clean dist distcheck deb setup setup-check help demo bench \
    bench-changes bench-cluster bench-nodes bench-peers bench-products bench-scaling \
    bench-serve

all: library command manual

library: $(PUBLIC_LIBRARIES)

command: $(PUBLIC_COMMAND)

# Set-up asks the package manager only for what is missing; the second make
# reads the tools and libraries that the first one could not yet see.
setup:
	@sh tools/setup.sh build

setup-check:
	@sh tools/setup.sh build check

# The comment at the top, up to its end.
help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

demo: $(RUNS_HERE) setup
	@+$(SUBMAKE) all $(EMULATED) >&2
	@SIAMESE='$(if $(EMULATED),$(HERE),$(CURDIR)/build)/siamese' \
	    AGAIN='make demo KEEP=shop' sh examples/demo/run.sh \
	    $(if $(KEEP),--keep '$(KEEP)')

bench: $(NATIVE) all
	@SIAMESE='$(CURDIR)/build/siamese' CC='$(CC)' sh bench/run.sh

bench-peers: $(NATIVE) all
	@SIAMESE='$(CURDIR)/build/siamese' CC='$(CC)' sh bench/peers.sh

bench-changes: $(NATIVE) all
	@CC='$(CC)' sh bench/index_changes.sh

bench-cluster: $(NATIVE) all
	@sh bench/cluster/bulk.sh

bench-nodes: $(NATIVE) all
	@sh bench/cluster/nodes.sh

bench-serve: $(NATIVE) all
	@sh tools/setup.sh serve
	@SIAMESE='$(CURDIR)/build/siamese' CC='$(CC)' sh bench/serve.sh

bench-products: $(NATIVE) $(PRODUCTS) $(PRECISIONS)
	@$(PRODUCTS) $(RUNS)
	@$(PRECISIONS) $(RUNS)

bench-scaling: $(NATIVE) all
	@SIAMESE='$(CURDIR)/build/siamese' CC='$(CC)' sh bench/scaling.sh

clean:
	rm -rf build dist

DIST := dist/libsiamese-$(VERSION)

# Of what is committed here, and not in a checkout around this folder. The
# pieces one by one: a pipe would end well with nothing in it.
dist:
	@[ -z "$$(git rev-parse --show-prefix || echo none)" ] || { \
	    echo 'make: dist packs the last commit, and this folder is no' \
	        'checkout of git' >&2; exit 1; }
	@mkdir -p '$(dir $(DIST))'
	$(Q)git archive --prefix=libsiamese-$(VERSION)/ \
	    -o '$(DIST).new.tar' HEAD || { rm -f '$(DIST).new.tar'; exit 1; }
	$(Q)gzip -9nf '$(DIST).new.tar'
	$(Q)mv -f '$(DIST).new.tar.gz' '$(DIST).tar.gz'
	@echo '$(DIST).tar.gz'

.PHONY: wheel
wheel:
	@sh tools/setup.sh build bindings
	@sh bindings/python/tools/wheel.sh dist

deb: dist
	@sh tools/setup.sh build check deb
	@sh tools/deb.sh '$(abspath $(DIST)).tar.gz'

# What it must pass: make check-one's names of tests, or all.
CHECKS ?=
distcheck: dist
	@MAKE='$(MAKE)' sh tools/distcheck.sh '$(abspath $(DIST)).tar.gz' $(CHECKS)
