"""What slides say, apart from the chapters, in each language."""

from tools.site import words

WORDS = {
    "en": {"name": words.WORDS["en"]["name"], "contents": "In this chapter", "exercises": "Exercise"},
    "zh": {"name": words.WORDS["zh"]["name"], "contents": "本章内容", "exercises": "练习"},
}
"""``exercises`` is how the heading of the exercises begins."""
