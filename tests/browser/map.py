"""See report.sh: maps of 2,000 and of 50,000 items."""

import sys

from browser import Browser, check, finish
from selenium.webdriver.common.action_chains import ActionChains

small, large, scaled = sys.argv[1:]


def ink(b):
    """How many pixels of the points are not ground."""
    return b.run("""
        const canvas = document.getElementById("points");
        const all = new Uint32Array(canvas.getContext("2d")
            .getImageData(0, 0, canvas.width, canvas.height).data.buffer);
        let count = 0;
        for (const pixel of all) count += pixel !== all[0];
        return count""")


def complaints(b):
    """But those of ink, which reads what no page has to."""
    return [said for said in b.complaints() if "willReadFrequently" not in said]


def point_at(b, number):
    """Where an item is on the screen while all of the map is seen, by the page's
    own data: places of 0 .. 65535 in the middle of the view, 28 pixels from its
    nearer edges."""
    return b.run(
        """
        const data = JSON.parse(document.getElementById("data").textContent);
        const bytes = Uint8Array.from(atob(data.places), c => c.charCodeAt(0));
        const places = new Uint16Array(bytes.buffer);
        const box = document.getElementById("view").getBoundingClientRect();
        const side = Math.min(box.width, box.height) - 56;
        return [box.left + (box.width - side) / 2 + places[2 * arguments[0]] / 65535 * side,
            box.top + (box.height + side) / 2 - places[2 * arguments[0] + 1] / 65535 * side,
            data.titles[arguments[0]]]""",
        number,
    )


def hover(b, x, y):
    action = ActionChains(b.driver)
    action.w3c_actions.pointer_action.move_to_location(round(x), round(y))
    action.perform()


def outermost(b):
    """The item furthest to the right, which has no other before it."""
    return b.run("""
        const data = JSON.parse(document.getElementById("data").textContent);
        const bytes = Uint8Array.from(atob(data.places), c => c.charCodeAt(0));
        const places = new Uint16Array(bytes.buffer);
        let best = 0;
        for (let i = 0; i < data.count; i++) if (places[2 * i] > places[2 * best]) best = i;
        return best""")


def scroll(b, x, y, by, times):
    """Milliseconds between frames while the wheel turns, the slowest left out."""
    return b.driver.execute_async_script(
        """
        const [x, y, by, times, done] = arguments;
        const marks = document.getElementById("marks"), at = [];
        let left = times;
        const step = now => {
            at.push(now);
            if (left-- === 0) {
                const gaps = at.slice(1).map((t, i) => t - at[i]).sort((a, c) => a - c);
                done(gaps[Math.floor(gaps.length / 2)]);
                return;
            }
            marks.dispatchEvent(new WheelEvent("wheel", {deltaY: by, clientX: x,
                clientY: y, cancelable: true}));
            requestAnimationFrame(step);
        };
        requestAnimationFrame(step)""",
        x,
        y,
        by,
        times,
    )


with Browser() as b:
    b.open(small)
    check("map__draws_its_points", b.until(lambda: ink(b) > 500), ink(b))
    check("map__asks_for_nothing", b.strangers(small) == [], b.requests())
    check("map__fits_the_window", not b.is_wider_than_the_window())
    check(
        "map__has_a_legend", b.count("#legend button") == 9, b.count("#legend button")
    )
    number = outermost(b)
    x, y, title = point_at(b, number)
    hover(b, x, y)
    check(
        "map__shows_a_title_under_the_pointer",
        b.until(lambda: b.text("#tip").startswith(title)),
        (b.text("#tip"), title),
    )
    b.picture("map-title")
    hover(b, 5, 5)
    check("map__hides_it_again", b.until(lambda: not b.one("#tip").is_displayed()))
    before = ink(b)
    b.type("#query", "img src")
    check(
        "map__finds_by_title",
        b.until(lambda: b.text("#count") == "1 of 2,000 items"),
        b.text("#count"),
    )
    check(
        "map__shows_markup_as_text",
        "<img src=x onerror=alert(1)></script>" in b.text("#found button")
        and b.count("#found img") == 0,
        b.text("#found"),
    )
    b.click("#found button")
    check(
        "map__leads_to_what_was_found",
        b.until(lambda: "<img" in b.text("#tip")) and b.count("#tip img") == 0,
    )
    b.press("ESCAPE")
    b.one("#query").send_keys("\ue00c")
    check(
        "map__forgets_the_search",
        b.until(lambda: b.text("#count") == "2,000 items"),
        b.text("#count"),
    )
    b.click("#legend button")
    check(
        "map__keeps_one_colour",
        b.until(lambda: " of 2,000 items" in b.text("#count")),
        b.text("#count"),
    )
    check("map__says_which", b.count("#legend button[aria-pressed=true]") == 1)
    b.click("#legend button[aria-pressed=true]")
    b.click("[data-zoom=all]")
    check("map__shows_all_again", b.until(lambda: ink(b) == before), (ink(b), before))
    b.run("document.getElementById('marks').focus()")
    b.press("+")
    check("map__comes_closer_by_keys", b.until(lambda: ink(b) != before))
    b.press("0")
    check("map__goes_back_by_keys", b.until(lambda: ink(b) == before))
    b.dark()
    check(
        "map__is_dark",
        b.until(
            lambda: (
                b.run(
                    "return document.getElementById('points').getContext('2d')"
                    ".getImageData(0, 0, 1, 1).data[0]"
                )
                < 64
            )
        ),
    )
    said = complaints(b)
    check("map__has_no_complaint", said == [], said)
    b.picture("map-dark")
with Browser(phone=True) as b:
    b.open(small)
    check("phone_map__draws_its_points", b.until(lambda: ink(b) > 500), ink(b))
    check("phone_map__fits_the_window", not b.is_wider_than_the_window())
    b.picture("map-phone")
with Browser() as b:
    b.open(large)
    check("large_map__draws_its_points", b.until(lambda: ink(b) > 5000), ink(b))
    x, y, title = point_at(b, outermost(b))
    hover(b, x, y)
    check("large_map__shows_a_title", b.until(lambda: title in b.text("#tip")))
    b.picture("map-50000")
    closer = scroll(b, 400, 400, -40, 40)
    away = scroll(b, 400, 400, 40, 40)
    print(
        f"# 50,000 items: a frame takes {closer:.0f} ms on the way in, {away:.0f} ms "
        "on the way out, by software"
    )
    b.type("#query", "oak sofa")
    check("large_map__finds", b.until(lambda: " of 50,000 items" in b.text("#count")))
    check("large_map__lists_the_first", b.count("#found button") == 50)
    b.picture("map-50000-search")
    b.open(scaled)
    check("scaled_map__draws_its_points", b.until(lambda: ink(b) > 5000), ink(b))
    check(
        "scaled_map__has_a_scale",
        b.text("#legend .ends").startswith("0"),
        b.text("#legend"),
    )
    said = complaints(b)
    check("scaled_map__has_no_complaint", said == [], said)
    b.picture("map-50000-scale")
finish()
