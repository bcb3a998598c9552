"""What a network is fed where the faces are streamed: batches in a new order every epoch, with two windows of faces in
memory. Chapter 11."""

import keras
import numpy as np

from fer_utils.data.preprocessing import one_hot

BLOCK, MIXED = 1024, 16  # faces that are read at once, about; blocks that are mixed


class StreamFeed(keras.utils.PyDataset):
    """As `fer_utils.training.feed.Feed`, from a `fer_utils.data.streaming.StreamedSplit`.

    To put all faces into any order would read a disk here and there. So the blocks come in an order drawn anew each
    epoch, and the faces of sixteen blocks are mixed with each other: a window. The batches are to be asked for in turn.

    Arguments: train, the `StreamedSplit`; by_class float32 (7,), the weight of each class in the loss; the others as
    those of `Feed`.
    """

    def __init__(self, train, by_class, batch_size, seed=0, epoch=0):
        super().__init__()
        self.train, self.by_class, self.batch_size, self.seed, self.epoch = train, by_class, batch_size, seed, epoch
        self.count = len(train.labels)
        self.block = batch_size * -(-BLOCK // batch_size)
        self._begin()

    def _begin(self):
        whole, rest = divmod(self.count, self.block)
        order = np.random.default_rng([self.seed, self.epoch]).permutation(whole)
        self.order = np.append(order, whole) if rest else order  # a block that is not full comes last
        self.window, self.coming = None, (None, [])

    def on_epoch_end(self):
        self.epoch += 1
        self._begin()

    def __len__(self):
        return -(-self.count // self.batch_size)

    def __getitem__(self, number):
        batches = MIXED * self.block // self.batch_size
        wanted, place = divmod(number, batches)
        if self.window is None or self.window[0] != wanted:
            self.window = self._read(wanted)
        return tuple(part[place * self.batch_size:(place + 1) * self.batch_size] for part in self.window[1])

    def _read(self, wanted):
        """The window with the number `wanted`, (number, (faces, targets, weights)); the next one is begun."""
        number, parts = self.coming
        parts = parts if number == wanted else self._start(wanted)
        self.window, self.coming = None, (wanted + 1, self._start(wanted + 1))  # two windows are held, never three
        rows = np.concatenate([np.arange(first, last) for first, last, _ in parts])
        images = np.concatenate([take() for _, _, take in parts])
        mixed = np.random.default_rng([self.seed, self.epoch, wanted]).permutation(len(rows))
        labels = self.train.labels[rows[mixed]]
        return wanted, (images[mixed][..., None], one_hot(labels).astype(np.float32), self.by_class[labels])

    def _start(self, wanted):
        ranges = [(block * self.block, min((block + 1) * self.block, self.count))
                  for block in self.order[wanted * MIXED:(wanted + 1) * MIXED].tolist()]
        return [(first, last, self.train.start(first, last)) for first, last in ranges]
