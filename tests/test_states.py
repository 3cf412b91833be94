"""The states drawn ahead for the site are those of the pictures that the chapters have now."""

from dataclasses import replace

import pytest

from tools import book
from tools.site import states


def test_each_picture_with_sliders_has_its_states_and_they_are_not_out_of_date():
    pictures = [*states.all_pictures(), *states.all_films()]
    assert len(pictures) >= 7 and {file.name for file in states.DRAWN.glob("*")} == {
        each.file.name for each in pictures
    }
    late = [picture.name for picture in pictures if not states.stored(picture)]
    assert not late, f"draw them: {states.COMMAND}"


@pytest.mark.parametrize("language", book.TRANSLATIONS)
def test_they_are_those_of_the_translations_too(language):
    for picture in [*states.all_pictures(language), *states.all_films(language)]:
        assert states.stored(picture), f"{picture.name} is drawn by other code than in English"


def test_a_picture_whose_code_has_changed_is_out_of_date():
    for picture in states.all_pictures():
        assert picture.trains == (picture.name == "draw_runs")
        *before, definition = picture.before
        assert f"def {picture.name}(" in definition
        for change in (
            {"before": (*before, f"{definition}\n    print()")},
            {"cell": picture.cell.replace("figsize=(6", "figsize=(5")},
        ):
            assert states.stored(replace(picture, **change)) is None, change


def test_a_film_one_of_whose_cells_has_changed_is_out_of_date():
    (film,) = states.all_films()
    assert states.stored(film)
    for change in (
        {"before": tuple(cell.replace("2350 **", "2000 **") for cell in film.before)},
        {"before": tuple(cell.replace("lr = 0.1", "lr = 0.2") for cell in film.before)},
        {"cell": film.cell.replace("manual_seed(1)", "manual_seed(2)")},
    ):
        assert states.stored(replace(film, **change)) is None, change


def test_places_of_a_slider_are_spread_over_it_with_its_ends_and_its_start():
    assert states.spread(0, 90, 20, 7) == [0, 20, 34, 48, 62, 76, 90]
    assert states.spread(0.1, 10.0, 1.0, 5) == [0.1, 0.3, 1.0, 3.2, 10.0]
    assert states.spread(-5.0, 5.0, 5.0, 3) == [-5.0, 0.0, 5.0]
    assert states.spread(3, 6, 4, 100) == [3, 4, 5, 6]
    assert states.spread(16, 512, 256, 6) == [16, 32, 64, 128, 256, 512]


def test_packed_drawings_come_out_whole_and_parts_are_shared():
    drawings = ['<svg><g id="a"><path d="M 1.239999 2"/></g><g id="b"/></svg>', '<svg><g id="a"/><g id="b"/></svg>']
    packed = states.pack(drawings)
    assert states.unpack(packed) == ['<svg><g id="a"><path d="M 1.24 2"/></g><g id="b"/></svg>', drawings[1]]
    assert len(packed["parts"]) < sum(map(len, packed["drawings"]))
