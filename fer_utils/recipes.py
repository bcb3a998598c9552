"""Recipes: everything about a training run that is not the network. Plain data, so a run record can hold it."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Recipe:
    """How to train. Chapter 10 explains each field.

    Attributes:
        optimizer: "adam" or "adamw".
        learning_rate: constant, or the peak of the one-cycle schedule.
        schedule: "constant" or "one-cycle" (linear rise over the first fifth, then a cosine to zero).
        weight_decay: for adamw.
        batch_size, epochs: faces a step; passes over the training faces.
        patience: stop after so many epochs without a better PublicTest accuracy; None runs to the end.
        augmentation: "thesis", "modern" or "none" (`fer_utils.augmentation`).
        label_smoothing: share of the target spread over all classes.
        class_weights: weigh classes by n / (k n_j) (`fer_utils.preprocessing`).
        dropout_ramp: epochs over which dropout inside fire modules rises to its rate; 0 starts at full rate.
    """

    name: str
    optimizer: str
    learning_rate: float
    schedule: str
    batch_size: int
    epochs: int
    augmentation: str
    weight_decay: float = 0.0
    patience: int | None = None
    label_smoothing: float = 0.0
    class_weights: bool = False
    dropout_ramp: int = 0

    def as_dict(self):
        return asdict(self)


RECIPES = {recipe.name: recipe for recipe in [
    # Thesis sections 5.1 and 5.4 and, for the batch, 6.3. Learning rate, epochs, patience and the sizes of shift,
    # shear and zoom are not stated there: they are Keras's default and our choice.
    Recipe("thesis", "adam", 1e-3, "constant", batch_size=256, epochs=60, patience=10, augmentation="thesis",
           class_weights=True),
    Recipe("modern", "adamw", 2e-3, "one-cycle", batch_size=128, epochs=30, augmentation="modern",
           weight_decay=0.02, label_smoothing=0.05, dropout_ramp=5),
    # For the bundled schematic faces: a minute or two.
    Recipe("quick", "adamw", 3e-3, "one-cycle", batch_size=32, epochs=30, augmentation="modern", weight_decay=0.01),
]}
