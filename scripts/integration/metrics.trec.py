"""Judge users' lists by trec_eval: metrics.trec.py USERS.json METRICS.json, one object of metrics a user."""

import json
import sys

import pytrec_eval

with open(sys.argv[1]) as file:
    given = json.load(file)
users, cutoffs = given["users"], given["cutoffs"]

# trec_eval orders by score: the first of n gets n. A list without any item still needs a document to be judged
relevant = {str(n): {str(item): 1 for item in user["relevant"]} for n, user in enumerate(users)}
ranked = {
    str(n): {str(item): float(len(user["ranked"]) - place) for place, item in enumerate(user["ranked"])}
    or {"none": 1.0}
    for n, user in enumerate(users)
}
at = ",".join(str(cutoff) for cutoff in cutoffs)
measures = {f"{name}.{at}" for name in ("ndcg_cut", "recall", "P", "success", "map_cut")}
found = pytrec_eval.RelevanceEvaluator(relevant, measures).evaluate(ranked)

with open(sys.argv[2], "w") as file:
    json.dump([found[str(n)] for n in range(len(users))], file)
