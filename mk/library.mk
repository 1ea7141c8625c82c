# The library in its three forms, and the command.

LIB_C      := $(sort $(wildcard lib/*/*.c))
LIB_CXX    := $(sort $(wildcard lib/*/*_adapter.cpp))
X86_C      := $(filter %_avx2.c %_avx512.c,$(LIB_C))
ifeq (,$(filter x86_64-% i%86-%,$(MACHINE)))
LIB_C      := $(filter-out $(X86_C),$(LIB_C))
endif
ifeq (,$(filter aarch64-% arm64-%,$(MACHINE)))
LIB_C      := $(filter-out %_neon.c,$(LIB_C))
endif
COMMAND_C  := $(sort $(wildcard src/*.c src/*/*.c))

LIB_OBJS     := $(LIB_C:%.c=$(OBJ)/%.o) $(LIB_CXX:%.cpp=$(OBJ)/%.o)
# Pages, their styles and scripts, which the command has inside.
EMBEDDED     := $(sort $(wildcard src/*/*.html src/*/*.css src/*/*.js))
EMBEDDED_OBJS := $(EMBEDDED:%=$(OBJ)/%.o)
COMMAND_OBJS := $(COMMAND_C:%.c=$(OBJ)/%.o) $(EMBEDDED_OBJS)

SHARED   := $(OBJ)/libsiamese.so.$(VERSION)
STATIC   := $(OBJ)/libsiamese.a
INTERNAL := $(OBJ)/libsiamese_internal.a
COMMAND  := $(OBJ)/siamese

PUBLIC_LIBRARIES := build/$(SONAME) build/libsiamese.so build/libsiamese.a
PUBLIC_COMMAND   := $(if $(COMMAND_C),build/siamese)

# ---- compiling ----

# $(OBJ) is named after the flags, -ffile-prefix-map among them: without its name,
# builds in two folders can be the same bytes.
$(OBJ)/lib/%.o: private ALL_CPPFLAGS += -Ilib -Iinclude -I$(OBJ) \
    -ffile-prefix-map=$(OBJ)=build
$(OBJ)/src/%.o: private ALL_CPPFLAGS += -Iinclude -Isrc
# 4 G multiply-adds of a covariance, which -O2 does one by one.
$(OBJ)/src/report/report_pca.o: private ALL_CFLAGS += -O3
$(OBJ)/src/eval/eval_bm25.o: private ALL_CPPFLAGS += \
    -DCLI_HAVE_SQLITE=$(if $(SQLITE_LIBS),1,0)
$(OBJ)/src/serve/serve_http.o: private ALL_CPPFLAGS += \
    -DCLI_HAVE_MICROHTTPD=$(if $(MICROHTTPD_LIBS),1,0)
# One file knows libedit, so that a build with another choice has the other objects
# in common with this one.
EDITOR_OBJ := $(OBJ)/src/terminal/cli_editor.o
$(eval $(call remember,$(OBJ)/.libedit,$(LIBEDIT_LIBS)))
$(EDITOR_OBJ): $(OBJ)/.libedit
$(EDITOR_OBJ): private ALL_CPPFLAGS += \
    -DCLI_HAVE_LIBEDIT=$(if $(LIBEDIT_LIBS),1,0)
# Tiles on the stack of kernels have constant sizes, and their shapes were checked:
# a canary a call would cost a query's encoding 5 %.
$(OBJ)/lib/math/%.o: private ALL_CFLAGS += $(HARDEN_KERNELS)
$(OBJ)/lib/%_avx2.o: private ALL_CFLAGS += -mavx2 -mfma -mf16c
$(OBJ)/lib/%_avx512.o: private ALL_CFLAGS += \
    -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma
$(OBJ)/lib/%_vnni_avx512.o: private ALL_CFLAGS += -mavx512vnni
# Newer than the rest: of a compiler that does not know them there is nothing in
# those files.
BF16_FLAGS := $(call takes,-mavx512bf16)
AMX_FLAGS  := $(call takes,-mamx-bf16 -mamx-tile)
$(OBJ)/lib/%_bf16_avx512.o: private ALL_CFLAGS += $(BF16_FLAGS)
$(OBJ)/lib/%_amx_avx512.o: private ALL_CFLAGS += $(BF16_FLAGS) $(AMX_FLAGS)
NEON_DOT_FLAGS ?= -march=armv8.2-a+dotprod
$(OBJ)/lib/%_dot_neon.o: private ALL_CFLAGS += $(NEON_DOT_FLAGS)
$(OBJ)/lib/math/blis_tiles.o: private ALL_CPPFLAGS += -isystem $(BLIS_INC)
$(OBJ)/lib/math/blis_tiles.o: $(OBJ)/blis_has.h
$(OBJ)/lib/index/faiss_c_adapter.o: $(OBJ)/faiss_c_has.h
$(OBJ)/lib/text/text_maker.o: private ALL_CPPFLAGS += \
    -DSM_SNOWBALL='"$(strip snowball $(STEMMER_RELEASE))"' \
    -DSM_SENTENCEPIECE='"$(strip sentencepiece $(SENTENCEPIECE_RELEASE))"'
$(OBJ)/lib/text/sentencepiece_adapter.o: private ALL_CPPFLAGS += \
    -DSM_HAVE_SENTENCEPIECE=$(if $(SENTENCEPIECE_LIBS),1,0)

$(OBJ)/%.o: %.c | $(if $(MACHINE),,no-compiler)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(OBJ)/%.o: %.cpp | $(if $(MACHINE),,no-compiler)
	@mkdir -p $(@D)
	$(call say,CXX,$<)
	$(Q)$(CXX) $(ALL_CPPFLAGS) $(ALL_CXXFLAGS) -MMD -MP -c -o $@ $<

# page.html as page.html.c, by way of a file: a pipe would end well with nothing
# in it. Debug information would name the file, whose folder is of the flags.
$(EMBEDDED_OBJS): $(OBJ)/%.o: % tools/embed.sh src/shell/cli_embedded.h | \
    $(if $(MACHINE),,no-compiler)
	@mkdir -p $(@D)
	$(call say,EMBED,$<)
	$(Q)sh tools/embed.sh $< > $(@:.o=.c)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -g0 -c -o $@ $(@:.o=.c)

.PHONY: no-compiler
no-compiler:
	@echo 'make: $(CC) was not found; "make setup" installs what the' \
	    'build needs' >&2; exit 1

-include $(LIB_OBJS:.o=.d) $(COMMAND_OBJS:.o=.d)

# A source that was removed leaves no newer object behind: its list does.
SOURCE_LIST := $(OBJ)/.sources
$(eval $(call remember,$(SOURCE_LIST),$(LIB_OBJS) $(COMMAND_OBJS)))

# SM_HAVE_faiss_X for each function that the libfaiss_c in use defines, so
# that the adapter provides just the others.
$(OBJ)/faiss_c_has.h:
	@mkdir -p $(@D)
	$(Q)sh tools/faiss_c_has.sh '$(CXX)' '$(NM)' '$(FAISS_C_LINK)' > $@

# ---- BLIS's kernels ----

# The members of libblis.a that lib/math/blis_tiles.c calls, and a header that
# says which they are; the header is the newer one.
BLIS_KERNELS := $(OBJ)/libblis_kernels.a

ifeq ($(BLIS),)
$(BLIS_KERNELS):
	@echo 'make: BLIS was not found; "make setup" installs what the' \
	    'build needs' >&2; exit 1
else
$(BLIS_KERNELS): $(filter /%,$(BLIS_LIB)) tools/blis_kernels.sh
	@mkdir -p $(@D)
	$(call say,BLIS,$@)
	$(Q)sh tools/blis_kernels.sh '$(CC)' '$(AR)' '$(NM)' '$(BLIS_LIB)' \
	    '$(BLIS_INC)' $@ $(OBJ)/blis_has.h
endif

$(OBJ)/blis_has.h: $(BLIS_KERNELS) ;

# ---- embedded C libraries ----

# Private copies that take their memory from lib/common/memory.c.
PRIVATE_STEMMER  := $(OBJ)/libstemmer_private.a
PRIVATE_UTF8PROC := $(OBJ)/libutf8proc_private.a
$(PRIVATE_STEMMER): $(STEMMER_LIB)
$(PRIVATE_UTF8PROC): $(UTF8PROC_LIB)

# A shared one alone will not do: every host would have to have that very release.
$(filter-out /%,$(STEMMER_LIB) $(UTF8PROC_LIB)):
	@echo 'make: $@ was not found (a shared library does not do instead of' \
	    'it); "make setup" installs what the build needs' >&2; exit 1

$(PRIVATE_STEMMER) $(PRIVATE_UTF8PROC): lib/common/embedded.redefine
	@mkdir -p $(@D)
	$(call say,EMBED,$@)
	$(Q)cp $(filter %.a,$^) $@.new
	$(Q)$(OBJCOPY) --redefine-syms=lib/common/embedded.redefine $@.new
	$(Q)mv -f $@.new $@

# ---- linking ----

# How they are linked matters as much as what.
$(SHARED) $(STATIC) $(INTERNAL) $(COMMAND): mk/library.mk

FAISS_LINK  := $(if $(LIB_CXX),$(FAISS_C_LINK) $(FAISS_LIB))
PRIVATE_LIBS := $(BLIS_KERNELS) $(PRIVATE_STEMMER) $(PRIVATE_UTF8PROC)
LINK_LIBS   := $(FAISS_LINK) $(SENTENCEPIECE_LIBS) $(PRIVATE_LIBS) $(LIB_LIBS)

# -Bsymbolic: calls of the API inside the library stay there, whatever copies of
# it a process has. No data and no C++ is exported, so nothing is lost by it. The
# sanitizers bring their own runtime as undefined symbols.
#
# libstdc++ and libgcc_s are the system's, which are of one release: an exception
# is thrown, unwound and caught by one copy. A copy of libgcc's unwinder inside
# asks for glibc 2.35, one of libstdc++ keeps 73 kB whenever it is unloaded. The
# rest of libgcc, which is arithmetic, goes inside (-lgcc before libgcc_s).
SHARED_FLAGS := -shared -Wl,-soname,$(SONAME) -Wl,-Bsymbolic \
    -Wl,--version-script=lib/siamese.map -Wl,--exclude-libs,ALL \
    -Wl,--gc-sections -Wl,--as-needed \
    $(if $(SANITIZE),,-Wl$(comma)-z$(comma)defs)

$(SHARED): $(LIB_OBJS) $(PRIVATE_LIBS) $(SOURCE_LIST) lib/siamese.map
	$(call say,LINK,$@)
	$(Q)$(CXX) $(SHARED_FLAGS) $(ALL_LDFLAGS) -o $@ $(LIB_OBJS) \
	    $(LINK_LIBS) -lgcc

$(OBJ)/$(SONAME) $(OBJ)/libsiamese.so: $(SHARED)
	@ln -sf $(<F) $@

$(STATIC): $(LIB_OBJS) $(PRIVATE_LIBS) $(SOURCE_LIST) tools/static_archive.sh
	$(call say,LD -r,$@)
	$(Q)LD='$(LD)' NM='$(NM)' OBJCOPY='$(OBJCOPY)' AR='$(AR)' \
	    sh tools/static_archive.sh $@ lib/siamese.map $(LIB_OBJS) \
	    $(filter-out -l%,$(FAISS_LINK) $(SENTENCEPIECE_LIBS)) $(PRIVATE_LIBS)

# What unit tests link: the same objects with every internal name.
$(INTERNAL): $(LIB_OBJS) $(SOURCE_LIST)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) crD $@ $(LIB_OBJS)

# Found beside the library in the build tree and after an install alike.
COMMAND_RPATH := -Wl,-rpath,'$$ORIGIN:$$ORIGIN/../lib'

$(COMMAND): $(COMMAND_OBJS) $(SOURCE_LIST) $(UTF8PROC_LIB) $(OBJ)/$(SONAME) \
    $(OBJ)/libsiamese.so
	$(call say,LINK,$@)
	$(Q)$(CC) -pie $(ALL_LDFLAGS) $(COMMAND_RPATH) -o $@ $(COMMAND_OBJS) \
	    -L$(OBJ) -lsiamese $(UTF8PROC_LIB) $(COMMAND_LIBS) \
	    $(LIBEDIT_LIBS) -lm

# ---- what a person sees in build/ ----

# Names the set of objects that build/ shows.
$(eval $(call remember,build/.shown,$(CONFIG_KEY)))

build/libsiamese.so.$(VERSION): $(SHARED) build/.shown
	$(Q)cp -f $< $@.new && mv -f $@.new $@

build/$(SONAME) build/libsiamese.so: build/libsiamese.so.$(VERSION)
	@ln -sf $(<F) $@

build/libsiamese.a: $(STATIC) build/.shown
	$(Q)cp -f $< $@.new && mv -f $@.new $@

build/siamese: $(COMMAND) build/$(SONAME) build/.shown
	$(Q)cp -f $< $@.new && mv -f $@.new $@
