"""Training: what to do (`recipes`), one run from the first epoch to the record (`run`), what it is fed (`feed`) and the
model that is trained (`model`); teachers (`distillation`) and settings by trial (`search`).

Nothing is imported here, so that recipes can be read without Keras. Explained in chapters 11 and 16.
"""
