"""What the numbers of a report mean, for a reader without this program."""

#: Each number and what it means.
METHOD = (
    (
        "A number",
        "62 % [48, 74], n = 120: the best single guess, the 95 % interval, and what it rests on. "
        "Were the study repeated with fresh cases of the same kind, about 95 of 100 such "
        "intervals would hold the true value. A dash is a number that cannot be had; it is never "
        "zero.",
    ),
    (
        "Cases, not clicks",
        "Every interval on quality is clustered by case: several annotators of one case are not "
        "several cases.",
    ),
    (
        "Win rate and rank",
        "The share of comparisons a model would win if it met every other one equally often, "
        "from its strength; the raw one is of the comparisons it was in. Ties and both bad are "
        "half; Wilson's interval at the effective number. Ranks hold all pairs of models "
        "considered at once (max-t): models that share a "
        "range cannot be told apart.",
    ),
    (
        "Strength",
        "Bradley–Terry by maximum likelihood, log-odds with mean zero over these models, sandwich "
        "intervals with Student's t. A difference of 0.85 is 70 % of comparisons won, 1.4 is 80 %.",
    ),
    (
        "Differences",
        "Paired by case, Student's t interval. p values flip signs of cases at random; Holm's "
        "correction covers all pairs of models on one subject. Differ means p at most 0.05.",
    ),
    ("Scores", "Means over all scores given, Student's t interval that ends where the scale ends."),
    (
        "Weight of errors",
        "As MQM does: the weights of all errors one annotator found in a response together, "
        "averaged over all looks; the interval stays above 0.",
    ),
    (
        "More annotations",
        "From the spread in hand: 95 % intervals, and four chances in five to find a difference as "
        "large as it seems now.",
    ),
    (
        "Agreement",
        "Krippendorff's α at each question's own level, jackknife interval: 1 is perfect, 0 what "
        "chance gives; custom draws tentative conclusions from 0.67, firm ones from 0.80. Gwet's "
        "AC is steadier where one value is most of all values.",
    ),
    (
        "Annotators",
        "κ with the rest is Cohen's on what others judged too. Right is the chance of giving what "
        "is most plausibly true (Dawid–Skene, or one-coin where annotations are few): it weighs "
        "annotators by how well they fit together and knows no truth from elsewhere. Knows is the "
        "chance of knowing the answer rather than giving one out of habit (MACE).",
    ),
    (
        "Cost and latency",
        "Of the study's responses as recorded. Cost per acceptable response divides by what "
        "annotators accepted.",
    ),
    (
        "What counts",
        "Work given out by the study and its repeats, in the latest revision. Left out: training "
        "and gold cases, what was skipped, earlier revisions, verdicts that could not be read, "
        "comparisons of a model with itself. Where somebody judged the same twice, agreement "
        "takes the latest; rankings and means take both.",
    ),
    (
        "What the numbers do not say",
        "They are about these cases, these annotators, this rubric and these versions of the "
        "models; they do not say how other cases would come out. What broke from one version of a "
        "model to the next is a report of its own.",
    ),
)
