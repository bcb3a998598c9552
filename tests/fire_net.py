"""A network that is trained in a moment, in place of every other: one fire module with dropout and normalization."""


def build(name=None):
    """The network, whatever the name."""
    import keras
    from keras import layers

    from fer_utils.networks.common import raw_face_input
    from fer_utils.networks.squeezenet import fire_module

    inputs, x = raw_face_input()
    x = layers.AveragePooling2D(8, name="shrink")(x)
    x = fire_module(x, 4, 8, 8, dropout=0.4, normalize="squeeze", name="fire2")
    x = layers.GlobalAveragePooling2D(name="average")(x)
    x = layers.Dense(7, name="scores")(layers.Dropout(0.2, name="dropout")(x))
    return keras.Model(inputs, layers.Softmax(dtype="float32", name="emotion")(x), name="fire-net")


def use(put=setattr):
    """Trainings build it, and recalibrate over two batches at their end, not over forty: `test_training` holds the
    average to the mean of all batches. `put`: as `setattr`."""
    from fer_utils.training import model, run

    put(run, "build_network", build)
    put(model, "build_network", build)
    put(run, "RECALIBRATING", 2)
