"""What readers are told, in English and in Chinese: all words, and none of the code that decides.

Those on wrong arguments are in ``_errors.py``. What Python and PyTorch say by themselves stays as it is.
"""

from __future__ import annotations

import locale
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path

from book_utils._errors import ERRORS

TEXTS = {
    # The notice.
    "title": {
        "en": "NOTICE: drawn stand-in, not Fashion-MNIST",
        "zh": "提示：用的是绘制的替代数据集，不是 Fashion-MNIST",
    },
    "drawn": {
        "en": "The images of clothes in this notebook are drawn by a program. Everything runs, but numbers, figures "
        "and what\nyou see in images differ from what the text says of them.",
        "zh": "这个笔记本里的衣物图像是程序绘制的。一切都能运行，但数值、图和图像里看到的内容与正文所说的不同。",
    },
    "reason": {"en": "Reason: {reason}", "zh": "原因：{reason}"},
    "asked for": {"en": "BOOK_UTILS_DATASET=standin asks for it", "zh": "设置了 BOOK_UTILS_DATASET=standin"},
    "advice": {
        "en": "Do one of these, then restart the kernel:\n"
        "- put {files} into {folder}\n"
        "- set BOOK_UTILS_DATA to the folder that holds {raw}\n"
        "- set BOOK_UTILS_SOURCES to the address of a folder on the web that holds the four files",
        "zh": "可以这样做，然后重启内核：\n"
        "- 把 {files} 放进 {folder}\n"
        "- 把 BOOK_UTILS_DATA 设为含有 {raw} 的文件夹\n"
        "- 把 BOOK_UTILS_SOURCES 设为网上存有这四个文件的文件夹的地址",
    },
    # What stands in the place of sliders, on a page that has none.
    "sliders": {"en": "Run this cell to have its sliders.", "zh": "运行这个单元格，就会出现滑块。"},
    # What check_computer says.
    "packages": {
        "en": "Packages: all are here. Python {python}, {versions}.",
        "zh": "软件包：都齐了。Python {python}，{versions}。",
    },
    "lacking": {
        "en": "Packages: missing or too old: {lacking}. Install the book as its README says, and restart the kernel.",
        "zh": "软件包：{lacking} 缺少或者太旧。请按 README 安装本书，然后重启内核。",
    },
    "images real": {
        "en": "Images: Fashion-MNIST is here.",
        "zh": "图像：Fashion-MNIST 已经在这里。",
    },
    "images download": {
        "en": "Images: 30 MB are fetched when a chapter first asks for them, or else drawn ones take their place.",
        "zh": "图像：哪一章先用到，就在那时下载（30 MB）。如果无法下载，就用绘制的图像代替。",
    },
    "images standin": {
        "en": "Images: drawn ones take the place of Fashion-MNIST: numbers and figures differ from the text. With a "
        "network they are fetched; without one, let BOOK_UTILS_DATA name their folder.",
        "zh": "图像：用绘制的图像代替 Fashion-MNIST，数值和图与正文不同。联网就会下载；没有网络时，请用 "
        "BOOK_UTILS_DATA 指定它们所在的文件夹。",
    },
    "images asked for": {
        "en": "Images: drawn ones, since BOOK_UTILS_DATASET asks for them: numbers and figures differ from the text.",
        "zh": "图像：按 BOOK_UTILS_DATASET 的要求用绘制的图像，数值和图与正文不同。",
    },
    "images none": {
        "en": "Images: there is no folder that takes them. Let BOOK_UTILS_DATA name one that you can write.",
        "zh": "图像：没有能存放它们的文件夹。请把 BOOK_UTILS_DATA 设为可以写入的文件夹。",
    },
    "processor": {
        "en": "Computing: on the processor (CPU). That is enough for every chapter.",
        "zh": "计算：用处理器（CPU），每一章都够用。",
    },
    "gpu": {
        "en": "Computing: chapters 06 to 09 on the GPU, {name}; the others on the processor (CPU).",
        "zh": "计算：第 06 到 09 章用 GPU：{name}；其他各章用处理器（CPU）。",
    },
    "has sliders": {
        "en": "Sliders: they are shown where a chapter has some.",
        "zh": "滑块：有滑块的章节里都会显示。",
    },
    "no sliders": {
        "en": "Sliders: the package ipywidgets is missing; figures are shown, and stand still.",
        "zh": "滑块：缺少软件包 ipywidgets；图会显示，但不能拖动。",
    },
    "ready": {"en": "Ready: begin with chapter 01.", "zh": "准备好了：从第 01 章开始吧。"},
    "not ready": {
        "en": "Not ready: do what the lines say that begin with an exclamation mark.",
        "zh": "还没准备好：请照感叹号开头的那几行去做。",
    },
    # What is said besides.
    "waiting": {
        "en": "Another notebook is fetching the data; waiting for it "
        "(at most {seconds:.0f} seconds if it gets nowhere).",
        "zh": "另一个笔记本正在获取数据，现在等它完成（如果它没有进展，最多等 {seconds:.0f} 秒）。",
    },
    # Why the real data cannot be had.
    "forbidden": {
        "en": "Fashion-MNIST cannot be had, and BOOK_UTILS_DATASET=real forbids a stand-in.\n{reason}",
        "zh": "无法取得 Fashion-MNIST，而 BOOK_UTILS_DATASET=real 不允许用替代数据集。\n{reason}",
    },
    "damaged": {"en": "{path} is damaged.", "zh": "{path} 已损坏。"},
    "no such folder": {
        "en": "BOOK_UTILS_DATA names {folder}, which does not exist.",
        "zh": "BOOK_UTILS_DATA 指定的 {folder} 不存在。",
    },
    "other folder": {
        "en": "BOOK_UTILS_DATA names {folder}, which holds no folder {raw}.",
        "zh": "BOOK_UTILS_DATA 指定的 {folder} 里没有文件夹 {raw}。",
    },
    "nothing": {
        "en": "Nothing could be downloaded from any of {count} sources: {reasons}.",
        "zh": "{count} 个来源都无法下载：{reasons}。",
    },
    "nothing from": {"en": "Nothing could be downloaded:", "zh": "无法下载："},
    "from": {"en": "  {source}: {reason}", "zh": "  {source}：{reason}"},
    "lately": {
        "en": "{reason} That was {minutes:.0f} minutes ago; BOOK_UTILS_DATASET=real tries again at once.",
        "zh": "{reason}那是 {minutes:.0f} 分钟前的事；设置 BOOK_UTILS_DATASET=real 就会立即重试。",
    },
    "no folder": {"en": "no folder can be written", "zh": "没有可以写入的文件夹"},
    "no room": {
        "en": "The data set needs 55 MB, and no folder takes it:\n{problems}\n"
        "Set BOOK_UTILS_DATA to a folder that you can write, or make room.",
        "zh": "数据集需要 55 MB，但没有文件夹能存放：\n{problems}\n"
        "请把 BOOK_UTILS_DATA 设为可以写入的文件夹，或者腾出空间。",
    },
    # Why a source does not deliver.
    "in file": {"en": "{file}: {reason}", "zh": "{file}：{reason}"},
    "no answer": {"en": "no answer within {seconds:g} seconds", "zh": "{seconds:g} 秒内没有应答"},
    "no answer in time": {"en": "no answer in time", "zh": "没有及时应答"},
    "too slow": {
        "en": "too slow: {rate:,.0f} bytes per second",
        "zh": "太慢：每秒 {rate:,.0f} 字节",
    },
    "status": {"en": "answered {status}", "zh": "应答是 {status}"},
    "redirects": {"en": "redirects in circles", "zh": "循环重定向"},
    "certificate": {
        "en": "its certificate is not accepted (a wrong clock, or a proxy in between; REQUESTS_CA_BUNDLE names a file "
        "of certificates to accept)",
        "zh": "它的证书没有通过验证（系统时钟不对，或者中间有代理；可以用 REQUESTS_CA_BUNDLE 指定要信任的证书文件）",
    },
    "unknown name": {"en": "its name is not known here (no network?)", "zh": "这里查不到它的域名（没有联网？）"},
    "refused": {"en": "connection refused", "zh": "连接被拒绝"},
    "broken": {"en": "the connection broke off", "zh": "连接中断"},
    "web page": {
        "en": "sent a web page instead of the file (does this network want you to log in?)",
        "zh": "发来的是网页，不是文件（这个网络要先登录吗？）",
    },
    "size": {
        "en": "should have sent {expected:,} bytes, sent {received:,}",
        "zh": "应当发来 {expected:,} 字节，发来的是 {received:,} 字节",
    },
    "more": {
        "en": "should have sent {expected:,} bytes, sent more than that",
        "zh": "应当发来 {expected:,} 字节，发来的更多",
    },
    "other bytes": {
        "en": "sent the right number of bytes, but other bytes (MD5)",
        "zh": "发来的字节数对，但内容不对（MD5）",
    },
    "proxy": {"en": "the proxy {proxy} cannot be reached", "zh": "无法连接代理 {proxy}"},
    "proxy fails": {"en": "the proxy {proxy} cannot get there", "zh": "代理 {proxy} 连不上它"},
    "proxy says": {"en": "the proxy {proxy} answered {status}", "zh": "代理 {proxy} 的应答是 {status}"},
    "proxy password": {
        "en": "the proxy {proxy} wants a name and a password: write them as {scheme}://NAME:PASSWORD@{proxy} where the "
        "proxy is set (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY)",
        "zh": "代理 {proxy} 要求用户名和密码：在设置代理的地方（HTTPS_PROXY、HTTP_PROXY 或 ALL_PROXY）写成 "
        "{scheme}://用户名:密码@{proxy}",
    },
    "proxy address": {
        "en": "the address of the proxy (HTTPS_PROXY, HTTP_PROXY or ALL_PROXY) must look like http://HOST:PORT or "
        "socks5://HOST:PORT",
        "zh": "代理的地址（HTTPS_PROXY、HTTP_PROXY 或 ALL_PROXY）应当写成 http://主机:端口 或 socks5://主机:端口",
    },
    "no socks": {
        "en": 'a SOCKS proxy is set, which needs one more package: pip install "requests[socks]"',
        "zh": '设置了 SOCKS 代理，这还需要一个软件包：pip install "requests[socks]"',
    },
    **ERRORS,
}

BETWEEN = {
    "sentences": {"en": " ", "zh": ""},
    "items": {"en": ", ", "zh": "；"},
    "lines": {"en": "\n", "zh": "\n"},
}

LANGUAGES = ("en", "zh")

CHINESE = "[\u4e00-\u9fff]"


class Text(dict[str, str]):
    """The same said in each language, by language; ``str`` has it in that of the notebook."""

    def __str__(self) -> str:
        return self[language()]


def text(key: str, **values: object) -> Text:
    """Return an entry of ``TEXTS`` with values put in; of those that are texts, what they say in the same language."""
    return Text((each, _tight(TEXTS[key][each].format(**_in(each, values)))) for each in LANGUAGES)


def say(key: str, **values: object) -> str:
    """Return an entry of ``TEXTS`` in the language of the notebook, with values put in: for an error, for ``print``."""
    return str(text(key, **values))


def _in(language: str, values: dict[str, object]) -> dict[str, object]:
    return {name: f"\0{value[language]}\0" if isinstance(value, Text) else value for name, value in values.items()}


def _tight(said: str) -> str:
    """Take off the marks around words that were put in and, between Chinese characters, the blank before or behind."""
    return re.sub(f"(?<={CHINESE})\0 (?={CHINESE})|(?<={CHINESE}) \0(?={CHINESE})|\0", "", said)


def plain(words: str) -> Text:
    """Return words that are the same in every language: what another library says, or a path."""
    return Text((each, words) for each in LANGUAGES)


def joined(kind: str, texts: Iterable[Text]) -> Text:
    """Return several texts as one, as ``sentences``, ``items`` or ``lines``."""
    texts = list(texts)
    return Text((each, BETWEEN[kind][each].join(part[each] for part in texts)) for each in LANGUAGES)


def language() -> str:
    """Return the language of the notebook that runs: ``'en'`` or ``'zh'``.

    ``BOOK_UTILS_LANGUAGE`` says it, or the folder that the notebook lies in (``en`` or ``zh``), or Chinese words in the
    cells that were run, or the language of the system.
    """
    if (wanted := os.environ.get("BOOK_UTILS_LANGUAGE", "")) in LANGUAGES:
        return wanted
    notebook = Path(os.environ.get("JPY_SESSION_NAME") or "")  # the Jupyter server says which one it has started
    for place in (notebook, _working_folder()):
        for folder in reversed(place.parts):
            if folder in LANGUAGES:
                return folder
    system = (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese"))  # the latter on Windows
    return "zh" if system or re.search(CHINESE, _cells()) else "en"


def _working_folder() -> Path:
    try:
        return Path.cwd()
    except OSError:  # it was deleted
        return Path()


def _cells() -> str:
    """Return the code that was run in this notebook so far."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return "\n".join(shell.user_ns.get("In", ())) if shell else ""
