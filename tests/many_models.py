"""Records of a study of many models, of which lower numbers are better."""

import itertools


def records(n_models):
    """Let every two models meet on two cases; the lower number wins, or they tie: each fifth."""
    tag = {"key": "wrong", "name": "Wrong", "definition": "Is wrong."}
    yield {"type": "tag", "taxonomy": "Errors", **tag}
    models = [f"model {k:02}" for k in range(n_models)]
    for k in range(2):
        content = [{"role": "user", "content": "Question?"}]
        about = {"input": content, "category": f"kind {k}"}
        yield {"type": "case", "id": f"case {k}", **about}
        for place, model in enumerate(models):
            what = {"case": f"case {k}", "model": model, "content": f"Answer of {model}."}
            yield {"type": "output", **what, "cost_usd": 0.001 * (n_models - place)}
        for number, (left, right) in enumerate(itertools.combinations(models, 2)):
            distance = models.index(right) - models.index(left)
            winner = "left" if distance % 5 else "tie"
            sides = {"case": f"case {k}", "left": left, "right": right, "preference": winner}
            yield {"type": "comparison", "annotator": "person", **sides}
            if number % 3 == 0:
                mark = {"case": f"case {k}", "model": right, "annotator": "person"}
                yield {"type": "error", **mark, "tag": "wrong"}
