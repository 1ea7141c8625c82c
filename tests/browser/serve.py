"""See serve.sh."""

import os
import signal
import sys
import time

from browser import Browser, check, finish

one, two, process = sys.argv[1:]
MARKUP = "<img src=x onerror=document.title=1> <b>bold</b> & lamp"


def search(b, text, clear=True):
    """Types it and waits until the page says what came of just that."""
    b.type("#query", text, clear)
    return b.until(lambda: b.run("return document.title").startswith(text.strip()[:40]))


def settle(b):
    b.until(lambda: b.count(".hit") > 0 or b.count(".message") > 0)
    time.sleep(0.4)


def column(b, selector):
    return [element.text for element in b.all(selector)]


def page_of_one():
    with Browser() as b:
        b.open(one)
        check("serve__the_query_has_the_keyboard", b.focused() == "query")
        check(
            "serve__says_how_many_items",
            b.until(lambda: b.text("#status") == "243 items"),
            b.text("#status"),
        )
        search(b, "oak desk")
        settle(b)
        check("serve__shows_ten_results", b.count(".hit") == 10)
        check(
            "serve__shows_what_fits",
            "oak" in b.text(".title") and "desk" in b.text(".title"),
            b.text(".title"),
        )
        ranks = column(b, ".rank")
        check("serve__shows_ranks", ranks == [str(i) for i in range(1, 11)], ranks)
        scores = [float(text) for text in column(b, ".score")]
        check("serve__shows_scores_in_order", scores == sorted(scores, reverse=True))
        check("serve__shows_ids", b.text(".facts").startswith("id 1"))
        check("serve__shows_columns", "price" in b.text(".facts"), b.text(".facts"))
        check(
            "serve__says_how_long_it_took",
            "10 results of 243 items in " in b.text("#status")
            and " ms to here" in b.text("#status"),
            b.text("#status"),
        )
        check("serve__knows_the_words", b.text("#words") == "All words known")
        b.picture("serve")

        b.press("ARROW_DOWN")
        check("serve__down_goes_to_the_first_result", b.focused() == "hit-0-0")
        b.press("ARROW_DOWN")
        check("serve__down_goes_on", b.focused() == "hit-0-1")
        b.press("ENTER")
        check("serve__enter_shows_the_parts_of_the_score", b.count(".parts") == 1)
        check(
            "serve__the_parts_add_up",
            b.run(
                """
            const cells = [...document.querySelectorAll(".parts td:last-child")];
            const sum = cells.map((cell) => Number(cell.textContent
                .replace("−", "-"))).reduce((a, b) => a + b);
            const score = Number(document.querySelectorAll(".score")[1].textContent);
            return cells.length > 1 && Math.abs(sum - score) < 0.01;"""
            ),
        )
        b.picture("serve-parts")
        b.press("ENTER")
        check("serve__enter_hides_them", b.count(".parts") == 0)
        b.press("ARROW_UP")
        b.press("ARROW_UP")
        check("serve__up_goes_back_to_the_query", b.focused() == "query")
        b.press("ARROW_DOWN")
        b.press("/")
        check("serve__slash_goes_to_the_query", b.focused() == "query")
        b.press("ARROW_DOWN")
        b.press("ESCAPE")
        check("serve__escape_goes_to_the_query", b.focused() == "query")
        check("serve__and_leaves_it", b.run("return query.value") == "oak desk")
        b.press("ESCAPE")
        check("serve__escape_again_clears_it", b.run("return query.value") == "")
        check("serve__and_the_results", b.until(lambda: b.count(".hit") == 0))

        search(b, "oak dsek")
        settle(b)
        check(
            "serve__says_what_it_searched_for_too",
            "searched also for oak desk" in b.text("#words"),
            b.text("#words"),
        )
        check("serve__says_what_is_unknown", "tokens known" in b.text("#words"))
        search(b, "markup lamp")
        settle(b)
        check("serve__markup_is_text", MARKUP in " ".join(column(b, ".title")))
        check(
            "serve__markup_makes_nothing", b.count("main img, main b, main script") == 0
        )
        check("serve__markup_runs_nothing", b.run("return document.title") != "1")
        search(b, "endless tale")
        settle(b)
        height = "return document.querySelector('.hit').offsetHeight"
        clamped = b.run(height)
        check("serve__a_long_title_leaves_room", clamped < 160, clamped)
        b.press("ARROW_DOWN")
        b.press("ENTER")
        check("serve__opened_it_is_whole", b.until(lambda: b.run(height) > 1000))
        search(b, "\u05e1\u05e4\u05d4 lamp")
        settle(b)
        number_behind_word = """const [word] = document.querySelectorAll(".word");
            const number = document.createRange();
            number.selectNodeContents(word.nextSibling);
            return word.getBoundingClientRect().right <=
                number.getBoundingClientRect().left + 0.5"""
        check("serve__a_hebrew_word_keeps_its_place", b.run(number_behind_word))
        search(b, "qqqzzz")
        settle(b)
        check(
            "serve__nothing_found_is_told",
            b.text(".message").startswith("Nothing found")
            and "knows no word" in b.text(".message"),
            b.text(".message"),
        )
        b.picture("serve-nothing")
        search(b, "red sofa")
        settle(b)
        b.run("count.value = '20'; count.dispatchEvent(new Event('change'))")
        check("serve__shows_twenty", b.until(lambda: b.count(".hit") == 20))
        address = b.run("return location.href")
        check("serve__the_address_has_the_query", "q=red+sofa&k=20" in address, address)
        check("serve__asks_nobody_else", b.strangers(one) == [], b.strangers(one))
        check("serve__asks_as_it_types", sum("/search" in r for r in b.requests()) > 4)
        check("serve__has_no_complaint", b.complaints() == [])
        unnamed = b.run(
            """return [...document.querySelectorAll("input, select, button, main, ol")]
            .filter((e) => !(e.labels && e.labels.length) && !e.ariaLabel &&
                !e.textContent.trim()).length"""
        )
        check("serve__everything_has_a_name", unnamed == 0)
    with Browser() as b:
        b.open(address)
        check("serve__an_address_is_the_search", b.until(lambda: b.count(".hit") == 20))


def page_of_two():
    with Browser(size=(1280, 800)) as b:
        b.open(two)
        b.until(lambda: b.text("#status") != "")
        search(b, "small lamp")
        settle(b)
        check("serve__two_lists", b.count("section") == 2)
        check("serve__names_both", column(b, "h2")[0].startswith("shop"))
        ids = [
            [fact.split(" ")[1] for fact in column(b, f"section:nth-child({i}) .facts")]
            for i in (1, 2)
        ]
        moves = column(b, "section:nth-child(2) .move")
        wanted = []
        for rank, item in enumerate(ids[1]):
            if item not in ids[0]:
                wanted.append("new")
                continue
            by = ids[0].index(item) - rank
            wanted.append("=" if by == 0 else f"{'▲' if by > 0 else '▼'} {abs(by)}")
        shown = [move.split("\n")[0] for move in moves]
        check("serve__marks_what_moved", shown == wanted and len(wanted) == 10, moves)
        b.picture("serve-two")
        b.press("ARROW_DOWN")
        b.press("ARROW_RIGHT")
        check("serve__right_goes_to_the_other", b.focused() == "hit-1-0")
        b.press("ARROW_LEFT")
        check("serve__left_goes_back", b.focused() == "hit-0-0")
        b.dark()
        dark = b.run("return getComputedStyle(document.body).backgroundColor")
        check("serve__is_dark", dark == "rgb(19, 21, 24)", dark)
        b.picture("serve-dark")
        search(b, "lamp " * 20)
        check(
            "serve__an_error_is_told",
            b.until(lambda: "more than the 60" in b.text("#status.error")),
            b.text("#status"),
        )
        b.picture("serve-error")
        check("serve__two_ask_nobody_else", b.strangers(two) == [], b.strangers(two))


def page_of_a_phone():
    with Browser(phone=True) as b:
        b.open(two)
        b.until(lambda: b.text("#status") != "")
        search(b, "glass table")
        settle(b)
        check("serve__fits_a_phone", not b.is_wider_than_the_window())
        lefts = b.run(
            """return [...document.querySelectorAll("section")].map(
            (s) => s.getBoundingClientRect().left)"""
        )
        check("serve__a_list_below_the_other", len(set(lefts)) == 1, lefts)
        tall = b.run("return document.querySelector('.hit').offsetHeight")
        check("serve__results_are_large_enough_to_tap", tall >= 44, tall)
        b.picture("serve-phone")
        os.kill(int(process), signal.SIGTERM)
        time.sleep(0.5)
        search(b, "oak bench")
        check(
            "serve__a_server_that_is_gone_is_told",
            b.until(lambda: b.text("#status") == "The server does not answer."),
            b.text("#status"),
        )


page_of_one()
page_of_two()
page_of_a_phone()
finish()
