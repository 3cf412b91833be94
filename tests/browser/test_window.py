"""With a window (a GUI back end): the live plot opens one and redraws it while the model trains."""

import os
import shutil
import subprocess
import sys

SCRIPT = """
import sys
import numpy as np
from PIL import ImageGrab
from book_utils import Animator

def blue_on_screen():
    animator.fig.canvas.manager.window.update()  # let the window system catch up
    screen = np.asarray(ImageGrab.grab(xdisplay='').convert('RGB')).astype(int)
    return int((abs(screen - (0x44, 0x77, 0xAA)).sum(axis=2) < 30).sum())

animator = Animator(xlabel='epoch', xlim=[0, 10], ylim=[0, 1], figsize=(5, 4))
seen = []
for epoch in range(0, 11, 2):
    animator.live._next_frame = 0  # as if the frame before were long ago
    animator.add(epoch, epoch / 10)
    seen.append(blue_on_screen())
window = animator.fig.canvas.manager.window
print(window.winfo_viewable(), *seen)

window.destroy()  # its line would be counted, too
fast = animator = Animator(xlim=[0, 999], ylim=[0, 1], figsize=(5, 4))
for n in range(1000):
    fast.add(n, 1 - n / 1000)
    fast.live._next_frame = float('inf')  # no further frame is due: only the window's own leisure draws the rest
print(blue_on_screen(), len(fast.X[0]))
"""


def test_a_window_opens_and_grows_and_shows_the_last_state():
    command = [sys.executable, "-c", SCRIPT]
    if sys.platform == "linux" and "DISPLAY" not in os.environ:
        xvfb = shutil.which("xvfb-run")
        assert xvfb, "a window needs a display, or Xvfb (apt-get install xvfb)"
        command = [xvfb, "--auto-servernum", "--server-args=-screen 0 1280x1024x24", *command]
    done = subprocess.run(
        command, env={**os.environ, "MPLBACKEND": "TkAgg"}, capture_output=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    viewable, *seen = map(int, first.split())
    assert viewable == 1 and seen == sorted(seen) and len(set(seen)) >= 4 and seen[-1] > seen[1] > 0, seen
    assert int(second.split()[0]) > seen[1], second
