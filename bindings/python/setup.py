"""Builds the shared library by make and puts it into the package.

The sources of the library are those of the checkout around this folder, or,
in a source distribution, those in its folder core. In the environment LIBRARY
names a shared library to take in place of a build, CROSS_COMPILE the tools for
another machine, and PLATFORM that machine's tag: see tools/wheel.sh.
"""

import os
import re
import shutil
import subprocess
import sys

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = os.path.dirname(os.path.abspath(__file__))
CHECKOUT = os.path.dirname(os.path.dirname(HERE))
CORE = os.path.join(HERE, "core")
ROOT = CORE if os.path.isdir(CORE) else CHECKOUT
# What make needs for the library.
SOURCES = ["Makefile", "mk", "include", "lib", "tools", "pkgconfig"]
NOTICES = ["LICENSE", "THIRD-PARTY-NOTICES"]
# The page of a map, which the command has inside and the package beside it.
PAGE = ["src/report/report_map." + kind for kind in ("html", "css", "js")]

for notice in NOTICES:
    if ROOT == CHECKOUT:
        shutil.copyfile(os.path.join(ROOT, notice), os.path.join(HERE, notice))


def version():
    with open(os.path.join(ROOT, "include", "siamese", "version.h")) as file:
        text = file.read()
    return ".".join(
        re.search(r"SIAMESE_VERSION_%s +(\d+)" % part, text).group(1)
        for part in ("MAJOR", "MINOR", "PATCH")
    )


def names():
    """The library as make and as the package call it."""
    full, soname = "libsiamese.so." + version(), "libsiamese.so.0"
    if sys.platform == "darwin":
        full, soname = "libsiamese.%s.dylib" % version(), "libsiamese.0.dylib"
    return full, soname


class BuildLibrary(build_py):
    def run(self):
        super().run()
        full, soname = names()
        make = os.environ.get("MAKE", "make")
        jobs = "-j%d" % (os.cpu_count() or 1)
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PLATFORM")
        }
        library = os.environ.get("LIBRARY")
        if not library:
            subprocess.check_call(
                [make, jobs, "-C", ROOT, "build/" + full], env=environment
            )
            library = os.path.join(ROOT, "build", full)
        page = os.path.join(self.build_lib, "libsiamese", "page")
        os.makedirs(page, exist_ok=True)
        for name in PAGE:
            shutil.copy(os.path.join(ROOT, name), page)
        folder = os.path.join(self.build_lib, "libsiamese", "lib")
        os.makedirs(folder, exist_ok=True)
        target = os.path.join(folder, soname)
        strip = os.environ.get("CROSS_COMPILE", "") + "strip"
        flags = ["-x"] if sys.platform == "darwin" else ["--strip-unneeded"]
        subprocess.check_call([strip, *flags, "-o", target, library])


class Binary(Distribution):
    """Goes into the folder of what is built for a platform."""

    def has_ext_modules(self):
        return True


class Wheel(bdist_wheel):
    """One wheel for every Python 3, since the library is loaded by ctypes."""

    def finalize_options(self):
        super().finalize_options()
        if os.environ.get("PLATFORM"):
            self.plat_name = os.environ["PLATFORM"]

    def get_tag(self):
        return "py3", "none", super().get_tag()[2]


class SourceDistribution(sdist):
    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        for name in SOURCES + NOTICES + PAGE:
            source = os.path.join(ROOT, name)
            target = os.path.join(base_dir, "core", name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.isdir(source):
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(source, target)


setup(
    distclass=Binary,
    version=version(),
    cmdclass={
        "build_py": BuildLibrary,
        "bdist_wheel": Wheel,
        "sdist": SourceDistribution,
    },
)
