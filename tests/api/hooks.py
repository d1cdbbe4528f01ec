"""What a change breaks although it fits the description must be a rule of the office: which papers a procedure needs, whether a
number is a person's. Such rules stand in no schema; their refusals name them. A refusal of the shape itself is a fault of the
description."""

import schemathesis

SHAPE = ("web-field-", "web-json-", "web-param-", "web-once-key", "base-text-control")


@schemathesis.check
def what_fits_the_description_is_not_refused_for_its_shape(ctx, response, case):
    if response.status_code != 422 or case.meta is None or not case.meta.generation.mode.is_positive:
        return
    codes = [error["code"] for error in response.json()["errors"]]
    assert codes, "a refusal names no rule"
    of_shape = [code for code in codes if code.startswith(SHAPE)]
    assert not of_shape, f"fits the description and is refused for its shape: {', '.join(of_shape)}"
