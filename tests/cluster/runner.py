"""Runs the functions test_* of a script, in their order, and prints a line "ok
NAME" or "not ok NAME" for each; and gives the programs of pages."""

import os
import re
import sys
import traceback


def run(space):
    script = os.path.basename(sys.argv[0]).rpartition(".")[0]
    for name, function in list(space.items()):
        if name.startswith("test_"):
            try:
                function()
                mark = ""
            except Exception:
                traceback.print_exc()
                mark = "not "
            print("%sok %s__%s" % (mark, script, name[len("test_") :]), flush=True)


def block(page, name):
    """The program in Python of a page, below the mark of this name."""
    with open(page, encoding="utf-8") as file:
        pattern = r"<!-- %s -->\n```python\n(.*?)```" % name
        return re.search(pattern, file.read(), re.S)[1]
