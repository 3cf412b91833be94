"""What slides say, apart from the chapters, in each language."""

from tools.site import words

WORDS = {
    "en": {"name": words.WORDS["en"]["name"], "contents": "In this chapter", "exercises": "Exercise"},
    "zh": {"name": words.WORDS["zh"]["name"], "contents": "本章内容", "exercises": "练习"},
}
"""``exercises`` is how the heading of the exercises begins."""

SPEAKER = {
    r"<html lang=\"en\">": r"<html lang=\"zh-CN\">",
    ">Upcoming<": ">下一张<",
    ">Notes<": ">讲稿<",
    ">Time <": ">用时 <",
    "Click to Reset": "点击清零",
    "Pacing – Time to finish current slide": "这一张还剩的时间",
    "reveal.js - Speaker View": "讲者窗口",
    "Loading speaker view...": "正在打开讲者窗口……",
    "'Layout'": "'版式'",
    "'Default'": "'默认'",
    "'Wide'": "'左右并排'",
    "'Tall'": "'上下并排'",
    "'Notes only'": "'只看讲稿'",
    "Error connecting to main window.<br>Please try closing and reopening the speaker view.": (
        "连不上幻灯片的窗口。<br>请关掉讲者窗口，再打开一次。"
    ),
    "Cross origin error.<br>The speaker window can only be opened from the same origin.": (
        "讲者窗口与幻灯片的来源不同，不能打开。"
    ),
    "Speaker view popup failed to open. Please make sure popups are allowed and reopen the speaker view.": (
        "讲者窗口没有打开。请允许浏览器弹出窗口，再打开一次。"
    ),
}
"""What reveal.js says in the speaker's window, which knows English only, and what the Chinese slides have there."""


def in_chinese(script: str) -> str:
    """Return the script of the speaker's window with Chinese in the place of its English.

    Raises:
        ValueError: Another release says something else.
    """
    for english, chinese in SPEAKER.items():
        if english not in script:
            raise ValueError(
                f"reveal.js no longer says {english!r} in the speaker's window: mend SPEAKER in {__name__}"
            )
        script = script.replace(english, chinese)
    return script
