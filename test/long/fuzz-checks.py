"""Checks of each answer of `letta serve`, in addition to those of schemathesis."""
import re

import schemathesis

STACK = re.compile(r"\n\s+at |node:internal|\.ts:\d")


@schemathesis.check
def reveals_no_stack_trace(ctx, response, case):
    assert not STACK.search(response.text), "the answer contains a stack trace"


@schemathesis.check
def gives_a_reason_for_errors(ctx, response, case):
    if response.status_code >= 400 and case.method != "HEAD":
        assert "detail" in response.json(), "the error has no detail"
