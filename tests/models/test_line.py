"""Who is next: as many places as there are, nobody long before somebody short, everybody in the end."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.models.line import Line, Ticket, visiting, visitor
from nlpcore.models.turns import Turns
from tests.models.test_turns import until


def served(line: Line, count: int) -> list[object]:
    """Serve one after the other, each giving its place back before the next."""
    found = []
    for _ in range(count):
        ticket = line.serve()
        assert ticket is not None
        found.append(ticket.visitor)
        line.give_back(ticket)
    return found


def test_visitors_take_turns() -> None:
    line = Line(1)
    for who in "aaaabbc":
        line.join(who)
    assert served(line, 7) == list("abcabaa")
    assert line.serve() is None


def test_who_has_left_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(1)
    for _ in range(5):
        line.join(visitor())
    served(line, 5)
    assert not line._finishes, "who has no name at once"
    monkeypatch.setattr("nlpcore.models.line.MOST_REMEMBERED", 10)
    for number in range(100):
        for who in ("often", number):
            line.join(who)
            assert served(line, 1) == [who]
    assert len(line._finishes) <= 11


def test_who_comes_later_is_before_the_second_that_is_left_of_who_was_there() -> None:
    line = Line(1)
    for who in "aaa":
        line.join(who)
    assert served(line, 1) == ["a"]
    line.join("b")
    assert served(line, 3) == list("aba")


def test_one_visitor_leaves_a_place_for_others() -> None:
    line = Line(3)
    for who in "aaaa":
        line.join(who)
    assert [line.serve() is not None for _ in range(3)] == [True, True, False]
    line.join("b")
    found = line.serve()
    assert found is not None and found.visitor == "b" and line.held == 3
    alone = Line(1)
    alone.join("a")
    assert alone.serve() is not None, "where there is one place it may be theirs"


def test_who_was_served_and_comes_again_goes_before_who_is_new() -> None:
    line = Line(1)
    line.join("traveller")
    assert served(line, 1) == ["traveller"]
    line.join("new")
    line.join("traveller", again=True)
    assert served(line, 2) == ["traveller", "new"]


def test_however_many_come_again_somebody_else_waits_for_one_of_them_at_most() -> None:
    """As 20 tabs do whose maps are ready at the same time."""
    line = Line(1)
    for _ in range(20):
        line.join("many tabs")
    assert served(line, 20) == ["many tabs"] * 20
    for _ in range(20):
        line.join("many tabs", again=True)
    line.join("somebody")
    assert served(line, 3) == ["many tabs", "somebody", "many tabs"]


def test_who_has_one_thing_under_way_goes_on_with_it_whatever_it_has_cost() -> None:
    line = Line(1)
    line.join("heavy")
    ticket = line.serve()
    assert ticket is not None
    line.give_back(ticket, 100)
    line.join("new")
    line.join("heavy", again=True, alone=True)
    assert served(line, 2) == ["heavy", "new"]
    for who in ("heavy", "new"):
        line.join(who)
    assert served(line, 2) == ["new", "heavy"], "it pays when it comes anew"


def test_of_those_who_come_at_once_the_short_go_first() -> None:
    line = Line(1)
    for who, work in (("long", 40), ("short", 3), ("middle", 10), ("short too", 3)):
        line.join(who, work)
    assert served(line, 4) == ["short", "short too", "middle", "long"]


def test_what_is_long_has_its_turn_however_many_short_ones_come() -> None:
    line, others = Line(1), 0
    line.join("long", 40)
    for number in range(100):
        line.join(number, 4)
        if served(line, 1) == ["long"]:
            break
        others += 1
    assert others == 9, "what finishes before it: as much as it wants itself"


def test_what_was_really_used_counts() -> None:
    """Two keep the line full with what looks as short; one of them takes ten times as long."""
    line, used = Line(1), Counter[object]()
    for who in ("quick", "heavy"):
        line.join(who, 3)
    for _ in range(550):
        ticket = line.serve()
        assert ticket is not None
        spent = 30 if ticket.visitor == "heavy" else 3
        used[ticket.visitor] += spent
        line.give_back(ticket, spent)
        line.join(ticket.visitor, 3)
    assert used["heavy"] == pytest.approx(used["quick"], rel=0.05)


def test_a_turn_is_charged_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second in a turn is a second in its line, whatever was expected; time that was spent away is not."""
    now = 0
    monkeypatch.setattr("nlpcore.models.turns.time.perf_counter_ns", lambda: now)
    turns = Turns(2)
    with visiting("heavy"), turns.turn():
        now += 10**9
        with turns.away():
            now += 10**11
        now += 10**9
    with visiting("light"), turns.turn():
        now += 10**6
    assert turns._line._finishes["heavy"] == pytest.approx(2e6)
    assert "light" not in turns._line._finishes or turns._line._finishes["light"] < 1e6


@pytest.mark.parametrize(("thought", "order"), [(2.0, ["heavy", "light"]), (0.5, ["light", "heavy"])])
def test_who_has_thought_for_a_while_owes_nobody_anything(
    thought: float, order: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One long turn must not cost a learner the next one; who asks again at once has had theirs."""
    now, came = 0, list[str]()
    monkeypatch.setattr("nlpcore.models.turns.time.perf_counter_ns", lambda: now)
    turns = Turns(1)
    with visiting("heavy"), turns.turn():
        now += 10**9
    now += int(thought * 10**9)

    def come(name: str) -> None:
        with visiting(name), turns.turn():
            came.append(name)

    with visiting("somebody"), turns.turn():
        threads = []
        for waiting, name in enumerate(("heavy", "light"), 1):
            threads.append(threading.Thread(target=come, args=(name,)))
            threads[-1].start()
            until(lambda waiting=waiting: turns.held() == (1, waiting))
    for thread in threads:
        thread.join()
    assert came == order


def test_a_second_tab_keeps_what_its_visitor_owes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has one tab at work all the time has not let the others work, however long another one rests."""
    now = 0
    monkeypatch.setattr("nlpcore.models.turns.time.perf_counter_ns", lambda: now)
    turns = Turns(3)

    def second_tab() -> None:
        nonlocal now
        with visiting("heavy"), turns.turn():
            now += 10**9

    with visiting("heavy"), turns.turn(), turns.away():  # its map is being laid out
        for _ in range(2):
            now += 10**10
            working = threading.Thread(target=second_tab)
            working.start()
            working.join()
        assert turns._line._finishes["heavy"] >= 2 * 10**6  # microseconds


def test_of_nobody_named_everybody_is_somebody_else() -> None:
    assert visitor() != visitor()
    with visiting("me"):
        assert visitor() == visitor() == "me"
        with visiting(None):
            assert visitor() != "me"
    assert visitor() != "me"


def test_who_leaves_is_no_longer_before_others() -> None:
    line = Line(1)
    line.join("a")
    assert line.serve() is not None
    second, third = line.join("b"), line.join("c")
    assert (line.before(second), line.before(third)) == (1, 2)
    line.leave(second)
    assert line.before(third) == 1 and len(line) == 1


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=30), st.integers(1, 4))
def test_whatever_comes_the_order_told_is_the_order_kept(come: list[tuple[str, bool]], size: int) -> None:
    line, inside = Line(size), list[Ticket]()
    for who, again in come:
        line.join(who, again)
    told = line.order()
    kept = []
    while len(line) or inside:
        while (ticket := line.serve()) is not None:
            kept.append(ticket)
            inside.append(ticket)
        holding = Counter(each.visitor for each in inside)
        assert line.held == sum(holding.values()) <= size and max(holding.values()) <= max(1, size - 1)
        gone = inside.pop(0)
        line.give_back(gone)
    assert len(kept) == len(come) and line.held == 0
    if size == 1:
        assert kept == told


@given(st.integers(1, 30), st.integers(1, 5))
def test_with_any_number_of_tabs_beside_nobody_waits_longer_than_with_one(tabs: int, visitors: int) -> None:
    line = Line(1)
    for _ in range(tabs):
        line.join("many tabs")
    for number in range(visitors):
        line.join(number)
    order = served(line, tabs + visitors)
    assert [order.index(number) for number in range(visitors)] == list(range(1, visitors + 1))


def test_turns_leave_one_free_for_somebody_else() -> None:
    """While one visitor's tabs want all the turns, another's run begins at once."""
    import threading

    turns, inside, go = Turns(2), threading.Semaphore(0), threading.Event()

    def tab() -> None:
        with visiting("many tabs"), turns.turn():
            inside.release()
            assert go.wait(30)

    threads = [threading.Thread(target=tab) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=30)
    with visiting("somebody"), turns.turn():
        assert turns.held()[0] == 2
    go.set()
    for thread in threads:
        thread.join(30)
    assert turns.held() == (0, 0)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_the_library_alone_may_use_all_of_them(size: int) -> None:
    line = Line(size)
    for _ in range(size):
        line.join(visitor())
    assert all(line.serve() for _ in range(size))
