# libsiamese: builds the library, the command and the tests.
#
#   make                    libraries and command, in build/
#   make install            prefix=/usr/local DESTDIR= libdir= ...
#   make check              every test that a change must pass
#   make check-long         valgrind, thread sanitizer, coverage, bare chroots
#   make check-chroot       demo and check on a bare Debian 12 and 13, as root
#   make check-one T=unit/pool    one test program, output shown
#   make golden GOLDEN=DIR  golden vectors, one JSON object a line
#   make demo               train, evaluate and search an invented catalogue
#   make bench              our figures on this machine (bench/run.sh)
#   make bench-peers        ratios to TensorFlow, PyTorch, ONNX Runtime, FAISS
#   make bench-scaling      threads, pairs, items, memory; draws docs/scaling.svg
#   make dist clean uninstall
#
# Useful variables: CC, CXX, CFLAGS, CXXFLAGS, CPPFLAGS, LDFLAGS (appended to
# what the project needs), V=1 (show commands), WERROR=1, SANITIZE=address,...
# FAISS_C=auto|yes|no (use libfaiss_c, FAISS_C_LIBS), BLIS=DIR (flavour),
# WITH_SENTENCEPIECE=auto|yes|no, STEMMER_RELEASE, SENTENCEPIECE_RELEASE
# (docs/text.md).

MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

include mk/config.mk
include mk/library.mk
include mk/install.mk
include mk/tests.mk

.PHONY: all library command clean dist setup setup-check demo bench \
    bench-peers bench-scaling

all: library command

library: $(PUBLIC_LIBRARIES)

command: $(PUBLIC_COMMAND)

# Set-up asks the package manager only for what is missing; the second make
# reads the tools and libraries that the first one could not yet see.
setup:
	@sh tools/setup.sh build

setup-check:
	@sh tools/setup.sh build check

demo: setup
	@+$(SUBMAKE) all >&2
	@SIAMESE='$(CURDIR)/build/siamese' sh examples/demo/run.sh

bench: all
	@SIAMESE='$(CURDIR)/build/siamese' CC='$(CC)' sh bench/run.sh

bench-peers: all
	@SIAMESE='$(CURDIR)/build/siamese' CC='$(CC)' sh bench/peers.sh

bench-scaling: all
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
