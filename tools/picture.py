"""Make the README's picture: JupyterLab runs chapter 07 in a real browser, and the training plot is filmed.

    uv run python -m tools.picture                      writes assets/training.gif
    uv run python -m tools.picture --browser chromium   with a browser that is installed already

The notebook is a copy, so nothing in the repository changes but the picture. The script fails unless every cell runs
without error and the plot passes through several states in one and the same output.
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
PICTURE = ROOT / "assets" / "training.gif"
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


def run_all(page: Page, address: str, notebook: str, theme: str) -> None:
    """Open a notebook and run all its cells, watching the training cell from before its first frame."""
    page.goto(address.replace("/lab?", f"/lab/tree/{notebook}?"))
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    choose(page, "Settings", "Theme", f"JupyterLab {theme}")
    training_cell(page).scroll_into_view_if_needed()
    training_cell(page).evaluate(WATCH)
    choose(page, "Run", "Run All Cells")


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


def film(page: Page, pictures: list[str]) -> list[Image.Image]:
    """Return the training cell as it looked with each of the pictures."""
    cell, frames = training_cell(page), []
    cell.screenshot()  # scrolls there, and has the page lay the cell out
    for picture in pictures:
        cell.locator("img").evaluate(SHOW, picture)
        frames.append(Image.open(io.BytesIO(cell.screenshot())).convert("RGB"))
    assert len({frame.size for frame in frames}) == 1, f"the cell changes its size: {[frame.size for frame in frames]}"
    return frames


def write_gif(images: list[Image.Image], path: Path) -> None:
    """Write the images as an endless film, the last one held for a while."""
    path.parent.mkdir(exist_ok=True)
    first, *rest = (image.quantize(64) for image in images)
    first.save(path, save_all=True, append_images=rest, duration=[400] * len(rest) + [4000], loop=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--browser", help="a Chromium to use instead of playwright's own")
    parser.add_argument("--theme", choices=["Light", "Dark"], default="Light", help="of JupyterLab")
    parser.add_argument("--output", type=Path, default=PICTURE, help="where the picture goes")
    options = parser.parse_args()
    os.environ["BOOK_UTILS_DATASET"] = "real"
    browser_path = shutil.which(options.browser) if options.browser else None
    with tempfile.TemporaryDirectory() as folder, jupyterlab(folder) as address, sync_playwright() as playwright:
        shutil.copy(ROOT / "notebooks" / "en" / CHAPTER, folder)
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 900}, device_scale_factor=1.5)
        run_all(page, address, CHAPTER, options.theme)
        wait_for_the_end(page)
        pictures = growing_states(page)
        assert len(pictures) >= 5, f"only {len(pictures)} states of the plot were seen"
        write_gif(film(page, pictures), options.output)
        browser.close()
    print(f"{len(pictures)} states, {options.output.stat().st_size / 1000:.0f} kB: {options.output}")


if __name__ == "__main__":
    main()
