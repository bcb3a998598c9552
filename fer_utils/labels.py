"""The seven classes of FER-2013 and the shape of a face: constants that every module shares."""

# In the order of the dataset's labels 0 to 6; section 4.2 of the thesis names them the same way.
EMOTIONS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")

SIZE = 48
FACE_SHAPE = (SIZE, SIZE, 1)
