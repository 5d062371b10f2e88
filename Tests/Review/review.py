"""The page of `dedupe --review` in a real browser, by real key presses."""

import csv
import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
from urllib.parse import urlsplit

import pytest
from customers import MARKUP, write
from playwright.sync_api import expect, sync_playwright

# A machine that builds at the same time draws late.
expect.set_options(timeout=30_000)

PROGRAM = os.environ["XEROSYNC"]
SHOTS = os.environ.get("SHOTS")
SEED = int(os.environ.get("SEED", "1"))


class Review:
    """A running review of two files, and where its page is."""

    def __init__(self, folder, files):
        self.export = folder / "decisions.csv"
        self.draft = folder / "decisions.csv.draft"
        self.process = subprocess.Popen(
            [PROGRAM, "dedupe", "--files", *map(str, files), "--review",
             "--export", str(self.export)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "BROWSER": "true"})
        self.told = []
        for line in self.process.stderr:
            self.told.append(line)
            if found := re.search(r"http://\S+", line):
                self.address = found.group()
                break
        else:
            raise AssertionError("no address: " + "".join(self.told))
        self.base = "http://" + urlsplit(self.address).netloc
        # Read on, so that the program never waits for us.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def ask(self, path, method="GET", body=None, **headers):
        """A request past the browser; header names with underscores."""
        parts = urlsplit(self.base)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
        connection.request(
            method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def drafted(self):
        return list(csv.reader(self.draft.open(encoding="utf-8-sig")))[1:]

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(20)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def start(tmp_path):
    """Starts a review of so many customers; again in the same folder: a second sitting."""
    running = []

    def begin(count):
        review = Review(tmp_path, write(tmp_path, count, SEED))
        running.append(review)
        return review

    yield begin
    for review in running:
        review.close()


@pytest.fixture
def visit(chromium):
    """Opens a review; afterwards: nothing went elsewhere and nothing failed in the page."""
    contexts, foreign, errors = [], [], []

    def go(review):
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        contexts.append(context)

        def look(route):
            if route.request.url.startswith(review.base + "/"):
                return route.continue_()
            foreign.append(route.request.url)
            return route.abort()

        context.route("**/*", look)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) 
                if said.type == "error" and "CONNECTION_REFUSED" not in said.text else None)
        page.on("dialog", lambda dialog: errors.append("dialog: " + dialog.message))
        page.goto(review.address)
        expect(page.locator("#pair table")).to_be_visible()
        return page

    yield go
    for context in contexts:
        context.close()
    assert foreign == []
    assert errors == []


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def subjects(page):
    return page.locator("#pair table tr").first.locator("th").all_inner_texts()[1:]


def total(page):
    expect(page.locator("#count")).to_contain_text(" of ")
    return int(re.search(r"of (\d+)", page.locator("#count").inner_text()).group(1))


def progress(page, answered, decided):
    expect(page.locator("#count")).to_have_text(
        f"{answered} of {total(page)} answered, {decided} decided")


def scores(page):
    return [
        float(re.search(r"\d\.\d{4}", text).group())
        for text in page.locator("#list li").all_inner_texts()]


def press(page, key, answered, decided):
    """The subjects the key was about; the next pair is shown afterwards."""
    about = subjects(page)
    page.keyboard.press(key)
    progress(page, answered, decided)
    page.wait_for_function(
        "(about) => ![...document.querySelectorAll('#pair tr:first-child th')]"
        ".map((head) => head.innerText).join().endsWith(about)", arg=",".join(about))
    return about


def test_pair_side_by_side_with_evidence(start, visit):
    page = visit(start(60))
    left, right = subjects(page)
    assert left != right and all(":" in subject for subject in (left, right))
    row = page.locator("#pair tr", has=page.get_by_role("rowheader", name="Name", exact=True))
    boxes = [row.locator("td").nth(place).bounding_box() for place in (0, 1)]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] < boxes[1]["x"]
    assert abs(boxes[0]["width"] - boxes[1]["width"]) < 2
    evidence = page.locator("#pair ul li").all_inner_texts()
    assert evidence and all(re.match(r"[+−]\d+\.\d ", line) for line in evidence)
    # Some pair differs: exactly the words that the other side lacks are marked.
    for _ in range(60):
        if page.locator("#pair mark").count():
            break
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(60)
    marked = page.locator("#pair tr", has=page.locator("mark")).first
    shoot(page, "pair")
    sides = [
        {re.sub(r"[^\w@]", "", text).lower() for text in marked.locator("td").nth(place)
         .inner_text().split()} for place in (0, 1)]
    for place in (0, 1):
        words = marked.locator("td").nth(place).locator("mark").all_inner_texts()
        keys = {re.sub(r"[^\w@]", "", word).lower() for word in words}
        assert keys == sides[place] - sides[1 - place]


def test_one_key_per_decision_and_the_way_back(start, visit):
    review = start(60)
    page = visit(review)
    progress(page, 0, 0)
    linked = press(page, "l", 1, 1)
    different = press(page, "d", 2, 2)
    press(page, "s", 3, 2)
    again = press(page, "d", 4, 3)
    page.keyboard.press("u")
    progress(page, 3, 2)
    expect(page.locator("#pair th", has_text=again[0]).first).to_be_visible()
    expect(page.locator("#pair .verdict")).not_to_contain_text("answered")
    assert subjects(page) == again
    assert ["link", *linked] in review.drafted() or ["merge", *linked] in review.drafted()
    assert ["different", *different] in review.drafted()
    assert review.drafted()[-1] == ["", *again]
    page.locator("#status").select_option("answered")
    expect(page.locator("#list li")).to_have_count(3)
    shoot(page, "answered")


def test_fast_keys_are_not_lost(start, visit):
    page = visit(start(60))
    for _ in range(20):
        page.keyboard.press("l")
    progress(page, 20, 20)
    for _ in range(20):
        page.keyboard.press("u")
    progress(page, 0, 0)
    page.keyboard.press("u")
    expect(page.locator("#message")).to_have_text("Nothing to undo.")


def test_search_and_filter(start, visit):
    page = visit(start(60))
    everything = page.locator("#found").inner_text()
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("onerror")
    expect(page.locator("#list li").first).to_contain_text(MARKUP)
    expect(page.locator("#pair")).to_contain_text(MARKUP)
    assert page.locator("#pair img, #list img").count() == 0
    shoot(page, "search")
    # Letters in the search box are no decisions.
    page.locator("#search").fill("")
    page.keyboard.type("lds")
    expect(page.locator("#list li")).to_have_count(0)
    progress(page, 0, 0)
    page.locator("#search").fill("")
    expect(page.locator("#found")).to_have_text(everything)
    middle = sum(scores(page)) / len(scores(page))
    page.locator("#most").fill(f"{middle:.4f}")
    expect(page.locator("#found")).not_to_have_text(everything)
    assert scores(page) and max(scores(page)) <= middle + 0.0001
    shoot(page, "filter")
    page.locator("#most").press("Escape")
    press(page, "d", 1, 1)


def test_finish_writes_the_decision_file(start, visit):
    review = start(60)
    page = visit(review)
    linked = press(page, "l", 1, 1)
    different = press(page, "d", 2, 2)
    page.locator("#finish").click()
    expect(page.locator("#pair")).to_contain_text("Finished.")
    shoot(page, "finished")
    assert review.process.wait(20) == 0
    assert not review.draft.exists()
    rows = list(csv.DictReader(review.export.open(encoding="utf-8-sig")))
    decisions = {
        tuple(sorted((row["left"], row["right"]))): row["decision"]
        for row in rows if row["decision"]}
    assert decisions[tuple(sorted(linked))] in ("link", "merge")
    assert decisions[tuple(sorted(different))] == "different"
    assert len(decisions) == 2


def test_answers_survive_a_second_sitting(start, visit):
    review = start(60)
    page = visit(review)
    first = press(page, "l", 1, 1)
    press(page, "d", 2, 2)
    page.keyboard.press("u")
    progress(page, 1, 1)
    page.close()
    assert review.interrupt() == 0
    second = start(60)
    page = visit(second)
    progress(page, 1, 1)
    assert subjects(page) != first
    press(page, "d", 2, 2)
    page.close()
    second.process.kill()
    second.process.wait()
    page = visit(start(60))
    progress(page, 2, 2)


def test_five_thousand_pairs(start, visit):
    page = visit(start(5000))
    assert total(page) >= 5000
    shoot(page, "many")
    begin = time.monotonic()
    for answered in range(1, 31):
        press(page, "l", answered, answered)
    each = (time.monotonic() - begin) / 30
    begin = time.monotonic()
    page.locator("#search").fill("harbour terrace")
    expect(page.locator("#found")).not_to_contain_text(str(total(page) - 30))
    found = time.monotonic() - begin
    page.locator("#search").fill("")
    expect(page.locator("#found")).to_contain_text(str(total(page) - 30))
    print(f"\n{total(page)} pairs: {each * 1000:.0f} ms an answer, {found * 1000:.0f} ms a search")
    assert each < 1 and found < 2
    # The list goes on as it is scrolled.
    page.locator("#list").evaluate("(list) => { list.scrollTop = list.scrollHeight; }")
    expect(page.locator("#list li")).to_have_count(120)
    # The place far down is kept after an answer.
    page.locator("#list li").nth(100).click()
    expect(page.locator("#list li").nth(100)).to_have_attribute("aria-current", "true")
    following = page.locator("#list li").nth(101).get_attribute("data-index")
    page.keyboard.press("d")
    expect(page.locator("#list li[aria-current=true]")).to_have_attribute("data-index", following)


def test_a_key_held_down_decides_once(start, visit):
    page = visit(start(60))
    for _ in range(10):
        # Without a release in between, all but the first are repetitions.
        page.keyboard.down("l")
    page.keyboard.up("l")
    progress(page, 1, 1)
    page.wait_for_timeout(300)
    progress(page, 1, 1)
    # Caps lock is no obstacle.
    press(page, "D", 2, 2)


def test_the_program_stopped(start, visit):
    review = start(60)
    page = visit(review)
    review.interrupt()
    page.keyboard.press("l")
    expect(page.locator("#message")).to_contain_text("Start the review again")
    shoot(page, "stopped")


def test_nobody_else_comes_in(start, visit, chromium):
    review = start(60)
    host = urlsplit(review.base).netloc
    key = urlsplit(review.address).query
    # No key, a wrong one, another site's name for this machine: also with the right key.
    assert review.ask("/")[0] == 403
    assert review.ask("/pairs")[0] == 403
    assert review.ask("/?key=" + "0" * 64)[0] == 403
    rebound = f"rebound.example:{host.split(':')[1]}"
    assert review.ask("/?" + key, Host=rebound)[0] == 403
    page = visit(review)
    cookie = "; ".join(f"{c['name']}={c['value']}" for c in page.context.cookies())
    assert review.ask("/pairs", Cookie=cookie)[0] == 200
    assert review.ask("/pairs", Cookie=cookie, Host=rebound)[0] == 403
    # The address works once.
    assert review.ask("/?" + key)[0] == 403
    # Another site's script, with the cookie.
    order = json.dumps({"index": 0, "answer": "link"})
    own = {"Cookie": cookie, "Content_Type": "application/json"}
    for origin in ("http://evil.example", "null", "http://localhost:1", f"https://{host}"):
        assert review.ask("/answer", "POST", order, Origin=origin, **own)[0] == 403
    assert review.ask("/answer", "POST", order, **own)[0] == 403
    assert review.ask(
        "/answer", "POST", order, Cookie=cookie, Origin=review.base,
        Content_Type="text/plain")[0] == 403
    assert review.ask("/pairs", Cookie=cookie, Sec_Fetch_Site="cross-site")[0] == 403
    # A real page of another origin in the same browser, by form and by script.
    foreign = page.context.new_page()
    foreign.route("http://evil.example/", lambda route: route.fulfill(
        content_type="text/html",
        body=f"<form method=post enctype=text/plain action={review.base}/answer>"
        "<input name='{\"index\":0,\"answer\":\"link\",\"x\":\"' value='\"}'></form>"))
    foreign.goto("http://evil.example/")
    tried = foreign.evaluate(
        """async (base) => fetch(base + '/answer', { method: 'POST', mode: 'no-cors',
          credentials: 'include', body: '{"index":0,"answer":"link"}' })
          .then(() => 'sent', () => 'refused')""", review.base)
    assert tried in ("sent", "refused")
    with foreign.expect_navigation(wait_until="commit") as sent:
        foreign.evaluate("document.forms[0].submit()")
    assert sent.value is None or sent.value.status == 403
    foreign.close()
    assert review.drafted() == []
    page.reload()
    progress(page, 0, 0)
    # Another browser on this machine, without the cookie.
    other = chromium.new_context().new_page()
    assert other.goto(review.address).status == 403
    assert other.goto(review.base + "/").status == 403
    other.context.close()


def test_narrow_and_dark(start, visit):
    page = visit(start(60))
    page.emulate_media(color_scheme="dark")
    shoot(page, "dark")
    for width in (1024, 700):
        page.set_viewport_size({"width": width, "height": 700})
        shoot(page, f"width-{width}")
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth")
