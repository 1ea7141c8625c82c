# Tools, libraries and flags. Nothing here fails when something is missing:
# set-up may be what is being asked for.

# The version is kept once, in the public header.
version_part = $(shell sed -n \
    's/^.define SIAMESE_VERSION_$(1) *\([0-9][0-9]*\).*/\1/p' \
    include/siamese/version.h 2>/dev/null)
VERSION_MAJOR := $(or $(call version_part,MAJOR),0)
VERSION_MINOR := $(or $(call version_part,MINOR),1)
VERSION_PATCH := $(or $(call version_part,PATCH),0)
VERSION := $(VERSION_MAJOR).$(VERSION_MINOR).$(VERSION_PATCH)
SONAME  := libsiamese.so.$(VERSION_MAJOR)

# Directories, in either case; the lower case wins when both are given.
PREFIX       ?= /usr/local
prefix       ?= $(PREFIX)
EXEC_PREFIX  ?= $(prefix)
exec_prefix  ?= $(EXEC_PREFIX)
BINDIR       ?= $(exec_prefix)/bin
bindir       ?= $(BINDIR)
LIBDIR       ?= $(exec_prefix)/lib
libdir       ?= $(LIBDIR)
INCLUDEDIR   ?= $(prefix)/include
includedir   ?= $(INCLUDEDIR)
DATAROOTDIR  ?= $(prefix)/share
datarootdir  ?= $(DATAROOTDIR)
MANDIR       ?= $(datarootdir)/man
mandir       ?= $(MANDIR)
DOCDIR       ?= $(datarootdir)/doc/libsiamese
docdir       ?= $(DOCDIR)
BASHCOMPLETIONDIR ?= $(datarootdir)/bash-completion/completions
bashcompletiondir ?= $(BASHCOMPLETIONDIR)
ZSHCOMPLETIONDIR ?= $(datarootdir)/zsh/site-functions
zshcompletiondir ?= $(ZSHCOMPLETIONDIR)
PKGCONFIGDIR ?= $(libdir)/pkgconfig
pkgconfigdir ?= $(PKGCONFIGDIR)
CMAKEDIR     ?= $(libdir)/cmake/libsiamese
cmakedir     ?= $(CMAKEDIR)

# The prefix of a cross compiler's tools, as the kernel's build takes it; each
# tool that is given by its own name wins. EMULATOR runs what they build.
CROSS_COMPILE ?=
EMULATOR      ?=

# make's own defaults for these are not a choice of the user's.
define tool
ifneq (,$$(filter default undefined,$$(origin $(1))))
$(1) := $(CROSS_COMPILE)$(2)
endif
endef
$(eval $(call tool,CC,gcc))
$(eval $(call tool,CXX,g++))
$(eval $(call tool,AR,ar))
$(eval $(call tool,LD,ld))
$(eval $(call tool,OBJCOPY,objcopy))
$(eval $(call tool,NM,nm))
$(eval $(call tool,STRIP,strip))
INSTALL ?= install
INSTALL_PROGRAM ?= $(INSTALL)

# What measures, or builds hosts with this machine's tools, is for this machine.
NATIVE := $(if $(CROSS_COMPILE),native)
.PHONY: native
native:
	@echo 'make: $(MAKECMDGOALS) is for programs of this machine, and' \
	    'CROSS_COMPILE=$(CROSS_COMPILE) builds others' >&2; exit 1

ifeq ($(V),1)
Q   :=
say := @:
else
Q   := @
say = @printf '  %-8s%s\n' '$(1)' '$(2)' >&2
endif
# Targets that call make again use every processor unless -j says otherwise.
SUBMAKE = $(MAKE) --no-print-directory \
    $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 1))

# remember,FILE,TEXT: a rule for FILE, out of date just when TEXT has changed,
# for what depends on a choice rather than on a file.
define remember
ifneq ($$(strip $$(file <$(1))),$$(strip $(2)))
$(1): FORCE
endif
$(1):
	@mkdir -p $$(@D)
	@printf "%s\n" "$(2)" > $$@
endef
.PHONY: FORCE
FORCE:

# ---- libraries ----

MACHINE   := $(shell $(CC) -dumpmachine 2>/dev/null)
MULTIARCH := $(shell $(CC) -print-multiarch 2>/dev/null)

# Debian has a pkg-config of each foreign architecture; elsewhere the machine's
# own is told to look at that architecture's files, and at no others.
ifneq (,$(filter default undefined,$(origin PKG_CONFIG)))
PKG_CONFIG := $(if $(CROSS_COMPILE),$(or $(shell \
    command -v $(CROSS_COMPILE)pkg-config 2>/dev/null),\
    PKG_CONFIG_LIBDIR="$${PKG_CONFIG_LIBDIR:-/usr/lib/$(or $(MULTIARCH),\
    $(MACHINE))/pkgconfig:/usr/share/pkgconfig}" pkg-config),pkg-config)
endif

# BLIS by the place of its package, not by the alternatives system: what
# libblas.so.3 means on a machine must not change what we take from it. All
# flavours hold the same kernels. "no" does without them.
BLIS_DIRS := $(foreach flavour,serial pthread openmp,\
    /usr/lib/$(MULTIARCH)/blis-$(flavour))
BLIS      ?= $(patsubst %/libblis.a,%,\
    $(firstword $(wildcard $(BLIS_DIRS:%=%/libblis.a))))
BLIS_LIB  := $(if $(filter no,$(BLIS)),no,$(BLIS)/libblis.a)
BLIS_INC  ?= /usr/include/$(MULTIARCH)/$(notdir $(BLIS))

FAISS_LIB ?= $(shell $(CXX) -print-file-name=libfaiss.a 2>/dev/null)

# fits_inside,LIBRARIES: yes if a shared library can be made of all that they
# hold. An archive may be there and not be position-independent (libfaiss_c.a
# of Debian 13), which shows only when its members are linked.
fits_inside = $(shell echo 'int probe;' | $(CXX) -shared -fPIC -x c++ - \
    -x none -Wl,--whole-archive $(1) -Wl,--no-whole-archive -o /dev/null \
    2>/dev/null && echo yes)

# libfaiss_c where there is one: link it and tell the adapter what it has. A
# static one hides inside the library like FAISS itself; a shared one brings
# its own FAISS, and a second copy beside it must not be linked.
FAISS_C          ?= auto
FAISS_C_ARCHIVE  := $(filter /%,$(shell $(CXX) -print-file-name=libfaiss_c.a \
    2>/dev/null))
FAISS_C_LIBS     ?= $(or $(FAISS_C_ARCHIVE),-lfaiss_c)
ifeq ($(FAISS_C),auto)
HAVE_FAISS_C := $(call fits_inside,$(FAISS_C_LIBS))
else
HAVE_FAISS_C := $(filter yes,$(FAISS_C))
endif
FAISS_C_LINK := $(if $(HAVE_FAISS_C),$(FAISS_C_LIBS))
ifneq (,$(filter -l%,$(FAISS_C_LINK)))
FAISS_LIB := -lfaiss
endif

# Snowball's stemmers go into the library, like BLIS; a shared one would be one
# more thing that every host has to install.
STEMMER_LIB ?= $(or $(filter /%,$(shell $(CC) -print-file-name=libstemmer.a \
    2>/dev/null)),libstemmer.a)

# The release, which no header tells, and which a vocabulary's file remembers:
# that of the package that brought the archive. Empty if none did.
ifeq ($(origin STEMMER_RELEASE),undefined)
STEMMER_RELEASE := $(shell sh tools/package_release.sh '$(STEMMER_LIB)')
endif

# utf8proc as well: its soname differs from one release of Debian to the next. The
# command, which sees nothing of the library's inside, has the archive too.
UTF8PROC_LIB ?= $(or $(filter /%,$(shell $(CC) -print-file-name=libutf8proc.a \
    2>/dev/null)),libutf8proc.a)

# sentencepiece, optional: auto takes it as archives, which go inside; yes takes
# the shared ones too (Debian's), which every host then needs; no leaves it out.
WITH_SENTENCEPIECE ?= auto
SENTENCEPIECE_ARCHIVES := $(filter /%,$(foreach archive,\
    libsentencepiece_train.a libsentencepiece.a,\
    $(shell $(CXX) -print-file-name=$(archive) 2>/dev/null)))
ifeq ($(WITH_SENTENCEPIECE),yes)
SENTENCEPIECE_LIBS ?= $(or $(SENTENCEPIECE_ARCHIVES),-lsentencepiece_train \
    -lsentencepiece)
else ifeq ($(WITH_SENTENCEPIECE),auto)
ifneq ($(SENTENCEPIECE_ARCHIVES),)
SENTENCEPIECE_LIBS ?= $(if $(call fits_inside,$(SENTENCEPIECE_ARCHIVES)),\
    $(SENTENCEPIECE_ARCHIVES))
endif
else
override SENTENCEPIECE_LIBS :=
endif

ifeq ($(origin SENTENCEPIECE_RELEASE),undefined)
SENTENCEPIECE_RELEASE := $(if $(SENTENCEPIECE_LIBS),$(shell \
    $(PKG_CONFIG) --modversion sentencepiece 2>/dev/null))
endif

# SQLite, which the command measures BM25 with; without it, it says so.
WITH_SQLITE ?= auto
SQLITE_FOUND = $(or $(shell $(PKG_CONFIG) --libs sqlite3 2>/dev/null),-lsqlite3)
ifeq ($(WITH_SQLITE),auto)
SQLITE_LIBS := $(shell echo 'int main(void) { sqlite3 *d = 0; \
    return sqlite3_open(":memory:", &d); }' | $(CC) -include sqlite3.h -x c - \
    -o /dev/null $(SQLITE_FOUND) 2>/dev/null && echo '$(SQLITE_FOUND)')
else
SQLITE_LIBS := $(if $(filter yes,$(WITH_SQLITE)),$(SQLITE_FOUND))
endif

# libmicrohttpd, which siamese serve answers by; without it, it says so.
WITH_MICROHTTPD ?= auto
MICROHTTPD_FOUND = $(or $(shell $(PKG_CONFIG) --libs libmicrohttpd 2>/dev/null),\
    -lmicrohttpd)
ifeq ($(WITH_MICROHTTPD),auto)
MICROHTTPD_LIBS := $(shell echo 'int main(void) { \
    return MHD_get_version() == 0; }' | $(CC) -include microhttpd.h -x c - \
    -o /dev/null $(MICROHTTPD_FOUND) 2>/dev/null && echo '$(MICROHTTPD_FOUND)')
else
MICROHTTPD_LIBS := $(if $(filter yes,$(WITH_MICROHTTPD)),$(MICROHTTPD_FOUND))
endif

# libedit, with which lines of siamese search are edited; without it the terminal
# edits them.
WITH_LIBEDIT ?= auto
LIBEDIT_FOUND = $(or $(shell $(PKG_CONFIG) --libs libedit 2>/dev/null),-ledit)
ifeq ($(WITH_LIBEDIT),auto)
LIBEDIT_LIBS := $(shell echo 'int main(void) { return !el_init("", 0, 0, 0); }' | \
    $(CC) -include stdio.h -include histedit.h -x c - -o /dev/null \
    $(LIBEDIT_FOUND) 2>/dev/null && echo '$(LIBEDIT_FOUND)')
else
LIBEDIT_LIBS := $(if $(filter yes,$(WITH_LIBEDIT)),$(LIBEDIT_FOUND))
endif

LIB_LIBS     := -lz -lgomp -lm
COMMAND_LIBS := -lcsv -lz $(or $(shell $(PKG_CONFIG) --libs jansson 2>/dev/null),\
    -ljansson) $(SQLITE_LIBS) $(MICROHTTPD_LIBS)

# ---- flags ----

WARNINGS := -Wall -Wextra -Wshadow -Wpointer-arith -Wwrite-strings
C_WARNINGS := -Wstrict-prototypes -Wmissing-prototypes
ifeq ($(WERROR),1)
WARNINGS += -Werror
endif

comma := ,
SANITIZE ?=
ifneq ($(SANITIZE),)
SANITIZE_FLAGS := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer \
    -fno-sanitize-recover=all
# gcc warns wrongly of uninitialised values in instrumented code. clang does not
# know that option, and has the check of vptr in a runtime of C++ that C programs
# are not linked with.
SANITIZE_FLAGS += $(if $(findstring clang,$(shell $(CC) --version 2>/dev/null)),\
    -fno-sanitize=vptr,-Wno-maybe-uninitialized)
endif
ifeq ($(COVERAGE),1)
SANITIZE_FLAGS += --coverage
endif

include mk/harden.mk

BASE_FLAGS := -O2 -g $(WARNINGS) $(HARDEN_FLAGS) -ffp-contract=off -fvisibility=hidden \
    -fPIC -ffunction-sections -fdata-sections -pthread $(SANITIZE_FLAGS)
BASE_CFLAGS   := -std=c11 $(BASE_FLAGS) $(C_WARNINGS)
BASE_CXXFLAGS := -std=c++17 $(BASE_FLAGS) -fopenmp
# What is not in POSIX.1-2008 is for lib/common/platform.c, which says so itself.
# macOS hides some of POSIX too, unless it is asked for all it has.
BASE_CPPFLAGS := -D_XOPEN_SOURCE=700 -D_DARWIN_C_SOURCE $(HARDEN_DEFINES)
# Invariants (lib/common/assert.h) are checked where faults are looked for.
SM_ASSERT ?= $(if $(SANITIZE),1)
ifeq ($(SM_ASSERT),1)
BASE_CPPFLAGS += -DSM_ASSERT
endif

# Distributions ask for link-time optimisation of everything. Here it would put
# code of files that are compiled for other processors, or with other rounding,
# into one unit, and names that are local in libsiamese.a into every host's link.
NO_LTO := $(if $(findstring -flto,$(CFLAGS) $(CXXFLAGS)),-fno-lto)

ALL_CFLAGS   = $(BASE_CFLAGS) $(CFLAGS) $(NO_LTO)
ALL_CXXFLAGS = $(BASE_CXXFLAGS) $(CXXFLAGS) $(NO_LTO)
ALL_CPPFLAGS = $(BASE_CPPFLAGS) $(CPPFLAGS)
ALL_LDFLAGS  = -pthread $(SANITIZE_FLAGS) $(HARDEN_LINK) $(LDFLAGS)

# Objects of other flags, compilers or libraries never meet: each set has a
# directory of its own, and build/ holds copies of the last one made.
CONFIG_KEY := $(firstword $(shell printf '%s' '$(CC)|$(CXX)|$(MACHINE)|\
    $(ALL_CFLAGS)|$(ALL_CXXFLAGS)|$(ALL_CPPFLAGS)|$(ALL_LDFLAGS)|$(BLIS)|\
    $(FAISS_LIB)|$(FAISS_C_LINK)|$(STEMMER_LIB)|$(STEMMER_RELEASE)|$(SENTENCEPIECE_LIBS)|\
    $(SENTENCEPIECE_RELEASE)|$(UTF8PROC_LIB)|\
    $(COMMAND_LIBS)' | cksum))
OBJ := build/obj-$(CONFIG_KEY)
