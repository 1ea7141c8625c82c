# install and uninstall name the same list, so that one undoes the other.

HEADERS  := $(wildcard include/siamese/*.h)
MAN1     := $(wildcard docs/man/*.1)
MAN3     := $(wildcard docs/man/*.3)
# In the folders that they have here, so that their links lead somewhere.
DOCS     := $(wildcard README.md CHANGELOG.md CONTRIBUTING.md LICENSE \
    THIRD-PARTY-NOTICES docs/*.md docs/*.svg include/siamese/*.h bench/results/scaling.tsv \
    examples/*.* examples/*/*.*)
DOC_FOLDERS := $(patsubst %/,/%,$(filter-out ./,$(sort $(dir $(DOCS) \
    $(dir $(patsubst %/,%,$(dir $(DOCS))))))))

.PHONY: install install-strip uninstall

build/siamese.pc: pkgconfig/siamese.pc.in build/.pc-values
	$(Q)sed -e 's|@prefix@|$(prefix)|' -e 's|@libdir@|$(libdir)|' \
	    -e 's|@includedir@|$(includedir)|' -e 's|@version@|$(VERSION)|' \
	    -e 's|@libs_private@|$(strip $(PC_LIBS_PRIVATE))|' $< > $@

$(eval $(call remember,build/.pc-values,\
    $(prefix)|$(libdir)|$(includedir)|$(VERSION)|$(FAISS_C_LINK)|\
    $(SENTENCEPIECE_LIBS)|$(LIB_LIBS)))

# By their names: what Requires.private names adds its own flags for compiling to
# every host's.
PC_LIBS_PRIVATE = $(filter -l%,$(FAISS_LINK) $(SENTENCEPIECE_LIBS)) \
    $(if $(LIB_CXX),-lstdc++) $(LIB_LIBS) -lpthread

install: all build/siamese.pc
	$(Q)$(INSTALL) -d $(foreach directory,$(bindir) $(libdir) \
	    $(includedir)/siamese $(pkgconfigdir) $(docdir) $(DOC_FOLDERS:%=$(docdir)%) \
	    $(if $(MAN1),$(mandir)/man1) $(if $(MAN3),$(mandir)/man3),\
	    '$(DESTDIR)$(directory)')
	$(Q)$(INSTALL) -m 644 $(HEADERS) '$(DESTDIR)$(includedir)/siamese'
	$(Q)$(INSTALL_PROGRAM) -m 755 build/libsiamese.so.$(VERSION) \
	    '$(DESTDIR)$(libdir)'
	$(Q)ln -sf libsiamese.so.$(VERSION) '$(DESTDIR)$(libdir)/$(SONAME)'
	$(Q)ln -sf $(SONAME) '$(DESTDIR)$(libdir)/libsiamese.so'
	$(Q)$(INSTALL) -m 644 build/libsiamese.a '$(DESTDIR)$(libdir)'
	$(Q)$(INSTALL) -m 644 build/siamese.pc '$(DESTDIR)$(pkgconfigdir)'
	$(if $(COMMAND_C),$(Q)$(INSTALL_PROGRAM) -m 755 build/siamese \
	    '$(DESTDIR)$(bindir)')
	$(if $(MAN1),$(Q)$(INSTALL) -m 644 $(MAN1) '$(DESTDIR)$(mandir)/man1')
	$(if $(MAN3),$(Q)$(INSTALL) -m 644 $(MAN3) '$(DESTDIR)$(mandir)/man3')
	$(Q)for file in $(DOCS); do \
	    $(INSTALL) -m 644 "$$file" '$(DESTDIR)$(docdir)'/"$$file" || \
	    exit 1; done
	@# A live system finds the library only by the loader's cache.
	@if [ -z '$(DESTDIR)' ] && [ "$$(id -u)" -eq 0 ]; then \
	    ldconfig 2>/dev/null || true; fi

install-strip:
	@+$(MAKE) --no-print-directory install \
	    INSTALL_PROGRAM='$(INSTALL) -s --strip-program=$(STRIP)'

INSTALLED := $(foreach header,$(HEADERS),$(includedir)/siamese/$(notdir \
        $(header))) \
    $(foreach name,libsiamese.so.$(VERSION) $(SONAME) libsiamese.so \
        libsiamese.a,$(libdir)/$(name)) \
    $(pkgconfigdir)/siamese.pc $(if $(COMMAND_C),$(bindir)/siamese) \
    $(foreach page,$(MAN1),$(mandir)/man1/$(notdir $(page))) \
    $(foreach page,$(MAN3),$(mandir)/man3/$(notdir $(page))) \
    $(foreach doc,$(DOCS),$(docdir)/$(doc))

uninstall:
	$(Q)rm -f $(foreach file,$(INSTALLED),'$(DESTDIR)$(file)')
	@# The folders that are ours alone, inner ones first; others may hold
	@# more than our files.
	$(Q)printf '%s\n' $(foreach directory,$(includedir)/siamese $(docdir) \
	    $(DOC_FOLDERS:%=$(docdir)%),'$(DESTDIR)$(directory)') | sort -r | \
	    while read -r directory; do \
	    if [ -d "$$directory" ]; then \
	        rmdir --ignore-fail-on-non-empty "$$directory"; fi; done
