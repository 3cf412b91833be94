"""The book on paper: a PDF and an EPUB for each edition, from the pages of the site, with nothing executed.

    uv run --group site python -m tools.paper [FOLDER]           default: build/paper
    uv run --group site python -m tools.paper --language zh --kind epub
    uv run --group site python -m tools.paper --without-solutions

FOLDER/linear-neural-networks.en.pdf and so on. Sphinx writes both, as it writes the site (``tools/site``): the EPUB by
itself, with MathML; for the PDF XeLaTeX sets what Sphinx's ``latex`` builder wrote, so contents, running heads, numbers
of figures and of pages are LaTeX's own. ``needs.py`` lists what that takes.

=================  ==================================================================================================
``pages.py``       pages of the site become pages of a book: answers at its end, captions, sentences that paper allows
``words.py``       what the book says beside the chapters; ``preface_*.md`` come first
``on_paper.yaml``  sentences of the chapters that make sense on a screen only, and what stands in their place
``build.py``       Sphinx's settings, XeLaTeX, the files
``cover.py``       the cover, from a figure of chapter 09
``extension.py``   what Sphinx is taught: pages of places, formulas, a valid EPUB
``book.tex``       how the PDF looks; ``book_*.tex`` what is special to a language; ``book.css`` how the EPUB looks
=================  ==================================================================================================
"""
