"""A client in a process of its own: posts signed hints, each until it is acknowledged, and prints what it was told.

Called as `poster.py URL SECRET SEED COUNT ITEM,ITEM…`; prints the event id of each delivery that got a 2xx. Standard
library only, and no code of the product: it signs by itself.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import random
import sys
import time
from urllib.parse import urlsplit


def main(url: str, secret: str, seed: str, count: str, items: str) -> None:
    dice, parts = random.Random(seed), urlsplit(url)
    for number in range(int(count)):
        body = json.dumps({"item": {"item_id": dice.choice(items.split(",")), "note": f"{seed} {number}"}})
        digest = hmac.new(secret.encode(), body.encode(), hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Zoho-Webhook-Signature": digest}
        while True:
            try:
                wire = http.client.HTTPConnection(parts.netloc, timeout=10)
                wire.request("POST", parts.path, body, headers)
                answer = wire.getresponse()
                told = json.loads(answer.read())
                if 200 <= answer.status < 300:
                    sys.stdout.write(f"{told['event_id']}\n")
                    sys.stdout.flush()
                    break
                if answer.status != 503:
                    sys.exit(f"{answer.status} {told}")
            except (OSError, http.client.HTTPException, ValueError):
                pass  # nobody is there at this moment, or was until this moment
            time.sleep(0.2)
        time.sleep(dice.uniform(0.05, 0.5))


if __name__ == "__main__":
    main(*sys.argv[1:])
