"""Runs a notebook from its first cell to its last, in the working folder.

usage: python run_notebook.py FILE.ipynb
"""

import sys

import nbformat
from nbclient import NotebookClient


def main(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            text = output.get("text") or output.get("data", {}).get("text/plain", "")
            if output.get("name") != "stderr":
                print(text.rstrip())


if __name__ == "__main__":
    main(sys.argv[1])
