"""See harness.sh."""

import os
import sys

from browser import Browser, check, finish

quiet, loud = sys.argv[1:]
with Browser() as b:
    b.open(quiet)
    b.type("#field", "<b>as it is</b>")
    check("harness__reads_what_is_shown", b.text("#said") == "<b>as it is</b>")
    check("harness__counts_elements", b.count("#said b") == 0)
    check("harness__hears_of_no_request", b.strangers(quiet) == [], b.requests())
    check("harness__hears_of_the_page", len(b.requests()) == 1, b.requests())
    check("harness__is_light", "255, 255, 255" in b.style("body", "background-color"))
    b.dark()
    check("harness__is_dark", "0, 0, 0" in b.style("body", "background-color"))
    check("harness__knows_a_fitting_page", not b.is_wider_than_the_window())
    check("harness__keeps_a_picture", os.path.getsize(b.picture("harness")) > 500)
with Browser(phone=True) as b:
    b.open(loud)
    check(
        "harness__hears_of_a_request_elsewhere",
        b.strangers(loud) == ["http://127.0.0.1:1/elsewhere.png"],
        b.requests(),
    )
    said = " ".join(b.complaints())
    check("harness__hears_of_an_error", "none is not defined" in said, said)
    check("harness__knows_a_page_that_is_too_wide", b.is_wider_than_the_window())
finish()
