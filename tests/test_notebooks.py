"""The notebooks as files: executed, dull in their metadata, and in step with their text."""

import re
from pathlib import Path

import nbformat
import pytest
import stored

from book_utils.exercises import EXERCISES, LANGUAGES
from tools import answers, book, chapters

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = book.files_under("notebooks", ".ipynb")
SOURCES = book.files_under("sources", ".md")
START_PAGES = [notebook for notebook in NOTEBOOKS if notebook.stem == chapters.START]
PAGES = [notebook for notebook in NOTEBOOKS if notebook.stem in chapters.PAGES]
CHAPTERS = [notebook for notebook in NOTEBOOKS if notebook.parent.name != "solutions" and notebook not in PAGES]

# What the tests look for in a chapter, by language: patterns, but for the headings.
WORDS = {
    "en": {
        "opening": ("able to", r"\*\*You need\*\*", r"\*\*Time:\*\*"),
        "predict": r"\*\*Predict, then run\.\*\*",
        "end": ["Summary", "Exercises"],
        "exercise": "Exercise",
    },
    "zh": {
        "opening": ("你将能够", r"\*\*预备知识\*\*：", r"\*\*时间\*\*："),
        "predict": r"\*\*先猜，再运行\*\*。",
        "end": ["小结", "练习"],
        "exercise": "练习",
    },
}


def place(notebook):
    """Return where a notebook is, as a name for its tests."""
    return "-".join(notebook.relative_to(book.ROOT / "notebooks").with_suffix("").parts)


def language_of(notebook):
    return notebook.relative_to(book.ROOT / "notebooks").parts[0]


@pytest.fixture(params=NOTEBOOKS, ids=place)
def notebook(request):
    return request.param


def test_every_notebook_has_its_text_and_every_text_its_notebook():
    assert [book.source_of(notebook) for notebook in NOTEBOOKS] == SOURCES


def test_notebook_and_text_say_the_same(notebook):
    assert book.text_of(stored.notebook(notebook)) == book.source_of(notebook).read_text(encoding="utf-8")


@pytest.mark.parametrize("notebook", [NOTEBOOKS[0], NOTEBOOKS[-1]], ids=place)
def test_what_jupyterlab_notes_for_itself_does_not_reach_the_text(notebook):
    saved = nbformat.read(notebook, as_version=4)
    saved.metadata["widgets"] = saved.metadata.language_info["version"] = "3.12.1"
    for cell in saved.cells:
        cell.metadata.update(trusted=True, execution={"iopub.status.busy": "now"}, editable=True, collapsed=False)
    assert book.text_of(saved) == book.source_of(notebook).read_text(encoding="utf-8")


@pytest.mark.parametrize("notebook", [NOTEBOOKS[0], NOTEBOOKS[-1]], ids=place)
def test_a_text_edited_since_the_build_is_not_written_over(notebook, tmp_path, monkeypatch):
    monkeypatch.setattr(book, "ROOT", tmp_path)
    copy = tmp_path / "notebooks" / "en" / notebook.name
    copy.parent.mkdir(parents=True)
    copy.write_bytes(notebook.read_bytes())
    book.text(copy)
    edited = book.source_of(copy)
    edited.write_text(edited.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    with pytest.raises(book.Refused, match="has been edited since"):
        book.text(copy)
    assert edited.read_text(encoding="utf-8").endswith("More.\n")


def test_the_copies_that_jupyterlab_keeps_are_no_chapters(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "ROOT", tmp_path)
    for folder in (tmp_path / "notebooks" / "en", tmp_path / "notebooks" / "en" / ".ipynb_checkpoints"):
        folder.mkdir(parents=True)
        (folder / "07.ipynb").touch()
    assert book.files_under("notebooks", ".ipynb") == [tmp_path / "notebooks" / "en" / "07.ipynb"]


def test_ids_depend_on_the_text_alone(notebook):
    expected = [cell.id for cell in book.read_source(book.source_of(notebook)).cells]
    assert [cell.id for cell in nbformat.read(notebook, as_version=4).cells] == expected


def test_every_cell_is_executed_in_order_and_without_error(notebook):
    cells = stored.cells(notebook, "code")
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]


def test_metadata_is_dull(notebook):
    content = stored.notebook(notebook)
    asks_for_gpu = book.COLAB_GPU if content.metadata.book.get("gpu") else {}
    assert {key: value for key, value in content.metadata.items() if key in book.COLAB_GPU} == asks_for_gpu
    assert set(content.metadata) == {"kernelspec", "language_info", book.FACTS, *asks_for_gpu}
    assert content.metadata.kernelspec.name == "python3"
    for cell in content.cells:
        assert set(cell.metadata) <= set(book.KEPT_CELL_METADATA), cell.source


OF_ONE_MACHINE = re.compile(r"/home/|/Users/|\b[A-Z]:\\| at 0x")


@pytest.mark.parametrize("text", ["/home/me", "/Users/me", r"C:\Users\me", repr(r"D:\me"), "<Net at 0x7f>"])
def test_what_belongs_to_one_machine_is_known(text):
    assert OF_ONE_MACHINE.search(f"saved in {text}")


def test_outputs_name_no_home_folder_and_no_address(notebook):
    for cell in stored.cells(notebook, "code"):
        for output in cell.outputs:
            text = output.get("text", "") + "".join(str(output.get("data", {}).get("text/plain", "")))
            assert not OF_ONE_MACHINE.search(text), text


def test_below_a_figure_stands_nothing_that_the_call_which_drew_it_returned(notebook):
    for cell in stored.cells(notebook, "code"):
        kinds = {output.output_type for output in cell.outputs if output.output_type != "stream"}
        assert not any(book.SVG in output.get("data", {}) for output in cell.outputs) or kinds == {"display_data"}


@pytest.mark.parametrize("chapter", CHAPTERS, ids=place)
def test_a_chapter_opens_and_closes_as_the_reader_expects(chapter):
    markdown = [cell.source for cell in stored.cells(chapter, "markdown")]
    opening, whole, words = markdown[0], "\n".join(markdown), WORDS[language_of(chapter)]
    assert opening.startswith("# ")
    assert all(re.search(word, opening) for word in words["opening"])
    asked = len(re.findall(words["predict"], whole))
    assert asked >= 3
    assert whole.count("<details>") >= asked
    assert whole.count("<details>") == whole.count("</details>")
    headings = re.findall(r"^## (.+)$", whole, flags=re.MULTILINE)
    assert headings[-2:] == words["end"]


def test_a_chapter_reads_well_without_the_solutions():
    """A lecturer can withhold them: nothing links to them, and each belongs to a chapter."""
    for chapter in CHAPTERS:
        assert not [cell for cell in stored.cells(chapter, "markdown") if "](solutions" in cell.source], chapter
    for notebook in {*NOTEBOOKS} - {*CHAPTERS, *PAGES}:
        assert notebook.parent.parent / notebook.name in CHAPTERS


@pytest.mark.parametrize("chapter", CHAPTERS, ids=place)
def test_every_exercise_has_a_stub_a_check_and_a_solution(chapter):
    """As many code exercises as the chapter has, and a heading in the solutions for each exercise."""
    known = {number for number in EXERCISES if number.startswith(chapter.stem[:2])}
    assert known
    solution = chapter.parent / "solutions" / chapter.name
    language = language_of(chapter)
    for file, verdict in ((chapter, "not done"), (solution, "right")):
        cells = stored.cells(file, "code")
        said = {}
        for i, cell in enumerate(cells):
            for number in re.findall(r"^check\('([\d.]+)'", cell.source, flags=re.MULTILINE):
                said[number] = "".join(output.text for output in cell.outputs)
                exercise = EXERCISES[number]
                assert (f"{exercise.name} =" if exercise.value else f"def {exercise.name}(") in cells[i - 1].source
        assert said == {number: f"{number}: {LANGUAGES[language].MESSAGES[verdict]}\n" for number in known}, file
    headings = rf"^(?:#+ )?(?:{WORDS[language]['exercise']} |\*\*)(\d+)[.:：]"
    asked, solved = (
        [int(n) for cell in stored.cells(file, "markdown") for n in re.findall(headings, cell.source, re.MULTILINE)]
        for file in (chapter, solution)
    )
    assert len(asked) >= 4 and asked == solved == list(range(1, len(asked) + 1))


def as_opened(notebook, cell_type):
    """Return the cells of one type as a reader finds them."""
    return [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == cell_type]


def test_local_links_lead_somewhere(notebook):
    for cell in as_opened(notebook, "markdown"):
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", cell.source):
            assert (notebook.parent / target).exists(), target


MENTION = {"en": r"\b[Cc]hapters?\s+0\d", "zh": r"第 ?0\d"}


def test_a_chapter_that_is_mentioned_is_a_link(notebook):
    """Everywhere but in headings, and to itself."""
    unlinked = re.compile(MENTION[language_of(notebook)])
    for cell in as_opened(notebook, "markdown"):
        text = re.sub(r"\[[^\]]*\]\([^)]*\)|<!--.*?-->|^#.*$", "", cell.source, flags=re.MULTILINE)
        found = [text[match.start() : match.end() + 20] for match in unlinked.finditer(text)]
        assert not [words for words in found if notebook.stem[:2] not in words or "solutions" in notebook.parts], found


@pytest.mark.parametrize("notebook", [one for one in NOTEBOOKS if one not in START_PAGES], ids=place)
def test_both_ends_lead_on(notebook):
    """To the contents, and from each chapter to its neighbours, from solutions to their chapter."""
    first, *_, last = as_opened(notebook, "markdown")
    ours = [chapter for chapter in CHAPTERS if language_of(chapter) == language_of(notebook)]
    folder = ours[0].parent
    expected = {folder / "index.ipynb"}
    if notebook in ours:
        where = ours.index(notebook)
        expected |= {*ours[max(where - 1, 0) : where + 2]} - {notebook}
    elif notebook not in PAGES:
        expected.add(folder / notebook.name)
    for cell, line in ((first, first.source.split("\n\n")[1]), (last, last.source)):
        row = line.splitlines()[0]
        targets = {(notebook.parent / target).resolve() for target in re.findall(r"\]\(([^)]+)\)", row)}
        assert {target for target in targets if folder in target.parents} == expected, cell.source


def test_a_question_is_stored_without_its_answer(notebook):
    """The cell looks as if it had not been run; its outputs stand in its metadata, where tests find them."""
    opened = nbformat.read(notebook, as_version=4)
    prompts = sum(len(re.findall(WORDS[language_of(notebook)]["predict"], cell.source)) for cell in opened.cells)
    asked = answers.asked(opened)
    assert len(asked) == prompts + (notebook in START_PAGES)  # which describes the reader's computer
    for cell, whole in zip(opened.cells, book.read(notebook).cells):
        if cell in asked:
            assert not cell.outputs and cell.execution_count is None and cell.metadata[answers.ANSWER], cell.source
            assert whole.outputs == cell.metadata[answers.ANSWER], cell.source
        else:
            assert answers.ANSWER not in cell.metadata, cell.source
