"""The same query in other words: trade words, Traditional characters, wrong homophones, English."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate, islice
from random import Random

from opencc import OpenCC
from pypinyin import lazy_pinyin

from assistant.wording import Wording
from index.tokens import Tokenizer

_HAN = re.compile("[\u4e00-\u9fff]")
_TITLE = re.compile("^.*：|《[^》]*》")
_PART_OF_NAME = re.compile(
    "(?:法|条例|规定|办法|人|者|权|罪|卡|金|所|单位|部门|机关|机构|委员会|义务|企业|制度|服务|条约)"
)
"""What makes a longer name of the word before it."""

_EVERYDAY: dict[str, str] = {
    "个人所得税": "个税",
    "个体工商户": "个体户",
    "买受人": "买家 买方 买主",
    "交通信号灯": "红绿灯",
    "人力资源社会保障行政部门": "人社局 劳动局",
    "人身安全保护令": "保护令",
    "住房公积金": "公积金",
    "停车泊位": "停车位 车位",
    "偷越国（边）境": "偷渡",
    "公安机关交通管理部门": "交警 交警队",
    "养老机构": "养老院 敬老院",
    "劳动争议仲裁委员会": "劳动仲裁",
    "劳动报酬": "薪水 工钱 薪资 工资",
    "劳动者": "员工 打工人 打工者 上班族",
    "医师": "医生 大夫",
    "医疗机构": "医院",
    "医疗联合体": "医联体",
    "医疗费": "医药费 治疗费",
    "取保候审": "保释",
    "名义股东": "挂名股东",
    "商业秘密": "商业机密",
    "噪声": "噪音",
    "土地补偿费": "征地补偿 征地款",
    "基本养老保险": "养老保险",
    "基本养老金": "养老金 退休金",
    "基本医疗保险": "医保",
    "夫妻共同债务": "夫妻债务",
    "夫妻共同财产": "婚后财产",
    "学生欺凌": "校园欺凌 霸凌",
    "宅基地使用权": "宅基地",
    "实际出资人": "隐名股东",
    "家庭暴力": "家暴",
    "居民身份证": "身份证",
    "工伤保险待遇": "工伤待遇",
    "市场监督管理部门": "市监局 市场监管局",
    "年休假": "年假",
    "延长工作时间": "加班",
    "开具发票": "开票",
    "房地产开发企业": "开发商 地产商",
    "承租人": "租户",
    "抽逃出资": "抽资 抽走出资",
    "无人驾驶航空器": "无人机",
    "无固定期限劳动合同": "长期劳动合同 永久合同",
    "最低工资标准": "最低工资",
    "最低生活保障": "低保",
    "未成年人": "小孩 孩子",
    "机动车交通事故责任强制保险": "交强险",
    "机动车驾驶证": "驾照 驾驶证",
    "校外培训机构": "补习班 辅导班",
    "正当防卫": "自卫",
    "法定休假日": "法定节假日",
    "法定代表人": "法人代表",
    "物业服务企业": "物业 物业公司",
    "物业服务人": "物业",
    "犯罪记录": "案底 前科",
    "环境影响评价": "环评",
    "用人单位": "老板 公司",
    "电信网络诈骗": "电信诈骗",
    "电动自行车": "电瓶车 电动车",
    "电子商务平台经营者": "电商平台 网购平台",
    "社会保险": "社保",
    "税务机关": "税务局",
    "竞业限制": "竞业禁止",
    "精神损害赔偿": "精神赔偿",
    "经济补偿": "遣散费 离职补偿",
    "经营快递业务的企业": "快递公司",
    "平台内经营者": "网店",
    "著作权": "版权",
    "被征收人": "拆迁户 被拆迁人",
    "起诉状": "诉状",
    "转移登记": "过户",
    "违法建筑": "违建 违章建筑",
    "道路交通事故": "车祸",
    "适龄儿童、少年": "该上学的孩子",
    "醉酒驾驶机动车": "醉驾",
    "非全日制用工": "小时工 钟点工",
    "非婚生子女": "私生子",
    "饮酒后驾驶机动车": "酒驾 酒后开车",
}
"""Official term -> everyday words that name just the same and can stand in its place."""


class Wordings:
    """Writes a query anew; None where there is nothing to write otherwise.

    Args:
        texts: of the corpus; its frequent characters are what people choose in place of another.
    """

    def __init__(self, texts: Iterable[str], tokenizer: Tokenizer) -> None:
        counts = Counter(char for text in islice(texts, 20_000) for char in _HAN.findall(text))
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for char, _ in counts.most_common(2_500):
            self._by_sound[lazy_pinyin(char)[0]].append(char)
        self._tokenizer = tokenizer
        self._english: dict[str, list[str]] = defaultdict(list)
        for english, term in Wording.load().english.items():
            if len(term) > 1:
                self._english[term].append(english)

    def in_trade_words(self, query: str, random: Random) -> str | None:
        """One official term as people say it, where it stands as words of its own outside titles."""
        terms = _outermost(term for term in _EVERYDAY if term in query)
        titles = [match.span() for match in _TITLE.finditer(query)]
        words = self._tokenizer.segment(query)
        bounds = set(accumulate(map(len, words), initial=0))
        for term in random.sample(terms, len(terms)):
            start = query.rindex(term)
            end = start + len(term)
            is_in_title = any(first <= start < last for first, last in titles)
            if {start, end} <= bounds and not is_in_title and not _PART_OF_NAME.match(query, end):
                return query[:start] + random.choice(_EVERYDAY[term].split()) + query[end:]
        return None

    def misspelt(self, query: str, random: Random) -> str | None:
        """One or two words with a character that sounds the same and is wrong."""
        words = self._tokenizer.segment(query)
        long = [at for at, word in enumerate(words) if len(word) > 1 and _HAN.match(word)]
        written = list(words)
        for at in random.sample(long, min(len(long), random.choice([1, 1, 2]))):
            written[at] = self._misspelt_word(words[at], random)
        return "".join(written) if written != words else None

    def glossary_terms(self, text: str) -> list[str]:
        """Chinese terms of the English glossary that ``text`` holds, those inside others included."""
        return [term for term in self._english if term in text]

    def outer_terms(self, text: str) -> list[str]:
        """The glossary's terms in ``text`` that are no part of another one."""
        return _outermost(self.glossary_terms(text))

    def in_english(self, terms: Sequence[str], random: Random) -> str | None:
        """The glossary's English for at least two terms, one of them of more words than one."""
        words = [random.choice(self._english[term]) for term in terms]
        return " ".join(words) if len(words) > 1 and any(" " in word for word in words) else None

    def _misspelt_word(self, word: str, random: Random) -> str:
        at = random.randrange(len(word))
        others = [char for char in self._by_sound[lazy_pinyin(word[at])[0]][:8] if char != word[at]]
        return word[:at] + random.choice(others) + word[at + 1 :] if others else word


def in_traditional(query: str, random: Random) -> str | None:
    """A query in Traditional characters, as in general, in Taiwan or in Hong Kong; None where they are the same."""
    written = _converter(random.choice(["s2t", "s2tw", "s2hk"])).convert(query)
    return written if written != query else None


def _outermost(terms: Iterable[str]) -> list[str]:
    found = list(terms)
    return [term for term in found if not any(term != other and term in other for other in found)]


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)
