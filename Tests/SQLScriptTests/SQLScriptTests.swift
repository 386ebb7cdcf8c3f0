// Tests of SQLScript: to come.
