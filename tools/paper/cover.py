"""The cover: what ten classes of clothes left in the weights of the model of chapter 09, below the title."""

import subprocess
from pathlib import Path
from xml.sax.saxutils import escape

import nbformat

from tools import book
from tools.answers import ANSWER
from tools.paper.pages import RASTER, enlarged
from tools.paper.words import WORDS

CHAPTER = "09-what-the-model-learned"
WIDTH, HEIGHT, MARGIN = 595, 842, 48
"""A4, in points."""
MANY = 10
"""The pictures on the cover, and of the figure that they are from."""
FONTS = {"en": "TeX Gyre Pagella", "zh": "Noto Serif CJK SC"}


def pictures() -> list[str]:
    """Return the addresses of ten pictures, one for each class."""
    cells = nbformat.read(book.ROOT / "notebooks" / book.ENGLISH / f"{CHAPTER}.ipynb", as_version=4).cells
    drawings = [
        output.data[book.SVG]
        for cell in cells
        if cell.cell_type == "code"
        for output in cell.outputs or cell.metadata.get(ANSWER, ())
        if book.SVG in output.get("data", {})
    ]
    (found,) = (each for each in map(list, map(RASTER.finditer, drawings)) if len(each) == MANY + 1)  # and a colour key
    return [RASTER.sub(enlarged, picture[0]) for picture in found[:MANY]]


def drawing(language: str) -> str:
    """Return the cover as SVG."""
    words, columns, gap = WORDS[language], MANY // 2, 10
    side = (WIDTH - 2 * MARGIN - (columns - 1) * gap) / columns
    top = HEIGHT - 2 * side - 130
    places = ((MARGIN + k % columns * (side + gap), top + k // columns * (side + gap)) for k in range(MANY))
    images = "\n".join(
        f'<image x="{x:.2f}" y="{y:.2f}" width="{side:.2f}" height="{side:.2f}" href="{picture}"/>'
        for (x, y), picture in zip(places, pictures())
    )
    size = f'width="{WIDTH}pt" height="{HEIGHT}pt" viewBox="0 0 {WIDTH} {HEIGHT}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONTS[language]}">
<rect width="100%" height="100%" fill="#f5f5f5"/>
<rect width="100%" height="{top - 40:.2f}" fill="#003c30"/>
<g fill="#ffffff">
<text x="{MARGIN}" y="190" font-size="46" font-weight="bold">{escape(words["name"])}</text>
<text x="{MARGIN}" y="236" font-size="19" fill="#c7eae5">{escape(words["subtitle"])}</text>
</g>
{images}
<text x="{MARGIN}" y="{HEIGHT - 40}" font-size="14" fill="#003c30">{escape(words["authors"])}</text>
</svg>"""


def write(language: str, file: Path) -> None:
    """Write the cover to a file, PDF or PNG by its name."""
    kind = file.suffix.removeprefix(".")
    size = ["--dpi-x", "150", "--dpi-y", "150"] if kind == "png" else []
    subprocess.run(
        ["rsvg-convert", "-f", kind, *size, "-o", str(file)], input=drawing(language), encoding="utf-8", check=True
    )
