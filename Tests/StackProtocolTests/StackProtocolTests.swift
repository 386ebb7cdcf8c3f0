// Tests: to come.
