"""The notebooks as Jupyter hands them out and takes them back: nothing in them changes but what a reader changes."""

from __future__ import annotations

import platform
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from book_utils_jupyter import KERNEL, Notary
from book_utils_jupyter.saving import settle_widgets


class Contents(AsyncLargeFileManager):  # type: ignore[misc]
    """Jupyter's own manager of files, and what the notebooks of the book need beside."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.notary = Notary(parent=self)

    async def get(self, path: str, *arguments: Any, **options: Any) -> Any:
        """Return a file; of a notebook, its metadata as the kernel of this computer would write them."""
        model = await super().get(path, *arguments, **options)
        if model["type"] == "notebook" and model["content"]:
            settle_widgets(model["content"])
            name_kernel(model["content"], self._display_name())
        return model

    async def save(self, model: Any, path: str = "") -> Any:
        """Write a file; into a notebook, the metadata with which it was shipped."""
        if model.get("type") == "notebook" and model.get("content"):
            settle_widgets(model["content"])
            forget_kernel(model["content"])
        return await super().save(model, path)

    def _display_name(self) -> str:
        """Return what the kernel is called here."""
        return str(self.parent.kernel_spec_manager.get_kernel_spec(KERNEL["name"]).display_name)


def is_of_the_book(notebook: Any) -> bool:
    """Tell whether a notebook is one of the book's, changed or not, and for the kernel that it was shipped for."""
    metadata = notebook["metadata"]
    return "book" in metadata and metadata.get("kernelspec", {}).get("name") == KERNEL["name"]


def name_kernel(notebook: Any, display_name: str) -> None:
    """Write down what the page would add as soon as the kernel runs: then the notebook would count as changed."""
    if is_of_the_book(notebook):
        notebook["metadata"]["kernelspec"]["display_name"] = display_name
        notebook["metadata"]["language_info"]["version"] = platform.python_version()


def forget_kernel(notebook: Any) -> None:
    """Take it out again."""
    if is_of_the_book(notebook):
        notebook["metadata"]["kernelspec"] = dict(KERNEL)
        notebook["metadata"]["language_info"].pop("version", None)
