"""What the site says, apart from the chapters, in each language."""

from tools import export

SPHINX = {"en": "en", "zh": "zh_CN"}
"""What Sphinx calls the languages, and so what it and its theme speak."""
TAGS = export.TAGS
NAMES = {"en": "English", "zh": "中文"}

WORDS = {
    "en": {
        "code": export.WORDS["en"]["code"],
        "result": "Show the result",
        "search": "Search all chapters",
        "name": "Linear neural networks",
        "download": "Download the notebook",
        "colab": "Open in Colab",
        "binder": "Open in Binder",
        "solutions": "Solutions",
        "chapter": "To the chapter",
        "language": "this section in English",
    },
    "zh": {
        "code": export.WORDS["zh"]["code"],
        "result": "显示结果",
        "search": "搜索所有章节",
        "name": "线性神经网络",
        "download": "下载笔记本",
        "colab": "在 Colab 中打开",
        "binder": "在 Binder 中打开",
        "solutions": "练习解答",
        "chapter": "回到本章",
        "language": "本节的中文版",
    },
}
