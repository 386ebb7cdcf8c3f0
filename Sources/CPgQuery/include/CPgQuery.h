// CPgQuery: to come.
