"""What a server has of a run of ours, by MLflow's own client, as JSON: runs.mlflow.py URI RUN"""

import json
import sys
import tempfile

import mlflow
from mlflow import MlflowClient

uri, name = sys.argv[1:]
mlflow.set_tracking_uri(uri)
client = MlflowClient()
experiments = [experiment.experiment_id for experiment in client.search_experiments()]
runs = client.search_runs(experiments, f"tags.`marquee.run` = '{name}'")
run = runs[0]
run_id = run.info.run_id

manifest = None
if any(file.path == "model" for file in client.list_artifacts(run_id)):
    with tempfile.TemporaryDirectory() as folder:
        with open(client.download_artifacts(run_id, "model/manifest.json", folder), encoding="utf-8") as file:
            manifest = file.read()

champion = None
for model in client.search_registered_models():
    if "champion" in model.aliases:
        version = client.get_model_version_by_alias(model.name, "champion")
        champion = {"version": version.version, "tags": version.tags}

print(
    json.dumps(
        {
            "count": len(runs),
            "status": run.info.status,
            "params": run.data.params,
            "metrics": run.data.metrics,
            "tags": run.data.tags,
            "losses": [[point.step, point.value] for point in client.get_metric_history(run_id, "draft.als.loss")],
            "manifest": manifest,
            "champion": champion,
        }
    )
)
