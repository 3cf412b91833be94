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
        "paper": "To take along, on paper or without a network:",
        "chapter": "To the chapter",
        "language": "this section in English",
        "now": "Now at",
        "reset": "Back to the start",
        "play": "Play",
        "pause": "Pause",
        "whole": "The whole picture",
        "film": "The stored curves as they grew. In the notebook they grow while the model trains.",
        "recorded": "Recorded while the model trained. In the notebook the picture forms while it trains.",
        "drawn": "Drawn ahead for these values. In the notebook each move draws anew.",
        "trained": "Trained ahead with these values; grey is the run that the sliders start from. In the notebook each "
        "move trains anew, and all earlier runs stay.",
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
        "paper": "想打印出来读，或者没有网络时读：",
        "chapter": "回到本章",
        "language": "本节的中文版",
        "now": "现在的取值：",
        "reset": "回到初始值",
        "play": "播放",
        "pause": "暂停",
        "whole": "完整的图",
        "film": "按保存的曲线重现训练过程。在笔记本里，曲线会随着训练逐点画出。",
        "recorded": "训练时逐帧录下的画面。在笔记本里，图会随着训练逐渐形成。",
        "trained": "曲线是按这些取值预先训练好的，灰色的是初始取值的那一次。在笔记本里，每次移动滑块都会重新训练，"
        "之前的每一次也都留在图中。",
        "drawn": "图是按这些取值预先画好的。在笔记本里，每次移动滑块都会重新画图。",
    },
}

SLIDERS = {
    "zh": {
        "stretch": "拉伸",
        "angle": "角度",
        "learning_rate": "学习率",
        "cat": "猫",
        "chicken": "鸡",
        "dog": "狗",
        "temperature": "温度",
        "threshold": "阈值",
        "prediction": "预测",
        "last": "最后一个值",
        "batch_size": "批量大小",
        "num_epochs": "轮数",
        "bad_x": "坏点",
        "bad_y": "坏点",
        "epoch": "轮",
        "step": "步",
    },
}
"""What sliders are called beside their names in the code."""
