"""The Chinese edition as a lecturer in China would say it: few glosses, few colons, and no turns of a translation.

That it says what the English edition says, in the terms of the glossary and with Chinese punctuation, is in
``test_editions.py``.
"""

import re
from functools import cache

import pytest
from test_editions import GLOSSARY, prose

from tools import book, chapters, glossary
from tools.glossary import as_searched_for

ZH = book.ROOT / "sources" / "zh"

CHAPTERS = chapters.texts(book.ROOT, "zh")
TEXTS = [text for text in book.files_under("sources/zh", ".md") if text.stem != glossary.PAGE]

PAGES = [*book.ROOT.glob("*.zh.md"), *book.ROOT.glob("lecturers/*.zh.md")]
"""What is read beside the notebooks."""

BOOK = "《动手学深度学习》"
"""The course book, which readers hold in the other hand."""

GLOSS = re.compile(r"（([A-Za-z][A-Za-z'’/ -]+(?:或 [A-Za-z' -]+)?)）")
NAMES = {"Claude Shannon", "Adelie", "Chinstrap", "Gentoo", "MAD"}
"""What stands in brackets because it is a name, and not because a word needs its English."""

EVERYDAY = re.findall(
    r"\w+",
    "batch branch cell class column exercise factor figure floor image index layer mean minimum notebook picture pixel "
    "plot prediction row score slope step table training update",
)
"""Words that need no English beside them, and whose English nobody searches for."""

MARKS_PER_SENTENCE = 0.153
"""How many colons and semicolons a text may have: half of what the edition had when they were first counted."""

TURNS = {
    "**你需要**": "**预备知识**：",
    "除非你的老师没有发下来": "（老师可能暂不发放）",
    "谁[^，。？]{1,16}，谁": "名词作主语",
    "谁都会|谁也用不着": "都会，用不着",
    "要紧": "重要，关键",
    "帮手|裁判": "辅助函数，检查",
    "抱怨|死掉": "报错，中断",
    "分析起来是一种享受": "便于理论分析",
    "大多就表示不出来": "无法表示",
    "秒表": "计时器",
    "点云": "散点图",
    "程序学到了东西": "训练有效果",
    "感觉要靠多试": "手感要靠多试",
    "等到有人来要": "到下次请求时再继续",
    "(?<!惩)罚的是什么|罚得": "惩罚的是什么",
    "口气有多": "输出有多确定",
    "拧的就是|旋钮": "调节",
    "带来的惊讶": "与真实分布不符的代价",
    "白得的|白送的": "几乎不用额外计算",
    "正合心意|着陆": "正合需要，收敛",
    "帐篷": "拉普拉斯分布",
    "直臂": "两侧的线性段",
    "顶得住": "敏感，稳健",
    "坏数据": "含离群值的数据",
    "用错了加载器": "说明加载方式不对",
    "不再藏着": "全部自己实现",
    "失灵的那一天": "失效的例子",
    "更能教给我们": "更有启发",
    "谁要什么": "各损失接受的输入",
    "从容": "为什么不会崩",
    "意外又少": "离群值少",
    "它们各自|其自身": "各自，本身",
    "不仅仅": "不只",
    "在……的情况下|在这种情况下": "这时",
    "对于": "对",
    "进行(?:了)?(?:计算|比较|训练|预测|更新|评估)": "计算，比较，训练",
    "被(?:用来|用于|称为|叫作|认为)": "用来，叫",
    "这是因为": "因为",
    "——": "逗号或句号",
}
"""Turns that betray a translation, or are the wrong shade, and what may stand there instead."""


def place(text):
    return "-".join(text.relative_to(ZH).with_suffix("").parts)


@cache
def running(text):
    """Return the words of a text without headings and tables, which have no sentences."""
    return re.sub(r"^(?:#+ |\|).*$", "", prose(text), flags=re.MULTILINE)


def glosses(text):
    """Return the English words in brackets, by position, names and parts of an exercise left out."""
    return [found[1] for found in GLOSS.finditer(prose(text)) if found[1] not in NAMES]


def marks_per_sentence(text):
    """Return how many colons and semicolons there are for each sentence."""
    return len(re.findall("[：；]", text)) / max(1, len(re.findall("[。？！]", text)))


def test_a_term_has_its_english_once_in_the_series_where_it_is_introduced():
    introduced = {as_searched_for(row["English"]): row["chapter"] for row in GLOSSARY}
    given = [(gloss, text.stem[:2]) for text in CHAPTERS for gloss in glosses(text)]
    often = {gloss for gloss, _ in given if [each for each, _ in given].count(gloss) > 1}
    assert not often
    assert not [(gloss, number) for gloss, number in given if introduced.get(gloss, number) != number]
    assert not {gloss for gloss, _ in given} & {*EVERYDAY}
    assert not [gloss for gloss, _ in given if gloss != as_searched_for(gloss)]


@pytest.mark.parametrize("text", [text for text in TEXTS if text not in CHAPTERS], ids=place)
def test_solutions_and_the_start_page_gloss_nothing(text):
    assert not glosses(text)


@pytest.mark.parametrize("text", CHAPTERS, ids=place)
def test_the_english_stands_behind_the_word_of_the_glossary(text):
    words = {as_searched_for(row["English"]): [row["中文"], *row["also"].split()] for row in GLOSSARY}
    before = {found[1]: prose(text)[: found.start()].rstrip("*") for found in GLOSS.finditer(prose(text))}
    assert not [gloss for gloss, said in before.items() if not said.endswith(tuple(words.get(gloss, [said[-1:]])))]


def test_where_the_course_book_says_another_word_it_is_named_once():
    rows = [row for row in GLOSSARY if row["book"]]
    for row in rows:
        named = [text.stem[:2] for text in CHAPTERS if re.search(rf"{BOOK}[^。\n]*{row['book']}", prose(text))]
        assert named == [row["chapter"]], row


@pytest.mark.parametrize("text", TEXTS, ids=place)
def test_few_colons_and_semicolons(text):
    assert marks_per_sentence(running(text)) <= MARKS_PER_SENTENCE


@pytest.mark.parametrize("text", TEXTS, ids=place)
def test_no_turn_of_a_translation(text):
    assert not {found[0]: TURNS[turn] for turn in TURNS for found in [find(turn, prose(text))] if found}


def find(turn, text):
    return re.search(re.escape(turn) if turn.startswith("*") else turn, text)


@pytest.mark.parametrize("text", TEXTS, ids=place)
def test_no_gap_behind_bold_punctuation(text):
    """Markdown needs a space there, and browsers show it: the punctuation stands outside, as in ``**时间**：``."""
    assert not bold_with_punctuation(prose(text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(book.ROOT)))
def test_bold_type_is_bold_in_the_readmes(page):
    """Between punctuation and a character, ``**`` ends nothing: the asterisks would show."""
    assert not bold_with_punctuation(page.read_text(encoding="utf-8"))


def bold_with_punctuation(text):
    bold = re.finditer(r"\*\*([^*\n]+)\*\*(?= ?[^\s*])", text)
    return [found[1] for found in bold if re.search("[。，：；！？、]$", found[1])]


def test_what_is_not_allowed_is_found():
    assert marks_per_sentence("两种做法：一种快；一种慢。") == 2 > MARKS_PER_SENTENCE
    assert GLOSS.findall("学习率（learning rate）、（a）和解析解（closed form 或 analytical solution）") == [
        "learning rate",
        "closed form 或 analytical solution",
    ]
    assert all(find(turn, said) for turn, said in (("**你需要**", "**你需要**第 02 章"), ("要紧", "凡是要紧的")))
    assert (
        as_searched_for("exercise: optimiser of noise") == "exercise: optimizer of noise"
        and as_searched_for("data set") == "dataset"
    )
    assert find("谁[^，。？]{1,16}，谁", "谁等得久，谁就用错了")
    assert not TURNS.keys() & {row["中文"] for row in GLOSSARY}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_of_the_glossary_says_what_the_glossary_says(language):
    page = book.read_text(book.ROOT / "sources" / language / f"{glossary.PAGE}.md")
    said = [cell.source for cell in page.cells]
    assert said == glossary.cells(book.ROOT / "sources", language), "run: uv run python -m tools.book readme"
    listed = [row["中文"] for row in GLOSSARY if row["chapter"]]
    for text in said[1:]:
        assert all(f"| {word} |" in text for word in listed) and text.count("\n| ") == len(listed) + 2


def test_chinese_words_are_in_the_order_of_pinyin():
    words = ["softmax 回归", "比特", "参数", "交叉熵", "熵", "设备", "向量", "阈值", "预测", "噪声", "轴"]
    assert sorted(reversed(words), key=glossary.by_pinyin) == words


def test_the_chapter_that_introduces_a_term_has_its_word():
    texts = {
        text.stem[:2]: "".join(prose(each) for each in (text, text.parent / "solutions" / text.name))
        for text in chapters.texts(book.ROOT, "zh")
    }
    for row in GLOSSARY:
        words = [row["中文"], *row["also"].split()]
        assert not row["chapter"] or any(word in texts[row["chapter"]] for word in words), row
