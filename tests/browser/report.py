"""See report.sh: the pages of a training and of an evaluation."""

import sys

from browser import Browser, check, finish

train, evaluation = sys.argv[1:]


def looked_at(b, name, page, sections):
    b.open(page)
    check(
        f"{name}__shows_its_sections",
        [s for s in sections if not b.count(f"#{s}")] == [],
    )
    check(f"{name}__asks_for_nothing", b.strangers(page) == [], b.requests())
    said = b.complaints()
    check(f"{name}__has_no_complaint", said == [], said)
    check(f"{name}__has_no_script", b.run("return document.scripts.length") == 1)
    check(f"{name}__fits_the_window", not b.is_wider_than_the_window())


def plots(b):
    """What is wrong with the plots: without a title, or drawn beside the plane."""
    return b.run("""
        const wrong = [];
        for (const svg of document.querySelectorAll("figure > svg")) {
            const title = svg.querySelector("title");
            if (!title || !title.textContent) wrong.push("a plot has no title");
            const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
            for (const one of svg.querySelectorAll("path, circle, rect, text")) {
                const box = one.getBBox();
                if (box.width + box.height > 0 && !one.hasAttribute("transform") &&
                    (box.x < -1 || box.y < -1 || box.x + box.width > width + 1 ||
                     box.y + box.height > height + 1))
                    wrong.push(`${title.textContent}: ${one.tagName} ${one.textContent} ` +
                        `${box.x} ${box.y} ${box.width} ${box.height}`);
            }
        }
        return wrong""")


def contrast(b, selector):
    """Of a text with its ground, as WCAG has it."""
    return b.run(
        """
        const light = text => {
            const [r, g, b] = text.match(/[\\d.]+/g).map(v => v / 255)
                .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
            return .2126 * r + .7152 * g + .0722 * b;
        };
        const a = light(getComputedStyle(document.querySelector(arguments[0])).color);
        const c = light(getComputedStyle(document.body).backgroundColor);
        return (Math.max(a, c) + .05) / (Math.min(a, c) + .05)""",
        selector,
    )


common = ["scores", "worst", "vocabulary", "settings", "command"]
with Browser() as b:
    looked_at(b, "train", train, ["course", "holdout", "data", *common])
    check(
        "train__draws_its_plots", b.count("figure > svg") >= 6, b.count("figure > svg")
    )
    check("train__plots_stay_in_their_planes", plots(b) == [], plots(b))
    check("train__marks_the_best_validation", "best" in b.text("figure svg text.mark"))
    b.picture("report-train", whole=True)
with Browser() as b:
    looked_at(b, "eval", evaluation, ["metrics", *common])
    check(
        "eval__draws_its_plots", b.count("figure > svg") >= 7, b.count("figure > svg")
    )
    check("eval__plots_stay_in_their_planes", plots(b) == [], plots(b))
    check(
        "eval__reads_its_json",
        b.run(
            "return JSON.parse(document.getElementById('figures').textContent).queries"
        )
        > 0,
    )
    check("eval__shows_no_markup", b.count("article img") == 0)
    for mode in "light", "dark":
        b.dark(mode == "dark")
        for what, selector in ("texts", "body"), ("notes", ".note"), ("ranks", ".rank"):
            seen = contrast(b, selector)
            check(f"eval__{what}_are_read_in_the_{mode}", seen >= 4.5, seen)
    b.picture("report-eval-dark", whole=True)
with Browser(phone=True) as b:
    looked_at(b, "phone_train", train, common)
with Browser(phone=True, dark=True) as b:
    looked_at(b, "phone_eval", evaluation, common)
    b.picture("report-eval-phone", whole=True)
finish()
