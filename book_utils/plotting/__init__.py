"""How figures look, figures that are drawn again in place, curves, pictures, and sliders.

``style`` sets colours and format; ``live`` holds the one figure that grows; ``curves`` has ``plot`` and ``Animator``;
``labels`` names lines at their ends; ``pictures`` has sheets of images and drawn networks; ``interactive`` has sliders.
Import them from ``book_utils``.
"""
