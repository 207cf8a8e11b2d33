"""The rules for dates, times, money and percentages on Chinese text with its answers written by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlpcore.tagging import CHINESE_RULES, RULES, find_time_and_money

# A text, and all that is found in it.
CASES = [
    ("增长了5%", "PERCENT:5%"), ("同比上升５％左右", "PERCENT:５％"), ("利率为百分之五", "PERCENT:百分之五"),
    ("占百分之三十五点二", "PERCENT:百分之三十五点二"), ("百分之百的把握", "PERCENT:百分之百"), ("千分之三", "PERCENT:千分之三"),
    ("百分之3.5", "PERCENT:百分之3.5"), ("统一百分之五", "PERCENT:百分之五"), ("提高1.5个百分点", "PERCENT:1.5个百分点"),
    ("增长5%至10%", "PERCENT:5%至10%"), ("增长10～15％", "PERCENT:10～15％"), ("下降了-3.2%", "PERCENT:-3.2%"),
    ("大约七成的人", "PERCENT:七成"), ("一成不变",), ("三成员",),
    ("卖100元", "MONEY:100元"), ("融资3.5亿美元", "MONEY:3.5亿美元"), ("1.2万亿元的市场", "MONEY:1.2万亿元"),
    ("两千三百万元", "MONEY:两千三百万元"), ("3000多万元", "MONEY:3000多万元"), ("数十亿港元", "MONEY:数十亿港元"),
    ("人民币5000万元", "MONEY:人民币5000万元"), ("￥1,200.50", "MONEY:￥1,200.50"), ("$3.5亿", "MONEY:$3.5亿"),
    ("花了五块钱", "MONEY:五块钱"), ("3元5角", "MONEY:3元5角"), ("两块五毛", "MONEY:两块五毛"), ("付了100块。", "MONEY:100块"),
    ("50到100欧元", "MONEY:50到100欧元"), ("十萬新台幣", "MONEY:十萬新台幣"), ("5日元", "MONEY:5日元"),
    ("20英镑", "MONEY:20英镑"),
    ("5千元", "MONEY:5千元"), ("3亿5000万元", "MONEY:3亿5000万元"), ("一元钱", "MONEY:一元钱"), ("涨了3成", "PERCENT:3成"),
    ("三点五亿元", "MONEY:三点五亿元"), ("二元论",), ("一元二次方程",), ("一块石头",), ("三元组",), ("单元测试",),
    ("于2024年3月5日发布", "DATE:2024年3月5日"), ("二〇二四年三月五日", "DATE:二〇二四年三月五日"), ("2024年", "DATE:2024年"),
    ("3月5号见", "DATE:3月5号"), ("十二月底", "DATE:十二月底"), ("5日在北京", "DATE:5日"),
    ("2024年第三季度", "DATE:2024年第三季度"),
    ("今年上半年", "DATE:今年", "DATE:上半年"), ("20世纪90年代", "DATE:20世纪90年代"), ("下周三开会", "DATE:下周三"),
    ("昨天", "DATE:昨天"),
    ("三个月前", "DATE:三个月前"), ("过了10年", "DATE:10年"), ("两周后", "DATE:两周后"), ("一周一次", "DATE:一周"),
    ("日期2024-03-05到", "DATE:2024-03-05"), ("三日本人",), ("年级",),
    ("昨天下午三点，", "DATE:昨天", "TIME:下午三点"), ("上午9点30分", "TIME:上午9点30分"), ("晚上八点半", "TIME:晚上八点半"),
    ("三点钟", "TIME:三点钟"), ("14:30开始", "TIME:14:30"), ("两个半小时", "TIME:两个半小时"), ("十五分钟后", "TIME:十五分钟后"),
    ("今晚", "TIME:今晚"), ("三点建议",),
    ("花了5元或3%。", "MONEY:5元", "PERCENT:3%"), ("涨了¥5至10%。", "MONEY:¥5", "PERCENT:10%"),
    ("涨了￥15至20％。", "MONEY:￥15", "PERCENT:20％"), ("每份5到10元。", "MONEY:5到10元"),
    ("融资3 500万元", "MONEY:3 500万元"), ("花了3’500元", "MONEY:3’500元"), ("增长.5%", "PERCENT:.5%"),
    ("占GDP5%", "PERCENT:5%"), ("１，２００元", "MONEY:１，２００元"), ("１２．５％的人", "PERCENT:１２．５％"),
    ("3e5元",), ("10^6元",), ("3×10^8元",), ("3 × 10^8元",), ("5±2%",),
    ("２０２４年１２月２４日", "DATE:２０２４年１２月２４日"), ("公元前221年", "DATE:公元前221年"),
    ("民国三十八年", "DATE:民国三十八年"),
    ("60周年",), ("一百周年庆",), ("3周岁",), ("一年半", "DATE:一年半"), ("一天半后", "DATE:一天半后"),
    ("两小时半", "TIME:两小时半"),
    ("一天半夜", "DATE:一天", "TIME:半夜"), ("三块八毛五", "MONEY:三块八毛五"), ("百分之十几", "PERCENT:百分之十几"),
    ("百分之几", "PERCENT:百分之几"), ("十几亿元", "MONEY:十几亿元"), ("几十天", "DATE:几十天"), ("2024年Q3", "DATE:2024年Q3"),
    ("八月十五", "DATE:八月十五"), ("八月十五个人", "DATE:八月"), ("于12月24。", "DATE:12月24"),
    ("2024年3-5月", "DATE:2024年3-5月"), ("5月3-5日", "DATE:5月3-5日"), ("5月3日至5日", "DATE:5月3日", "DATE:5日"),
    ("2024年-2025年", "DATE:2024年-2025年"), ("2024年到2025年", "DATE:2024年", "DATE:2025年"),
    ("3万元-5万元", "MONEY:3万元-5万元"), ("3万元到5万元", "MONEY:3万元", "MONEY:5万元"), ("花了-5元", "MONEY:-5元"),
    ("降到负3%", "PERCENT:负3%"), ("负百分之三", "PERCENT:负百分之三"), ("负债3元", "MONEY:3元"), ("3胜2负5元", "MONEY:5元"),
    ("融资HK$3.5亿", "MONEY:HK$3.5亿"), ("US$3.5亿", "MONEY:US$3.5亿"), ("US$3亿5000万元", "MONEY:US$3亿5000万元"),
    ("增长5～6%", "PERCENT:5～6%"),
    ("前者为84.3，80%的人",), ("于八月十五，中秋", "DATE:八月十五"),
    ("两年半以后", "DATE:两年半以后"), ("一年多", "DATE:一年多"), ("三天之前", "DATE:三天之前"), ("一天多少钱", "DATE:一天"),
    ("上午9点-11点", "TIME:上午9点-11点"),
    # A day without 日 belongs to its month, unless it counts what follows.
    ("电影12月24上映", "DATE:12月24"), ("2024年12月24上映", "DATE:2024年12月24"), ("十二月二十四公布", "DATE:十二月二十四"),
    ("八月十五中秋节", "DATE:八月十五"), ("10月1国庆", "DATE:10月1"), ("12月24周二", "DATE:12月24"), ("1月1元旦", "DATE:1月1"),
    ("5月1-3放假", "DATE:5月1-3"), ("5月1到5月3放假", "DATE:5月1", "DATE:5月3"), ("5月1-5月3", "DATE:5月1-5月3"),
    ("12月24天", "DATE:12月", "DATE:24天"), ("12月24人到场", "DATE:12月"), ("6月1-3亿元", "DATE:6月", "MONEY:1-3亿元"),
    ("12月24小时", "DATE:12月", "TIME:24小时"), ("1月32日",), ("13月5日",), ("本月15日", "DATE:本月15日"),
    ("正月十五", "DATE:正月十五"), ("8月3 500万元", "MONEY:3 500万元"),
    ("公元前5世纪", "DATE:公元前5世纪"), ("上世纪80年代初", "DATE:上世纪80年代初"), ("第3天", "DATE:第3天"),
    ("半年后", "DATE:半年后"), ("半个月", "DATE:半个月"), ("半小时", "TIME:半小时"), ("下半年", "DATE:下半年"),
    ("3小时20分", "TIME:3小时20分"), ("1小时30分钟后", "TIME:1小时30分钟后"), ("3时20分5秒", "TIME:3时20分5秒"),
    ("两分三秒", "TIME:两分三秒"), ("下午3:30见", "TIME:下午3:30"), ("8点-10点", "TIME:8点-10点"), ("7x24小时",),
    ("上百元", "MONEY:上百元"), ("RMB100万", "MONEY:RMB100万"), ("USD 5亿元", "MONEY:USD 5亿元"), ("三元里",),
    # Not a number as a whole, so no part of it is one either.
    ("1.2.3元",), ("192.168.0.1年",),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [(text, expected) for text, *expected in CASES])
def test_all_that_is_found_is_what_a_reader_finds(text: str, expected: list[str]) -> None:
    assert [f"{e.type}:{e.text}" for e in find_time_and_money(text)] == expected


DAYS = (
    "大前天 前天 昨天 昨日 今天 今日 明天 明日 后天 大后天 後天 前年 去年 今年 明年 后年 後年 "
    "上月 本月 下月 上个月 下个月 下個月 上周 本周 下周 这周 上个周 下週 這週 星期一 上星期天 周六 下周末 禮拜日 礼拜五 "
    "一季度 第二季度 三季度 第四季度 4季度 上半年 下半年"
)


@pytest.mark.parametrize("day", DAYS.split())
@pytest.mark.parametrize("around", ["{}", "我们{}见面", "{}，我们见面。"])
def test_a_day_that_is_told_from_today_is_found_whole_wherever_it_stands(day: str, around: str) -> None:
    assert [(e.type, e.text) for e in find_time_and_money(around.format(day))] == [("DATE", day)]


@pytest.mark.parametrize(
    "piece", ["一", "百", "1", "三点", "5到", "百分之", "1,000,", "周一", "年", "3亿5", "三元", "几"]
)
def test_time_grows_with_the_text_and_not_with_its_square(piece: str) -> None:
    """A rule that goes back over what it has read never comes to the end of this: no test may take five minutes."""
    text = piece * 20_000
    assert all(text[e.start : e.end] == e.text for e in find_time_and_money(text))


NOT_COUNTED = """上映 公布 发布 首映 开幕 举行 在京 于北京 与 和 起 至今 的 对阵 闭幕 国庆 周二 元旦 天气 年会 成立 组织 支付 批准
部署 台北 晚 是 。 ，""".split()  # noqa: SIM905
COUNTED = "天 个人 人 名学生 元 万元 年 小时 分钟 条新闻 家公司 次 场 周 美元 点 % 岁 米 公里 张票 倍".split()  # noqa: SIM905


@given(st.integers(1, 12), st.integers(1, 31))
def test_a_month_and_the_number_behind_it_are_one_date_unless_it_counts_something(month: int, day: int) -> None:
    """12月24上映 is no month with a number left over."""
    for after in NOT_COUNTED:
        assert [e.text for e in find_time_and_money(f"于{month}月{day}{after}")] == [f"{month}月{day}"], after
    for after in COUNTED:
        first, *rest = find_time_and_money(f"于{month}月{day}{after}")
        assert first.text == f"{month}月" and all(e.start == first.end for e in rest), (after, first, rest)


def test_both_languages_in_one_text() -> None:
    text = "在2024年3月5日，Apple paid $5 million for 百分之五 on 3 May 2021"
    assert [f"{e.type}:{e.text}" for e in find_time_and_money(text)] == [
        "DATE:2024年3月5日", "MONEY:$5 million", "PERCENT:百分之五", "DATE:3 May 2021",
    ]  # fmt: skip


@given(st.text(alphabet="0123456789.,%元年月日点分之百十一三五亿万美到-个周天成块 在了", max_size=30))
@settings(max_examples=400, deadline=None)
def test_whatever_is_found_stands_in_the_text_apart_from_the_others(text: str) -> None:
    found = find_time_and_money(text)
    assert all(text[e.start : e.end] == e.text and e.text.strip() for e in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    for e in found:  # no figure is cut
        assert not (e.start and text[e.start - 1].isdigit() and text[e.start].isdigit())
        assert not (e.end < len(text) and text[e.end].isdigit() and text[e.end - 1].isdigit())


def test_every_rule_finds_something_and_has_a_name_of_its_own() -> None:
    names = [name for _, name, _ in (*RULES, *CHINESE_RULES)]
    assert len(set(names)) == len(names)
    used = {e.rule for text, *_ in CASES for e in find_time_and_money(text)}
    alone = {name for _, name, pattern in CHINESE_RULES for text, *_ in CASES if pattern.search(text)}
    assert alone == {name for _, name, _ in CHINESE_RULES}
    assert len(used & alone) >= len(CHINESE_RULES) - 2  # what the English rules find as well is theirs
