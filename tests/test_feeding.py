"""What a network is fed: every face once an epoch, in an order that the seed and the epoch give."""

import keras
import numpy as np
import pytest

from fer_utils.training.feed import Feed, steps_per_epoch


def numbered(count=20, views=None):
    """Faces, targets and weights that all say which face they are, and faces and targets which view."""
    number = np.arange(count)
    images = np.broadcast_to(number[:, None, None], (count, 48, 48)).astype(np.uint8)
    targets = np.repeat(number[:, None], 7, axis=1).astype(np.float32)
    if views:
        images = np.stack([images + 50 * view for view in range(views)])
        targets = np.stack([targets + 50 * view for view in range(views)])
    return images, targets, number / 100


def feed(count=20, batch_size=8, views=None, **options):
    return Feed(*numbered(count, views), batch_size, **options)


def taken(feed):
    """The numbers of the faces of an epoch, in order."""
    return np.concatenate([feed[number][0].reshape(-1, 48 * 48)[:, 0] for number in range(len(feed))]).astype(int)


def test_a_batch_is_raw_faces_targets_and_weights():
    faces, targets, weights = feed()[0]
    assert faces.shape == (8, 48, 48, 1) and faces.dtype == np.uint8
    assert targets.shape == (8, 7) and targets.dtype == np.float32 and weights.shape == (8,)
    np.testing.assert_array_equal(faces[:, 0, 0, 0], targets[:, 0])
    np.testing.assert_allclose(weights, targets[:, 0] / 100)  # each face keeps its own target and weight


def test_every_face_comes_once_an_epoch():
    some = feed()
    assert [len(some[number][0]) for number in range(len(some))] == [8, 8, 4]
    assert sorted(taken(some)) == list(range(20))


def test_the_order_follows_from_seed_and_epoch():
    first = feed(seed=3)
    orders = [taken(first)]
    for _ in range(2):
        first.on_epoch_end()
        orders.append(taken(first))
    assert len({tuple(order) for order in orders}) == 3 and (orders[0] != range(20)).any()
    assert all(sorted(order) == list(range(20)) for order in orders)
    np.testing.assert_array_equal(taken(feed(seed=3, epoch=2)), orders[2])  # as after a kill
    assert (taken(feed(seed=4)) != orders[0]).any()
    # the pair decides, not the sum: a run with another seed does not repeat this one a few epochs later
    assert (taken(feed(seed=4, epoch=1)) != orders[2]).any()


def test_fit_takes_one_order_an_epoch_and_the_same_after_a_kill():
    """Keras asks for batches ahead of time, and for one before it begins; no epoch may get two orders by that."""
    net = keras.Sequential([keras.Input((48, 48, 1)), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(7)])
    net.compile("sgd", "mse")
    asked = []

    class Watched(Feed):
        def __getitem__(self, number):
            asked.append((self.epoch, number))
            return super().__getitem__(number)

    def fit(done):
        asked.clear()
        net.fit(Watched(*numbered(), 8, epoch=done), epochs=4, initial_epoch=done, shuffle=False, verbose=0)
        return asked[-3 * (4 - done):]

    whole = fit(0)
    first = whole[0][0]
    assert whole == [(epoch, number) for epoch in range(first, first + 4) for number in range(3)]
    assert fit(2) == whole[6:]


@pytest.mark.parametrize("count, batch_size, shape", [(20, 8, (2, 8)), (16, 8, (2, 8)), (5, 8, (1, 5))])
def test_whole_epochs_have_an_axis_of_batches(count, batch_size, shape):
    some = feed(count, batch_size, whole_epochs=True)
    assert len(some) == 1
    faces, targets, weights = some[0]
    assert (faces.shape, targets.shape, weights.shape) == ((*shape, 48, 48, 1), (*shape, 7), shape)
    assert steps_per_epoch(count, batch_size, full_batches=True) == shape[0]
    one_by_one = feed(count, batch_size)
    for batch in range(shape[0]):
        for whole, part in zip((faces, targets, weights), one_by_one[batch]):
            np.testing.assert_array_equal(whole[batch], part)


@pytest.mark.parametrize("options", [{"whole_epochs": True}, {"full_batches": True}])
def test_faces_beyond_the_last_full_batch_wait_for_another_epoch(options):
    some = feed(**options)
    left_out = []
    for _ in range(6):
        left_out.append(frozenset(range(20)) - set(taken(some)))
        some.on_epoch_end()
    assert {len(left) for left in left_out} == {4} and len(set(left_out)) > 1


@pytest.mark.parametrize("count, batch_size, steps", [(20, 8, 3), (16, 8, 2), (5, 8, 1)])
def test_steps_per_epoch_count_the_last_batch(count, batch_size, steps):
    assert steps_per_epoch(count, batch_size) == steps == len(feed(count, batch_size))


@pytest.mark.parametrize("whole_epochs", [False, True])
def test_each_face_is_seen_in_a_random_view_with_its_target(whole_epochs):
    some = feed(views=3, batch_size=10, whole_epochs=whole_epochs)
    seen = {}
    for _ in range(12):
        numbers = taken(some)
        targets = np.concatenate([some[number][1].reshape(-1, 7)[:, 0] for number in range(len(some))])
        np.testing.assert_array_equal(numbers, targets)
        assert sorted(numbers % 50) == list(range(20))
        for number in numbers:
            seen.setdefault(number % 50, []).append(number // 50)
        assert len(set(numbers // 50)) > 1  # not one view for all the faces
        some.on_epoch_end()
    assert all(len(set(views)) > 1 for views in seen.values())  # nor the same view of a face in every epoch


def test_a_run_is_fed_as_its_backend_takes_it(monkeypatch):
    from fer_utils.data import Split
    from fer_utils.training import run
    from fer_utils.training.recipes import RECIPES

    recipe = RECIPES["quick"]
    images, labels = np.zeros((2 * recipe.batch_size + 3, 48, 48), np.uint8), np.zeros(2 * recipe.batch_size + 3, int)
    for full, whole, batches in ((False, False, 3), (True, False, 2), (True, True, 1)):
        monkeypatch.setattr(run, "takes_full_batches", lambda full=full: full)
        monkeypatch.setattr(run, "trains_whole_epochs", lambda whole=whole: whole)
        assert len(run.training_feed(Split(images, labels), recipe)) == batches
