"""The chapters' own outputs would not pass changed: on copies of what is stored, every kind of change is noticed.

``test_nbval.py`` shows on a small notebook that pytest fails then; here the outputs are those that readers see.
"""

import copy
import re

import pytest
import stored

from tools import book, chapters, compare

FILES = book.files_under("notebooks/en", ".ipynb")  # test_editions.py holds the outputs of the others equal
CHAPTERS = [file for file in FILES if file.stem not in chapters.PAGES]
SVG = "image/svg+xml"
CURVE = re.compile(r'(<path d="M )([^"]*?L [^"]*?L [^"]*?)(" clip-path)')


def compared_outputs(chapter):
    """Return the outputs of each cell that is compared."""
    exempt = set(compare.NEVER_COMPARED)
    return [c.outputs for c in stored.cells(chapter, "code") if not exempt & set(c.metadata.get("tags", []))]


def changed(outputs, kind, pattern, replacement):
    """Return a copy with the first match in texts (``kind`` 'text') or figures replaced, or None without a match."""
    outputs = copy.deepcopy(outputs)
    for output in outputs:
        place = output if kind == "text" and "text" in output else output.get("data", {})
        key = "text" if "text" in place else "text/plain" if kind == "text" else SVG
        if key in place and re.search(pattern, place[key]):
            place[key] = re.sub(pattern, replacement, place[key], count=1)
            return outputs
    return None


def noticed(chapter, kind, pattern, replacement):
    """Return, for each cell with a match, whether the change is noticed."""
    pairs = [(outputs, changed(outputs, kind, pattern, replacement)) for outputs in compared_outputs(chapter)]
    return [bool(compare.output_differences(other, outputs, ())) for outputs, other in pairs if other is not None]


def facts(chapter):
    return chapters.facts(book.source_of(chapter))


@pytest.fixture(params=CHAPTERS, ids=lambda path: "-".join(path.relative_to(book.ROOT).parts[1:]))
def chapter(request):
    return request.param


def test_a_changed_word_is_noticed_in_every_cell(chapter):
    results = noticed(chapter, "text", r"[A-Za-z\u4e00-\u9fff]{3,}", "other")
    assert len(results) >= (1 if chapter.parent.name == "solutions" else 5) and all(results)


def test_a_loss_of_0_45_stored_as_0_55_is_noticed_in_every_cell(chapter):
    results = noticed(chapter, "text", r"\b0\.4(\d+)", r"0.5\1")
    assert all(results)


def test_a_replaced_curve_is_noticed_in_every_figure(chapter):
    def straight(found):
        first, *_, last = found[2].split("L ")
        return f"{found[1]}{first}" + "".join(f"L {last}" for _ in found[2].split("L ")[1:]) + found[3]

    results = noticed(chapter, "figure", CURVE, straight)
    assert all(results) and (results or "curves" in facts(chapter).get("lacks", []))


def test_another_image_is_noticed_in_every_sheet(chapter):
    results = noticed(chapter, "figure", r"(base64,\s*)([A-Za-z0-9+/=\s]+)", lambda found: found[1] + WHITE)
    assert all(results) and (results or not facts(chapter).get("images") or chapter.parent.name == "solutions")


# One white pixel, as PNG.
WHITE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsm4x8wAAAABJRU5ErkJggg=="
