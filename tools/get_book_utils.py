#@title Get `book_utils`, the package that this notebook imports
import importlib
import pathlib
import subprocess
import sys
import tempfile
from importlib import metadata, util

URL = ''  # the address of the book's repository

beside = [folder for folder in pathlib.Path.cwd().parents if (folder / 'book_utils').is_dir()]
if util.find_spec('book_utils'):
    print('book_utils is installed.')
elif beside:
    sys.path.append(str(beside[0]))
    print('book_utils was found beside the notebooks.')
elif URL:
    with tempfile.TemporaryDirectory() as folder:
        held = pathlib.Path(folder, 'held.txt')  # what is here stays as it is: torch, numpy and all others
        held.write_text('\n'.join(f'{d.metadata["Name"]}=={d.version}' for d in metadata.distributions()))
        done = subprocess.run([sys.executable, '-m', 'pip', 'install', '--quiet', '--constraint', str(held),
                               f'git+{URL}'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    importlib.invalidate_caches()
    print('book_utils was installed from', URL) if done.returncode == 0 else print(done.stdout)
else:
    print('book_utils is missing: set URL in this cell to the address of its repository, and run the cell again.')
