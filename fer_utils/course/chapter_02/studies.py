"""Tables of chapter 02: what studies found about faces, and table 3.1 of the thesis as action units. The numbers in
brackets are that chapter's references."""

# Table 3.1 of the thesis, row by row: emotion to (phrase, action units that draw it, what is not drawn or was added).
TABLE_3_1 = {
    "happiness": [
        ("upward curving of the corners of the mouth (smiling)", ("AU12", "AU25"), "the parted lips are ours"),
        ("crow's feet around the eyes", ("AU6",), ""),
        ("reduction in the size of the eye opening", ("AU6",), ""),
        ("relaxed eyebrows", (), "no unit: what is relaxed looks as it does at rest")],
    "sadness": [
        ("downturned corners of the mouth", ("AU15", "AU17"), "the raised chin is ours"),
        ("slightly closed eyes", ("AU43",), ""),
        ("unfocused or downward gaze", ("AU64",), "downward is drawn; unfocused is not: both eyes turn as one"),
        ("inner eyebrows slightly upward and drawn together", ("AU1", "AU4"), "")],
    "anger": [
        ("tightened or closed jaw", ("AU31", "AU23", "AU24"), "the tight lips are ours"),
        ("glaring eyes with tightened eyelids", ("AU5", "AU7"), ""),
        ("furrowed eyebrows", ("AU4",), "")],
    "surprise": [
        ("opened mouth", ("AU27", "AU25"), ""),
        ("eyes wide open", ("AU5",), ""),
        ("raised eyebrows", ("AU1", "AU2"), "")],
    "disgust": [
        ("upper lip raised", ("AU10", "AU25"), ""),
        ("nose wrinkling", ("AU9",), ""),
        ("raised cheeks", ("AU6",), ""),
        ("narrowed eyes", ("AU7", "AU43"), "")],
    "fear": [
        ("eyebrows raised and drawn together", ("AU1", "AU2", "AU4"), ""),
        ("eyes wide open", ("AU5",), ""),
        ("increased jaw tension or slightly opened mouth", ("AU20", "AU25", "AU26"),
         "the opened mouth is drawn, with lips stretched; the tension, AU31, is not: a jaw cannot do both"),
        ("pale face", (), "no unit: colour is no movement")],
}

# study: (speaks for universality, limits)
UNIVERSALITY = {
    "The Fore of New Guinea, isolated from films and visitors [16]": (
        "They chose the photograph that fits a story, and posed faces that Americans recognized.",
        "Fear was not told from surprise. On the Trobriand Islands, in the same country but some 600 km away, the "
        "gasping fear face is seen as a threat [17]."),
    "Judo at the Olympic Games of 2004 [18]": (
        "Winners smiled, losers showed sadness, anger or disgust, whatever their country.",
        "Other judo winners seldom smiled unless they faced the public [19]."),
    "Stressful films in Japan and America [20]": (
        "Alone, both groups made the same faces.",
        "With a person of higher status present, the Japanese smiled more: *display rules*."),
    "Faces built from people's judgements [21]": (
        "Westerners have a distinct set of movements for each of the six.",
        "East Asians do not, and show strength with the eyes."),
}

# condition: what was found about reading the faces of others
PERCEPTION = {
    "Alzheimer's disease": (
        "Poorer recognition, of sadness above all; whether this is more than general decline is open [29]. The "
        "patient's own face may show less, most of all with apathy [45]. Both are hard on caregivers, whose mood and "
        "burden were worse where patients read emotions less well [46].",),
    "Parkinson's disease": ("Besides masking, expressions of others are recognized less well [27].",),
    "Major depression": (
        "Neutral faces look sad; attention goes to sad faces and away from happy ones [30]. A meta-analysis finds a "
        "small loss for all emotions except sadness [31].",),
    "Schizophrenia": ("A large loss, with and without medication [32].",),
    "Borderline personality disorder": ("Subtle changes: a bias towards negative, such as angry, readings [33].",),
    "Multiple sclerosis": ("A loss, for negative expressions above all [34].",),
    "Alcohol use disorder": ("A loss, for disgust and anger among others [35].",),
}
