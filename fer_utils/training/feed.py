"""What a network is fed in training: batches of raw faces and targets in a new order every epoch. Chapter 11."""

import keras
import numpy as np


class Feed(keras.utils.PyDataset):
    """Batches `(faces uint8 (b, 48, 48, 1), targets float32 (b, 7), weights float32 (b,))`.

    Arguments:
        images: uint8 (n, 48, 48), or (copies, n, 48, 48) of which each epoch takes one copy of each face at random.
        targets: float32 (n, 7), or (copies, n, 7).
        weights: float32 (n,), the weight of each face in the loss.
        batch_size: faces a batch; the last one is smaller where n is no multiple.
        seed, epoch: they give the order. `epoch` is the number of epochs already done.
        full_batches: faces beyond the last full batch wait for another epoch. For JAX, which would compile the step
            once more for a smaller one.
        whole_epochs: one item is all the full batches of an epoch, with an axis of batches in front. For JAX with an
            accelerator, which trains an epoch in one call.
    """

    def __init__(self, images, targets, weights, batch_size, seed=0, epoch=0, full_batches=False, whole_epochs=False):
        super().__init__()
        self.images, self.targets, self.weights = images, targets, weights
        self.batch_size, self.seed, self.epoch, self.whole_epochs = batch_size, seed, epoch, whole_epochs
        self.count = images.shape[-3]
        self.batches = steps_per_epoch(self.count, batch_size, full_batches or whole_epochs)
        self._shuffle()

    def _shuffle(self):
        rng = np.random.default_rng([self.seed, self.epoch])
        self.order = rng.permutation(self.count)
        self.copy = rng.integers(len(self.images), size=self.count) if self.images.ndim == 4 else None

    def on_epoch_end(self):
        self.epoch += 1
        self._shuffle()

    def __len__(self):
        return 1 if self.whole_epochs else self.batches

    def __getitem__(self, number):
        if not self.whole_epochs:
            return self._take(slice(number * self.batch_size, (number + 1) * self.batch_size))
        return tuple(part.reshape(self.batches, -1, *part.shape[1:]) for part in
                     self._take(slice(0, self.batches * min(self.batch_size, self.count))))

    def _take(self, part):
        chosen = self.order[part]
        where = chosen if self.copy is None else (self.copy[part], chosen)
        return self.images[where][..., None], self.targets[where], self.weights[chosen]


def steps_per_epoch(count, batch_size, full_batches=False):
    """How many batches an epoch of `count` faces has."""
    return max(1, count // batch_size) if full_batches else -(-count // batch_size)
