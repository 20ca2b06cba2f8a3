"""What schemathesis checks of each answer of `letta serve`, beside its own checks."""
import re

import schemathesis

INSIDE = re.compile(r"\n\s+at |node:internal|\.ts:\d")


@schemathesis.check
def shows_nothing_of_its_inside(ctx, response, case):
    assert not INSIDE.search(response.text), "a stack is in the answer"


@schemathesis.check
def says_why_it_refuses(ctx, response, case):
    if response.status_code >= 400 and case.method != "HEAD":
        assert "detail" in response.json(), "a refusal has no detail"
