"""What the chapters define is what they speak of: read from the notebooks' code, of which only the definitions are run.

Outputs cannot show it: who changes a definition and builds the notebook again has the outputs that go with it. The
English edition stands for all; ``test_editions.py`` holds their code equal.
"""

import ast
import re
from functools import cache

import pytest
import torch
from torch import nn

import book_utils
from book_utils.fashion_mnist import standin
from tools import book

FOLDER = book.ROOT / "notebooks" / book.ENGLISH
NOTEBOOKS = {
    path.relative_to(FOLDER).with_suffix("").as_posix(): path for path in sorted(FOLDER.rglob("[0-9]*.ipynb"))
}  # fmt: skip


@cache
def tree_of(name):
    """Return the syntax tree of a notebook's code, without IPython's own lines."""
    cells = book.read(NOTEBOOKS[name]).cells
    lines = "\n".join(cell.source for cell in cells if cell.cell_type == "code").splitlines()
    return ast.parse("\n".join("pass" if line.startswith("%") else line for line in lines))


def blocks(tree):
    """Yield every list of statements: the notebook itself, and the bodies of functions, loops and so on."""
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            yield body


def run(statements, **given):
    """Run statements by themselves; return the names that they leave."""
    namespace = {"torch": torch, "nn": nn, **given}
    exec(compile(ast.Module(list(statements), []), "definitions", "exec"), namespace)
    return namespace


def names(node):
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def targets(statement):
    return set().union(*map(names, statement.targets)) if isinstance(statement, ast.Assign) else set()


def calls(node, *functions):
    """Tell whether a function or method of one of these names is called in a statement, if it is a simple one."""
    simple = isinstance(node, (ast.Assign, ast.Expr))
    found = (call.func for call in ast.walk(node) if isinstance(call, ast.Call))
    return simple and bool({getattr(f, "attr", getattr(f, "id", "")) for f in found} & {*functions})


# The start of every model: weights from a normal distribution with standard deviation 0.01, biases zero.

GIVEN = {"num_inputs": 784, "num_outputs": 10, "device": torch.device("cpu"), "w": None, "extra_layers": ()}
"""What those lines use and others bind: sizes, and parameters of functions around them."""


def starts_by_hand(tree):
    """Yield the weights and biases of every model that starts from a drawn tensor W or w, and a b beside it."""
    for block in blocks(tree):
        drawn = [s for s in block if targets(s) in ({"W"}, {"w"}) and calls(s, "normal")]
        for draw in drawn:
            (beside, *_) = (s for s in block[block.index(draw) :] if "b" in targets(s))
            found = run([draw, beside], **GIVEN)
            yield found[targets(draw).pop()], found["b"]


def starts_of_layers(tree):
    """Yield the weights and biases of every layer whose weights are drawn in place, or by a function that does so.

    Each layer begins as ones, so that what is forgotten is seen.
    """
    ones = run(ast.parse("def Linear(*sizes):\n    layer = nn.Linear(*sizes)\n    for p in layer.parameters():\n"
                         "        nn.init.ones_(p)\n    return layer").body)["Linear"]  # fmt: skip
    pretend = type("nn", (), {"Linear": staticmethod(ones), "Sequential": nn.Sequential, "Flatten": nn.Flatten})
    pretend.init = nn.init
    for block in blocks(tree):
        if any(calls(s, "normal_") for s in block):
            made = [s for s in block if calls(s, "Sequential") or calls(s, "normal_", "zeros_", "fill_")]
            layer = ones(784, 10)
            found = run(made, **GIVEN, nn=pretend, m=layer)
            layer = found["net"][-1] if "net" in found else layer
            yield layer.weight.detach(), layer.bias.detach()


# How many models start so at least, in each notebook: by hand, and as layers.
MODELS = {
    "02-linear-regression-scratch": (3, 0),
    "03-linear-regression-concise": (0, 2),
    "07-softmax-regression-scratch": (2, 0),
    "08-softmax-regression-concise": (1, 3),
    "09-what-the-model-learned": (0, 1),
    "10-many-workers": (0, 2),
    "solutions/02-linear-regression-scratch": (1, 0),
    "solutions/03-linear-regression-concise": (0, 1),
    "solutions/07-softmax-regression-scratch": (2, 0),
    "solutions/08-softmax-regression-concise": (1, 1),
    "solutions/09-what-the-model-learned": (0, 1),
    "solutions/10-many-workers": (0, 1),
}


def check_starts(name):
    """Check the start of every model of a notebook; return how many there are, by hand and as layers."""
    torch.manual_seed(0)
    by_hand, layers = list(starts_by_hand(tree_of(name))), list(starts_of_layers(tree_of(name)))
    assert all(W.requires_grad and b.requires_grad for W, b in by_hand)
    for weight, bias in by_hand + layers:
        weight, bias = weight.detach(), bias.detach()
        assert bias.eq(0).all() and bias.ndim == 1 and len(bias) in weight.shape
        assert weight.ne(0).all() and weight.abs().max() < 0.06
        if weight.numel() > 100:
            assert weight.std().item() == pytest.approx(0.01, rel=0.05) and weight.mean().abs() < 0.001
    return len(by_hand), len(layers)


@pytest.mark.parametrize("name", MODELS)
def test_every_model_starts_from_small_weights_and_zero_biases(name):
    assert all(found >= known for found, known in zip(check_starts(name), MODELS[name]))


def test_so_does_a_model_in_any_other_notebook():
    for name in NOTEBOOKS.keys() - MODELS.keys():
        check_starts(name)


@pytest.mark.parametrize("name", ["07-softmax-regression-scratch", "08-softmax-regression-concise"])
def test_the_chapters_on_images_train_with_batches_of_256(name):
    tree, sizes = tree_of(name), []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == "main":
            arguments = [argument.arg for argument in node.args.args]
            defaults = dict(zip(reversed(arguments), map(ast.unparse, reversed(node.args.defaults))))
            sizes += [int(defaults["batch_size"])] if "batch_size" in defaults else []
        if isinstance(node, ast.Assign) and "batch_size" in targets(node):
            sizes.append(run([node])["batch_size"])
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "load_data_fashion_mnist":
            assert ast.unparse(node.args[0]) == "batch_size"
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "explore":
            starts = {keyword.arg: keyword.value for keyword in node.keywords}
            sizes += [ast.literal_eval(starts["batch_size"])[2]] if "batch_size" in starts else []
    assert len(sizes) >= 2 and set(sizes) == {256}, sizes


# The losses, by the names that are shown beside them.


def squared(r):
    return r**2 / 2


def huber(r):
    return torch.where(r.abs() <= 1, r**2 / 2, r.abs() - 0.5)


MEANT = {"L2": squared, "squared": squared, "L1": torch.abs, "absolute": torch.abs, "Huber": huber}


def named_functions(tree):
    """Yield the name and the function's, wherever a variable stands beside a text that begins with a loss's name."""
    for node in ast.walk(tree):
        pairs = []
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values)
        elif isinstance(node, ast.Tuple) and len(node.elts) > 1:
            pairs = [node.elts[:2]]
        elif isinstance(node, ast.Call) and len(node.args) == 2:
            pairs = [reversed(node.args)]
        for text, function in pairs:
            known = isinstance(text, ast.Constant) and isinstance(text.value, str) and isinstance(function, ast.Name)
            if known and (word := re.match(r"\w*", text.value)[0]) in MEANT:
                yield word, function.id


@pytest.mark.parametrize(("name", "pairs"), [("05-loss-functions", 9), ("solutions/05-loss-functions", 7)])
def test_each_loss_stands_beside_its_own_name(name, pairs):
    tree, r = tree_of(name), torch.tensor([-3.0, -1.0, -0.5, 0.0, 0.25, 2.0])
    defined = [s for s in tree.body if isinstance(s, ast.FunctionDef) or targets(s) == {"huber"}]
    functions = {"squared_loss": book_utils.squared_loss, **run(defined)}
    found = [(word, function) for word, function in named_functions(tree) if callable(functions.get(function))]
    assert len(found) >= pairs, found
    for word, function in found:
        assert torch.allclose(functions[function](r, torch.zeros(6)), MEANT[word](r)), (word, function)


# The classes.


def test_the_classes_have_the_order_and_the_names_of_torchvision():
    from torchvision import datasets  # which takes seconds

    theirs = [name.lower().removesuffix("/top") for name in datasets.FashionMNIST.classes]
    assert book_utils.get_fashion_mnist_labels(range(10)) == theirs
    drawn = [garment.__name__.replace("_", " ").replace("t shirt", "t-shirt") for garment in standin.GARMENTS]
    assert drawn == theirs
