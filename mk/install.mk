# install and uninstall name the same list, so that one undoes the other.

HEADERS  := $(wildcard include/siamese/*.h)
CPP_HEADERS := $(wildcard include/siamese/*.hpp include/siamese/cpp/*.hpp)
MAN1     := $(wildcard docs/man/*.1)
# In the folders that they have here, so that their links lead somewhere.
DOCS     := $(wildcard README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md LICENSE \
    THIRD-PARTY-NOTICES docs/*.md docs/symbols-in-versions docs/*.svg docs/*.png \
    include/siamese/*.h bench/results/scaling.tsv bench/results/graphs.tsv \
    bench/results/stages.tsv \
    $(wildcard bindings/*/README.md bindings/*/*/README.md \
        bindings/*/notebooks/*.ipynb) \
    examples/*.* examples/*/*.*)
DOC_FOLDERS := $(patsubst %/,/%,$(filter-out ./,$(sort $(dir $(DOCS) \
    $(dir $(patsubst %/,%,$(dir $(DOCS))))))))

.PHONY: install install-strip uninstall manual

# The pages of section 3 are made from the headers, and not kept beside them:
# whoever changes a comment has changed its page. They need awk alone.
MANUAL := build/man/.made
manual: $(MANUAL)

$(MANUAL): $(HEADERS) $(wildcard tools/man_*) tools/headers.awk \
    docs/symbols-in-versions CHANGELOG.md
	$(call say,MAN,build/man/man3)
	@mkdir -p $(@D)
	$(Q)sh tools/man_pages.sh build/man/man3
	@touch $@

# What pkg-config and CMake are told of this library. Each install writes its own
# where it belongs: two at once into different places share nothing.
CMAKE_FILES := libsiamese-config.cmake libsiamese-config-version.cmake

# from_cmake,DIRECTORY: as it is seen from the CMake files; by its full name
# where realpath cannot tell.
from_cmake = $(shell realpath -m --relative-to='$(cmakedir)' '$(1)' \
    2>/dev/null || echo '$(1)')

empty :=
join_by_semicolons = $(subst $(empty) $(empty),;,$(strip $(1)))

fill_pc = sed -e 's|@prefix@|$(prefix)|' -e 's|@libdir@|$(libdir)|' \
    -e 's|@includedir@|$(includedir)|' -e 's|@version@|$(VERSION)|' \
    -e 's|@libs_private@|$(strip $(PC_LIBS_PRIVATE))|'
fill_cmake = sed -e 's|@libdir@|$(call from_cmake,$(libdir))|' \
    -e 's|@includedir@|$(call from_cmake,$(includedir))|' \
    -e 's|@version@|$(VERSION)|' -e 's|@major@|$(VERSION_MAJOR)|' \
    -e 's|@soname@|$(SONAME)|' \
    -e "s|@pointer_size@|$$($(CC) -dM -E - < /dev/null | \
        sed -n 's/^\#define __SIZEOF_POINTER__ //p')|" \
    -e 's|@libs_private@|$(call join_by_semicolons,$(PC_LIBS_PRIVATE))|'

# By their names: what Requires.private names adds its own flags for compiling to
# every host's.
PC_LIBS_PRIVATE = $(filter -l%,$(FAISS_LINK) $(SENTENCEPIECE_LIBS)) \
    $(if $(LIB_CXX),-lstdc++) $(LIB_LIBS) -lpthread

install: all
	$(Q)$(INSTALL) -d $(foreach directory,$(bindir) $(libdir) \
	    $(includedir)/siamese/cpp $(pkgconfigdir) $(cmakedir) $(docdir) \
	    $(DOC_FOLDERS:%=$(docdir)%) $(mandir)/man1 $(mandir)/man3 \
	    $(bashcompletiondir) $(zshcompletiondir),\
	    '$(DESTDIR)$(directory)')
	$(Q)for header in $(HEADERS) $(CPP_HEADERS); do \
	    $(INSTALL) -m 644 "$$header" \
	    '$(DESTDIR)$(includedir)'/"$${header#include/}" || exit 1; done
	$(Q)$(INSTALL_PROGRAM) -m 755 build/libsiamese.so.$(VERSION) \
	    '$(DESTDIR)$(libdir)'
	$(Q)ln -sf libsiamese.so.$(VERSION) '$(DESTDIR)$(libdir)/$(SONAME)'
	$(Q)ln -sf $(SONAME) '$(DESTDIR)$(libdir)/libsiamese.so'
	$(Q)$(INSTALL) -m 644 build/libsiamese.a '$(DESTDIR)$(libdir)'
	$(Q)to='$(DESTDIR)$(pkgconfigdir)/siamese.pc' && \
	    $(fill_pc) pkgconfig/siamese.pc.in > "$$to" && chmod 644 "$$to"
	$(Q)for file in $(CMAKE_FILES); do \
	    to='$(DESTDIR)$(cmakedir)'/"$$file" && \
	    $(fill_cmake) "pkgconfig/$$file.in" > "$$to" && chmod 644 "$$to" || \
	    exit 1; done
	$(if $(COMMAND_C),$(Q)$(INSTALL_PROGRAM) -m 755 build/siamese \
	    '$(DESTDIR)$(bindir)')
	@# bash looks for a file of the command's name, zsh for one with a _ before.
	$(Q)$(INSTALL) -m 644 src/completion/siamese.bash \
	    '$(DESTDIR)$(bashcompletiondir)/siamese'
	$(Q)$(INSTALL) -m 644 src/completion/_siamese \
	    '$(DESTDIR)$(zshcompletiondir)'
	$(Q)$(INSTALL) -m 644 $(MAN1) '$(DESTDIR)$(mandir)/man1'
	@# Functions are links to the page of their header.
	$(Q)for page in build/man/man3/*.3; do \
	    if [ -L "$$page" ]; then ln -sf "$$(readlink "$$page")" \
	        '$(DESTDIR)$(mandir)/man3'/"$${page##*/}"; \
	    else $(INSTALL) -m 644 "$$page" '$(DESTDIR)$(mandir)/man3'; \
	    fi || exit 1; done
	$(Q)for file in $(DOCS); do \
	    $(INSTALL) -m 644 "$$file" '$(DESTDIR)$(docdir)'/"$$file" || \
	    exit 1; done
	@# A live system finds the library only by the loader's cache.
	@if [ -z '$(DESTDIR)' ] && [ "$$(id -u)" -eq 0 ]; then \
	    ldconfig 2>/dev/null || true; fi

install-strip:
	@+$(MAKE) --no-print-directory install \
	    INSTALL_PROGRAM='$(INSTALL) -s --strip-program=$(STRIP)'

INSTALLED := $(foreach header,$(HEADERS) $(CPP_HEADERS),\
        $(header:include/%=$(includedir)/%)) \
    $(foreach name,libsiamese.so.$(VERSION) $(SONAME) libsiamese.so \
        libsiamese.a,$(libdir)/$(name)) \
    $(pkgconfigdir)/siamese.pc \
    $(CMAKE_FILES:%=$(cmakedir)/%) $(if $(COMMAND_C),$(bindir)/siamese) \
    $(bashcompletiondir)/siamese $(zshcompletiondir)/_siamese \
    $(foreach page,$(MAN1),$(mandir)/man1/$(notdir $(page))) \
    $(foreach doc,$(DOCS),$(docdir)/$(doc))

uninstall: $(MANUAL)
	$(Q)rm -f $(foreach file,$(INSTALLED),'$(DESTDIR)$(file)')
	$(Q)for page in build/man/man3/*.3; do \
	    rm -f '$(DESTDIR)$(mandir)/man3'/"$${page##*/}"; done
	@# The folders that are ours alone, inner ones first; others may hold
	@# more than our files.
	$(Q)printf '%s\n' $(foreach directory,$(includedir)/siamese \
	    $(includedir)/siamese/cpp $(cmakedir) $(docdir) $(DOC_FOLDERS:%=$(docdir)%),'$(DESTDIR)$(directory)') | sort -r | \
	    while read -r directory; do \
	    if [ -d "$$directory" ]; then \
	        rmdir --ignore-fail-on-non-empty "$$directory"; fi; done
