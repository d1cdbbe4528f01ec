-- What did not go out at its first attempt, by state, the latest first.
CREATE INDEX sending_trouble ON sending (state, at, id) WHERE attempts > 0;
