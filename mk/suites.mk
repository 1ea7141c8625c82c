# Suites beside make check, which needs only what the C build needs. A suite is
# a folder tests/SUITE of scripts like those of tests/build, a part SUITE of
# tools/setup.sh that names the packages it needs, and its name here: that gives
# make check-SUITE, which ends with the line that make check ends with.

SUITES := abi bindings browser cluster packages platforms terminal

define suite_rule
.PHONY: check-$(1)
check-$(1): $(NATIVE) | build/suites
	@sh tools/setup.sh build check $(1)
	@+$$(SUBMAKE) all $$(FOR_CLI)
	$$(file >build/suites/$(1).txt,$$(call script_lines,$$(sort \
	    $$(wildcard tests/$(1)/*.sh))))
	@V=$$(V) $$(call run_suites,$(1))
endef
$(foreach suite,$(SUITES),$(eval $(call suite_rule,$(suite))))

# Of the library alone, with a line to each difference; check-abi holds the check
# itself to what it must find.
.PHONY: abi-check
abi-check:
	@sh tools/setup.sh build abi
	@+$(SUBMAKE) library
	@sh tools/abi_check.sh build/libsiamese.so.$(VERSION)

# They build and run elsewhere, and print their counts themselves. The kernels'
# counts are of the same chroot.
.PHONY: check-arm64 check-arm64-all bench-arm64
check-arm64 check-arm64-all bench-arm64: $(NATIVE)
	@sh tools/setup.sh arm64
	@mkdir -p build
	@V=$(V) sh tests/arm64/run.sh $(if $(filter bench-%,$@),bench,\
	    $(if $(filter %-all,$@),all,list))

# It runs make check elsewhere, and so prints its counts itself.
.PHONY: check-chroot
check-chroot:
	@sh tools/setup.sh chroot
	@sh tests/chroot/run.sh

# docs/platforms.md with what has been run here since: each suite leaves a row
# in build/platforms when all of it has passed.
.PHONY: platforms
platforms:
	@sh tools/platform_table.sh docs/platforms.md build/platforms

# docs/reliability.md with what tests that passed here said of themselves:
# make check, check-long and check-fuzz leave it in build/reliability.
.PHONY: reliability
reliability:
	@sh tools/reliability_table.sh docs/reliability.md build/reliability \
	    "libsiamese $(VERSION), $$(sh tools/platform_here.sh system \
	    '$(CC)'), $$(sh tools/platform_here.sh compiler '$(CC)'):"
