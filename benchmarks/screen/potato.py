"""Potato 2.12: the same cases, blind and in random order, and people who annotate them."""

import json
import random
import re
import uuid
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.peers import python_of
from benchmarks.screen.items import items
from tests.annotating import Connection

PEER = "potato-annotation"
#: Preference, two scores, tags and a comment: about what evalkit's ready rubric asks.
_SETTINGS = """
annotation_task_name: Screen
task_dir: .
output_annotation_dir: annotation_output/
output_annotation_format: jsonl
data_files: [data/items.jsonl]
item_properties: {{id_key: id, text_key: text}}
user_config: {{allow_all_users: true, users: []}}
authentication: {{method: in_memory}}
require_password: false
admin_api_key: benchmark
assignment_strategy: least_annotated
max_annotations_per_user: {n_items}
max_annotations_per_item: {overlap}
horizontal_key_bindings: true
site_dir: default
instance_display:
  fields:
  - {{key: prompt, type: text, label: Prompt}}
annotation_schemes:
- annotation_type: pairwise
  name: preference
  description: Which answer is better?
  mode: binary
  items_key: responses
  labels: [A, B]
  allow_tie: true
  tie_label: Tie
  randomize_order: true
  label_requirement: {{required: true}}
- annotation_type: radio
  name: helpful
  description: Helpfulness of the better answer (1-5)
  labels: ["1", "2", "3", "4", "5"]
  horizontal: true
  sequential_key_binding: true
- annotation_type: radio
  name: correct
  description: Correctness of the better answer (1-5)
  labels: ["1", "2", "3", "4", "5"]
  horizontal: true
  sequential_key_binding: true
- annotation_type: multiselect
  name: errors
  description: Error tags
  labels: [factual, incomplete, off_topic, unsafe, style]
  horizontal: true
  sequential_key_binding: true
- annotation_type: text
  name: comment
  description: Comment
  multiline: true
"""
_INSTANCE = re.compile(r'id="instance_id"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*id="instance_id"')


def made_task(folder: Path, *, n_cases: int, overlap: int) -> None:
    """Write the settings and the cases into a folder."""
    (folder / "data").mkdir(parents=True)
    (folder / "potato.yaml").write_text(_SETTINGS.format(n_items=n_cases, overlap=overlap))
    with (folder / "data" / "items.jsonl").open("w") as file:
        for item in items(n_cases):
            row = {"id": item.key, "text": item.prompt, "prompt": item.prompt}
            file.write(json.dumps(row | {"responses": list(item.answers)}) + "\n")


def command(peers: Path, port: int) -> list[str]:
    """Return how Potato is started from its own environment."""
    potato = str(python_of(peers, PEER).with_name("potato"))
    return [potato, "start", "potato.yaml", "-p", str(port), "--host", "127.0.0.1"]


class Person:
    """Somebody at the screen: saves what they judged, goes on, and has the page come anew."""

    def __init__(self, port: int, name: str, chance: random.Random) -> None:
        self.connection = Connection(port, {})
        self.case: str | None = None
        self._name = name
        self._chance = chance

    async def open(self) -> None:
        """Sign in and come to the first case."""
        await self.connection.ask("GET", "/")
        form = urlencode({"action": "login", "email": self._name})
        await self.connection.ask("POST", "/auth", form=form)
        self.case = await self._on_screen()

    async def annotate(self) -> bool:
        """Judge the case on the screen and have the next one; False where nothing is left."""
        if self.case is None:
            return False
        answers = {
            f"preference:{self._chance.choice(('A', 'B', 'Tie'))}": "1",
            "helpful:3": "3",
            "correct:4": "4",
            "errors:factual": "factual",
            "comment:text_box": str(uuid.uuid4()),
        }
        judged = {
            "instance_id": self.case,
            "annotations": answers,
            "cleared_schemas": [],
            "span_annotations": [],
            "client_timestamp": "2026-11-22T08:01:10.445Z",
            "response_time_seconds": 5.6,
        }
        stored = await self.connection.ask("POST", "/updateinstance", judged)
        if stored.status != 200 or b'"error"' in stored.body:
            raise RuntimeError(f"Potato answered {stored.status}: {stored.body[:200]!r}")
        before = self.case
        move = {"action": "next_instance", "instance_id": before}
        await self.connection.ask("POST", "/annotate", move)
        self.case = await self._on_screen()
        return self.case not in {None, before}

    async def _on_screen(self) -> str | None:
        page = (await self.connection.ask("GET", "/annotate")).body.decode()
        mark = _INSTANCE.search(page)
        return None if mark is None else mark[1] or mark[2]
