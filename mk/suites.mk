# Suites beside make check, which needs only what the C build needs. A suite is
# a folder tests/SUITE of scripts like those of tests/build, a part SUITE of
# tools/setup.sh that names the packages it needs, and its name here: that gives
# make check-SUITE, which ends with the line that make check ends with.

SUITES := bindings

define suite_rule
.PHONY: check-$(1)
check-$(1): $(NATIVE) | build/suites
	@sh tools/setup.sh build check $(1)
	@+$$(SUBMAKE) all
	$$(file >build/suites/$(1).txt,$$(call script_lines,$$(sort \
	    $$(wildcard tests/$(1)/*.sh))))
	@V=$$(V) $$(call run_suites,$(1))
endef
$(foreach suite,$(SUITES),$(eval $(call suite_rule,$(suite))))

# It runs make check elsewhere, and so prints its counts itself.
.PHONY: check-chroot
check-chroot:
	@sh tools/setup.sh chroot
	@sh tests/chroot/run.sh
