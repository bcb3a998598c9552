"""What studies found about faces, as tables for chapter 02. The numbers in brackets are that chapter's references."""

# study: (speaks for universality, limits)
UNIVERSALITY = {
    "The Fore of New Guinea, isolated from films and visitors [16]": (
        "They chose the photograph that fits a story, and posed faces that Americans recognized.",
        "Fear was not told from surprise. On the Trobriand Islands, near by, the gasping fear face is seen as a threat "
        "[17]."),
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
        "patient's own expressions may fade, too.",),
    "Parkinson's disease": ("Besides masking, expressions of others are recognized less well [27].",),
    "Major depression": (
        "Neutral faces look sad; attention goes to sad faces and away from happy ones [30]. A meta-analysis finds a "
        "small loss for all emotions except sadness [31].",),
    "Schizophrenia": ("A large loss, with and without medication [32].",),
    "Borderline personality disorder": ("Subtle changes: a bias towards negative, such as angry, readings [33].",),
    "Multiple sclerosis": ("A loss, for negative expressions above all [34].",),
    "Alcohol use disorder": ("A loss, for disgust and anger among others [35].",),
}
