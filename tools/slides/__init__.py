"""Chapters as slides, each one file, from the stored notebooks: for a lecture, without a network.

    uv run --group site python -m tools.slides                 all chapters of both languages, into build/slides
    uv run --group site python -m tools.slides 03 07 FOLDER --language zh

A file holds all that it needs, reveal.js included, which the package sphinx-revealjs brings along: it opens from a USB
stick. Nothing is executed. nbconvert's exporter of slides writes them, with a template of its own (``deck/``).

=============  ====================================================================================================
``split.py``   which slides a chapter has, and what is on each: a notebook becomes one of slides
``deck.py``    that notebook becomes a file
``deck/``      the template, how slides look, and a script that makes each as large as there is room
=============  ====================================================================================================

**What is on a slide.** Headings make the structure: a section is a column of slides, its heading stands on each of
them. A slide has one of a formula, a list, a table, code with what it prints, a figure; and of the text around it the
sentences that a listener needs: of a paragraph the first, those that introduce a word in italics, and the one that
leads to what follows. The paragraphs stand whole in the speaker's notes, and so do folded asides and answers. Code
that is hidden in the notebook is left out. What is to be predicted comes with the next key.
"""
