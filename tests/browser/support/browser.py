"""Headless Chromium by Selenium, for the tests of pages.

    from browser import Browser, check

    with Browser() as b:
        b.open(address)
        b.type("#query", "hose")
        check("page__shows_results", b.until(lambda: b.count(".result") > 0))
        check("page__asks_nobody_else", b.strangers(address) == [])

The window is that of a desk, or a phone's (phone=True), light or dark. Debian's
chromium and its chromedriver, which are of one release, are what runs; nothing is
looked for elsewhere.
"""

import base64
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

DESK = (1280, 860)
PHONE = (390, 844)

failures = 0


def check(name, holds, seen=""):
    """Prints the line that tools/run_tests.sh counts; seen: shown on failure."""
    global failures
    if not holds:
        failures += 1
        if seen != "":
            print(f"# {name}: {seen}")
    print(f"{'' if holds else 'not '}ok {name}", flush=True)
    return holds


def finish():
    """Ends the program as its checks did."""
    sys.exit(failures > 0)


class Browser:
    """One window. Everything that it asked the network for is known."""

    def __init__(self, phone=False, dark=False, size=None):
        width, height = size or (PHONE if phone else DESK)
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or ""
        self._profile = tempfile.mkdtemp(prefix="browser")
        for argument in (
            "--headless=new",
            "--no-sandbox",  # which root cannot have
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--hide-scrollbars",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--force-color-profile=srgb",
            f"--user-data-dir={self._profile}",
            f"--window-size={width},{height}",
        ):
            options.add_argument(argument)
        options.set_capability(
            "goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"}
        )
        service = Service(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.get("about:blank")
        self.driver.get_log("performance")  # what the browser's own page asked for
        self._requests = []
        self._command("Network.enable")
        self._command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if phone else 1,
            mobile=phone,
        )
        self.dark(dark)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.driver.quit()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _command(self, name, **parameters):
        return self.driver.execute_cdp_cmd(name, parameters)

    def dark(self, on=True):
        """What the page hears of prefers-color-scheme."""
        value = "dark" if on else "light"
        self._command(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": value}],
        )

    def open(self, address):
        """A page, by http or as a file."""
        if "://" not in str(address):
            address = pathlib.Path(address).resolve().as_uri()
        self.driver.get(str(address))

    # ---- what is there ----

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def count(self, selector):
        return len(self.all(selector))

    def text(self, selector):
        """The text that a reader sees of the first such element, or ''."""
        found = self.all(selector)
        return found[0].text if found else ""

    def run(self, script, *arguments):
        """The value of a script: run("return document.title")."""
        return self.driver.execute_script(script, *arguments)

    def style(self, selector, name):
        return self.one(selector).value_of_css_property(name)

    def is_wider_than_the_window(self):
        return self.run(
            "return document.documentElement.scrollWidth > window.innerWidth"
        )

    def focused(self):
        """The id of what has the keyboard."""
        return self.run("return document.activeElement.id")

    # ---- what a person does ----

    def type(self, selector, text, clear=True):
        field = self.one(selector)
        if clear:
            field.clear()
        field.send_keys(text)

    def click(self, selector):
        self.one(selector).click()

    def press(self, key):
        """A key by its name, ARROW_DOWN, or as a character."""
        named = getattr(Keys, key, None) if len(key) > 1 else None
        ActionChains(self.driver).send_keys(named or key).perform()

    # ---- what came of it ----

    def until(self, holds, seconds=20):
        """Waits until holds() is true; whether it became so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if holds():
                    return True
            except Exception as error:  # the page changes while it is read
                if "stale" not in str(error) and "no such element" not in str(error):
                    raise
            time.sleep(0.02)
        return False

    def requests(self):
        """The addresses of all that the pages have asked for so far."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] in (
                "Network.requestWillBeSent",
                "Network.webSocketCreated",
            ):
                request = message["params"]
                self._requests.append(
                    request["request"]["url"]
                    if "request" in request
                    else request["url"]
                )
        return list(self._requests)

    def strangers(self, address):
        """Of these the ones that left the page's own address: another host or
        port, or, of a page from a file, any other file."""
        address = str(address)
        if "://" not in address:
            address = pathlib.Path(address).resolve().as_uri()
        home = urlsplit(address)
        left = []
        for request in self.requests():
            url = urlsplit(request)
            if url.scheme in ("data", "blob", "about"):
                continue
            same = (url.scheme, url.netloc) == (home.scheme, home.netloc)
            if not same or (home.scheme == "file" and url.path != home.path):
                left.append(request)
        return left

    def complaints(self):
        """What the browser's console says: errors of scripts, refused loads."""
        return [
            entry["message"]
            for entry in self.driver.get_log("browser")
            if entry["level"] in ("SEVERE", "WARNING")
        ]

    def picture(self, name, whole=False):
        """Keeps what is seen as build/browser/NAME.png; whole: to the end."""
        path = os.path.join(os.environ.get("PICTURES", "."), f"{name}.png")
        if whole:
            height = self.run("return document.documentElement.scrollHeight")
            width = self.run("return window.innerWidth")
            clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
            got = self._command(
                "Page.captureScreenshot", captureBeyondViewport=True, clip=clip
            )
            with open(path, "wb") as file:
                file.write(base64.b64decode(got["data"]))
        else:
            self.driver.save_screenshot(path)
        return path
