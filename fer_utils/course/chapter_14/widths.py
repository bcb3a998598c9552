"""How accuracy grows with the width of the fire modules: the small network at a quarter of its filters and more."""

from dataclasses import replace

from fer_utils.training.recipes import COMPARISON

STAGES = [[(16, 32, 32)] * 3, [(26, 72, 72)] * 5, [(32, 112, 112)] * 3]  # squeezenet-fer-tiny, whose width is 1
STEM = 40


def network_of_width(width):
    """An untrained `squeezenet-fer-tiny` with `width` times its filters in every layer, 0.25 for a quarter."""
    from fer_utils.networks.squeezenet import small_face_squeezenet

    def times(filters):
        return max(4, round(width * filters / 2) * 2)

    stages = [[tuple(map(times, module)) for module in stage] for stage in STAGES]
    return small_face_squeezenet(stages, stem=times(STEM), excite=16, dropout=0.2 * width, name=f"width-{width:g}")


def public_accuracy_by_width(faces, width, epochs, seed):
    """PublicTest accuracy of each epoch of a short training with the recipe `comparison`: a list of fractions.

    Arguments: faces, FER-2013 with train and public parts; width as in `network_of_width`. The last value counts.
    """
    import keras

    from fer_utils.data.augmentation import AUGMENTATIONS
    from fer_utils.training.feed import steps_per_epoch
    from fer_utils.training.model import TrainingModel, build_optimizer
    from fer_utils.training.run import training_feed

    keras.utils.set_random_seed(seed)
    recipe = replace(COMPARISON, name="short", epochs=epochs, dropout_ramp=0)
    net = network_of_width(width)
    model = TrainingModel(net, recipe, AUGMENTATIONS[recipe.augmentation](seed))
    model.build((None, *net.input_shape[1:]))
    model.compile(build_optimizer(recipe, steps_per_epoch(len(faces.train.labels), recipe.batch_size)),
                  keras.losses.CategoricalCrossentropy(), metrics=["accuracy"], jit_compile=False)
    images, labels = faces.split("public")
    targets = keras.utils.to_categorical(labels, 7)
    history = model.fit(training_feed(faces.train, recipe, seed), epochs=epochs, verbose=0,
                        validation_data=(images[..., None], targets), validation_batch_size=256)
    return [float(value) for value in history.history["val_accuracy"]]
