"""The book as a site: both editions in one folder, from the stored notebooks, for a server or for a USB stick.

    uv run --group site python -m tools.site [FOLDER]           default: build/site; open its index.html
    uv run --group site python -m tools.site --without-solutions

Nothing is executed and nothing is loaded from the web. Sphinx reads the notebooks through myst-nb and dresses them in
the theme of the PyData projects, which is well kept, speaks Chinese, works by keyboard and has a dark side. Formulas
become MathML while the site is built (``tools/export.py``).

=================  ==================================================================================================
``pages.py``       a stored notebook becomes a `Page`: cells made ready, and files of its own; needs no Sphinx
``build.py``       pages become a folder: Sphinx's settings, both editions, the door between them
``extension.py``   what Sphinx is taught: formulas, folds, addresses common to the editions, words of Chinese
``plays.py``       pictures with sliders follow them, by states drawn ahead (``states.py``, ``drawn/``)
``films.py``       pictures of training grow again, at a button: curves from the stored one, others by recorded frames
``theme/``         templates, style, script; what the theme lacks in Chinese
``words.py``       what the site says, in each language; ``start_*.md`` are the start pages
=================  ==================================================================================================

**To add to pages**: write a function that takes a `Page`, and name it in ``build.EXTENSIONS``. It is called once for
each page of each edition, before Sphinx reads it. It may edit ``page.content`` (an output with the MIME type
``text/html`` is shown in the place of its SVG, Markdown may hold HTML), and put files beside the page:
``page.add_file(name, data)`` returns the address; ``page.add_script`` and ``page.add_style`` load one on this page
only. A name that begins with ``shared/`` is one file for all pages. Scripts must work from ``file://``, where nothing
can be fetched: data go into a script or into the page.

**To make something else of the pages**, such as a book on paper: ``pages.collect(language, solutions)`` returns them in
the order of reading, start page first; ``build.edition`` adds the extensions you name, and
``build.run_sphinx(edition, folder, scratch, builder)`` has any of Sphinx's builders work on them.
"""
