"""What a machine needs beside Python to make a book, and what is missing."""

import shutil
import subprocess
from collections.abc import Iterable

KINDS = ("epub", "pdf")
PROGRAMS = {"epub": ("rsvg-convert",), "pdf": ("rsvg-convert", "latexmk", "xelatex", "kpsewhich", "fc-list")}
FONTS = ("Noto Serif CJK SC", "Noto Sans CJK SC", "Noto Sans Mono CJK SC", "DejaVu Sans Mono")
"""What is looked for by its name."""
FILES = (
    "xeCJK.sty",
    "unicode-math.sty",
    "pdfpages.sty",
    "titletoc.sty",
    "caption.sty",
    "texgyrepagella-regular.otf",
    "texgyreheros-regular.otf",
    "texgyrepagella-math.otf",
)
"""What TeX has to find."""
PACKAGES = {
    "epub": ("librsvg2-bin", "fonts-texgyre", "fonts-noto-cjk"),
    "pdf": (
        *("librsvg2-bin", "latexmk", "texlive-xetex", "texlive-latex-recommended", "texlive-latex-extra"),
        *("texlive-fonts-recommended", "texlive-lang-chinese", "fonts-texgyre", "fonts-texgyre-math"),
        *("fonts-noto-cjk", "fonts-dejavu-extra"),
    ),
}
"""Where Debian and Ubuntu have all that."""


def lacking(kinds: Iterable[str]) -> str:
    """Return a sentence that says what is missing and what to install, or ''."""
    for kind in kinds:
        missing = [program for program in PROGRAMS[kind] if not shutil.which(program)]
        if kind == "pdf" and not missing:
            missing = [file for file in FILES if not output("kpsewhich", file)]
            missing += [f"the font {font}" for font in FONTS if not output("fc-list", font)]
        if missing:
            return (
                f"for {kind.upper()} this machine lacks {', '.join(missing)}; Debian and Ubuntu have all of it: "
                f"apt-get install --no-install-recommends {' '.join(PACKAGES[kind])}"
            )
    return ""


def output(*command: str) -> str:
    """Return what a program prints, without spaces around it."""
    return subprocess.run(command, capture_output=True, encoding="utf-8").stdout.strip()
