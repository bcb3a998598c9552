# %% [markdown]
# # What is an emotion?
#
# {{badges}}
#
# **Question.** Machines sort faces into seven emotions. What is it that they sort, and is it in the face?
#
# **After this chapter you can**
#
# 1. weigh two answers to what an emotion is, each with its evidence,
# 2. place words and faces on valence and arousal, and measure how far apart they are,
# 3. say what is lost from 27 categories to two dimensions or seven classes,
# 4. find the limbic system's parts on a map, and say why an area for each emotion is disputed,
# 5. compute what an expression says about a feeling.
#
# **You need** chapter 00. **Time:** about 50 minutes; the cells run in seconds. **Data:** published numbers; one face
# of each class. **Source:** sections 1, 2.1, 2.2, 3.2 of the thesis [1].

# %% tags=["bootstrap"]

# %%
from fer_utils import course

course.setup()

# %% [markdown]
# ## Why machines read faces
#
# People read each other's faces all day, so a machine that talks with people might do the same. The thesis names where
# it could help: in health care, since depression and Alzheimer's disease change the face; in psychological research; in
# devices that respond to their users; in police work. A review finds legal judgements, security, schools, psychiatry
# and commercial products relying on the idea that faces show feelings [23]. Here is what such a machine is taught on:
# faces, each with one of seven words.

# %%
import numpy as np

from fer_utils import EMOTIONS, load_faces
from fer_utils.course.figures import face_grid

images, labels = load_faces(splits=("public",)).public
faces = np.array([images[labels == c][0] for c in range(7)])
course.show(*face_grid(faces, EMOTIONS))

# %% [markdown]
# Each title is the word that belongs to the picture, and nothing else. Nobody asked the people in FER-2013's
# photographs what they felt. The drawings felt nothing. A network can learn which word goes with which *look*; that a
# look goes with a *feeling* is a second step, and this chapter is about that step.

# %% [markdown]
# ## Two answers to what an emotion is
#
# The thesis finds no consensus, and sets two views side by side.
#
# - **Natural kinds.** Evolution gave us a few *basic emotions*. Each has its own circuit in the brain, its own bodily
#   pattern and its own face, everywhere on earth [5]. Happiness, anger, sadness, fear, disgust and surprise are the
#   usual six.
# - **Constructed emotion.** The brain predicts what the body needs and senses how it is doing. It makes an emotion of
#   this with concepts learned from language and culture [6]. "Anger" then names a population of different instances, as
#   "pet" names cats and goldfish.
#
# Both sides have evidence, often on the same question.

# %% [markdown]
# | question | speaks for natural kinds | speaks for construction |
# |---|---|---|
# | do cultures agree on faces? | recognized above chance everywhere studied [7] | best within one's own group [7]; the Himba of Namibia sorted faces otherwise, unless given emotion words [8] |
# | does the body agree? | one review finds specific responses, at least for subtypes of an emotion [27] | over two hundred studies show no pattern that tells categories apart [9] |
# | does the brain agree? | six emotions can be told apart from brain scans [10]; cells in the hypothalamus start attacks in mice [18] | no area serves one emotion alone [11] |
#
# **Think first.** A classifier tells six emotions apart from brain scans, above chance. Does this show that each has a
# fingerprint of its own?

# %% [markdown] tags=["answer"]
# No. Populations of varied instances can be told apart above chance, too, if they differ on average. The next cells
# show it.

# %% [markdown]
# Let us invent bodies under each view: six categories, eight measures. Under "fingerprints" all instances of a category
# resemble its average; under "populations" they vary far more than the averages differ. The simplest classifier judges
# both.

# %%
from fer_utils.course.chapter_01 import affect

for name, spread in {"fingerprints": 0.3, "populations": 2.0}.items():
    values, kinds = affect.simulate_bodies(spread)
    accuracy = affect.nearest_average(values, kinds)
    inside = affect.share_inside(values, kinds)
    print(f"{name:13} accuracy {accuracy:.0%}, variation inside the categories {inside:.0%}")

# %% [markdown]
# Chance is one in six. The last run, with populations, must lie well above it although nearly all variation lies
# *inside* the categories.

# %%
assert accuracy > 2 / 6 and inside > 0.7
values, kinds = affect.simulate_bodies(0.3)
assert affect.nearest_average(values, kinds) > 0.95

# %% [markdown]
# So "can be classified" does not decide between the views; how much instances vary, and with what, does. Keep this for
# the networks of this course: their accuracy does not show that emotions have fingerprints in the face. We follow the
# thesis in using both views: the classes are a tool, not a finding.

# %% [markdown]
# ## Core affect and the circumplex
#
# How pleasant is this moment, and how awake are you? **Valence** and **arousal** together are called *core affect*; on
# the second view it is the raw material of emotion. Russell asked people to sort emotion words, and found them in a
# circle around these two axes, the **circumplex** [2]. An angle then says everything about a word.

# %%
from fer_utils.course.chapter_01 import figures

valence, arousal = affect.on_circle(affect.MEASURED["excited"])
print(f"excited: valence {valence:.2f}, arousal {arousal:.2f}")
course.show(*figures.circumplex())

# %% [markdown]
# Inside are the eight places that Russell predicted; outside, some of the words where people put them. (Of his 28 words
# we quote the 15 whose angles we could check; the upper left is empty for that reason only.)
#
# ### Exercise 1: how far apart are two feelings?
#
# Write the angle between two directions, in degrees from 0 to 180, whichever comes first. Mind the place where the
# circle closes.

# %% tags=["exercise"]
def angle_between(first, second):
    ...

# %% tags=["solution"]
def angle_between(first, second):
    apart = (first - second) % 360
    return min(apart, 360 - apart)

# %% tags=["check"]
from fer_utils.course.chapter_01 import checks

checks.check_angle_between(angle_between)

# %% [markdown]
# How good was the prediction? Compare the words that name one of the eight places almost literally, by your function
# once you have written it.

# %%
from fer_utils.course.checks import yours

angle = yours(angle_between, affect.angle)
pairs = {"pleased": "pleasure", "excited": "excitement", "aroused": "arousal",
         "miserable": "displeasure", "sleepy": "sleepiness"}
off = [float(angle(affect.MEASURED[word], affect.PREDICTED[place])) for word, place in pairs.items()]
print({word: round(degrees, 1) for word, degrees in zip(pairs, off)})
assert np.isclose(angle(90, 270), 180)  # nothing is further apart
assert max(off) < 45 / 2  # no word is nearer to a neighbour's place than to its own

# %% [markdown]
# ### Place a face
#
# Now you. The words for our classes have also been rated on valence and arousal directly [3]. Here is the face of
# happiness, put somewhere.

# %%
course.show(*figures.place(faces, "happiness", valence=0.5, arousal=0.0))

# %% [markdown]
# **Predict, move, explain.** Put each face where you think its feeling belongs, and only then compare with the
# published rating. Which class do you place best? Which two faces end up almost on top of each other?

# %%
figures.explore_place(faces)

# %% [markdown]
# These are the ratings of all the words. Neutral was not rated; the origin is our choice.

# %%
course.show(*figures.layout(faces))

# %% [markdown]
# Two things strike the eye: fear and anger nearly coincide, and the lower right is empty. The next cell proves both,
# and looks at a third rating, *dominance*: whether one feels in control.

# %%
anger, fear = EMOTIONS.index("anger"), EMOTIONS.index("fear")
flat, deep = affect.rated_places(), affect.rated_places(dimensions=3)
apart = np.linalg.norm(flat[:, None] - flat, axis=2) + 9 * np.eye(7)
assert {anger, fear} == set(np.unravel_index(apart.argmin(), apart.shape))
assert not ((flat[:, 0] > 0) & (flat[:, 1] < 0)).any()
print(f"anger to fear: {apart[anger, fear]:.2f} on the plane, "
      f"{np.linalg.norm(deep[anger] - deep[fear]):.2f} with dominance")

# %% [markdown]
# The plane cannot tell whether you want to strike or to flee; control tells. And of all that is calm and pleasant, the
# seven classes know nothing.

# %% [markdown]
# ## Twenty-seven categories, two dimensions, seven classes
#
# The thesis distinguishes *discrete* and *dimensional* models (section 3.2). A large study compared them: Cowen and
# Keltner showed 2,185 short videos and asked what they evoked [4]. Reports needed 27 categories, and categories
# described them better than valence and arousal. Yet these categories were not islands: smooth gradients led from one
# to the next.

# %%
videos, shared = 2185, set(affect.CATEGORIES) & set(EMOTIONS) | {"joy"}
print(f"{len(affect.CATEGORIES)} categories; FER-2013 has a name for {sorted(shared)}")
assert len(affect.CATEGORIES) == 27 and len(shared) == 6

# %% [markdown]
# What happens to the others? Somebody who labels awe or nostalgia with seven choices must merge. How much is lost can
# be measured with **entropy**, the doubt in bits that is left about a drawn label, for shares $p_i$:
#
# $$H = -\sum_i p_i \log_2 p_i.$$
#
# ### Exercise 2: entropy
#
# Write it for an array of counts. Shares of zero add nothing.

# %% tags=["exercise"]
def entropy(counts):
    ...

# %% tags=["solution"]
def entropy(counts):
    shares = counts[counts > 0] / counts.sum()
    return -np.sum(shares * np.log2(shares))

# %% tags=["check"]
checks.check_entropy(entropy)

# %% [markdown]
# `affect.MERGED` is our guess of who would merge what; change it if you disagree. Suppose that all 27 come equally
# often.

# %%
bits = yours(entropy, affect.bits)
sizes = np.array([list(affect.MERGED.values()).count(name) for name in EMOTIONS])
before, after = bits(np.ones(27)), bits(sizes)
course.say(f"A category says **{before:.2f} bits**; its class says {after:.2f}. "
           f"{EMOTIONS[sizes.argmax()].capitalize()} alone swallows {sizes.max()} of 27.")
assert sizes.sum() == 27 and abs(after / before - 0.5) < 0.05

# %% [markdown]
# Half is gone before a network has seen a pixel, and "neutral" means everything that has no other name.
#
# The same measure tells how much *people* agree. FER-2013 was later labelled again by ten people for each face [26].
# With invented votes:

# %%
votes = {"clear": [0, 0, 0, 10, 0, 0, 0], "divided": [0, 0, 5, 0, 0, 5, 0],
         "open": [2, 1, 2, 0, 3, 0, 2]}
doubt = {name: bits(np.array(counts)) for name, counts in votes.items()}
agree = {name: sum(n * (n - 1) for n in counts) / 90 for name, counts in votes.items()}
course.show(*figures.votes(votes, doubt))

# %% [markdown]
# A majority vote would turn all three into one word each and hide the doubt. `agree` is the chance that two of the ten
# say the same; it falls as entropy rises.

# %%
print({name: round(value, 2) for name, value in agree.items()})
assert agree["clear"] == 1 and abs(doubt["divided"] - 1) < 1e-9
assert agree["clear"] > agree["divided"] > agree["open"]

# %% [markdown]
# ## The limbic map
#
# Which parts of the brain take part? The thesis follows the idea of a **limbic system**, a ring of structures around
# the brain's middle, and says itself that lists of its members differ. Here are its members and the others it names.
# The brain looks to the left; the white arch is the bridge between the halves.

# %%
from fer_utils.course.chapter_01 import limbic_map as limbic_figures

course.show(*limbic_figures.limbic_map())

# %% [markdown]
# **Predict, choose, explain.** Which of the eight would you expect to be active in fear and in nothing else? Choose one
# after the other, and read what follows the "But".

# %%
limbic_figures.explore_limbic_map()

# %% [markdown]
# None of them. For readers without a kernel, all the roles in words:

# %%
for name, (role, more, _) in limbic_figures.STRUCTURES.items():
    course.say(f"- **{name}**: {role} *But:* {more}")

# %% [markdown]
# One of these roles is a piece of arithmetic. Dopamine cells report the *prediction error*, reward minus expectation
# [14]. Let a signal be followed by a reward 19 times, and then not.

# %%
expected, errors = 0.0, []
for reward in [1.0] * 19 + [0.0]:
    errors.append(reward - expected)  # what the cells report
    expected += 0.3 * errors[-1]      # what is learned from it
print(f"first {errors[0]:+.2f}, nineteenth {errors[18]:+.2f}, withheld {errors[19]:+.2f}")
assert errors[0] == 1 and abs(errors[18]) < 0.01 and errors[19] < -0.99

# %% [markdown]
# A reward that is fully expected no longer counts; one that stays away is a loss. So the reward system does not simply
# repeat what feels good, as the thesis has it: it learns, and wants.

# %% [markdown]
# ## Appraise, react, regulate
#
# The thesis orders the parts in time. Something is **appraised**: does it matter, is it good or bad for me? A
# **reaction** follows: the amygdala drives the hypothalamus, the heart beats faster, the face moves. And the reaction
# may be **regulated**. Gross showed a disgusting film and gave one of two tasks [21]: think of it so that you feel
# nothing (*reappraisal*), or let nobody see what you feel (*suppression*). As a model of two lines:

# %%
def episode(appraised, reappraisal=0.0, suppression=0.0):
    felt = appraised * (1 - reappraisal)
    return felt, felt * (1 - suppression)  # what is felt, what is shown

plain, calmed, hidden = episode(1.0), episode(1.0, reappraisal=0.7), episode(1.0, suppression=0.7)
for name, (felt, shown) in {"plain": plain, "calmed": calmed, "hidden": hidden}.items():
    print(f"{name:7} felt {felt:.1f}, shown {shown:.1f}")

# %% [markdown]
# This is the pattern that Gross found: both tasks calm the face, but only reappraisal lowers the disgust, and
# suppression even raised signs of bodily strain. For a machine that sees the face alone, the last two people are one
# and the same.

# %%
assert np.isclose(calmed[1], hidden[1]) and hidden[0] > 3 * calmed[0]
assert plain[1] > hidden[1] and plain[0] == hidden[0]

# %% [markdown]
# ## Is there a brain area for each emotion?
#
# The best case is fear and the amygdala. Patient SM lost hers to a disease. Snakes, spiders and a haunted house did not
# frighten her [12], and she does not recognize fear in faces. Then the case turned. She *could* recognize it when told
# to look at the eyes [20]. And she, like two others without an amygdala, panicked when she breathed air rich in carbon
# dioxide [19].
#
# Brain scans say the same in numbers. The amygdala is often active in fear, and in much else; so with every area and
# every emotion [11]. Emotions can be decoded from scans, but from patterns spread over the brain [10]. "Active in fear"
# does not turn round into "active, hence fear". That is Bayes' rule.

# %% [markdown]
# ### Exercise 3: from sign to state
#
# A sign appears in a share `hit_rate` of the moments with a state, and in a share `false_alarm` of those without. A
# share `base_rate` of all moments has the state. Given the sign, how probable is the state?

# %% tags=["exercise"]
def posterior(hit_rate, false_alarm, base_rate):
    ...

# %% tags=["solution"]
def posterior(hit_rate, false_alarm, base_rate):
    right = hit_rate * base_rate
    return right / (right + false_alarm * (1 - base_rate))

# %% tags=["check"]
checks.check_posterior(posterior)

# %% [markdown]
# Poldrack counted in a database of brain scans [22]: Broca's area was active in 166 of 869 comparisons on language, and
# in 199 of 2,353 others. Suppose language was as likely as not before; what does activity there say? Your function
# answers.

# %%
after_sign = yours(posterior, affect.after_sign)
language = after_sign(166 / 869, 199 / 2353, 0.5)
course.say(f"Language is then **{language:.0%}** probable: some evidence, no proof.")
assert round(language, 2) == 0.69  # as the paper says

# %% [markdown]
# And this is an area known for language. For emotions, the meta-analysis found no area selective enough to serve as a
# sign [11].

# %% [markdown]
# ## From a face to a feeling
#
# A scowl is a sign, too. In a review by Barrett and others the common view of faces fares like the common view of
# areas: people scowl in anger more often than by chance, but mostly they do not, and they scowl for other reasons [23].
# Barrett puts the rate at about 35 % [24]. How often people scowl otherwise is not known, so we assume three values.

# %%
course.show(*figures.evidence(after_sign, hit_rate=0.35))

# %% [markdown]
# Read it at the left, where daily life is: anger is rare. The line of rare scowls climbs steeply; the line of common
# ones stays near the gray diagonal, where a scowl says nothing.

# %%
rare, common = after_sign(0.35, 0.01, 0.05), after_sign(0.35, 0.2, 0.05)
course.say(f"If 5 % of moments are angry, a scowl makes anger {rare:.0%} probable "
           f"where scowls are rare otherwise, and {common:.0%} where they are common.")
assert common < 0.1 < 0.5 < rare

# %% [markdown]
# **What a machine can claim.** "This face looks like what people call anger" can be tested, and this course tests it.
# "This person is angry" needs the situation, the person and their word. The European Union prohibits systems that infer
# emotions at work and in schools, except for medical or safety reasons [25]. Chapter 02 looks at the face itself.

# %% [markdown]
# **Judge.** A shop is offered a camera that counts angry customers. Its maker has tested it: asked for a scowl, nearly
# all of the people in the test were recognized, and at rest hardly anybody was taken for angry. "So nine in ten whom it
# counts are angry." Would you believe that sentence? Write down your verdict with its reasons, and what you would ask
# the maker to measure.

# %% [markdown] tags=["rubric"]
# A good answer
#
# - tells the *look* from the *feeling*: the test compares the camera with an order to scowl, not with anybody's anger;
# - asks for all three numbers: how often angry customers scowl, how often others do, and how many are angry at all;
# - says that with few angry customers most scowls may come from others, as in the figure, however good the camera is;
# - asks for another test: customers in that shop, unposed, and their own word for what they felt;
# - gives a verdict that follows: it counts scowls, if that, and says little of anger.

# %% [markdown]
# ## What the thesis leaves open
#
# - **The 27 categories** stand under natural kinds (section 2.1). The study rests on self-report and finds gradients,
#   "contrary to discrete theories" in its own words [4]; it fits neither camp.
# - **That the origins of fear, anger and happiness are known** (section 2.2) contradicts the meta-analysis that section
#   2.1 cites [11].
# - **The limbic system as "the area" of emotion** is an old idea; many of its parts serve memory and the senses [13].
# - **Regulation** is more than suppression by the orbitofrontal cortex: in reappraisal, a meta-analysis finds control
#   areas at the side and the top of the frontal lobe at work, and in the parietal lobe [16].
# - **That categories reflect physiological processes** (section 3.2) is disputed, as this chapter shows.

# %% [markdown]
# ## Quiz
#
# Choose an answer; each has its feedback. The last question goes back to chapter 00.

# %%
course.quiz("01_what_is_an_emotion")
course.open_checks()

# %% [markdown]
# ## What you take away
#
# 1. *Two answers:* kinds with fingerprints, or populations made by concepts; that a classifier works does not decide.
# 2. *Place:* two numbers or one angle; anger and fear coincide until dominance is added.
# 3. *Lost:* half of the bits of 27 categories, and everything calm and pleasant.
# 4. *Map:* eight structures, each with more than one use; damage and scans speak against one area for one emotion.
# 5. *Sign and state:* hit rate, false alarms and base rate, all three.
#
# **Go further.** Keep a diary for a day: twenty times, note valence, arousal, a word, and whether your face showed it.
# What is your own hit rate?

# %% [markdown] tags=["references"]
# ## References
#
# 1. S. Zima, bachelor's thesis, Brno University of Technology, 2024. Sections 1, 2.1, 2.2, 3.2.
# 2. J. A. Russell, *A circumplex model of affect*, 1980, [doi](https://doi.org/10.1037/h0077714).
# 3. J. A. Russell, A. Mehrabian, *Evidence for a three-factor theory of emotions*, 1977,
#    [doi](https://doi.org/10.1016/0092-6566%2877%2990037-X).
# 4. A. S. Cowen, D. Keltner, *Self-report captures 27 distinct categories of emotion bridged by continuous gradients*,
#    2017, [doi](https://doi.org/10.1073/pnas.1702247114).
# 5. P. Ekman, *Are there basic emotions?*, 1992, [doi](https://doi.org/10.1037/0033-295X.99.3.550).
# 6. L. F. Barrett, *The theory of constructed emotion*, 2017, [doi](https://doi.org/10.1093/scan/nsw154).
# 7. H. A. Elfenbein, N. Ambady, *Universality and cultural specificity of emotion recognition*, 2002,
#    [doi](https://doi.org/10.1037/0033-2909.128.2.203).
# 8. M. Gendron and others, *Perceptions of emotion from facial expressions are not culturally universal*, 2014,
#    [doi](https://doi.org/10.1037/a0036052).
# 9. E. H. Siegel and others, *Emotion fingerprints or emotion populations?*, 2018,
#    [doi](https://doi.org/10.1037/bul0000128).
# 10. H. Saarimäki and others, *Discrete neural signatures of basic emotions*, 2016,
#     [doi](https://doi.org/10.1093/cercor/bhv086).
# 11. K. A. Lindquist and others, *The brain basis of emotion*, 2012, [doi](https://doi.org/10.1017/S0140525X11000446).
# 12. J. S. Feinstein and others, *The human amygdala and the induction and experience of fear*, 2011,
#     [doi](https://doi.org/10.1016/j.cub.2010.11.042).
# 13. J. E. LeDoux, *Emotion circuits in the brain*, 2000, [doi](https://doi.org/10.1146/annurev.neuro.23.1.155).
# 14. W. Schultz and others, *A neural substrate of prediction and reward*, 1997,
#     [doi](https://doi.org/10.1126/science.275.5306.1593).
# 15. A. J. Calder and others, *Impaired recognition and experience of disgust following brain injury*, 2000,
#     [doi](https://doi.org/10.1038/80586).
# 16. J. T. Buhle and others, *Cognitive reappraisal of emotion: a meta-analysis*, 2014,
#     [doi](https://doi.org/10.1093/cercor/bht154).
# 17. K. C. Berridge, T. E. Robinson, *Liking, wanting, and the incentive-sensitization theory of addiction*, 2016,
#     [doi](https://doi.org/10.1037/amp0000059).
# 18. D. Lin and others, *Functional identification of an aggression locus in the mouse hypothalamus*, 2011,
#     [doi](https://doi.org/10.1038/nature09736).
# 19. J. S. Feinstein and others, *Fear and panic in humans with bilateral amygdala damage*, 2013,
#     [doi](https://doi.org/10.1038/nn.3323).
# 20. R. Adolphs and others, *A mechanism for impaired fear recognition after amygdala damage*, 2005,
#     [doi](https://doi.org/10.1038/nature03086).
# 21. J. J. Gross, *Antecedent- and response-focused emotion regulation*, 1998,
#     [doi](https://doi.org/10.1037/0022-3514.74.1.224).
# 22. R. A. Poldrack, *Can cognitive processes be inferred from neuroimaging data?*, 2006,
#     [doi](https://doi.org/10.1016/j.tics.2005.12.004).
# 23. L. F. Barrett and others, *Emotional expressions reconsidered*, 2019,
#     [doi](https://doi.org/10.1177/1529100619832930).
# 24. L. F. Barrett, *Darwin was wrong: your facial expressions do not reveal your emotions*, Scientific American, 2022.
# 25. Regulation (EU) 2024/1689 (AI Act), [article 5](https://eur-lex.europa.eu/eli/reg/2024/1689/oj).
# 26. E. Barsoum and others, *Training deep networks for facial expression recognition with crowd-sourced label
#     distribution*, 2016, [arXiv:1608.01041](https://arxiv.org/abs/1608.01041).
# 27. S. D. Kreibig, *Autonomic nervous system activity in emotion: a review*, 2010,
#     [doi](https://doi.org/10.1016/j.biopsycho.2010.03.010).
#
# {{previous_next}}
