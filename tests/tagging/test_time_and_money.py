"""The rules for dates, times, money and percentages on sentences with their answers written by hand."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.tagging import RULES, find_time_and_money

SENTENCES = [
    ("On Tuesday, 3 May 2024 at 3:30 p.m. GMT the firm paid $4.5 million, up 12.5% from before 1998.",
     ["DATE:Tuesday", "DATE:3 May 2024", "TIME:3:30 p.m. GMT", "MONEY:$4.5 million", "PERCENT:12.5%", "DATE:1998"]),
    ("In May, Theresa May paid 20 euros; ten percent of five million dollars was lost two years ago.",
     ["DATE:May", "MONEY:20 euros", "PERCENT:ten percent", "MONEY:five million dollars", "DATE:two years ago"]),
    ("The 1990s, last week, the first quarter of 2023, 2024-05-06, half an hour, tonight.",
     ["DATE:The 1990s", "DATE:last week", "DATE:the first quarter of 2023", "DATE:2024-05-06",
      "TIME:half an hour", "TIME:tonight"]),
    ("£3bn and US$1,000: 3 percentage points by 3pm, at seven o’clock, 30 minutes later, on December 24th.",
     ["MONEY:£3bn", "MONEY:US$1,000", "PERCENT:3 percentage points", "TIME:3pm", "TIME:seven o’clock",
      "TIME:30 minutes later", "DATE:December 24th"]),
    ("May I march to room 1999 with 5 of 1500 people? No.", []),
    ("Born on July 4, 1990, in the early 1990s he earned a million dollars in ten minutes; yesterday he was broke.",
     ["DATE:July 4, 1990", "DATE:the early 1990s", "MONEY:a million dollars", "TIME:ten minutes", "DATE:yesterday"]),
]  # fmt: skip


# A number as people of many countries write it, and all of what is found in it.
WHOLE = [
    ("It rose 3,5 % now", "PERCENT:3,5 %"), ("up 10-15%", "PERCENT:10-15%"), ("up 10 – 15 %", "PERCENT:10 – 15 %"),
    ("10%-15% more", "PERCENT:10%-15%"), ("10 to 15 percent", "PERCENT:10 to 15 percent"),
    ("from 10 to 15 percent", "PERCENT:15 percent"), ("half a percent", "PERCENT:half a percent"),
    ("−3,2 % and -5%", "PERCENT:−3,2 %", "PERCENT:-5%"), ("2½ percent", "PERCENT:2½ percent"),
    ("2 1/2 percent", "PERCENT:2 1/2 percent"), ("one point five percent", "PERCENT:one point five percent"),
    ("three and a half percent", "PERCENT:three and a half percent"), ("３５％", "PERCENT:３５％"),
    ("€ 1,2 billion", "MONEY:€ 1,2 billion"), ("$0.1mn", "MONEY:$0.1mn"), ("￥1.5", "MONEY:￥1.5"),
    ("one hundred and five dollars", "MONEY:one hundred and five dollars"), ("RM10 million", "MONEY:RM10 million"),
    ("thirteen dollars", "MONEY:thirteen dollars"), ("twenty-five euros", "MONEY:twenty-five euros"),
    ("half a million dollars", "MONEY:half a million dollars"), ("100€", "MONEY:100€"), ("1.000,50 €", "MONEY:1.000,50 €"),
    ("a quarter of a million dollars", "MONEY:a quarter of a million dollars"), ("100USD", "MONEY:100USD"),
    ("two and a half million dollars", "MONEY:two and a half million dollars"), ("-$5", "MONEY:-$5"),
    ("a few hundred dollars", "MONEY:a few hundred dollars"), ("1 200 000 euros", "MONEY:1 200 000 euros"),
    ("1'000'000 francs", "MONEY:1'000'000 francs"), ("₹1,00,000", "MONEY:₹1,00,000"), ("Rs. 500 crore", "MONEY:Rs. 500 crore"),
    ("$10-15 million", "MONEY:$10-15 million"), ("$5-$10", "MONEY:$5-$10"), ("£3bn-4bn", "MONEY:£3bn-4bn"),
    ("$1.5 to $2 million", "MONEY:$1.5 to $2 million"), ("five dollars and fifty cents", "MONEY:five dollars and fifty cents"),
    ("in Q3 2024", "DATE:Q3 2024"), ("2024Q3", "DATE:2024Q3"), ("Q3/2024", "DATE:Q3/2024"), ("3Q24", "DATE:3Q24"),
    ("FY2024", "DATE:FY2024"), ("on 24.12.2024", "DATE:24.12.2024"), ("24-Dec-2024", "DATE:24-Dec-2024"),
    ("12-24-2024", "DATE:12-24-2024"), ("2024/12/24", "DATE:2024/12/24"), ("2024.12.24", "DATE:2024.12.24"),
    ("in 1999–2003", "DATE:1999–2003"), ("in 2008/09", "DATE:2008/09"), ("in 2024-05", "DATE:2024-05"),
    ("May 3-5, 2024", "DATE:May 3-5, 2024"),
    ("May 5,2024", "DATE:May 5,2024"), ("the ’90s", "DATE:the ’90s"), ("2 to 3 days", "DATE:2 to 3 days"),
    ("a hundred and one days", "DATE:a hundred and one days"), ("9:00-17:30", "TIME:9:00-17:30"),
    ("9–11 a.m.", "TIME:9–11 a.m."), ("three quarters of an hour", "TIME:three quarters of an hour"),
    ("up .5%", "PERCENT:.5%"), ("only $.50", "MONEY:$.50"), ("It rose.5% of it", "PERCENT:5%"), ("and ...5%", "PERCENT:5%"),
    ("１２．５％", "PERCENT:１２．５％"), ("＄１．５", "MONEY:＄１．５"), ("１．５ dollars", "MONEY:１．５ dollars"),
    ("٣٫٥٪", "PERCENT:٣٫٥٪"), ("1·5 dollars", "MONEY:1·5 dollars"), ("£1·50", "MONEY:£1·50"),
    ("€1,2 Mrd.", "MONEY:€1,2 Mrd."), ("€5 Mio lost", "MONEY:€5 Mio"), ("€1,2 Milliarden", "MONEY:€1,2 Milliarden"),
    ("$1.5 mm", "MONEY:$1.5 mm"), ("１２／２４／２０２４", "DATE:１２／２４／２０２４"), ("at １２：３０", "TIME:１２：３０"),
    ("a year and a half ago", "DATE:a year and a half ago"), ("an hour and a half", "TIME:an hour and a half"),
    ("a dollar and a half", "MONEY:a dollar and a half"), ("Jan 5 '24", "DATE:Jan 5 '24"), ("5 Jan ’24", "DATE:5 Jan ’24"),
    ("5~6%", "PERCENT:5~6%"), ("5～6%", "PERCENT:5～6%"), ("+/-5%", "PERCENT:+/-5%"), ("~5%", "PERCENT:5%"),
    ("five-to-ten percent", "PERCENT:five-to-ten percent"), ("5-to-10 days", "DATE:5-to-10 days"),
    ("half-a-million dollars", "MONEY:half-a-million dollars"), ("2-and-a-half percent", "PERCENT:2-and-a-half percent"),
    ("two-and-a-half hours", "TIME:two-and-a-half hours"), ("a couple hundred dollars", "MONEY:a couple hundred dollars"),
    ("minus 5 percent", "PERCENT:minus 5 percent"), ("minus five dollars", "MONEY:minus five dollars"),
    ("minus $5", "MONEY:minus $5"), ("from minus 5 to 5 percent", "PERCENT:5 percent"),
    ("the 1980s–1990s", "DATE:the 1980s–1990s"), ("1980s~1990s", "DATE:1980s~1990s"),
    # Parts of one, years from and to, eras and centuries
    ("one half of one percent", "PERCENT:one half of one percent"), ("¾ of a percent", "PERCENT:¾ of a percent"),
    ("two-thirds of a dollar", "MONEY:two-thirds of a dollar"), ("two thirds of a year", "DATE:two thirds of a year"),
    ("a 5-percent rise", "PERCENT:5-percent"), ("5 million US$", "MONEY:5 million US$"), ("500 kr", "MONEY:500 kr"),
    ("3.30 p.m. GMT", "TIME:3.30 p.m. GMT"), ("price 3.30 amperes",),
    ("between 1914 and 1918", "DATE:between 1914 and 1918"), ("from 1990 to 1995", "DATE:1990 to 1995"),
    ("in 1500 BC", "DATE:1500 BC"), ("AD 476", "DATE:AD 476"), ("the 21st century", "DATE:the 21st century"),
    ("the XIXth century", "DATE:the XIXth century"), ("the 5th century BC", "DATE:the 5th century BC"),
    ("the 19th and 20th centuries", "DATE:the 19th and 20th centuries"), ("Louis XIV and Elizabeth II",),
    ("20%~30%", "PERCENT:20%~30%"), ("5 percent-points", "PERCENT:5 percent-points"), ("USD/EUR 1.1",),
    ("2024 January 1", "DATE:2024 January 1"),
    # No amount and no date: an address, a program
    ("see https://example.com/2024/05/03/a_b?x=5% now",), ("mail to a.2024-05-03@example.org",), ("www.x.org/5%",),
    ("int n = 10 % 3;",), ("192.168.0.1 and 10.0.0.1/24",), ("H2SO4 and C6H12O6",),
    # A second number with a unit of its own is no part of the amount before it.
    ("$1,234.56 or 3.5%", "MONEY:$1,234.56", "PERCENT:3.5%"), ("$5 to 10%", "MONEY:$5", "PERCENT:10%"),
    ("€ 5 or 10 percent", "MONEY:€ 5", "PERCENT:10 percent"), ("USD 5 – 10%", "MONEY:USD 5", "PERCENT:10%"),
    ("CHF 5 to 10 %", "MONEY:CHF 5", "PERCENT:10 %"), ("Rs. 5 or 10%", "MONEY:Rs. 5", "PERCENT:10%"),
    ("£3bn or 2.5 %", "MONEY:£3bn", "PERCENT:2.5 %"), ("$5 or 2½%", "MONEY:$5", "PERCENT:2½%"),
    ("$5 or 10 days", "MONEY:$5", "DATE:10 days"), ("$5 to 10 minutes", "MONEY:$5", "TIME:10 minutes"),
    ("$5 or 3 o’clock", "MONEY:$5", "TIME:3 o’clock"), ("$5 or 10:30", "MONEY:$5", "TIME:10:30"), ("$5 or 3rd", "MONEY:$5"),
    ("$5 or 3 p.m. GMT", "MONEY:$5", "TIME:3 p.m. GMT"),
    ("$5 or 10 May", "MONEY:$5", "DATE:10 May"), ("$5 or 10 euros", "MONEY:$5", "MONEY:10 euros"),
    ("3% or $5", "PERCENT:3%", "MONEY:$5"), ("5 or 6 dollars", "MONEY:5 or 6 dollars"), ("C$5 or 6", "MONEY:C$5 or 6"),
    ("$5 to 10 may be enough", "MONEY:$5 to 10"), ("$1.5 to $2 million dollars", "MONEY:$1.5 to $2 million"),
    # Not an amount as a whole, so no part of it is one either.
    ("10^6 dollars",), ("$10^6",), ("$10⁶",), ("10^-6 %",), ("2**5 dollars",), ("USD 1.5 x 10^6",), ("1.5 × 10⁶ euros",),
    ("1.5e-6 %",), ("5±2%",), ("5 ± 2%",), ("5+/-2%",), ("3*5 days",),
    ("１，２００ dollars",),
    ("$5x",), ("1.5e6 dollars",), ("hundreds of dollars",), ("24/7",), ("5%2B",), ("May 5.5",), ("12:30:45.5",),
    ("in 2024.5",), ("on 1/2/3/4",), ("1990s5",), ("$1,000x",), ("v1.2024 dollars",),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [(text, list(rest)) for text, *rest in WHOLE])
@pytest.mark.parametrize("frame", ["{}", "It was {}.", "({}), they said"])
def test_a_number_is_taken_whole_or_not_at_all(text: str, expected: list[str], frame: str) -> None:
    assert [f"{e.type}:{e.text}" for e in find_time_and_money(frame.format(text))] == expected


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences(text: str, expected: list[str]) -> None:
    found = find_time_and_money(text)
    assert [f"{e.type}:{e.text}" for e in found] == expected
    assert all(text[e.start : e.end] == e.text for e in found)


LONG = [
    ("10-day", "DATE"), ("two-week", "DATE"), ("three-and-a-half-year", "DATE"), ("1,000-day", "DATE"), ("10–15-day", "DATE"),
    ("10- to 15-day", "DATE"), ("ten-to-fifteen-day", "DATE"), ("10-year-old", "DATE"), ("1½-year", "DATE"), ("3 yrs", "DATE"),
    ("2 wks ago", "DATE"), ("several weeks", "DATE"), ("a few days", "DATE"), ("the last few years", "DATE"),
    ("a fortnight", "DATE"), ("a couple of days", "DATE"), ("mid-June", "DATE"), ("mid-May 2024", "DATE"),
    ("Monday–Friday", "DATE"), ("the twenty-second century", "DATE"),
    ("5 mins", "TIME"), ("5min", "TIME"), ("5-10 mins", "TIME"), ("5 min. later", "TIME"), ("10 secs", "TIME"), ("48hrs", "TIME"),
    ("5-minute", "TIME"), ("20-second", "TIME"), ("1.5-hour", "TIME"), ("a half-hour", "TIME"), ("a few minutes", "TIME"),
    ("2h 30m", "TIME"), ("17h30", "TIME"), ("1h", "TIME"), ("a second later", "TIME"), ("half a second", "TIME"),
    ("half past three", "TIME"), ("half past 3 p.m.", "TIME"), ("quarter past 12", "TIME"), ("a quarter to five", "TIME"),
    ("ten past four", "TIME"), ("twenty-five minutes to six", "TIME"), ("10 minutes past 3", "TIME"), ("5 past noon", "TIME"),
    ("3pm–5pm", "TIME"), ("3:30–5pm", "TIME"), ("9am-noon", "TIME"), ("9–10:30 am", "TIME"), ("3 to 5 pm", "TIME"),
    ("three o'clock in the afternoon", "TIME"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), LONG)
@pytest.mark.parametrize("frame", ["{}", "It was {} and", "({}), they said"])
def test_how_long_and_at_what_hour_is_found_whole_in_every_way_to_write_it(text: str, kind: str, frame: str) -> None:
    found = find_time_and_money(frame.format(text))
    assert [(e.type, e.text) for e in found] == [(kind, text)]


def test_an_hour_of_a_part_of_the_day_needs_what_leads_to_it() -> None:
    """I had one in the morning."""
    assert [e.text for e in find_time_and_money("at 3 in the afternoon, by one at night")] == [
        "3 in the afternoon", "one at night",
    ]  # fmt: skip
    assert find_time_and_money("I had one in the morning") == ()


@pytest.mark.parametrize(
    "text",
    [
        "a quarter of voters", "one-quarter of voters", "three quarters of the people", "a second opinion",
        "the second-hand books", "10 second-hand books", "half past five million", "five to six people", "B-52 days", "5 minimum",
        "COVID-19 days", "5 minuets",
        "the twenty-second rule", "five-a-day", "day-to-day", "a few good men", "several dollars", "mid-Atlantic", "5-yard",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_time_is_none(text: str) -> None:
    assert not {"DATE", "TIME"} & {e.type for e in find_time_and_money(text)}


def test_every_rule_has_its_own_name_and_one_of_four_types() -> None:
    assert len({name for _, name, _ in RULES}) == len(RULES)
    assert {kind for kind, _, _ in RULES} == {"DATE", "TIME", "MONEY", "PERCENT"}


@given(st.text("0123456789,.:%$ apmone-yearsMay/", max_size=200))
def test_entities_never_overlap(text: str) -> None:
    found = find_time_and_money(text)
    assert all(a.end <= b.start for a, b in pairwise(found))


FIGURE = re.compile(r"\d+(?:[.,:/'’+-]\d+|[–−‐]\d+)*")  # joined without a blank: one number, whatever it counts


@given(
    st.lists(
        st.sampled_from(
            [*"0123456789" * 2, *".,:/'’-–−+%$€ ", " ", "May", "in ", "Q3", "s", " a.m.", " days", "bn", " million"]
        ),
        max_size=24,
    )
)
@settings(max_examples=500)
def test_no_entity_begins_or_ends_inside_a_figure(parts: list[str]) -> None:
    text = "".join(parts)
    for entity in find_time_and_money(text):
        for place in (entity.start, entity.end):
            inside = [m.group() for m in FIGURE.finditer(text) if m.start() < place < m.end()]
            assert not inside, (text, entity)


JOINED = [*".,:/'’·٫٬^×*±+~〜-–−．，：／", "e", "e-", "^-", " x 10^", " × 10", "+/-", "\u202f"]


@st.composite
def written_numbers(draw: st.DrawFn) -> str:
    """Return figures in a row, joined as one number is, whatever it means; some begin with a point."""
    zero = draw(st.sampled_from("0０٠"))
    figures = draw(st.lists(st.text("0123456789", min_size=1, max_size=4), min_size=1, max_size=4))
    joints = [draw(st.sampled_from(JOINED)) for _ in figures[1:]]
    out = draw(st.sampled_from(["", "."])) + figures[0]
    for joint, figure in zip(joints, figures[1:], strict=True):
        shown = {" × 10": "⁶", "\u202f": f"{int(figure) % 1000:03}"}.get(joint, figure)
        out += (joint if joint != "\u202f" or len(out) < 4 else ",") + shown
    return out.translate({ord("0") + n: ord(zero) + n for n in range(10)})


@given(written_numbers())
@settings(max_examples=300)
@pytest.mark.parametrize(
    "frame",
    ["up {}% now", "so {} dollars", "so ${}", "so USD {} million", "for {} days", "in {}", "on May {} we", "so {}€",
     "增长{}%。", "花了{}元。", "花了{}万元。", "到{}年为止", "￥{}亿", "过了{}天。"],
)  # fmt: skip
def test_figures_that_are_joined_are_found_together_or_not_at_all(frame: str, number: str) -> None:
    text = frame.format(number)
    start = frame.index("{")
    for entity in find_time_and_money(text):
        apart = entity.end <= start or start + len(number) <= entity.start
        assert apart or (entity.start <= start and start + len(number) <= entity.end), (text, entity)


ONES = """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
sixteen seventeen""".split()  # noqa: SIM905
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int) -> str:
    """Write a number from 1 to 999,999,999 as the English do: one hundred and five."""
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            between = " and " if rest < 100 else " "
            return f"{in_words(number // size)} {name}" + (between + in_words(rest) if rest else "")
    if number < 20:
        return [*ONES, "eighteen", "nineteen"][number - 1]
    return TENS[number // 10 - 2] + (f"-{in_words(number % 10)}" if number % 10 else "")


@given(st.integers(1, 999), st.integers(1, 999), st.sampled_from(["-", "–", "~", "～", " to ", "-to-", " or "]))
@pytest.mark.parametrize("unit", ["percent", "dollars", "days", "hours"])
def test_a_range_is_found_whole_in_figures_and_in_words(unit: str, low: int, high: int, between: str) -> None:
    """As long as it is no date: a year or a clock is told by another rule."""
    ways = [(str(low), str(high))]
    if between in (" to ", "-to-", " or "):
        ways.append((in_words(low), in_words(high)))
    for written in ways:
        text = between.join(written) + f" {unit}"
        assert [e.text for e in find_time_and_money(f"so {text} at most")] == [text]


def in_figures(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


@given(st.integers(1, 999_999_999), st.sampled_from(["words", ",", ".", "’", " ", "\u202f", ""]))
@pytest.mark.parametrize(
    ("frame", "kind"),
    [("She paid {} dollars.", "MONEY"), ("Of these {} % left.", "PERCENT"), ("only {} percent", "PERCENT"),
     ("€{} were lost", "MONEY"), ("after {} hours", "TIME"), ("for {} days", "DATE"), ("{}€", "MONEY")],
)  # fmt: skip
def test_every_number_is_found_whole_however_it_is_grouped(frame: str, kind: str, number: int, mark: str) -> None:
    written = in_words(number) if mark == "words" else in_figures(number, mark)
    if mark == "words" and frame[0] == "€":
        return  # no one writes €five
    text = frame.format(written)
    (found,) = find_time_and_money(text)
    assert found.type == kind and written in found.text


OPENINGS = (
    "1,000",
    "1 000 ",
    "one hundred and ",
    "1-",
    "€1",
    "half a million ",
    "xxxx",
    "1x",
    "1",
    "one ",
    "a ",
    "$1.",
)


@pytest.mark.parametrize("piece", [*OPENINGS, "the last ", "1:1", "in 19"])
def test_a_long_text_changes_nothing_about_what_stands_after_it(piece: str) -> None:
    """That this ends at all is part of it: how long it takes is for tests/bench/rules.py."""
    long = piece * (4000 // len(piece)) + "; "
    (last,) = [e for e in find_time_and_money(long + "on 3 May 2024") if e.start >= len(long)]
    assert (last.type, last.text) == ("DATE", "3 May 2024")


@pytest.mark.parametrize("text", ["about 5\n% of it", "$\n5", "3 May\n2021", "five\nmillion dollars", "10\n-15 %"])
def test_nothing_goes_on_from_one_line_to_the_next(text: str) -> None:
    lines = text.split("\n")
    found = [(e.text, e.type) for e in find_time_and_money(text)]
    assert found == [(e.text, e.type) for line in lines for e in find_time_and_money(line)]
    assert all("\n" not in written for written, _ in found)
