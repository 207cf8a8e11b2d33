"""Dates, times, sums of money and percentages in Chinese text, by rules as in :mod:`nlpcore.tagging.time_and_money`.

A number is in figures (3,000 · 3.5亿 · ３０) or in characters (三千五百万 · 百分之五 · 二〇二四), and taken whole or not at all.
What of it is Latin (``2024-03-05``, ``5%``, ``$3``) the English rules find as well.
"""

from __future__ import annotations

import re

from nlpcore.tagging.numbers import CODES

_DIGIT = "零〇○一二三四五六七八九"
_CHARACTER = f"{_DIGIT}两兩十百千万萬亿億兆壹贰貳叁參肆伍陆陸柒捌玖拾佰仟廿卅"
_LARGE = "(?:[十百千]?[万萬](?:[亿億])?|[十百千]?[亿億兆]|[百千])"
_LEADING_POINT = r"(?:(?<![\d⁰¹²³⁴-⁹A-Za-z.…)\]%])[.·])"  # .5
_FIGURE = (
    rf"(?:\d{{1,3}}(?:[,，'’ \u00a0\u2009\u202f]\d{{3}})+(?!\d)(?:[.·]\d+)?|\d++(?:[.·]\d++)?|{_LEADING_POINT}\d++)"
)
_ABOUT = "[多余餘来來]"
# 百分之五 is no hundred, 三点五 one number.
_ONE = rf"(?:(?![百千万萬]分之)[{_CHARACTER}])"
_SOME = "(?:[几幾数數]|上(?=[百千万萬]))"
_WORDS = rf"(?<![{_CHARACTER}几幾]){_SOME}?{_ONE}++(?:[几幾][百千万萬亿億]*+|[点點][{_DIGIT}]++[万萬亿億]*+)?"
_FIGURES = rf"(?<!\d){_FIGURE}(?:{_ABOUT}?{_LARGE}(?:零?{_FIGURE}{_LARGE}?){{0,3}})?"  # 3亿5000万
# A dash behind a unit parts two amounts: 3万元-5万元. 胜负3比5 is a score.
_MINUS = r"(?:(?<![\d元圆圓年月日号號时時分秒%块塊角毛币幣镑鎊天周週个個万亿])[-−]|(?<![\d胜勝担擔肩自欠])[负負])"
_NUMBER = rf"(?:{_MINUS}?{_FIGURES}{_ABOUT}?|(?:(?<![\d胜勝担擔肩自欠])[负負])?{_WORDS}(?:{_ABOUT}[万萬亿億]*)?)"
_TO = r" ?(?:[-‐-―−~〜至到]) ?"
_DASH = " ?[-‐-―−~〜] ?"  # 3月-5月 is one time, 3月到5月 are two
_NUMBERS = rf"(?:{_NUMBER}{_TO})?{_NUMBER}"
_YEAR = rf"(?:(?:[12]\d{{3}}|\d\d|[{_DIGIT}]{{4}}|[{_DIGIT}]{{2}})年)"
_PART_OF_MONTH = "(?:[上中下]旬|初|底|末|份)"
_ERA = (
    "(?:[公西]元前?|民[国國]|昭和|平成|令和|大正|明治|贞观|永乐|洪武|万历|康熙|雍正|乾隆|嘉庆|道光|咸丰|同治|光绪|宣统)"
)
_MONTH_NUMBER = "(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_MONTH = rf"(?:(?:(?<!月){_MONTH_NUMBER}(?:{_TO}|月{_DASH}))?{_MONTH_NUMBER}月|[正腊臘]月)"
_DAY = "(?:3[01]|[12][0-9]|0?[1-9]|[二三]?十[一二三四五六七八九]?|廿[一二三四五六七八九]?|初?[一二三四五六七八九])"
_DAYS = rf"(?:{_DAY}(?:{_TO}|[日号號]{_DASH}))?{_DAY}[日号號]"
# 八月十五, 12月24上映: a day without 日, where nothing follows that it could count, as in 八月十五个人.
_COUNTED = (
    r"(?:[個个名位人岁歲圆圓块塊角毛秒時时刻號号隻只條条家次場场種种輛辆架艘噸吨米里寸斤克倍萬万億亿多余餘來来几幾件項项冊册篇句頁页層层戶户"
    r"隊队套杯瓶碗桶箱袋株棵匹座幢棟栋款類类級级遍例顆颗粒片枚根封筆笔樁桩宗畝亩間间屆届份月%％‰:：/]"
    r"|元(?![旦宵])|年(?![会會货貨夜])|天(?![气氣津])|[周週](?![一二三四五六日天末])|小[时時]|分(?![别別手享])|[点點](?![映亮火])"
    r"|成(?![立为為功交都])|折(?!扣)|度(?![过過假])|首(?![映发發播日次届相])|支(?![付持])|[组組](?![织織建成])|批(?!准)|部(?![署分])"
    r"|[台臺](?![北湾灣风風])|[张張](?=[票图圖照纸紙])|公(?=[里斤顷頃尺])|英[寸尺镑鎊]|[美欧歐日港韩韓澳加][元圆圓币幣]|[卢盧][布比]|泰[铢銖])"
)
_BARE = rf"(?![{_CHARACTER}\d]|[.,，·]\d| ?{_COUNTED}|{_TO}[{_CHARACTER}\d]++(?!月))"
_BARE_DAY = rf"(?:{_DAY}(?:{_TO}(?!{_MONTH_NUMBER}月){_DAY})?|初十){_BARE}"
_DAY_OF_MONTH = rf"(?:{_DAYS}|{_BARE_DAY}|{_PART_OF_MONTH})"
_IN_YEAR = rf"{_MONTH}(?:{_DAY_OF_MONTH}|(?!\d\d?[日号號]))"  # 1月32日 is no day, and nothing of it is said
_OF_CENTURY = rf"(?:(?:[公西]元前?|前)?(?:{_NUMBER}|[上本])世[纪紀])"
_DECADE = "(?:[1-9]0|(?:19|20)[0-9]0|[一二三四五六七八九]十)年代"
_WEEK = "[周週](?![年岁歲围圍边邊长長身期])"
_LONG_UNIT = "(?:月|星期|[礼禮]拜|季度|世[纪紀])"
_HALF = "(?:半(?![夜路途])|多(?![数數少久次种種样樣]))?"  # 一年半, 一年多
_PART_OF_DAY = (
    "(?:凌晨|清晨|早晨|早上|上午|中午|正午|下午|傍晚|晚上|夜里|夜裡|夜晚|深夜|半夜|午夜|今晚|昨晚|明晚|今早|今晨)"
)
_HOUR = "(?:2[0-4]|1[0-9]|0?[0-9]|二?十[一二三四五六七八九]?|[零一二两兩三四五六七八九])"
_MINUTE = "(?:[1-5][0-9]|0?[0-9]|[二三四五]?十[一二三四五六七八九]?|零?[一二三四五六七八九])"
_OCLOCK = "[点點时時]"
_SECONDS = r"(?:[1-5]?[0-9]|[二三四五]?十?[一二三四五六七八九])秒"
_CLOCK = (
    rf"(?:{_HOUR}{_OCLOCK}(?:半|整|[钟鐘]|[一三]刻|{_MINUTE}(?:分(?:{_SECONDS})?)?)?"
    r"|(?:2[0-4]|1[0-9]|0?[0-9])[:：][0-5][0-9](?:[:：][0-5][0-9])?)"
)
_SHORT_UNIT = (
    "(?:[个個]?半?多?(?:小[时時]半?|[钟鐘][头頭])|分[钟鐘]|分(?=[0-9一二三四五六七八九十]+秒)|秒[钟鐘]?|刻[钟鐘])"
)
_HALF_A = r"(?<![上下前后後大一二两兩三四五六七八九十\d])半"
_DAYS_LONG = rf"(?:[个個]半?多?{_LONG_UNIT}|(?:{_WEEK}|[天年]){_HALF})"
_AGO = "(?:[以之]?[前后後]|以来|以來)?"
_CURRENCY = (
    "(?:人民[币幣]|新?[台臺][币幣]|港[币幣]|[韩韓][币幣]|(?:[美欧歐日港韩韓加澳]|新[台臺])[元圆圓]|美金|英[镑鎊]|[镑鎊]|法郎"
    "|[卢盧]布|[卢盧]比|比索|泰?[铢銖]|越南盾|克朗|[令林]吉特?|迪拉姆|里拉)"
)
# 二元论, 一元二次方程 and 三元组 are no money.
_YUAN = r"(?:[元圆圓](?![论論次组組函素方宵旦气氣首帅帥老二三里])(?:人民[币幣]|港[币幣]|美金|[钱錢])?)"
_SMALL = rf"(?:(?:\d|[{_DIGIT}两兩])[角毛](?:(?:\d|[{_DIGIT}两兩])(?:分|(?![{_CHARACTER}\d])))?)?"
_PIECE = r"(?:[块塊][钱錢]|[块塊](?=[，。！？、；,.!?;]|\s|$)|毛[钱錢]|角[钱錢]|分[钱錢])"
_UNIT = rf"(?:{_CURRENCY}|{_YUAN})"
_PIECES = rf"[块塊]{_SMALL}(?<=[角毛分{_DIGIT}\d])"
_PERCENT = "[%％‰]"
_NOT_MONEY = r"(?<![$¥￥€£₩₹＄￡\d.,])(?<![$¥￥€£₩₹＄￡] )"  # ¥5至10%: the first number has a unit of its own
_NO_TENTH = f"[{_DIGIT}不为為员員立本功果就年长長品熟交绩績]"  # 一成不变, 三成员

# (type, name of the rule, pattern); the group `e`, where there is one, is the entity, the rest is context.
CHINESE_RULES: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (kind, name, re.compile(pattern))
    for kind, name, pattern in (
        ("DATE", "年月日", rf"(?:{_ERA}{_NUMBER}年|{_YEAR}{_DASH}{_YEAR}|{_YEAR})(?:{_IN_YEAR}|[初底末度中])?"),
        ("DATE", "月日", rf"{_IN_YEAR}(?:{_DASH}{_IN_YEAR})?|[本上下这這][个個]?月{_DAYS}"),
        ("DATE", "日", rf"(?<!月){_DAY}日(?![本元圆圓报報志誌])"),
        ("DATE", "世纪与年代", rf"{_OF_CENTURY}?{_DECADE}[初中末]?|{_OF_CENTURY}[初中末]?"),
        ("DATE", "季度与半年", rf"{_YEAR}?(?:第?[一二三四1-4]季度|[上下]半年)|{_YEAR} ?(?:Q[1-4]|H[12])(?![A-Za-z\d])"),
        ("DATE", "以今天为准的日子", "大?[前后後]天|[今昨明][天日]|[今去明前后後]年|[本上下]个?個?月|[本上下这這]个?個?[周週]"),
        ("DATE", "星期", rf"[本上下这這]?(?<![{_CHARACTER}\d])(?:[周週]|星期|[礼禮]拜)[一二三四五六日天末](?![{_CHARACTER}])"),
        ("DATE", "多少天", rf"(?:第?{_NUMBERS}{_DAYS_LONG}(?!代|[龄齡级級])|{_HALF_A}(?:[个個]{_LONG_UNIT}|[年天])){_AGO}"),
        ("TIME", "几点几分", rf"{_PART_OF_DAY}{_CLOCK}(?:{_DASH}{_PART_OF_DAY}?{_CLOCK})?|{_CLOCK}{_DASH}{_CLOCK}"),
        ("TIME", "几点，没有上下午", rf"{_HOUR}{_OCLOCK}(?:[半整钟鐘]|[一三]刻|{_MINUTE}分{_SECONDS}?|(?=左右|[前后後起到出]))"),
        ("TIME", "时段", _PART_OF_DAY),
        ("TIME", "多少小时", rf"(?:{_NUMBERS}{_SHORT_UNIT}(?:{_NUMBER}[分秒][钟鐘]?){{0,2}}|{_HALF_A}[个個]?小[时時]){_AGO}"),
        ("MONEY", "数字加货币", rf"(?:{_NUMBER}{_UNIT}{_DASH})?{_NUMBERS}(?:{_CURRENCY}|{_YUAN}{_SMALL}|{_PIECES}|{_PIECE})"),
        ("MONEY", "货币加数字", rf"(?:{_CURRENCY}|(?<![A-Za-z])(?:RM|{CODES})) ?{_FIGURE}{_LARGE}?{_YUAN}?"),
        ("MONEY", "货币符号", rf"(?:(?<![A-Za-z])[A-Z]{{1,2}})?[$¥￥€£₩₹￡] ?{_FIGURES}(?<!\d){_UNIT}?"),
        ("PERCENT", "百分号", rf"(?:{_NOT_MONEY}{_FIGURE}{_PERCENT}?{_TO})?{_MINUS}?{_FIGURE} ?{_PERCENT}"),
        ("PERCENT", "百分之几", rf"[负負]?(?:百|千|万|萬)分之(?:{_NUMBER}(?:{_TO}(?:百分之)?{_NUMBER})?|百|[几幾])"),
        ("PERCENT", "百分点", rf"{_NUMBERS}[个個]百分[点點]"),
        ("PERCENT", "几成", rf"[\d两兩{_DIGIT}](?:[至到]?[{_DIGIT}])?成(?:半|[{_DIGIT}])?(?!{_NO_TENTH})"),
    )
)  # fmt: skip

_JOINED = (
    r"(?:[.,，:/'’·٫٬×*+±^~〜\-‐-―−]|\+/[-−]|(?:[eE^]|\*\*)[-−+]?|[x×](?=\d)"  # 3e5, 10^-6, 7x24
    r"| ?[x×] ?(?=\d\d[\^*⁰¹²³⁴-⁹])"  # 1.5 x 10^6
    r"|[ \u00a0\u2009\u202f](?=\d{3}(?!\d))(?<!\d{4}.))"
)
_WHOLE = re.compile(
    rf"{_LEADING_POINT}?\d++[⁰¹²³⁴-⁹]*+(?:{_JOINED}\d++[⁰¹²³⁴-⁹]*+)*+(?:{_ABOUT}?{_LARGE}(?:零?{_FIGURE}{_LARGE}?){{0,3}})?|[几幾数數]?{_ONE}++(?:[点點][{_DIGIT}]++)?"
)


def chinese_number_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return start and end (excluded) of every number in a Chinese text, as long as it goes: ``1.2万亿``, ``三千五``."""
    return tuple(match.span() for match in _WHOLE.finditer(text))
