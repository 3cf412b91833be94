"""Make the README's films: JupyterLab runs chapter 07 in a real browser, and two cells are filmed while they train.

    uv run python -m tools.picture training                      writes assets/training.webp
    uv run python -m tools.picture stencils --browser chromium   with a browser that is installed already

The notebook is a copy, so nothing in the repository changes but the film. The script fails unless every cell runs
without error and the figure passes through several states in one and the same output.
"""

import argparse
import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
CHAPTER = "07-softmax-regression-scratch.ipynb"
ASSETS = ROOT / "assets"
TRAINING = "train_ch3(net, train_iter, test_iter, cross_entropy"

# Called by the browser whenever it is about to paint: how many outputs a cell has, how high they are, which picture
# they show. (While the next picture is read, it is not complete, and the last one is still painted, in its place.)
WATCH = """cell => {
  window.states = []
  const look = () => {
    const image = cell.querySelector('.jp-OutputArea-output img')
    const state = {
      outputs: cell.querySelectorAll('.jp-OutputArea-output').length,
      height: cell.querySelector('.jp-OutputArea').offsetHeight,
      picture: image?.offsetHeight ? image.src : null,
    }
    if (JSON.stringify(state) !== JSON.stringify(window.states.at(-1))) window.states.push(state)
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}"""

# Called with a picture: shows it, and waits until it has been painted.
SHOW = """(img, src) => {
  img.src = src
  return img.decode().then(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))))
}"""


@contextlib.contextmanager
def jupyterlab(folder: str) -> Iterator[str]:
    """Start JupyterLab in a folder, without opening a browser; yield the address that it prints."""
    with started([sys.executable, "-m", "jupyterlab", folder], ROOT) as address:
        yield address


@contextlib.contextmanager
def started(command: list[str], folder: Path) -> Iterator[str]:
    """Run a command that starts JupyterLab, without opening a browser; yield the address that it prints."""
    command = [*command, "--no-browser", "--port=0"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, encoding="utf-8") as server:
        try:
            log = ""
            for line in server.stderr:
                log += line
                if found := re.search(r"http://(?:localhost|127\.0\.0\.1):\d+/lab\S*\?token=\w+", line):
                    yield found[0]
                    return
            raise RuntimeError(f"JupyterLab did not start:\n{log}")
        finally:
            server.terminate()


def choose(page: Page, *path: str) -> None:
    """Choose an entry from JupyterLab's menus."""
    page.locator(".lm-MenuBar-item").get_by_text(path[0], exact=True).click()
    for entry in path[1:]:
        page.locator(".lm-Menu-item").get_by_text(entry, exact=True).click()


def training_cell(page: Page) -> Locator:
    """Return the cell that trains for ten epochs."""
    return page.locator(".jp-CodeCell").filter(has_text=TRAINING).filter(has_not_text="def train_ch3")


def stencils_cell(page: Page) -> Locator:
    """Return the cell that shows what training adds to the weights, step by step."""
    return page.locator(".jp-CodeCell").filter(has_text="live.draw(now=True)")


FILMS = {"training": (training_cell, None), "stencils": (stencils_cell, "img")}
"""Which cell, and which part of it is filmed if not all of it."""


def watch_all_run(page: Page, cell: Locator) -> list[str]:
    """Run all cells, and return the pictures that one of them showed in turn, from its first frame on."""
    cell.scroll_into_view_if_needed()
    cell.evaluate(WATCH)
    choose(page, "Run", "Run All Cells")
    wait_for_the_end(page)
    return growing_states(page)


def wait_for_the_end(page: Page) -> None:
    """Wait until every cell has run, and fail if any shows an error."""
    waiting = page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_text="*")
    expect(waiting).not_to_have_count(0, timeout=30_000)
    expect(waiting).to_have_count(0, timeout=300_000)
    errors = page.locator("[data-mime-type='application/vnd.jupyter.error']")
    assert errors.count() == 0, errors.first.text_content()


def growing_states(page: Page) -> list[str]:
    """Return the pictures that the plot showed in the new run, in order; fail if it ever flickered."""
    states = page.evaluate("window.states")
    cleared = max(i for i, state in enumerate(states) if state["outputs"] == 0)  # what was stored has gone
    grown = states[cleared + 1 :]
    assert all(state["outputs"] == 1 and state["height"] > 100 and state["picture"] for state in grown), "it flickers"
    return [state["picture"] for state in grown]


def film(cell: Locator, scene: Locator, pictures: list[str]) -> list[Image.Image]:
    """Return a scene, a cell or a part of it, as it looked with each of the cell's pictures."""
    frames = []
    scene.screenshot()  # scrolls there, and has the page lay the cell out
    for picture in pictures:
        cell.locator("img").evaluate(SHOW, picture)
        frames.append(Image.open(io.BytesIO(scene.screenshot())).convert("RGB"))
    assert len({frame.size for frame in frames}) == 1, f"the scene changes its size: {[frame.size for frame in frames]}"
    return frames


def write_film(images: list[Image.Image], path: Path) -> None:
    """Write the images as an endless film, the last one held for a while."""
    path.parent.mkdir(exist_ok=True)
    first, *rest = images
    durations = [400] * len(rest) + [4000]  # milliseconds
    first.save(path, "WEBP", save_all=True, append_images=rest, duration=durations, loop=0, quality=70)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("film", choices=FILMS)
    parser.add_argument("--browser", help="a Chromium to use instead of playwright's own")
    parser.add_argument("--theme", choices=["Light", "Dark"], default="Light", help="of JupyterLab")
    parser.add_argument("--output", type=Path, help="where the film goes, instead of the folder assets")
    options = parser.parse_args()
    output = options.output or ASSETS / f"{options.film}.webp"
    os.environ["BOOK_UTILS_DATASET"] = "real"
    browser_path = shutil.which(options.browser) if options.browser else None
    with tempfile.TemporaryDirectory() as folder, jupyterlab(folder) as address, sync_playwright() as playwright:
        shutil.copy(ROOT / "notebooks" / "en" / CHAPTER, folder)
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 900}, device_scale_factor=1.5)
        page.goto(address.replace("/lab?", f"/lab/tree/{CHAPTER}?"))
        page.get_by_text("| Idle").wait_for(timeout=60_000)
        choose(page, "Settings", "Theme", f"JupyterLab {options.theme}")
        find, part = FILMS[options.film]
        cell = find(page)
        pictures = watch_all_run(page, cell)
        assert len(pictures) >= 5, f"only {len(pictures)} states of the figure were seen"
        write_film(film(cell, cell.locator(part) if part else cell, pictures), output)
        browser.close()
    print(f"{len(pictures)} states, {output.stat().st_size / 1000:.0f} kB: {output}")


if __name__ == "__main__":
    main()
