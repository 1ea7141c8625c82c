# What makes a fault of the code harder to use against its host: checked copies
# (_FORTIFY_SOURCE), canaries on the stack, large frames touched page by page,
# landing pads for indirect jumps (CET), and tables of the linker that are read-only
# once a program has started. Each where the compiler has it; what the user's own
# flags say comes later, and wins. tests/build/hardening.sh looks at what came of it.

# Sanitizers find more without it, and counts of lines want the code as written.
HARDEN ?= $(if $(SANITIZE)$(filter 1,$(COVERAGE)),no,yes)

# takes,FLAGS: these flags, if the compiler takes them without a word.
takes = $(shell echo 'int probe;' | $(CC) -Werror $(1) -x c -c -o /dev/null - \
    2>/dev/null && echo '$(1)')

ifeq ($(HARDEN),yes)
HARDEN_CET   := $(call takes,-fcf-protection=full)
HARDEN_FLAGS := $(call takes,-fstack-protector-strong) \
    $(call takes,-fstack-clash-protection) $(HARDEN_CET)
HARDEN_KERNELS := $(call takes,-fno-stack-protector)

# It needs optimisation, and a distribution that passes its own has chosen.
ifeq (,$(findstring _FORTIFY_SOURCE,$(CPPFLAGS) $(CFLAGS))$(filter -O0,$(CFLAGS)))
HARDEN_DEFINES := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
endif

# Of the two parts of CET the files can promise a shadow stack, which nothing in
# them disturbs. FAISS and BLIS as Debian compiles them have no landing pads, so
# the other part, IBT, is in our objects and not in what they are linked to.
HARDEN_LINK := -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack \
    $(if $(HARDEN_CET),-Wl$(comma)-z$(comma)shstk)
endif
