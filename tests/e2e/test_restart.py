"""A visit whose server forgets it, by a restart, an outage or another server behind the same address.

No text goes to another lesson, and every lesson has its own.
"""

from __future__ import annotations

import re
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from app.hosting.front import share
from app.hosting.guards import VISITOR
from tests.e2e.acting import PATIENCE, acting
from tests.e2e.browser import free_port, serve, visit
from tests.e2e.taking_away import download
from tests.e2e.way import Way

pytestmark = [pytest.mark.browser, pytest.mark.models]
TEXTS = {
    "attention": "The robot saw a dog.",
    "lstm-gates": "An awful film.",
    "masked-language-model": "Ana lives in [MASK].",
}
CONNECTED = "() => document.querySelector('[data-testid=stApp]').dataset.testConnectionState === 'CONNECTED'"


def field(page: Page) -> Locator:
    return page.locator("[data-testid=stMain] :is(textarea, input[type=text])").first


def go(page: Page, lesson: str) -> None:
    """Choose a lesson. The runs of a new session are counted anew: what is waited for is what they show."""
    page.locator(f"[data-testid=stSidebarNav] a[href$='/{lesson}']").click()
    expect(page).to_have_url(re.compile(rf"/{lesson}(\?|$)"), timeout=PATIENCE)


def fill_all(page: Page, url: str) -> None:
    first = next(iter(TEXTS))
    visit(page, f"{url}/{first}?lang=en")
    for lesson, text in TEXTS.items():
        if lesson != first:
            with acting(page):
                go(page, lesson)
        with acting(page):
            field(page).fill(text)
            field(page).blur()


def left(page: Page) -> None:
    """Wait until the page says that its server is gone."""
    page.wait_for_function(f"() => !({CONNECTED})()", timeout=PATIENCE)
    expect(page.get_by_role("status").filter(has_text="No connection")).to_be_visible(timeout=PATIENCE)


def assert_each_has_its_own(page: Page) -> None:
    """Once the page has a server again: first what it shows, then every lesson that was visited, then the first again."""
    page.wait_for_function(CONNECTED, timeout=PATIENCE)
    expect(page.get_by_text("No connection")).to_have_count(0)
    *_, last = TEXTS
    expect(field(page)).to_have_value(TEXTS[last], timeout=PATIENCE)
    for lesson in (*TEXTS, next(iter(TEXTS))):
        go(page, lesson)
        expect(field(page)).to_have_value(TEXTS[lesson], timeout=PATIENCE)


def test_every_lesson_has_what_it_had(page: Page) -> None:
    port = free_port()
    with serve(port) as url:
        fill_all(page, url)
    left(page)
    with serve(port) as url:
        assert_each_has_its_own(page)
        first, second, *_ = TEXTS
        visit(page, f"{url}/{second}?lang=en")  # loaded anew: its address has no text
        expect(field(page)).not_to_have_value(TEXTS[second], timeout=PATIENCE)
        go(page, first)
        expect(field(page)).to_have_value(TEXTS[first], timeout=PATIENCE)


def test_an_outage_that_is_longer_than_the_server_remembers(page: Page) -> None:
    """As 75 seconds without a network are for a server that remembers for 60: this one forgets at once."""
    with serve(STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL="0") as url, Way() as way:
        way.lead(url)
        fill_all(page, way.url)
        way.lead(None)
        left(page)
        dialog = page.locator(
            "[data-testid=stDialog]"
        )  # Streamlit's, which asks who started the server to start it again
        dialog.wait_for(state="attached", timeout=PATIENCE)
        expect(dialog).not_to_be_visible()
        way.lead(url)
        assert_each_has_its_own(page)
        expect(dialog).to_have_count(0)


def test_another_server_takes_over_from_one_that_was_killed(page: Page) -> None:
    with serve() as second, Way() as way:
        with serve() as first:
            way.lead(first)
            fill_all(page, way.url)
        left(page)
        way.lead(second)
        assert_each_has_its_own(page)


def test_one_of_several_servers_is_killed(page: Page, tmp_path: Path) -> None:
    """A table, which lies in the memory of one server, comes from that one; when it dies the visit goes on with the next."""
    port = free_port()
    with serve(port, "--servers", "2") as url:
        fill_all(page, url)
        assert download(page, "csv", tmp_path).count(b"\n") > 2
        name = next(str(each["value"]) for each in page.context.cookies() if each["name"] == VISITOR)
        (front,) = (each for each in psutil.Process().children() if str(port) in each.cmdline())
        by_age = sorted(
            (each for each in front.children() if "--under" in each.cmdline()), key=psutil.Process.create_time
        )
        by_age[share(name, 2)].kill()
        page.wait_for_function(f"() => !({CONNECTED})()", timeout=PATIENCE)
        assert_each_has_its_own(page)


def test_a_network_that_is_gone_is_said_in_the_page_s_language(page: Page, app_url: str) -> None:
    """The browser notices before the connection does, whose end nobody tells it of."""
    visit(page, f"{app_url}/lstm-gates?lang=zh")
    page.context.set_offline(True)
    expect(page.get_by_role("status").filter(has_text="连接断开")).to_be_visible(timeout=PATIENCE)
    page.context.set_offline(False)
    expect(page.get_by_text("连接断开")).to_have_count(0, timeout=PATIENCE)


def test_a_choice_that_the_browser_makes_late_is_what_the_link_says(page: Page, app_url: str) -> None:
    """A tab that has been here tells a new session what it knows, whose second run may pass before all controls are made."""
    visit(page, f"{app_url}/lstm-gates?lang=en")
    with acting(page):
        field(page).fill("An awful film.")
        field(page).blur()
    page.route("**/ButtonGroup.*.js", lambda _route: None)  # it waits until it is let go
    page.goto(f"{app_url}/bio-tagging?lang=en&view=own")
    page.wait_for_function("() => +(document.documentElement.dataset.run ?? 0) > 1", timeout=PATIENCE)
    page.unroute("**/ButtonGroup.*.js")
    own = page.locator("[data-testid=stMain]").get_by_role("radio", name="Any sentence", exact=True)
    expect(own).to_be_checked(timeout=PATIENCE)
    with acting(page):
        field(page).fill("Ana Pires lives in Lisbon.")
        field(page).blur()
    expect(own).to_be_checked()
    assert "view=own" in page.url
