"""Asks moto's evaluator of IAM policies: one JSON line in, one word out."""

import json
import sys

from moto.iam.access_control import IAMPolicy

WORDS = {"PERMITTED": "allows", "DENIED": "denies", "NEUTRAL": "silent"}

for line in sys.stdin:
    case = json.loads(line)
    result = IAMPolicy(case["policy"]).is_action_permitted(
        case["action"], case["resource"], None, case["keys"]
    )
    print(WORDS[result.name], flush=True)
