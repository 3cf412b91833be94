"""The search for settings: it finds the same however it is done, goes on where it stopped, and reads no test image."""

import statistics

import pytest
import torch

from book_utils import search

TASK = search.Task(seed=3, images=300, most_epochs=2)


@pytest.fixture
def counted(monkeypatch):
    """Judge by a formula, and count."""
    judged = []

    def judge(task, settings):
        judged.append(settings)
        return 0.8 - abs(settings["lr"] - 0.1) - settings["epochs"] / 1000

    monkeypatch.setattr(search, "judge", judge)
    return judged


def test_two_processes_find_what_one_finds_and_the_second_round_knows_the_first():
    alone, together = (search.search(TASK, 2, jobs) for jobs in (1, 2))
    assert alone == together and len(alone) == 2 * search.ROUND
    assert len({tuple(settings.values()) for settings, _ in alone}) == len(alone)
    other = search.search(search.Task(seed=4, images=300, most_epochs=1), 1)
    assert [settings for settings, _ in other] != [settings for settings, _ in alone[: search.ROUND]]


def test_it_goes_on_from_its_storage_whenever_it_was_killed(counted, tmp_path, monkeypatch):
    whole = search.search(TASK, 3)
    counted.clear()
    file, judge = tmp_path / "search.log", search.judge

    def dies(task, settings):
        if len(counted) == search.ROUND + 3:
            raise KeyboardInterrupt
        return judge(task, settings)

    monkeypatch.setattr(search, "judge", dies)
    with pytest.raises(KeyboardInterrupt):
        search.search(TASK, 3, storage=file)
    monkeypatch.setattr(search, "judge", judge)
    assert search.search(TASK, 3, storage=file) == whole
    assert len(counted) < 3 * search.ROUND + 5  # the first round was not done again


def test_later_rounds_seek_where_the_best_were(counted):
    values = [value for _, value in search.search(TASK, 6)]
    first, later = values[: search.ROUND], values[3 * search.ROUND :]
    assert statistics.median(later) > statistics.median(first) and max(later) > 0.78


def test_what_is_known_of_another_search_is_refused(counted, tmp_path, capsys):
    arguments = ["--rounds", "1", "--images", "300", "--storage", str(tmp_path / "search.log")]
    assert search.main(arguments) == 0
    assert "8 settings were tried" in capsys.readouterr().out
    assert search.main([*arguments, "--seed", "5"]) == 1
    assert "belongs to a search with {'seed': 0" in capsys.readouterr().err


def test_it_judges_by_images_that_it_did_not_learn_from_and_by_no_test_image(monkeypatch):
    asked = []
    whole = search.fashion_mnist_tensors
    monkeypatch.setattr(search, "fashion_mnist_tensors", lambda train: asked.append(train) or whole(train))
    search.parts.cache_clear()
    (X, _), (held_out, _) = search.parts(60_000)
    assert asked == [True] and len(X) == 50_000 and torch.equal(held_out, whole(True)[0][50_000:])
    settings = {"lr": 0.1, "batch_size": 64, "epochs": 1}
    assert 0.2 < search.judge(TASK, settings) == search.judge(TASK, settings) < 1
    search.parts.cache_clear()


def test_several_seeds_give_their_mean(monkeypatch):
    monkeypatch.setattr(search, "train_epoch_ch3", lambda net, *rest: None)
    monkeypatch.setattr(search, "evaluate_accuracy", lambda net, batches: net[1].weight[0, 0].item())
    settings = {"lr": 0.1, "batch_size": 64, "epochs": 1}
    each = [search.judge(search.Task(seed=seed, images=300), settings) for seed in (7, 8)]
    assert search.judge(search.Task(seed=7, seeds=2, images=300), settings) == sum(each) / 2


@pytest.mark.parametrize("argument", ["--rounds", "--jobs", "--seeds", "--images", "--most-epochs"])
def test_what_cannot_be_is_refused(argument, capsys):
    with pytest.raises(SystemExit):
        search.main([argument, "0"])
    assert f"{argument} must be at least 1, not 0" in capsys.readouterr().err


def test_without_optuna_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    assert search.main(["--rounds", "1"]) == 1
    assert "pip install optuna" in capsys.readouterr().err
