# The sources as tools look at them: format, faults that a compiler does not
# see, scripts.

.PHONY: lint format map

lint: | build/suites
	@sh tools/setup.sh build lint
	@+$(SUBMAKE) $(OBJ)/blis_has.h
	$(file >build/suites/lint.txt,$(lint_lines))
	@V=$(V) $(call run_suites,lint)

define lint_lines
lint/format=sh tools/format.sh check
lint/cppcheck=sh tools/lint.sh cppcheck
lint/shellcheck=sh tools/lint.sh shellcheck
lint/manual=MAKE='$(MAKE)' sh tools/lint.sh manual
lint/hardening=MAKE='$(MAKE)' sh tools/lint.sh hardening
lint/analyzer=CC='$(CC)' MAKE='$(MAKE)' sh tools/lint.sh analyzer
lint/tidy=CC='$(CC)' MAKE='$(MAKE)' sh tools/lint.sh tidy
endef

format:
	@sh tools/setup.sh lint
	@sh tools/format.sh

# The house as it now stands; tests/build/docs.sh compares.
map:
	@sh tools/map.sh > docs/architecture.svg
	@sh tools/file_list.sh > docs/files.md
	@sh tools/symbols_in_versions.sh > build/symbols-in-versions
	@mv build/symbols-in-versions docs
