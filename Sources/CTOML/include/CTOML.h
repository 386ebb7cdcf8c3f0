// CTOML: to come.
