"""A translation cannot drift from the English text: same cells, code, formulas and outputs; one word for each term.

If a test names a cell because the English text was edited there, mend the translation and stamp it: CONTRIBUTING.md
says how.
"""

import ast
import io
import re
import tokenize
from collections import Counter
from difflib import unified_diff
from functools import cache

import nbformat
import pytest
import stored
from markdown_it import MarkdownIt

from book_utils._errors import ERRORS
from book_utils.exercises import LANGUAGES
from tools import book, compare, glossary, public
from tools.meaning import numbers

SOURCES = book.ROOT / "sources"
TRANSLATED = [source for source in book.files_under("sources", ".md") if book.is_translation(source)]
GLOSSARY = glossary.rows(SOURCES)
HAN = "\u4e00-\u9fff"

# What code may say otherwise than in English, apart from comments and docstrings: arguments of functions.
MAY_DIFFER = {("check", "language")}

# Words that are right, though a form to avoid is part of them.
WITHIN = ("惩罚项", "矢量化")


def place(path):
    """Return where a text or a notebook is, as a name for its tests."""
    return "-".join(path.relative_to(book.ROOT).with_suffix("").parts[1:])


@pytest.fixture(params=TRANSLATED, ids=place)
def chinese(request):
    return request.param


@pytest.fixture(params=[text for text in TRANSLATED if text.stem != glossary.PAGE], ids=place)
def prose_in_chinese(request):
    return request.param


def side_by_side(ours, theirs):
    """Return the cells of both editions in pairs; fail, naming the first that has no counterpart."""
    kinds = [[cell.cell_type for cell in cells] for cells in (ours, theirs)]
    first = next((i for i, (a, b) in enumerate(zip(*kinds)) if a != b), min(map(len, kinds)))
    assert kinds[0] == kinds[1], f"cell {first} has no counterpart: {ours[first : first + 1]}"
    return list(zip(ours, theirs))


def both(chinese):
    """Return the cells of a text of ours and of the English one in pairs."""
    return side_by_side(*(stored.source(text).cells for text in (chinese, book.english_of(chinese))))


def both_read(*sources):
    """Return the cells of two texts in pairs: of copies, which a test may have changed since they were read."""
    return side_by_side(*(stored.read_source(source).cells for source in sources))


def name(cell):
    return f"cell {cell.id}, {cell.source.splitlines()[0][:60]!r}"


def tree_of(source):
    """Return the syntax tree of a cell, IPython's own lines left out."""
    return ast.parse("\n".join("pass" if line.startswith("%") else line for line in source.splitlines()))


def plain_code(source):
    """Return code without comments and docstrings, and without what may differ, line by line."""
    tree = tree_of(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            node.keywords = [keyword for keyword in node.keywords if (node.func.id, keyword.arg) not in MAY_DIFFER]
    return ast.unparse(tree).splitlines()


def remarks(source):
    """Return the comments and docstrings of code."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    found = [token.string for token in tokens if token.type == tokenize.COMMENT]
    nodes = (node for node in ast.walk(tree_of(source)) if isinstance(node, (ast.FunctionDef, ast.ClassDef)))
    return found + [ast.get_docstring(node) or "" for node in nodes]


def formulas(text):
    """Return the formulas, without the words in them."""
    found = re.findall(r"\$\$.*?\$\$|\$[^$]+\$", re.sub(r"`[^`\n]*`", "`", text), flags=re.DOTALL)
    return sorted(re.sub(r"\\text\{[^}]*\}|\s", "", formula) for formula in found)


def without_links_to_itself(text):
    """Return the text of a cell without badges, and without the link to the same notebook in another language."""
    languages = "|".join((book.ENGLISH, *book.TRANSLATIONS))
    return re.sub(rf"^\[[^\]]+\]\((?:\.\./)+(?:{languages})/.*\)$", "", public.without_badges(text), flags=re.MULTILINE)


def skeleton(text):
    """Return what prose hangs on: headings, lists, tables, folds, links and exercises."""
    text = without_links_to_itself(text)
    return {
        "headings": re.findall(r"^#+(?= )", text, flags=re.MULTILINE),
        "items of lists": len(re.findall(r"^\s*(?:[-*]|\d+\.) ", text, flags=re.MULTILINE)),
        "rows of tables": len(re.findall(r"^\|", text, flags=re.MULTILINE)),
        "folds": re.findall(r"</?(?:details|summary)>", text),
        "links": sorted(re.findall(r"\]\(([^)]+)\)", text)),
        "names in code": sorted({*re.findall(r"`([^`\n]+)`", text)}),
        "exercises": re.findall(r"^(?:### [^\d\n]*|\*\*)(\d+)[.:：]", text, flags=re.MULTILINE),
    }


def lost_numbers(ours, theirs):
    """Return the numbers of an English text, with their marks, that its translation does not have.

    The translation may have more: English spells small numbers out.
    """
    counts = [Counter((each.values, each.mark) for each in numbers.numbers_in(cell.source)) for cell in (ours, theirs)]
    return [f"{[value.value for value in values]} {mark or ''}" for values, mark in counts[1] - counts[0]]


def difference(ours, theirs):
    """Return in words how a translated cell differs from the English one, or an empty string."""
    own = (book.MADE_FROM, book.ALT)
    options = [{key: value for key, value in cell.metadata.items() if key not in own} for cell in (ours, theirs)]
    if options[0] != options[1]:
        return f"tags or options: {options[0]} for {options[1]}"
    if theirs.cell_type == "code":
        english = public.in_chinese(theirs.source) if public.is_getting(theirs) else theirs.source
        codes = plain_code(english), plain_code(ours.source)
        if ("#@save" in ours.source) != ("#@save" in theirs.source):
            return "#@save"
        return "\n".join(unified_diff(*codes, "English", "translation", lineterm=""))
    if formulas(ours.source) != formulas(theirs.source):
        return f"formulas: {formulas(ours.source)} for {formulas(theirs.source)}"
    if lost := lost_numbers(ours, theirs):
        return f"numbers or their marks: missing here {', '.join(lost)}"
    pairs = zip(skeleton(ours.source).items(), skeleton(theirs.source).values())
    return "; ".join(f"{what}: {here} for {there}" for (what, here), there in pairs if here != there)


def differences(pairs):
    return [f"{name(theirs)}: {found}" for ours, theirs in pairs if (found := difference(ours, theirs))]


def stale(pairs):
    """Return the English cells that were edited since the translation was made."""
    return [name(theirs) for ours, theirs in pairs if ours.id != theirs.id]


def test_all_editions_have_the_same_chapters():
    for language in book.TRANSLATIONS:
        folders = SOURCES / language, SOURCES / book.ENGLISH
        chapters = [{source.relative_to(folder) for source in folder.rglob("*.md")} for folder in folders]
        assert chapters[0] == chapters[1]


def test_each_cell_was_made_from_the_english_text_of_today(chinese):
    assert not (found := stale(both(chinese))), f"look at these cells of {chinese} again, then stamp it: {found}"


def test_code_tags_formulas_and_structure_are_the_same(chinese):
    assert not (found := differences(both(chinese))), "\n".join(found)


def other_when_run(ours, theirs, language):
    """Return in words what a translated code cell would show or do otherwise than the English one, which runs.

    Where the check of an exercise answers, it has to give the verdict that the English cell shows, in its language.
    """
    if found := difference(ours, theirs):
        return found
    if {*compare.NEVER_COMPARED} & {*theirs.metadata.get("tags", [])}:
        return ""
    expected = theirs.outputs
    if spoken := re.findall(r"\blanguage='(\w+)'", ours.source):
        expected = [{**output, "text": in_language(output.text, spoken[0])} for output in theirs.outputs]
    if {*spoken} - {language}:
        return f"asks for {spoken}"
    expected = [library_in(language, output) for output in expected]
    if public.is_getting(theirs):
        expected = [{**output, "text": public.in_chinese(output["text"])} for output in expected]
    return "" if ours.outputs == expected else f"shows {ours.outputs} for {expected}"


def library_in(language, output):
    """Return an output as it is in another language, if it is a message of the library and nothing else."""
    for words in ERRORS.values():
        pattern = re.sub(r"\\{(\w+).*?\\}", r"(?P<\1>.*)", re.escape(words["en"]))
        pattern = re.sub(r"(\(\?P<(\w+)>\.\*\)(?:.|\n)*)\(\?P<\2>\.\*\)", r"\1(?P=\2)", pattern)  # the same once more
        if output["output_type"] == "stream" and (values := re.fullmatch(pattern + "\n", output["text"])):
            said = re.sub(r"\{(\w+).*?\}", lambda name: values[name[1]], words[language])
            return {**output, "text": f"{said}\n"}
    return output


def in_language(said, language):
    """Return in another language what ``check`` said in English about an exercise."""
    number, _, message = said.rstrip().partition(": ")
    (verdict,) = (verdict for verdict, words in LANGUAGES["en"].MESSAGES.items() if words == message)
    return f"{number}: {LANGUAGES[language].MESSAGES[verdict]}\n"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("the loss is nan\n", None),
        ("devices are counted 0, 1, 2, ...; received -1\n", "设备的编号是 0、1、2……，得到的是 -1\n"),
        ("the columns are 'a', 'b'; received 'c'\n", "可以读取的列是 'a', 'b'，得到的是 'c'\n"),
    ],
)
def test_a_message_of_the_library_is_expected_in_the_language_of_the_notebook(said, expected):
    output = nbformat.v4.new_output("stream", text=said)
    assert library_in("zh", output)["text"] == (expected or said)


@pytest.mark.same_when_run  # conftest.py: where this test runs, the English notebooks stand for the translated ones
@pytest.mark.parametrize("translated", [book.notebook_of(source) for source in TRANSLATED], ids=place)
def test_a_translated_notebook_would_run_and_show_the_same(translated):
    english = book.notebook_of(book.english_of(book.source_of(translated)))
    ours, theirs = (stored.cells(path, "code") for path in (translated, english))
    assert len(ours) == len(theirs)
    language = book.source_of(translated).relative_to(SOURCES).parts[0]
    for here, there in zip(ours, theirs):
        assert not (found := other_when_run(here, there, language)), (name(there), found)


CODE = nbformat.v4.new_code_cell(
    "def f(x):  # one more\n    return x + 1\n\nprint(f(1))",
    outputs=[nbformat.v4.new_output("stream", text="2\n")],
    metadata={"tags": ["real-data"]},
)
ASKED = nbformat.v4.new_code_cell(
    "check('05.2', f, language='zh')", outputs=[nbformat.v4.new_output("stream", text="05.2: 正确。\n")]
)
ASKED_IN_ENGLISH = nbformat.v4.new_code_cell(
    "check('05.2', f)", outputs=[nbformat.v4.new_output("stream", text="05.2: right.\n")]
)


@pytest.mark.parametrize(
    ("english", "old", "new", "same"),
    [
        (CODE, "", "", True),
        (CODE, "one more", "加一", True),
        (CODE, "x + 1", "1 + x", False),
        (CODE, "2\\n", "3\\n", False),
        (CODE, "real-data", "chaotic", False),
        (ASKED_IN_ENGLISH, "", "", True),
        (ASKED_IN_ENGLISH, "正确", "错误", False),
        (ASKED_IN_ENGLISH, "正确。", "right.", False),
        (ASKED_IN_ENGLISH, "05.2: ", "05.3: ", False),
        (ASKED_IN_ENGLISH, "f, ", "g, ", False),
        (ASKED_IN_ENGLISH, "'zh'", "'en'", False),
    ],
)
def test_what_would_be_other_is_found(english, old, new, same):
    cell = CODE if english is CODE else ASKED
    text = nbformat.v4.writes_json(nbformat.v4.new_notebook(cells=[cell]))
    assert old in text
    changed = nbformat.v4.reads_json(text.replace(old, new)).cells[0]
    assert bool(other_when_run(changed, english, "zh")) != same


def test_all_editions_link_to_each_other(chinese):
    for here, there in ((chinese, book.english_of(chinese)), (book.english_of(chinese), chinese)):
        links = re.findall(r"\]\(((?:\.\./)+[^)]*)\)", stored.source(here).cells[0].source)
        assert [(book.notebook_of(here).parent / link).resolve() for link in links] == [book.notebook_of(there)]


@pytest.mark.parametrize("language", book.TRANSLATIONS)
def test_the_readmes_agree_in_structure_commands_and_measured_numbers(language):
    texts = [(book.ROOT / file).read_text(encoding="utf-8") for file in ("README.md", f"README.{language}.md")]
    texts[1] = (
        texts[1].replace("](README.md)", f"](README.{language}.md)").replace(f"notebooks/{language}", "notebooks/en")
    )
    texts[1] = re.sub(rf"(lecturers/\w+)\.{language}\.md", r"\1.md", texts[1])
    texts = [text.replace(f"book {language}", "book") for text in texts]  # each begins with its own start page
    texts = [re.sub(rf" --language {language}$|(?<=\.md)#[^)]+", "", text, flags=re.MULTILINE) for text in texts]
    assert skeleton(texts[0]) == skeleton(texts[1])
    for pattern in (r"^```\n.*?^```$", r"\d[\d.,]* (?:MB|GB|s|ms)\b", r"\| \d[\d.]* (?=\|)"):
        assert len({tuple(re.findall(pattern, text, flags=re.DOTALL | re.MULTILINE)) for text in texts}) == 1, pattern


# The comparison itself, on copies of a real chapter in which one thing is changed.

CHAPTER = SOURCES / "zh" / "05-loss-functions.md"
CHANGES = {
    "a code token": ("(y_hat, y):  #@save", "(y, y_hat):  #@save"),
    "a string": ("'prediction'", "'Prediction'"),
    "a formula": (r"\frac12", r"\frac13"),
    "a tag": (":tags: [real-data]", ":tags: [chaotic]"),
    "a heading": ("\n## ", "\n### "),
    "a link": ("](https://en.wikipedia", "](http://en.wikipedia"),
    "a result": ("<!--out", "0<!--out"),
    "a mark of a number": ("<!--out", "<!--out #9"),
    "a fold": ("</details>", ""),
    "a saved name": ("  #@save", ""),
}


@pytest.mark.parametrize("what", CHANGES)
@pytest.mark.parametrize("edition", ["en", "zh"])
def test_a_change_in_either_edition_is_found_and_its_cell_named(tmp_path, monkeypatch, what, edition):
    old, new = CHANGES[what]
    for number in ("05", "08", "07"):
        chinese = next((SOURCES / "zh").glob(f"{number}-*.md"))
        sources = {"zh": chinese, "en": book.english_of(chinese)}
        text = sources[edition].read_text(encoding="utf-8")
        if old in text:
            break
    assert old in text, "the chapter no longer has what the test changes"
    cells = {language: stored.source(source).cells for language, source in sources.items()}
    changed = tmp_path / "sources" / edition / chinese.name
    changed.parent.mkdir(parents=True)
    changed.write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(book, "ROOT", tmp_path)
    cells[edition] = stored.read_source(changed).cells
    pairs = side_by_side(cells["zh"], cells["en"])
    found = differences(pairs)
    assert len(found) == 1 and found[0].startswith("cell 0"), found
    assert bool(stale(pairs)) == (edition == "en" and what not in ("a tag", "a mark of a number"))


def test_an_edited_english_sentence_names_the_chinese_cell_to_look_at_again(tmp_path, monkeypatch):
    copies = [tmp_path / "sources" / language / CHAPTER.name for language in ("zh", "en")]
    for copy, source in zip(copies, (CHAPTER, book.english_of(CHAPTER))):
        copy.parent.mkdir(parents=True)
        copy.write_text(
            source.read_text(encoding="utf-8").replace("L2 is the first choice", "So L2 is the first choice"),
            encoding="utf-8",
        )
    monkeypatch.setattr(book, "ROOT", tmp_path)
    pairs = both_read(*copies)
    (found,) = stale(pairs)
    assert re.match(r"cell \d{3}-", found) and not differences(pairs)
    book.stamp(copies[0])
    assert not stale(both_read(*copies))


def test_the_public_address_makes_no_difference(monkeypatch):
    monkeypatch.setattr(public, "address", lambda root: "https://github.com/somebody/some-book")
    shown = []
    for source in (CHAPTER, book.english_of(CHAPTER)):
        shown.append(book.read_source(source))
        text = "\n".join(cell.source for cell in shown[-1].cells)
        assert text.count("somebody/some-book") == 3  # Colab, Binder, the cell
        assert book.text_of(shown[-1]) == source.read_text(encoding="utf-8")
    pairs = side_by_side(*(notebook.cells for notebook in shown))
    assert not differences(pairs) and not stale(pairs)


def test_a_cell_too_many_is_named_and_cannot_be_stamped(tmp_path, monkeypatch):
    copies = [tmp_path / "sources" / language / CHAPTER.name for language in ("zh", "en")]
    for copy, source in zip(copies, (CHAPTER, book.english_of(CHAPTER))):
        copy.parent.mkdir(parents=True)
        copy.write_bytes(source.read_bytes())
    text = copies[1].read_text(encoding="utf-8")
    copies[1].write_text(
        text.replace("## Summary", "```{code-cell}\nprint('more')\n```\n\n## Summary"), encoding="utf-8"
    )
    monkeypatch.setattr(book, "ROOT", tmp_path)
    with pytest.raises(AssertionError, match="has no counterpart.*小结"):
        both_read(*copies)
    before = copies[0].read_bytes()
    with pytest.raises(book.Refused, match="has other cells"):
        book.stamp(copies[0])
    assert copies[0].read_bytes() == before


# Chinese as it should be written.


def words_of(text):
    """Return a cell's text with an x for formulas and names in code, without HTML and targets of links."""
    text = re.sub(r"`[^`\n]*`|\$\$.*?\$\$|\$[^$]+\$", "x", text, flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)|<[^>]+>", "", text)


def paragraphs(text):
    """Return the paragraphs of a cell, items of lists and rows of tables among them."""
    text = re.sub(r"\$\$.*?\$\$", "x", text, flags=re.DOTALL)
    return re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.) |\||\*\*\d)", text.strip())


@cache
def prose(chinese):
    """Return the words between the code."""
    return words_of("\n\n".join(cell.source for cell in stored.source(chinese).cells if cell.cell_type == "markdown"))


def test_no_form_to_avoid(prose_in_chinese):
    text = prose(prose_in_chinese)
    for right in WITHIN:
        text = text.replace(right, "")
    found = {form: row["中文"] for row in GLOSSARY for form in row["avoid"].split() if form in text}
    assert not found and "您" not in text


def listed(words):
    return [word.strip() for word in words.split(";") if word.strip()]


def stands_in(text, *terms):
    """Tell whether English terms stand in a text: each whole, in the singular or plural, or as a stem (``averag*``)."""
    endings = (
        re.escape(term.rstrip("*").lower()) + (r"\w*" if term.endswith("*") else r"(?:s|es)?\b") for term in terms
    )
    return bool(
        re.search(rf"\b(?:{'|'.join(endings)})", " ".join(text.lower().replace("*", "").replace("_", " ").split()))
    )


def terms_at_odds(english, chinese):
    """Return, in words, each term of the glossary that one edition has in a paragraph and the other has not.

    The Chinese word may render other English ``forms`` as well, and the term may be another word ``also``; ``any`` says
    that these cannot be listed. ``within`` are words of which the Chinese word is a part only.
    """
    found = []
    for row in GLOSSARY:
        text = words_of(chinese).replace("**", "")
        for other in row["within"].split():
            text = text.replace(other, "")
        its_words, its_forms = [row["中文"], *row["also"].split()], [row["English"], *listed(row["forms"])]
        has_term = row["also"] != "any" and stands_in(words_of(english), row["English"])
        has_word = row["forms"] != "any" and row["中文"] in text
        if has_term and not any(word in text for word in its_words):
            found.append(f"{row['English']}, without {row['中文']}")
        if has_word and not stands_in(english, *its_forms):
            found.append(f"{row['中文']}, without {row['English']}")
    return found


def test_a_term_stands_for_its_word_and_the_word_for_its_term(prose_in_chinese):
    found = []
    for here, there in both(prose_in_chinese):
        if here.cell_type == "markdown":
            pieces = paragraphs(there.source), paragraphs(here.source)
            assert len(pieces[0]) == len(pieces[1]), f"{name(here)}: paragraphs in English and in the translation"
            found += [f"{ours[:40]!r}: {odd}" for theirs, ours in zip(*pieces) for odd in terms_at_odds(theirs, ours)]
    assert not found, "mend the word, or say in the glossary what may stand there:\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("english", "chinese", "odd"),
    [
        ("the accuracy and `train`", "准确率", []),
        ("the accuracy", "精度", ["accuracy, without 准确率", "精度, without precision"]),
        ("accuracies of two accuracies", "准确率与精度", ["精度, without precision"]),
        ("the mean of all", "平均", []),
        ("the mean of all", "中位数", ["中位数, without median"]),
        ("the median of all", "均值", ["均值, without mean", "median, without 中位数"]),
        ("sums of the rows", "运行之后各列之和", ["列, without column", "row, without 行"]),
        ("sums of the rows", "各行之和", []),
        (
            "the test set",
            "训练集",
            ["test set, without 测试集", "训练, without training", "训练集, without training set"],
        ),
    ],
)
def test_one_word_for_another_is_found(english, chinese, odd):
    assert terms_at_odds(english, chinese) == odd


def test_what_the_glossary_cannot_list_has_a_note():
    assert not [row["English"] for row in GLOSSARY if "any" in (row["forms"], row["also"]) and not row["note"]]


def test_a_term_has_its_english_in_brackets_once(prose_in_chinese):
    text = prose(prose_in_chinese)
    given = [row["English"] for row in GLOSSARY for _ in re.findall(re.escape(f"（{row['English']}）"), text)]
    assert len(given) == len(set(given)), sorted(term for term in given if given.count(term) > 1)


def test_the_glossary_says_each_thing_once():
    terms = [row["English"] for row in GLOSSARY]
    assert terms == sorted(set(terms), key=str.lower)
    words = {row["中文"] for row in GLOSSARY}
    assert not [form for row in GLOSSARY for form in row["avoid"].split() if form in words]


def test_comments_and_docstrings_are_chinese(chinese):
    cells = [cell for cell in stored.source(chinese).cells if cell.cell_type == "code"]
    texts = [text for cell in cells for text in remarks(cell.source)]
    assert not [text for text in texts if len(re.findall("[A-Za-z]+", text)) > 2 and not re.search(f"[{HAN}]", text)]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (rf"[{HAN}] ?[,;:?!]", "half-width punctuation behind Chinese"),
        (rf"[{HAN}]\.(?!\d)", "a half-width full stop"),
        (rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]", "no space between Chinese and Latin"),
        (r"[，。；：？！（）、] +(?=[^\s*_|-])", "a space behind full-width punctuation"),
        (r"(?<=[^\s*|-]) +[，。；：？！）、]", "a space before full-width punctuation"),
        (rf"[{HAN}] +[{HAN}]", "a space inside Chinese"),
        (rf"(?<![A-Za-z0-9])\([^)]*[{HAN}]", "half-width brackets around Chinese"),
        (rf'[{HAN}]"|"[{HAN}]', "half-width quotation marks"),
    ],
)
def test_punctuation_and_spaces(chinese, pattern, why):
    text = re.sub(r"^[-*|>] .*?(?=\S)", "", prose(chinese), flags=re.MULTILINE)
    found = [text[max(0, m.start() - 10) : m.end() + 10] for m in re.finditer(pattern, text)]
    assert not found, why


def test_emphasis_renders_and_a_paragraph_is_one_line(chinese):
    """Markdown tells by spaces where emphasis ends, and shows the end of a line as one: Chinese wants neither."""
    parser = MarkdownIt().enable("table")
    for cell in stored.source(chinese).cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"\$\$.*?\$\$|\$[^$]+\$", "x", cell.source, flags=re.DOTALL)
            pieces = [piece for block in parser.parse(text) for piece in block.children or []]
            assert "**" not in "".join(piece.content for piece in pieces if piece.type == "text"), name(cell)
            assert "softbreak" not in [piece.type for piece in pieces], name(cell)
