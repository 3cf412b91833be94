"""What the book on paper says, apart from the chapters, in each language; and what of these makes no sense there."""

import re
from pathlib import Path

import yaml

HERE = Path(__file__).parent

WORDS = {
    "en": {
        "name": "Linear Neural Networks",
        "subtitle": "From one straight line to a program that recognises clothes",
        "authors": "The book_utils authors",
        "description": "Linear regression, loss functions and softmax regression: built by hand, then in PyTorch.",
        "preface": "How to read this book",
        "contents": "Contents",
        "figure": "Figure",
        "table": "Table",
        "page": ", page~%s",
        "answers": "Answers",
        "answers_say": "Results and answers to what the chapters ask under *Predict*, chapter by chapter.",
        "solutions": "Solutions",
        "solutions_say": "Solutions to the exercises, chapter by chapter.",
        "predict": "**Predict, then look up [answer {number}](#{place})**{page}.",
        "answer": "[Answer {number}](#{place}){page}.",
        "question": "Question: [chapter {chapter}](#{place}){page}.",
        "in_solutions": "[Solutions](#{place}) stand at the end of the book{page}.",
    },
    "zh": {
        "name": "线性神经网络",
        "subtitle": "从一条直线，到认出衣物的程序",
        "authors": "book_utils 作者",
        "description": "线性回归、损失函数和 softmax 回归：先亲手搭建，再用 PyTorch 简洁地实现。",
        "preface": "怎样读这本书",
        "contents": "目录",
        "figure": "图",
        "table": "表",
        "page": "（第~%s~页）",
        "answers": "答案",
        "answers_say": "各章“先猜”之处的结果和答案，按章排列。",
        "solutions": "练习解答",
        "solutions_say": "各章练习的解答，按章排列。",
        "predict": "**先猜，再看[答案 {number}](#{place})**{page}。",
        "answer": "[答案 {number}](#{place})在书末{page}。",
        "question": "问题在[第 {chapter} 章](#{place}){page}。",
        "in_solutions": "[解答](#{place})在书末{page}。",
    },
}

ON_PAPER: dict[str, dict[str, str]] = yaml.safe_load((HERE / "on_paper.yaml").read_text(encoding="utf-8"))
"""Sentences of the chapters that make sense on a screen only, and what paper has in their place, by language."""
EXERCISES = {
    "en": "The solutions are in the folder `solutions` beside this chapter, if your lecturer has not kept them back.",
    "zh": "解答在本章旁边的文件夹 `solutions` 里（老师可能暂不发放）。",
}
"""What chapters say of where their solutions are."""


def pattern(sentence: str) -> str:
    """Return a pattern for a sentence, whose lines may break elsewhere."""
    return r"\s+".join(map(re.escape, re.split(r"\s+", sentence)))
