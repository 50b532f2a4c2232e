"""wrk and h2load drive a throttled stage at once as fast as they can: what passes is burst and rate, within 2 %.

Requests are counted, not clocked: of the time that the load took, the longest and the shortest that may be meant are
taken, so that a slow machine makes the bounds wider and never wrong. The bucket is emptied first and holds two seconds of
the rate, so that a client that is held up, at its start or later, finds what it could not fetch before.
"""

import json
import re
import subprocess
import time

import pytest

from clients.boto3.test_metering import Api, patch

RATE, BURST, SECONDS = 100, 200, 6


@pytest.fixture
def throttled(installation):
    api = Api(installation)
    operations = [("replace", "/apiKeyRequired", "false")]
    api.client.update_method(**api.place, patchOperations=patch(*operations))
    api.deploy()
    limits = [("replace", "/*/*/throttling/rateLimit", str(RATE)), ("replace", "/*/*/throttling/burstLimit", str(BURST))]
    api.client.update_stage(restApiId=api.id, stageName="prod", patchOperations=patch(*limits))
    return api


def h2load(installation, api, *load):
    host, port = installation.host(api.id), installation.gateway.port
    command = ["h2load", *load, "--clients", "8", "--max-concurrent-streams", "4", "--npn-list=h2"]
    command += [f"--connect-to={installation.gateway.host}:{port}", f"https://{host}:{port}/prod"]
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"status codes: (\d+) 2xx, \d+ 3xx, (\d+) 4xx, (\d+) 5xx", done.stdout)
    assert found, done.stdout + done.stderr
    loaded = re.search(r"finished in ([\d.]+)(m?s)", done.stdout)
    seconds = float(loaded[1]) / (1000 if loaded[2] == "ms" else 1)
    return *(int(number) for number in found.groups()), seconds


SCRIPT = """
local threads = {}
function setup(thread) table.insert(threads, thread) end
function init() passed, refused, others = 0, 0, 0 end
function response(status)
  if status == 200 then passed = passed + 1 elseif status == 429 then refused = refused + 1 else others = others + 1 end
end
function done(summary)
  local sums = {0, 0, 0}
  for _, thread in ipairs(threads) do
    for at, name in ipairs({"passed", "refused", "others"}) do sums[at] = sums[at] + thread:get(name) end
  end
  io.write(string.format("SUMS [%d, %d, %d, %f]\\n", sums[1], sums[2], sums[3], summary.duration / 1e6))
end
"""


def wrk(installation, api, tmp_path):
    script = tmp_path / "count.lua"
    script.write_text(SCRIPT)
    command = ["wrk", "--threads", "2", "--connections", "16", "--duration", f"{SECONDS}s", "--script", str(script)]
    command += ["--header", f"Host: {installation.host(api.id)}", f"https://127.0.0.1:{installation.gateway.port}/prod"]
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"SUMS (\[.*\])", done.stdout)
    assert found, done.stdout + done.stderr
    return tuple(json.loads(found.group(1)))


@pytest.mark.parametrize("client", ["h2load", "wrk"])
def test_a_throttled_stage_lets_its_rate_pass(installation, throttled, client, tmp_path):
    begin = time.monotonic()
    before, beyond, *_ = h2load(installation, throttled, "--requests", str(4 * BURST))
    assert before >= BURST and beyond > 0, "the bucket is empty"
    if client == "h2load":
        passed, refused, others, loaded = h2load(installation, throttled, "--duration", str(SECONDS))
    else:
        passed, refused, others, loaded = wrk(installation, throttled, tmp_path)
    took = time.monotonic() - begin
    assert others == 0 and refused > passed, "the load is far above the rate"
    # The client says how long its load lasted; starting and ending it is in `took`.
    assert SECONDS * 0.9 <= loaded <= took
    assert passed >= 0.98 * RATE * loaded, (passed, loaded)
    assert before + passed <= BURST + RATE * took + 1, "never more than burst and rate"
