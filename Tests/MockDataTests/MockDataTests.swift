// Tests of MockData: to come.
